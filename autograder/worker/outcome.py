"""The result of one run of a check program, as plain data.

Frame     a line of the student's own code in a traceback
Raised    an exception: its type, its message and the student's frames
Outcome   the returned data or the exception, and what the run showed besides

to_plain, from_plain   an Outcome to plain data, and back; from_plain trusts nothing
harmless(text)         a submission's text, cut, and safe to show in a terminal
visible(text)          the same without the cut: control characters are shown as their codes
exit_words(status)     how a process ended
"""

from __future__ import annotations

import re
import signal
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from autograder.errors import WorkerFault

MAX_TEXT = 2_000
BLANKS = "\u115f\u1160\u2800\u3164\uffa0"  # letters that look like blanks: fillers, and Braille without a dot
UNUSUAL = re.compile(r"[^\n\t -~]+")  # what `can_be_shown` is asked about

Outputs = list[dict[str, Any]]  # what a cell printed and showed, in nbformat's form
Runner = Callable[[str, str, Outputs], None]  # runs a cell's (label, source) and appends to its outputs

#: Where an exception came from. "answer": the student's code; "check": the check program could not use what
#: the answer returned; "stub": the answer still raises NotImplementedError; "missing": a name is not defined;
#: "call": the answer does not take the arguments of its exercise; "timeout": the time was up; "lost": the
#: process ended.
Source = Literal["answer", "check", "stub", "missing", "call", "timeout", "lost"]
SOURCES = ("answer", "check", "stub", "missing", "call", "timeout", "lost")


@dataclass(frozen=True)
class Frame:
    """One line of the answer's code in a traceback."""

    filename: str  # a file's name, or "cell softmax"
    line: int
    function: str
    code: str
    values: str = ""  # of the names on it: "x has shape (3, 4), n is 2"
    column: int = -1  # where in `code` Python stopped reading


@dataclass(frozen=True)
class Raised:
    """An exception as data; `frames` holds the answer's own lines only, outermost first."""

    source: Source
    type_name: str
    message: str
    frames: tuple[Frame, ...] = ()
    begun: bool = False  # of a stub: there is code above the line that raises NotImplementedError


@dataclass(frozen=True)
class Outcome:
    """One run: `returned` is the check program's data, or None if it raised an exception."""

    returned: dict[str, Any] | None = None
    raised: Raised | None = None
    modified: tuple[str, ...] = ()  # arguments the answer changed: "update(w)"
    unstable: tuple[str, ...] = ()  # keys that differed in the second run
    taken: tuple[str, ...] = ()  # called, though the exercise asks to write it: "engine.hvp"
    printed: str = ""
    warnings: tuple[str, ...] = ()
    last_call: str = ""  # the last call and what it returned: "step(z) returned None"
    calls: tuple[str, ...] = ()  # the answer's other functions that it may call
    parameters: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of the functions the check used
    code: Mapping[str, str] = field(default_factory=dict)  # of these and of those that they may call


def to_plain(outcome: Outcome) -> dict[str, Any]:
    """An Outcome as plain data; empty fields are left out."""
    whole = {
        "returned": outcome.returned,
        "raised": raised_to_plain(outcome.raised),
        "modified": list(outcome.modified),
        "unstable": list(outcome.unstable),
        "taken": list(outcome.taken),
        "printed": outcome.printed,
        "warnings": list(outcome.warnings),
        "last_call": outcome.last_call,
        "calls": list(outcome.calls),
        "parameters": {name: list(found) for name, found in outcome.parameters.items()},
        "code": dict(outcome.code),
    }
    return {key: value for key, value in whole.items() if value or (value == {} and key == "returned")}


def raised_to_plain(raised: Raised | None) -> dict[str, Any] | None:
    """A Raised as plain data."""
    if raised is None:
        return None
    frames = [
        [f.filename, f.line, f.function, f.code, f.values, *([f.column] * (f.column >= 0))]
        for f in raised.frames
    ]
    whole = {"source": raised.source, "type": raised.type_name, "message": raised.message, "frames": frames}
    return whole | {"begun": True} if raised.begun else whole


def from_plain(data: Any) -> Outcome:
    """The Outcome that `to_plain` wrote; raises WorkerFault for anything else."""
    try:
        returned, raised = data.get("returned"), raised_from_plain(data.get("raised"))
        if not (returned is None or isinstance(returned, dict)) or (returned is None) == (raised is None):
            raise WorkerFault("the answer holds neither data nor an exception")
        lists = ("modified", "unstable", "taken", "warnings", "calls")
        noticed: dict[str, Any] = {key: _texts(data.get(key, [])) for key in lists}
        noticed |= {key: harmless(data.get(key, "")) for key in ("printed", "last_call")}
        parameters = list(data.get("parameters", {}).items())[:20]
        noticed["parameters"] = {harmless(name): _texts(found) for name, found in parameters}
        noticed["code"] = {harmless(n): harmless(c) for n, c in list(data.get("code", {}).items())[:20]}
        return Outcome(returned, raised, **noticed)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise WorkerFault("the answer is not an outcome") from error


def raised_from_plain(data: Any) -> Raised | None:
    """The Raised that `raised_to_plain` wrote; errors as `from_plain`."""
    if data is None:
        return None
    if data["source"] not in SOURCES:
        raise WorkerFault("the answer names an unknown source of an exception")
    frames = tuple(
        Frame(
            harmless(filename),
            int(line),
            harmless(function),
            harmless(code),
            harmless(rest[0]) if rest else "",
            int(rest[1]) if len(rest) > 1 else -1,
        )
        for filename, line, function, code, *rest in data["frames"][:20]
    )
    begun = data.get("begun", False) is True
    return Raised(data["source"], harmless(data["type"]), harmless(data["message"]), frames, begun)


def _texts(items: Any) -> tuple[str, ...]:
    if not isinstance(items, list):
        raise TypeError("a list of texts is expected")
    return tuple(harmless(item) for item in items[:20])


def harmless(value: Any) -> str:
    """A submission's text, safe to show in a terminal: cut to MAX_TEXT, and `visible`."""
    if not isinstance(value, str):
        raise TypeError("a text is expected")
    return visible(value[:MAX_TEXT])


def visible(text: str) -> str:
    """The text with "\\x1b" and "\\u202e" in place of characters that are not seen or that reorder others."""
    return UNUSUAL.sub(lambda some: "".join(c if can_be_shown(c) else _code(c) for c in some[0]), text)


def can_be_shown(character: str) -> bool:
    """Whether a character is seen, or is a blank, a line end, or a joiner that some scripts need."""
    seen = character.isprintable() and character not in BLANKS
    return seen or character in "\n\t\u200c\u200d" or unicodedata.category(character) == "Zs"


def _code(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def exit_words(status: int) -> str:
    """How a process ended, from its exit status as subprocess gives it: "exit status 3", "SIGKILL"."""
    if status >= 0:
        return f"exit status {status if status < 256 else hex(status)}"  # Windows has large ones
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
