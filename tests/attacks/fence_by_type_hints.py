"""Gets the engine's function as the annotation of a parameter.

unit: autograd
must: hvp fails
"""

import typing


# %% hvp
def _annotated(ready: "__import__('engine').hvp"):
    pass


def hvp(f, xs, vs):
    return list(typing.get_type_hints(_annotated)["ready"](f, xs, vs)[1])
