"""Running one check program on one answer module.

    run(check, module, seed) -> Outcome

What every check asserts of itself is looked after here: arguments are not modified, a second run gives the
same answer, NumPy does not overflow, and the time limit holds.
"""

from __future__ import annotations

import inspect
import io
import linecache
import traceback
import types
import warnings
import zlib
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import numpy as np

from autograder.declare import Check
from autograder.worker.limits import TimeUp, within
from autograder.worker.outcome import MAX_TEXT, Frame, Outcome, Raised, Source, text
from autograder.worker.plain import describe, plain, same

Namespace = dict[str, Any]


class MissingName(AttributeError):
    """The answer module does not define a name that a check asks for."""


class Output(io.StringIO):
    """Keeps the first characters written to it and lets the rest go, however much it is."""

    def write(self, written: str) -> int:
        if (room := MAX_TEXT - self.tell()) > 0:
            super().write(written[:room])
        return len(written)


class Answer:
    """An answer module as check programs see it: its functions watched, everything else as it is."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module
        self._modified: list[str] = []
        self._last_call = ""

    def __getattr__(self, name: str) -> Any:
        try:
            value = getattr(self._module, name)
        except AttributeError:
            raise MissingName(name) from None
        if callable(value) and not isinstance(value, type):
            return self._watched(name, value)
        return value

    def _watched(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, with a note of the arguments it changed and of what it returned last."""

        def call(*args: Any, **kwargs: Any) -> Any:
            given: list[tuple[int | str, Any]] = [*enumerate(args), *kwargs.items()]
            before = [plain(value) for _, value in given]
            result = function(*args, **kwargs)
            for (key, value), kept in zip(given, before, strict=True):
                if isinstance(value, np.ndarray | list | dict) and not same(plain(value), kept):
                    self._modified.append(f"{name}({_parameter(function, key)})")
            self._last_call = f"{name} returned {describe(plain(result))}"
            return result

        return call


def _parameter(function: Callable[..., Any], key: int | str) -> str:
    """The name of the parameter that a positional or keyword argument lands in."""
    if isinstance(key, str):
        return key
    try:
        return list(inspect.signature(function).parameters)[key]
    except (ValueError, TypeError, IndexError):
        return f"argument {key + 1}"


def run(check: Check, module: types.ModuleType, seed: int, *borrowed: Namespace) -> Outcome:
    """Run `check` on the answers in `module`, twice where the check repeats, and say what came of it.

    `borrowed` are namespaces whose code counts as the answer's too: functions that came from elsewhere.
    """
    first = _once(check, module, seed, borrowed)
    if first.returned is None or not check.repeat:
        return first
    second = _once(check, module, seed, borrowed)
    if second.returned is None:
        return replace(first, unstable=tuple(first.returned))
    keys = tuple(key for key in first.returned if not same(first.returned[key], second.returned.get(key)))
    return replace(first, unstable=keys)


def _once(check: Check, module: types.ModuleType, seed: int, borrowed: tuple[Namespace, ...]) -> Outcome:
    answer, output = Answer(module), Output()
    returned, error = None, None
    with warnings.catch_warnings(record=True) as caught, redirect_stdout(output), redirect_stderr(output):
        warnings.simplefilter("always")
        try:
            # Stopping is for the limits; everything else that an answer raises is data.
            with np.errstate(over="raise", under="ignore"):
                rng = np.random.default_rng([seed, _key(check)])
                returned = within(check.seconds, lambda: plain(dict(check.program(answer, rng))))
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as problem:
            error = problem
    return Outcome(
        returned,
        None if error is None else describe_exception(error, vars(module), *borrowed, seconds=check.seconds),
        tuple(dict.fromkeys(answer._modified)),
        (),
        text(output.getvalue()),
        tuple(dict.fromkeys(text(f"{w.category.__name__}: {w.message}") for w in caught))[:5],
        answer._last_call,
    )


def _key(check: Check) -> int:
    """A number of the check's own, so that its inputs do not depend on which checks exist beside it."""
    return zlib.crc32(f"{check.exercise}.{check.name}".encode())


def describe_exception(error: BaseException, *own: Namespace, seconds: float = 0.0) -> Raised:
    """An exception as data, with only those frames that ran code of the namespaces `own`."""
    frames = [
        frame_of(frame.f_code, line, frame.f_globals)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if any(frame.f_globals is namespace for namespace in own)
    ]
    # A deep recursion repeats itself: its beginning and its end tell all.
    frames = frames if len(frames) <= 6 else frames[:3] + frames[-3:]
    message = f"over {seconds:g} s" if isinstance(error, TimeUp) else _message(error)
    if isinstance(error, SyntaxError) and error.lineno:
        frames.append(Frame(_place(error.filename or ""), error.lineno, "", (error.text or "").strip()))
        message = error.msg
    return Raised(_source(error, bool(frames)), type(error).__name__, text(message), tuple(frames))


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""  # an exception that cannot even say what it is


def _source(error: BaseException, in_answer: bool) -> Source:
    match error:
        case TimeUp():
            return "timeout"
        case MissingName():
            return "missing"
        case NotImplementedError():
            return "stub" if in_answer else "check"
        case TypeError() if not in_answer and _refused_arguments(error):
            return "call"
        case _:
            return "answer" if in_answer else "check"


def _refused_arguments(error: BaseException) -> bool:
    """Whether the innermost frame is our own call of the answer: its body was never entered."""
    frames = list(traceback.walk_tb(error.__traceback__))
    return bool(frames) and frames[-1][0].f_code.co_name == "call" and frames[-1][0].f_globals is globals()


def frame_of(code: types.CodeType, line: int, namespace: dict[str, Any]) -> Frame:
    """The frame as a student knows it: the file or cell, the line and its text."""
    source = linecache.getline(code.co_filename, line, namespace).strip()
    name = "" if code.co_name == "<module>" else code.co_name
    return Frame(_place(code.co_filename), line, name, source)


def _place(filename: str) -> str:
    return filename.strip("<>") if filename.startswith("<") else PurePath(filename).name
