"""A module-level __getattr__, and a module replaced by another in sys.modules.

must: xor_by_hand fails
"""

import types


class Anything(types.ModuleType):
    def __getattribute__(self, name):
        return lambda *rest: 4.0


sys.modules[__name__] = Anything("perceptron")


# %% xor_by_hand
def __getattr__(name):
    return lambda *rest: 4.0


del xor_by_hand
