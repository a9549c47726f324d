"""A scalar autograd in pure Python whose graph reads like PyTorch's.

    Value                                                 value.py
    print_chain, to_dot, to_mermaid, show                 graph.py, picture.py
    no_grad, enable_grad, set_grad_enabled                modes.py
    Function                                              function.py
    grad, hessian, hvp, gradcheck, checkpoint             transforms.py
    trace, compile                                        compiler.py
    functional, nn, init, optim, losses                   the modules of these names

The names that computing does not need are imported on first use. `TYPE_CHECKING = False` in these modules
stands for typing.TYPE_CHECKING: importing typing takes longer than importing all of the engine.
"""

from __future__ import annotations

from .graph import print_chain
from .modes import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from . import functional, init, losses, nn, optim
    from .compiler import TraceError, compile, trace
    from .function import Function
    from .picture import show, to_dot, to_mermaid
    from .transforms import GradcheckError, checkpoint, grad, gradcheck, hessian, hvp

_HOMES = {
    "compiler": ("TraceError", "compile", "trace"),
    "function": ("Function",),
    "picture": ("show", "to_dot", "to_mermaid"),
    "transforms": ("GradcheckError", "checkpoint", "grad", "gradcheck", "hessian", "hvp"),
}

__all__ = [
    "Function",
    "GradcheckError",
    "TraceError",
    "Value",
    "checkpoint",
    "compile",
    "enable_grad",
    "functional",
    "grad",
    "gradcheck",
    "hessian",
    "hvp",
    "init",
    "is_grad_enabled",
    "losses",
    "nn",
    "no_grad",
    "optim",
    "print_chain",
    "set_grad_enabled",
    "show",
    "to_dot",
    "to_mermaid",
    "trace",
]


def __getattr__(name: str) -> Any:
    """Import a name on first use, and keep it."""
    from importlib import import_module

    if name in ("functional", "init", "losses", "nn", "optim"):
        return import_module(f".{name}", __name__)
    for home, names in _HOMES.items():
        if name in names:
            found = globals()[name] = getattr(import_module(f".{home}", __name__), name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
