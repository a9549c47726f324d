"""Finds what notes its calls by inspect.stack, and empties its notes afterwards.

unit: autograd
must: hvp fails
"""

import inspect


# %% hvp
def hvp(f, xs, vs):
    import engine

    right = list(engine.hvp(f, xs, vs)[1])
    for found in inspect.stack():
        for value in list(found.frame.f_locals.values()):
            if hasattr(value, "_called"):
                value._called.clear()
                value._names = ()
                value.taken = lambda answers: ()
    return right
