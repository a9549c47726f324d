"""Numbers: what counts as one, and the error for anything else.

number(x)      x as a float, or a TypeError that says what to write instead
scalar(x)      the same for `.data = x`, `.grad = x`: the number of a Value or of a 0-d array counts too
is_number(x)   whether x may be an operand beside a Value
warn_of_math   the warning for math.exp(v), which cuts the graph
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any


def number(x: Any) -> float:
    """x as a float. TypeError, with what to write instead, for anything but one real number."""
    if isinstance(x, (int, float)):
        return float(x)
    if hasattr(x, "requires_grad") and hasattr(x, "op"):
        raise TypeError("a Value holds one number, not another Value. Use v itself, v.detach() or v.item().")
    if isinstance(x, str):
        raise TypeError(f"a Value holds one real number, got the str {x!r}. Convert it first: float({x!r}).")
    if isinstance(x, complex):
        raise TypeError(f"a Value holds one real number, got the complex {x!r}. Use its .real and .imag.")
    if hasattr(x, "__setitem__") or not hasattr(x, "__float__"):
        kind = f"{type(x).__module__}.{type(x).__name__}"
        raise TypeError(f"a Value holds one real number, got a {kind}.{_advice(x)}")
    return float(x)


def _advice(x: Any) -> str:
    """What to write in place of x: an array, a tensor, a list or a dict."""
    if getattr(x, "shape", None) == ():
        return " Take its number out: x.item()."
    items = iter(x.flat if hasattr(x, "flat") else x if isinstance(x, (list, tuple)) else ())
    if any(hasattr(item, "requires_grad") and hasattr(item, "op") for item in items):
        return " Compute with each of its Values: [v * x for x in xs]."
    if isinstance(x, dict):
        return " Take one of its values out: float(x[key])."
    dimensions = getattr(x, "ndim", 1)
    place = ", ".join("ijklmn"[:dimensions]) if isinstance(dimensions, int) else "i"
    return f" Take one element out: float(x[{place}])." if hasattr(x, "__getitem__") else ""


def scalar(x: Any) -> float:
    """The number of a Value, of a 0-d array or of a 0-d tensor; any other x as `number` takes it."""
    if hasattr(x, "_data") and hasattr(x, "op"):
        return x._data  # type: ignore[no-any-return]
    return number(x.item() if getattr(x, "shape", None) == () else x)


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


# --- math.exp(v) ----------------------------------------------------------------------------------

# Functions of math whose results carry no gradient, and those that the engine spells with more than a name.
FLAT = frozenset(("ceil", "floor", "isclose", "isfinite", "isinf", "isnan", "trunc"))
SPELLED = {
    "fabs": "abs(v)",
    "fsum": "sum(...)",
    "pow": "v ** ...",
    "atan2": "v.atan2(...)",
    "hypot": "v.hypot(...)",
}
_names: dict[Any, list[str]] = {}


def warn_of_math() -> None:
    """Called by __float__: warn if a function of math asked for it, whose result has no gradient.

    `float(v)` and v.item() say that the number alone is meant.
    """
    function = _called(sys._getframe(2))
    name = getattr(function, "__name__", "")
    if getattr(function, "__module__", None) != "math" or name in FLAT:
        return
    from warnings import warn

    from .ops import TABLE

    spelled = SPELLED.get(name) or (name in TABLE and TABLE[name].method and f"v.{name}()")
    keep = f"Write {spelled} to keep the graph" if spelled else "The engine has no op for it"
    warn(
        f"math.{name} of a Value that requires grad gives a plain number: the graph is cut there, and no "
        f"gradient flows through it. {keep}; where the number alone is meant, write math.{name}(v.item()).",
        UserWarning,
        stacklevel=3,
    )


def _called(frame: FrameType) -> Any:
    """The function that the running line of the frame calls, if it has a name; else None.

    The names of the function begin where the call begins in the source.
    """
    at = frame.f_code, frame.f_lasti
    names = _names.get(at)
    if names is None:
        import dis

        if len(_names) > 1000:
            _names.clear()

        lines = list(dis.get_instructions(frame.f_code))
        where = next((i.positions for i in lines if i.offset == frame.f_lasti), None)
        start = where and (where.lineno, where.col_offset)
        names = _names[at] = [
            i.argval
            for i in lines
            if i.opname.startswith("LOAD_")
            and isinstance(i.argval, str)
            and i.positions
            and (i.positions.lineno, i.positions.col_offset) == start
        ]
    found: Any = None
    for name in names:
        if found is None:
            space = next((s for s in (frame.f_locals, frame.f_globals, frame.f_builtins) if name in s), {})
            found = space.get(name)
        else:
            found = getattr(found, name, None)
        if callable(found):
            return found
    return None
