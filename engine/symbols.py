"""Symbols stand for floats while a rule of the op table runs; the result is the text of the rule.

Symbol     the text of an expression and how tightly it binds; computing with symbols writes a longer one
both_ways  a rule that branches, run each way, as a conditional expression
as_text    a symbol or a number as text, in parentheses where its place needs them
Style      the language of the text: PYTHON calls the functions of the table; ARRAYS (for NumPy) and C have
           arithmetic and the functions of math only, so rows are written out as their `forward` computes
Rules      the rules of the op table as templates of text, each explored once
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from types import FunctionType, SimpleNamespace
from typing import Any

from . import floats, ops
from .modes import local

CONDITIONAL, COMPARISON, SUM, PRODUCT, SIGN, ATOM = range(6)


class Style:
    """How a choice is written, and whether rows are written out down to arithmetic and functions of math."""

    def __init__(self, choice: str, binds: int, plain: bool) -> None:
        self.choice, self.binds, self.plain = choice, binds, plain


PYTHON = Style("{1} if {0} else {2}", CONDITIONAL, plain=False)
ARRAYS = Style("where({0}, {1}, {2})", ATOM, plain=True)
C = Style("{0} ? {1} : {2}", CONDITIONAL, plain=True)


class Fork(Exception):
    """A rule needs the result of a comparison of symbols."""


class Symbol:
    """The text of an expression and how tightly it binds."""

    __slots__ = ("binds", "text")

    def __init__(self, text: str, binds: int = ATOM) -> None:
        self.text, self.binds = text, binds

    def apply(self, op: Any, a: Any, b: Any) -> Any:
        """op(a, b) written out if it is plain arithmetic, else as a call."""
        if op is ops.power and b == 1.0:
            return a
        if op is ops.power and b == 2.0:
            return a * a
        if (local.style or PYTHON).plain:
            return both_ways(lambda: _plain(op)(a) if b is None else _plain(op)(a, b))
        if op is ops.div:
            return _divided(a, b)
        if op.inline:
            return both_ways(lambda: op.forward(a) if b is None else op.forward(a, b))
        arguments = f"{as_text(a)}" if b is None else f"{as_text(a)}, {as_text(b)}"
        return Symbol(f"{op.__name__}({arguments})")

    def __add__(self, other: Any) -> Symbol:
        return Symbol(f"{as_text(self, SUM)} + {as_text(other, SUM + 1)}", SUM)

    def __radd__(self, other: Any) -> Symbol:
        return Symbol(f"{as_text(other, SUM)} + {as_text(self, SUM + 1)}", SUM)

    def __sub__(self, other: Any) -> Symbol:
        return Symbol(f"{as_text(self, SUM)} - {as_text(other, SUM + 1)}", SUM)

    def __rsub__(self, other: Any) -> Symbol:
        return Symbol(f"{as_text(other, SUM)} - {as_text(self, SUM + 1)}", SUM)

    def __mul__(self, other: Any) -> Symbol:
        if type(other) is float and other == 1.0:
            return self
        return Symbol(f"{as_text(self, PRODUCT)} * {as_text(other, PRODUCT + 1)}", PRODUCT)

    def __rmul__(self, other: Any) -> Symbol:
        if type(other) is float and other == 1.0:
            return self
        return Symbol(f"{as_text(other, PRODUCT)} * {as_text(self, PRODUCT + 1)}", PRODUCT)

    def __truediv__(self, other: Any) -> Symbol:
        return Symbol(f"{as_text(self, PRODUCT)} / {as_text(other, PRODUCT + 1)}", PRODUCT)

    def __rtruediv__(self, other: Any) -> Symbol:
        return Symbol(f"{as_text(other, PRODUCT)} / {as_text(self, PRODUCT + 1)}", PRODUCT)

    def __neg__(self) -> Symbol:
        return Symbol(f"-{as_text(self, ATOM)}", SIGN)  # C reads --x as a decrement

    def __abs__(self) -> Symbol:
        return Symbol(f"fabs({self.text})")

    def __lt__(self, other: Any) -> Any:
        return Symbol(f"{as_text(self, SUM)} < {as_text(other, SUM)}", COMPARISON)

    def __le__(self, other: Any) -> Any:
        return Symbol(f"{as_text(self, SUM)} <= {as_text(other, SUM)}", COMPARISON)

    def __gt__(self, other: Any) -> Any:
        return Symbol(f"{as_text(self, SUM)} > {as_text(other, SUM)}", COMPARISON)

    def __ge__(self, other: Any) -> Any:
        return Symbol(f"{as_text(self, SUM)} >= {as_text(other, SUM)}", COMPARISON)

    def __eq__(self, other: object) -> Any:
        return Symbol(f"{as_text(self, SUM)} == {as_text(other, SUM)}", COMPARISON)

    def __ne__(self, other: object) -> Any:
        return Symbol(f"{as_text(self, SUM)} != {as_text(other, SUM)}", COMPARISON)

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        answer: bool | None = next(local.answers, None)
        if answer is None:
            raise Fork(self.text)
        return answer


def both_ways(rule: Callable[[], Any]) -> Any:
    """What `rule` computes; at each comparison it runs both ways: (yes if test else no)."""
    before = local.answers
    try:
        return _explore(rule, [])
    finally:
        local.answers = before


def _explore(rule: Callable[[], Any], answers: list[bool]) -> Any:
    local.answers = iter(answers)
    try:
        return rule()
    except Fork as fork:
        test = str(fork)
    yes, no = _explore(rule, [*answers, True]), _explore(rule, [*answers, False])
    style = local.style or PYTHON
    return Symbol(style.choice.format(test, as_text(yes, COMPARISON), as_text(no)), style.binds)


def _divided(a: Any, b: Any) -> Symbol:
    """a / b, as a plain division where b is a number other than 0."""
    if type(b) is float and b != 0.0:
        return Symbol(f"{as_text(a, PRODUCT)} / {as_text(b, PRODUCT + 1)}", PRODUCT)
    return Symbol(f"div({as_text(a)}, {as_text(b)})")


def as_text(x: Any, binds: int = CONDITIONAL) -> str:
    """x as text, in parentheses where it binds less tightly than its place needs."""
    if isinstance(x, Symbol):
        return x.text if x.binds >= binds else f"({x.text})"
    if type(x) is tuple:
        return repr(x)
    return repr(x) if math.copysign(1.0, x) > 0.0 or binds < SIGN else f"({x!r})"


class Rules:
    """The rules of the op table as templates: text with fields for operands, result and gradient."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.templates: dict[Any, tuple[Callable[..., str], int]] = {}
        self.slopes: dict[Any, Slope] = {}

    def explore(self, rule: Callable[[], Any]) -> Any:
        """What the rule computes, in this style."""
        before, local.style = local.style, self.style
        try:
            return both_ways(rule)
        finally:
            local.style = before

    def forward(self, op: Any, x: Symbol, y: Any) -> Symbol:
        """op(x, y) as text."""
        key = op, x.binds, y.binds if type(y) is Symbol else repr(y)
        template = self.templates.get(key)
        if template is None:
            a, b = Symbol("{a}", x.binds), Symbol("{b}", y.binds) if type(y) is Symbol else y
            written = self.explore(lambda: a.apply(op, a, b))
            symbol = written if isinstance(written, Symbol) else Symbol(as_text(written))
            template = self.templates[key] = _filler("a, b", symbol.text), symbol.binds
        write, binds = template
        return Symbol(write(x.text, y.text if type(y) is Symbol else ""), binds)

    def backward(self, op: Any, to_a: bool, g: Any, y: Any) -> Slope:
        """The gradient that reaches an operand. y is b, if b is a number."""
        key = op, to_a, None if y is None else repr(y)
        slope = self.slopes.get(key) if type(g) is Symbol else None
        if slope is None:
            arguments = [Symbol("{g}") if type(g) is Symbol else g, Symbol("{out}"), Symbol("{a}")]
            if op.db is not None or y is not None:
                arguments.append(Symbol("{b}") if y is None else y)
            rule = op.da if to_a else op.db
            slope = Slope(self.explore(lambda: rule(*arguments)))
            if type(g) is Symbol:
                self.slopes[key] = slope
        return slope


class Slope:
    """The gradient that reaches an operand: a number, or a text to fill in, and which fields that has."""

    __slots__ = ("a", "b", "binds", "g", "number", "out", "write")

    def __init__(self, found: Any) -> None:
        symbol = isinstance(found, Symbol)
        text = found.text if symbol else ""
        self.number = None if symbol else found
        self.binds = found.binds if symbol else ATOM
        self.write: Any = _filler("g, out, a, b", text) if symbol else None
        self.g, self.out, self.a, self.b = (f"{{{field}}}" in text for field in ("g", "out", "a", "b"))


def _filler(fields: str, text: str) -> Callable[..., str]:
    """A function that fills in the fields of a text: faster than str.format."""
    return eval(f"lambda {fields}: f{text!r}")  # type: ignore[no-any-return]


# --- rows written out -----------------------------------------------------------------------------

# Functions of `floats` that C's math.h and NumPy have too, and the one that is called otherwise there.
CALLS = (
    *("exp", "expm1", "exp2", "log", "log1p", "log2", "log10", "sqrt", "hypot", "fmod", "sin"),
    *("cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh"),
    *("atanh", "erf", "erfc", "floor", "ceil", "trunc", "round"),
)
C_NAMES = {"round": "rint"}


def _call(name: str) -> Callable[..., Any]:
    """A function of math, as the text of a call; of numbers, its value."""

    def call(*xs: Any) -> Any:
        if any(isinstance(x, Symbol) for x in xs):
            return Symbol(f"{C_NAMES.get(name, name)}({', '.join(map(as_text, xs))})")
        return getattr(floats, name)(*xs)

    return call


def _pow(a: Any, b: Any) -> Any:
    return a * a if b == 2.0 else Symbol(f"pow({as_text(a)}, {as_text(b)})")


def _power(a: Any, b: float) -> Any:
    if b in (0.5, -0.5):
        root = Symbol(f"sqrt({a.text})")
        return root if b == 0.5 else 1.0 / root
    return _pow(a, b)


def _sign(a: Any) -> Any:
    return 1.0 if a > 0.0 else -1.0 if a < 0.0 else 0.0


_CALLS = {name: _call(name) for name in CALLS}
_SPELLED: dict[Any, Any] = {getattr(floats, name): f for name, f in _CALLS.items()}
_SPELLED |= {floats.div: operator.truediv, floats.pow: _pow, floats.power: _power, floats.sign: _sign}
_FUNCTIONS = SimpleNamespace(
    **_CALLS, div=operator.truediv, pow=_pow, minimum=floats.minimum, maximum=floats.maximum
)


def _plain(op: Any) -> Callable[..., Any]:
    """The row's `forward` on symbols: with functions of math that write calls."""
    forward = op.forward
    if forward in _SPELLED:
        return _SPELLED[forward]  # type: ignore[no-any-return]
    if getattr(forward, "__module__", None) != ops.__name__:
        return forward if op.inline else _call(forward.__name__)
    return FunctionType(forward.__code__, {**vars(ops), "floats": _FUNCTIONS, "math": _FUNCTIONS})
