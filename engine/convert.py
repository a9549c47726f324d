"""Numbers: what counts as one, and the error for anything else.

number(x)      x as a float, or a TypeError that says what to write instead
is_number(x)   whether x may be an operand beside a Value
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def number(x: Any) -> float:
    """x as a float. TypeError, with what to write instead, for anything but one real number."""
    if isinstance(x, (int, float)):
        return float(x)
    kind = type(x).__name__
    if hasattr(x, "requires_grad") and hasattr(x, "op"):
        raise TypeError("a Value holds one number, not another Value. Use v itself, v.detach() or v.item().")
    if isinstance(x, str):
        raise TypeError(f"a Value holds one real number, got the str {x!r}. Convert it first: float({x!r}).")
    if isinstance(x, complex):
        raise TypeError(f"a Value holds one real number, got the complex {x!r}. Use its .real and .imag.")
    if hasattr(x, "__setitem__") or not hasattr(x, "__float__"):
        advice = " Take one element out: float(x[i])." if hasattr(x, "__getitem__") else ""
        raise TypeError(f"a Value holds one real number, got a {type(x).__module__}.{kind}.{advice}")
    return float(x)


def is_number(x: Any) -> bool:
    """Whether an operand is a number. TypeError for arrays; for other types Python's own error is enough."""
    if isinstance(x, (int, float)):
        return True
    if isinstance(x, str) or not (
        hasattr(x, "__float__") or hasattr(x, "__setitem__") or isinstance(x, complex)
    ):
        return False
    number(x)
    return True
