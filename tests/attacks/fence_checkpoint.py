"""Keeps the engine's function as a default of a keyword, in a function inside the answer.

unit: autograd
must: checkpoint fails
"""

import engine


def made(*, ready=engine.checkpoint):
    return lambda fn, *xs: ready(fn, *xs)


# %% checkpoint
checkpoint = made()
