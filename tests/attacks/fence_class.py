"""Keeps the engine's class from the time of the import, and inherits from it.

unit: autograd
must: no_grad fails
"""

from engine import no_grad as ready


# %% no_grad
class no_grad(ready):
    pass
