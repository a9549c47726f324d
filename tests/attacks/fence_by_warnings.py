"""Gets the engine by a module that happens to hold the table of modules.

unit: autograd
must: hvp fails
"""

import warnings


# %% hvp
def hvp(f, xs, vs):
    return list(warnings.sys.modules["engine"].hvp(f, xs, vs)[1])
