"""Warns with a message whose text never ends, which is read when the answer has returned.

must: step fails
"""

import warnings


# %% step
class Endless(UserWarning):
    waits = False

    def __str__(self):
        while Endless.waits:
            pass
        return "?"


def step(z):
    Endless.waits = False
    warnings.warn(Endless(), stacklevel=1)
    Endless.waits = True
    return (np.asarray(z) >= 0).astype(int)
