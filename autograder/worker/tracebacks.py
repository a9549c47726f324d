"""An exception as data: where it came from, its message, and the answer's own lines with the values on them.

    describe_exception(error, *own)    a Raised; `own` are the namespaces whose code is the answer's
    frame_of(...)                      one line of that code
    cell_filename, shown_filename      a cell as a file name, and a file name as students read it

Frames of the kit, of NumPy and of the engine are left out: a student cannot change them.
"""

from __future__ import annotations

import builtins
import io
import linecache
import re
import tokenize
import traceback
import types
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from autograder.errors import NotFound
from autograder.worker.outcome import Frame, Raised, Source, harmless
from autograder.worker.plain import short
from autograder.worker.timeout import TimeUp

Namespace = dict[str, Any]

MAX_VALUES = 5
#: How Python says that arguments were refused: "MLP.__init__() missing 1 required positional argument".
REFUSED = re.compile(r"(\w+)(?:\.\w+)*\(\) (?:takes|missing|got an unexpected|got multiple|got some)")


class MissingName(AttributeError):
    """The answer module does not define a name that a check asks for."""


def describe_exception(error: BaseException, *own: Namespace, seconds: float = 0.0) -> Raised:
    """An exception as data, with the frames that ran code of the namespaces `own`, and no others."""
    steps = [
        (frame, line or frame.f_code.co_firstlineno)  # an instruction may have no line number
        for frame, line in traceback.walk_tb(error.__traceback__)
        if any(frame.f_globals is namespace for namespace in own)
    ]
    begun = _is_stub(error) and bool(steps) and _has_code_before(*steps[-1])
    # A deep recursion repeats itself: the beginning and the end are enough.
    steps = steps if len(steps) <= 6 else steps[:3] + steps[-3:]
    innermost = steps[-1][0] if steps else None
    frames = [
        # No card shows the values where a stub is raised, and finding them takes long.
        frame_of(f.f_code, n, f.f_globals, {} if f is innermost and _is_stub(error) else f.f_locals)
        for f, n in steps
    ]
    message = f"over {seconds:g} s" if isinstance(error, TimeUp) else _message(error, innermost)
    if isinstance(error, SyntaxError) and error.lineno:
        text = error.text or ""
        column = (error.offset or 0) - 1 - (len(text) - len(text.lstrip()))
        shown = shown_filename(error.filename or "")
        frames.append(Frame(shown, error.lineno, "", text.strip(), column=max(column, -1)))
        message = error.msg
    source = _source(error, message, bool(steps), own)
    return Raised(source, type(error).__name__, harmless(message), tuple(frames), begun)


def _message(error: BaseException, frame: types.FrameType | None) -> str:
    try:
        near = _near(error, frame)
        return f"{error}. Did you mean {near}?" if near else str(error)
    except Exception:
        return ""  # an exception whose own __str__ fails


def _near(error: BaseException, frame: types.FrameType | None) -> str:
    """The known name nearest to an unknown one, as Python's own tracebacks suggest it; or ""."""
    known: set[str] = set()
    own = frame.f_locals.get("self") if frame is not None else None
    match error:
        case UnboundLocalError():
            pass
        case NameError(name=str() as name) if _is_of_another_method(own, name):
            return f"self.{name}"
        case NameError() if frame is not None:
            known = {*frame.f_locals, *frame.f_globals, *(n for n in vars(builtins) if len(n) > 3)}
        case AttributeError(obj=types.ModuleType() as module):
            known = set(vars(module))
    names = [name for name in known if isinstance(name, str) and not name.startswith("_")]
    wanted = getattr(error, "name", None)
    if not isinstance(wanted, str):
        return ""
    same = [name for name in names if name.lower() == wanted.lower()]
    return next(iter(same), None) or NotFound.nearest(wanted, sorted(names), cutoff=0.66) or ""


def _is_of_another_method(own: Any, name: str) -> bool:
    """Whether `own` has an attribute of that name, or a method of its class a local name."""
    methods = (getattr(method, "__code__", None) for method in vars(type(own)).values())
    kept = getattr(own, "__dict__", {})
    known = name in kept or name in kept.get("_modules", ())  # where PyTorch puts self.fc1
    return own is not None and (known or any(code and name in code.co_varnames for code in methods))


def _source(error: BaseException, message: str, in_answer: bool, own: tuple[Namespace, ...]) -> Source:
    match error:
        case TimeUp():
            return "timeout"
        case MissingName():
            return "missing"
        case NotImplementedError() if _is_stub(error):
            return "stub" if in_answer else "check"
        case TypeError() if not in_answer and (found := REFUSED.match(message)) and found[1] in own[0]:
            return "call"
        case _:
            return "answer" if in_answer else "check"


def _is_stub(error: BaseException) -> bool:
    """Whether a stub raised it: Jupyter's input() has a kind of its own, and PyTorch gives a reason."""
    return type(error) is NotImplementedError and not error.args


def _has_code_before(frame: types.FrameType, line: int) -> bool:
    """Whether a function has lines of code above the given one, not counting its docstring."""
    code = frame.f_code
    return any(code.co_firstlineno < n < line for _, _, n in code.co_lines() if n is not None)


def frame_of(
    code: types.CodeType, line: int, namespace: Namespace, values: dict[str, Any] | None = None
) -> Frame:
    """A frame as students read it: the file or cell, the line, its text and the values on it."""
    source = linecache.getline(code.co_filename, line, namespace).strip()
    name = "" if code.co_name == "<module>" else code.co_qualname.replace(".<locals>", "")
    return Frame(
        shown_filename(code.co_filename), line, name, source, ", ".join(_values(source, values or {}))
    )


def _values(source: str, known: dict[str, Any]) -> list[str]:
    """The values of the names on a line, in words, where a few words will do."""
    values = [f"{name} {words}" for name, value in _mentioned(source, known) if (words := short(value))]
    return list(dict.fromkeys(values))[:MAX_VALUES]


def _mentioned(source: str, known: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each local name on the line with its value, and each plain attribute such as self.rate."""
    tokens = ["", *(_tokens(source) if known else ()), "", ""]
    for before, name, dot, attribute in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False):
        if before == "." or name not in known:
            continue
        attributes = getattr(known[name], "__dict__", None) if dot == "." else None
        if isinstance(attributes, dict) and attribute in attributes:
            yield f"{name}.{attribute}", attributes[attribute]
        else:
            yield name, known[name]


def _tokens(source: str) -> list[str]:
    """The names and operators of a line, which may be part of a statement."""
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in (tokenize.NAME, tokenize.OP):
                found.append(token.string)
    except (tokenize.TokenError, SyntaxError):
        pass  # the statement continues on the next line
    return found


def cell_filename(label: str) -> str:
    """The file name of a cell's code, of which `shown_filename` makes "cell softmax" or "your own cell"."""
    return f"<{label}>" if " " in label else f"<cell {label}>"


def shown_filename(filename: str) -> str:
    """A file by its name, a cell by its label."""
    return filename.strip("<>") if filename.startswith("<") else PurePath(filename).name
