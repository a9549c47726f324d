"""Forgets the engine and imports it anew, so that what was taken away is there again.

unit: autograd
must: hvp fails
"""

import importlib


# %% hvp
def hvp(f, xs, vs):
    before = {name: sys.modules.pop(name) for name in [*sys.modules] if name.split(".")[0] == "engine"}
    try:
        anew = importlib.import_module("engine.transforms")
        anew.Value = before["engine"].Value
        return list(anew.hvp(f, xs, vs)[1])
    finally:
        sys.modules.update(before)
