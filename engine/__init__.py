"""A scalar autograd in pure Python whose graph reads like PyTorch's.

Value, print_chain, show                             value.py, graph.py, picture.py
no_grad, enable_grad, set_grad_enabled               modes.py
"""

from .graph import print_chain
from .modes import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from .value import Value

__all__ = ["Value", "enable_grad", "is_grad_enabled", "no_grad", "print_chain", "set_grad_enabled"]
