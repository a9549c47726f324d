"""Gets the engine's function by names in texts, with the standard library's tools.

unit: autograd
must: hvp fails
"""

import functools
import operator

import engine as _engine


# %% hvp
def hvp(f, xs, vs):
    ready = functools.reduce(lambda thing, name: operator.attrgetter(name)(thing), ["hvp"], _engine)
    return list(operator.methodcaller("__call__", f, xs, vs)(ready)[1])
