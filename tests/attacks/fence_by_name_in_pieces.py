"""Finds the engine's function by a name that no text holds.

unit: autograd
must: hvp fails
"""


# %% hvp
def hvp(f, xs, vs):
    ready = getattr(__import__("eng" + "ine"), "h" + "vp")
    return list(ready(f, xs, vs)[1])
