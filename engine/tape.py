"""The tape of a trace: what a run of a function did, in order.

Tape        ops as [out, op, a, b], and comparisons as [how it went, symbol, a, b]
Traced      a Value on a tape, whose number may be computed with and compared, but not taken out
Reading     the .data of a traced Value: a constant, read anew at each call, of which max() may be taken
TraceError  the function does something that a trace cannot follow
"""

from __future__ import annotations

import os
import sys
from dis import opname
from typing import Any

from . import ops
from .modes import local
from .ops import Op
from .value import Value, made, new

ENGINE = os.path.dirname(__file__) + os.sep
# the larger of two as max() decides it: the first, unless the second is larger
larger = Op("larger", "Larger", lambda a, b: a if a > b else b, None, inline=True)


class TraceError(RuntimeError):
    """The function does something that a trace cannot follow."""


class Traced(Value):
    """A Value on a tape: its number may be computed with and compared, but not taken out."""

    __slots__ = ()

    @property
    def data(self) -> Any:
        """The number. While tracing, a constant that stands for it."""
        tape = local.tape
        return tape.reading(self) if type(tape) is Tape else self._data

    @data.setter
    def data(self, data: Any) -> None:
        if local.tape is not None:
            local.tape.escape("setting .data")
        Value.data.__set__(self, data)  # type: ignore[attr-defined]


class Reading(Traced):
    """The .data of a traced Value, as a constant.

    max() asks `b > a` of one after the other, keeps the larger and returns it: a row of comparisons that one
    reading wins. If that one is computed with and the others are gone, it stands for the maximum of the row:
    the comparisons need not be guards.
    """

    __slots__ = ("guards", "row", "source")
    guards: Any
    row: Any
    source: Any

    def __gt__(self, other: Any) -> bool:
        tape = local.tape
        if type(tape) is not Tape or type(other) is not Reading or not _called_from_c():
            return Value.__gt__(self, other)
        won: bool = self._data > other._data
        row, guards = other.row or [other], other.guards or []
        other.row = other.guards = None
        row.append(self)
        guards.append(tape.compared(won, ">", self.source, other.source))
        winner = self if won else other
        winner.row, winner.guards = row, guards
        return won

    __hash__ = Value.__hash__


def _called_from_c() -> bool:
    """Whether a function of C, such as max, compares: the line that runs calls something."""
    frame = sys._getframe(2)
    return "CALL" in opname[frame.f_code.co_code[frame.f_lasti]]


class Tape:
    """What one run did: [out, op, a, b] and [how it went, symbol, a, b]; None in place of `out` is void."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.entries: list[list[Any]] = []

    def append(self, out: Value, op: Op, a: Any, b: Any) -> None:
        out.__class__ = Traced
        for x in (a, b):
            if type(x) is Reading and x.row:
                self._maximum(x)
        self.entries.append([out, op, a, b])

    def compared(self, went: bool, symbol: str, a: Any, b: Any) -> list[Any]:
        for x in (a, b):
            if type(x) is Reading and x.row:
                self._maximum(x)
        self.entries.append([went, symbol, a, b])
        return self.entries[-1]

    def reading(self, v: Value) -> Reading:
        """The number of v as a constant."""
        out = new(Reading)
        out._data = v._data
        out._grad, out.op, out.a, out.b, out.born = 0.0, None, None, None, v.born
        out.row, out.guards, out.source = None, None, v
        self.entries.append([out, ops.clone, v, None])
        return out

    def _maximum(self, winner: Reading) -> None:
        """Let the winner of a row stand for the maximum of the row."""
        row, guards = winner.row, winner.guards
        winner.row = winner.guards = None
        for i in range(len(row)):
            if row[i] is not winner and sys.getrefcount(row[i]) > 3:  # the row, the tape, and this call
                self.escape("a maximum of numbers that are kept elsewhere")
        for guard in guards:
            guard[0] = None
        top = row[0].source
        for i in range(1, len(row)):
            x = row[i].source
            out = winner if i == len(row) - 1 else made(max(top._data, x._data))
            self.entries.append([out, larger, x, top])
            top = out

    def escape(self, what: str) -> None:
        raise TraceError(
            f"{self.name} cannot be traced: {what} takes a number out of the graph, and what it is now "
            f"would be baked into the code ({user_line()}). Compute with the Value or v.detach(), also for "
            "a maximum: max(xs).detach(); compare it with <, > and ==."
        )


def user_line() -> str:
    """The line of the function under trace that is running: the nearest one outside the engine."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(ENGINE):
        frame = frame.f_back
    code = frame.f_code
    return f"{os.path.basename(code.co_filename)}:{frame.f_lineno}, in {code.co_name}"
