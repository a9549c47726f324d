"""Functions on every float: inf and nan, as in IEEE 754 and PyTorch, where Python's own raise.

total(f)      a function of math, made total; odd(f) where f(-a) = -f(a); whole(f) for roundings
exp, log, ... the functions of math that the op table computes with
"""

from __future__ import annotations

import builtins
import math
from math import copysign, inf, nan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def total(f: Callable[[float], float], pole: float = nan) -> Callable[[float], float]:
    """f on every float: inf where it overflows, -inf at its pole, nan outside its domain."""

    def f_total(a: float) -> float:
        try:
            return f(a)
        except OverflowError:
            return inf
        except ValueError:
            return -inf if a == pole else nan

    return f_total


def odd(f: Callable[[float], float], end: float = nan) -> Callable[[float], float]:
    """The same where f(-a) = -f(a): inf with the sign of a where it overflows, and at its end."""

    def f_total(a: float) -> float:
        try:
            return f(a)
        except OverflowError:
            return copysign(inf, a)
        except ValueError:
            return copysign(inf, a) if abs(a) == end else nan

    return f_total


def whole(f: Callable[[float], int]) -> Callable[[float], float]:
    """A rounding to integers as floats: -0.0, inf and nan keep their sign and kind."""
    return lambda a: copysign(f(a), a) if a - a == 0.0 else a


exp, expm1, exp2 = total(math.exp), total(math.expm1), total(math.exp2)
log, log1p = total(math.log, pole=0.0), total(math.log1p, pole=-1.0)
log2, log10 = total(math.log2, pole=0.0), total(math.log10, pole=0.0)
sqrt, sin, cos, tan = total(math.sqrt), total(math.sin), total(math.cos), total(math.tan)
asin, acos, atan, atan2 = total(math.asin), total(math.acos), math.atan, math.atan2
sinh, cosh, asinh, acosh = odd(math.sinh), total(math.cosh), math.asinh, total(math.acosh)
atanh, erf, erfc, tanh = odd(math.atanh, end=1.0), math.erf, math.erfc, math.tanh
floor, ceil, trunc, round = whole(math.floor), whole(math.ceil), whole(math.trunc), whole(builtins.round)


def fmod(a: float, b: float) -> float:
    """What is left of a after whole multiples of b, with the sign of a; nan for b = 0 and infinite a."""
    try:
        return math.fmod(a, b)
    except ValueError:
        return nan


def hypot(a: float, b: float) -> float:
    """sqrt(a * a + b * b) without overflow on the way: C's hypot, whose last bit math.hypot does not have."""
    try:
        return builtins.abs(complex(a, b))
    except OverflowError:
        return inf


def div(a: float, b: float) -> float:
    """a / b."""
    try:
        return a / b
    except ZeroDivisionError:
        return nan if a == 0.0 or a != a else copysign(inf, a) * copysign(1.0, b)


def pow(a: float, b: float) -> float:
    """a ** b."""
    if b == 2.0:
        return a * a
    try:
        return math.pow(a, b)
    except OverflowError:
        return -inf if a < 0.0 and b % 2.0 == 1.0 else inf
    except ValueError:  # 0 to a negative power, or a negative base to a fraction
        return nan if a != 0.0 else copysign(inf, a) if b % 2.0 == 1.0 else inf


def power(a: float, b: float) -> float:
    """PyTorch's a ** number: by the root, for halves, which differs from pow at -0 and -inf."""
    if b == 0.5:
        return sqrt(a)
    return div(1.0, sqrt(a)) if b == -0.5 else pow(a, b)


def sign(a: float) -> float:
    """1.0, 0.0 or -1.0; 0.0 for nan."""
    return float((a > 0.0) - (a < 0.0))


def maximum(a: float, b: float) -> float:
    """The larger; nan if one is."""
    return a if a != a or a > b else b


def minimum(a: float, b: float) -> float:
    """The smaller; nan if one is."""
    return a if a != a or a < b else b


def clamp(a: float, bounds: tuple[float, float]) -> float:
    """The nearest number in [low, high]; high, if low > high."""
    low, high = bounds
    return a if a != a else high if low > high or a > high else low if a < low else a
