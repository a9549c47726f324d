"""Symbols stand for floats while a rule of the op table runs; the result is the text of the rule.

Symbol     the text of an expression and how tightly it binds; computing with symbols writes a longer one
both_ways  a rule that branches, run each way, as a conditional expression
as_text    a symbol or a number as text, in parentheses where its place needs them
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from . import ops
from .modes import local

CONDITIONAL, COMPARISON, SUM, PRODUCT, SIGN, ATOM = range(6)


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

    def __neg__(self) -> Symbol:
        return Symbol(f"-{as_text(self, SIGN)}", SIGN)

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
    return Symbol(f"{as_text(yes, COMPARISON)} if {test} else {as_text(no)}", CONDITIONAL)


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
