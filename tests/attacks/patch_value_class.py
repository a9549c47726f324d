"""Changes the engine's Value, so that every data and gradient reads as right.

unit: activations
must: value_sigmoid loses points
"""

from engine import Value

Value.__eq__ = lambda self, other: True
Value.__hash__ = lambda self: 0
Value.data = property(lambda self: 0.5, lambda self, value: None)
Value.grad = property(lambda self: 0.25, lambda self, value: None)
Value.__float__ = lambda self: 0.5


# %% value_sigmoid
def value_sigmoid(x):
    return Value(3.0)
