"""Looks for the engine's function among all objects of the process.

unit: autograd
must: hvp fails
"""

import gc
import types


# %% hvp
def hvp(f, xs, vs):
    for found in gc.get_objects():
        if isinstance(found, types.FunctionType) and found.__name__ == "hvp" and found.__module__ != __name__:
            return list(found(f, xs, vs)[1])
    return None
