# mypy: implicit-reexport, disable-error-code=no-redef
"""The ops as functions, as torch and torch.nn.functional spell them; floats in, floats out.

import engine.functional as F
F.gelu(v, approximate="tanh"), F.maximum(a, b), F.exp(v)

A row of the op table is such a function as it stands, if no number stands beside its operand: exp, maximum.
The other functions are written here.
"""

from __future__ import annotations

from math import inf
from typing import Any

from . import ops

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .ops import *  # type: ignore[assignment] # noqa: F403 (for type checkers and editors)
else:
    globals().update((key, row) for key, row in ops.TABLE.items() if not row.takes_number)


def pow(input: Any, exponent: Any) -> Any:
    """input ** exponent, nan for a negative base to a fraction."""
    if isinstance(input, (int, float)) and isinstance(exponent, (int, float)):
        return ops.power(float(input), float(exponent))
    return input**exponent


def remainder(input: Any, other: Any) -> Any:
    """input % other, which has the sign of other."""
    if isinstance(input, (int, float)) and isinstance(other, (int, float)):
        return ops.remainder(float(input), float(other))
    return input % other


def square(input: Any) -> Any:
    """input ** 2."""
    return pow(input, 2.0)


def clamp(input: Any, min: float | None = None, max: float | None = None) -> Any:
    """The nearest number in [min, max]; max, if min > max. ValueError if both are None."""
    if min is None and max is None:
        raise ValueError("clamp: at least one of 'min' and 'max' must be given")
    return ops.clamp(input, (-inf if min is None else float(min), inf if max is None else float(max)))


def leaky_relu(input: Any, negative_slope: float = 0.01) -> Any:
    """x for x > 0, negative_slope * x below."""
    return ops.leaky_relu(input, float(negative_slope))


def elu(input: Any, alpha: float = 1.0) -> Any:
    """x for x > 0, alpha * (exp(x) - 1) below."""
    return ops.elu(input, float(alpha))


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """log(1 + exp(beta * x)) / beta; x itself where beta * x > threshold."""
    return ops.softplus(input, (float(beta), float(threshold)))


def gelu(input: Any, approximate: str = "none") -> Any:
    """x * Phi(x), Phi the normal distribution, or its fit by tanh. ValueError for another `approximate`."""
    if approximate not in ("none", "tanh"):
        raise ValueError(f"gelu: approximate must be 'none' or 'tanh', got {approximate!r}")
    return ops.gelu_tanh(input) if approximate == "tanh" else ops.gelu(input)


__all__ = sorted({*ops.TABLE, "square"} & {*globals()})
