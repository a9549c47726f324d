"""The tape of a trace: what a run of a function did, in order.

Tape        ops as [out, op, a, b], and comparisons as [how it went, symbol, a, b]
Traced      a Value on a tape, whose number may be computed with and compared, but not taken out
Reading     the .data of a traced Value: a constant, read anew at each call, of which max() may be taken
TraceError  the function does something that a trace cannot follow
"""

from __future__ import annotations

import os
import sys
from dis import get_instructions, opname
from types import FrameType
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

    def __gt__(self, other: Any) -> bool:
        won = Value.__gt__(self, other)
        tape = local.tape
        if type(tape) is Tape and isinstance(other, Traced) and _called_from_c():
            tape.follow(self, other, won)
        return won

    __hash__ = Value.__hash__

    def detach(self) -> Value:
        """The same number as a constant. While tracing, max(xs).detach() is the maximum at each call."""
        tape = local.tape
        return Value.detach(tape.meant(self, "detach") if type(tape) is Tape else self)

    @property
    def data(self) -> Any:
        """The number. While tracing, a constant that stands for it; of max(xs), for the maximum of xs."""
        tape = local.tape
        return tape.reading(tape.meant(self, "data")) if type(tape) is Tape else self._data

    @data.setter
    def data(self, data: Any) -> None:
        if local.tape is not None:
            local.tape.escape("setting .data")
        Value.data.__set__(self, data)


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


class _Row:
    """Comparisons of one max() over Values: the values, the guards, and the one that won so far."""

    def __init__(self, place: tuple[int, int], first: Value) -> None:
        self.place, self.values, self.winner = place, [first], first
        self.guards: list[list[Any]] = []


def _asked_at_once(frame: FrameType, call: int, name: str) -> bool:
    """Whether the frame is now asking what its call at `call` returned for the attribute, or calling that."""
    lines = [line for line in get_instructions(frame.f_code) if call <= line.offset <= frame.f_lasti]
    if len(lines) < 2 or lines[1].opname not in ("LOAD_ATTR", "LOAD_METHOD") or lines[1].argval != name:
        return False
    return all(line.opname in ("PRECALL", "CALL") for line in lines[2:]) and len(lines) <= 4


def _called_from_c() -> bool:
    """Whether a function of C, such as max, compares: the line that runs calls something."""
    frame = sys._getframe(2)
    return "CALL" in opname[frame.f_code.co_code[frame.f_lasti]]


class Tape:
    """What one run did: [out, op, a, b] and [how it went, symbol, a, b]; None in place of `out` is void."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.entries: list[list[Any]] = []
        self.row: _Row | None = None

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

    def follow(self, challenger: Value, holder: Value, won: bool) -> None:
        """A function of C has asked `challenger > holder`, and the tape has the answer as its last entry."""
        frame, row = sys._getframe(2), self.row
        place = id(frame), frame.f_lasti
        if row is None or row.place != place or row.winner is not holder:
            row = self.row = _Row(place, holder)
        row.values.append(challenger)
        row.guards.append(self.entries[-1])
        row.winner = challenger if won else holder

    def meant(self, v: Value, name: str) -> Value:
        """What v stands for in v.name: itself, but the maximum in max(xs).detach() and max(xs).data.

        There nothing else can hold what max() returned, so its comparisons need not be guards.
        """
        row, frame = self.row, sys._getframe(2)
        if row is None or row.winner is not v or row.place[0] != id(frame):
            return v
        if not _asked_at_once(frame, row.place[1], name):
            return v
        self.row = None
        for guard in row.guards:
            guard[0] = None
        return self._largest(row.values, None)

    def _largest(self, values: list[Value], last: Value | None) -> Value:
        """The maximum of the values as ops on the tape; `last`, if given, is the Value of the last one."""
        top = values[0]
        for i, x in enumerate(values[1:], 2):
            out = last if last is not None and i == len(values) else made(max(top._data, x._data))
            self.entries.append([out, larger, x, top])
            top = out
        return top

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
        self._largest([reading.source for reading in row], winner)

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
