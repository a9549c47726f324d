"""A time limit for code in this process.

    within(2.0, call)    raises TimeUp in the call when the time is up, and again every 0.1 s until it ends
    interactive()        breakpoint() and input() wait for a user; without a keyboard, the first is an error,
                         and in a notebook the second
    is_debugged(tracer)  whether a debugger is at work
    leaving(error)       the exception that passes through because its user has left the debugger, or None

It uses an alarm, which also interrupts a sleep. Where there are no alarms, on Windows and outside the main
thread, another thread watches the clock; there TimeUp comes only when a C function, such as sleep, returns.
In a browser there are neither: the clock is looked at whenever a loop of Python turns, which a C function
never does. The time begins anew where a user was waited for: at a debugger, or in input().
"""

from __future__ import annotations

import builtins
import ctypes
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from types import CodeType, FrameType
from typing import Any, TypeVar

T = TypeVar("T")

WEBASSEMBLY = "emscripten", "wasi"  # platforms without threads and alarms
AGAIN = 0.1  # seconds after which TimeUp is raised again, since the code may have caught it


class TimeUp(BaseException):
    """Raised in the limited code; a BaseException, so that `except Exception` does not catch it."""


def within(seconds: float, call: Callable[[], T]) -> T:
    """The result of call(); if it runs longer than `seconds`, TimeUp is raised in it and passes through."""
    if sys.platform in WEBASSEMBLY:
        return by_turns(seconds, call)
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        return _by_alarm(seconds, call)
    return _by_watch(seconds, call)


# No context managers below: TimeUp between a block's end and __exit__ would leave the alarm on. The alarm is
# disarmed twice on purpose: TimeUp may interrupt the first call, and the next comes AGAIN seconds later.


def _by_alarm(seconds: float, call: Callable[[], T]) -> T:
    """`within` by the system's alarm; the earlier handler is put back."""
    before = signal.getsignal(signal.SIGALRM)

    due = 0.0

    def ring(number: int, frame: FrameType | None) -> None:
        nonlocal due
        if _is_waited_for(sys.gettrace(), frame):
            due = time.monotonic() + seconds
        elif time.monotonic() >= due:
            raise TimeUp

    try:
        try:
            signal.signal(signal.SIGALRM, ring)
            signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
            return call()
        finally:
            _disarm(before)
    finally:
        _disarm(before)


def _is_waited_for(tracer: object, frame: FrameType | None) -> bool:
    """Whether a user is waited for: a debugger traces the code or a frame of it, or it is in input()."""
    while frame is not None and not is_debugged(frame.f_trace) and frame.f_code is not _ask.__code__:
        frame = frame.f_back
    return frame is not None or is_debugged(tracer)


def _ask(function: Callable[..., str], *prompt: object) -> str:
    """input(), in sight: where output is captured, its prompt would be too.

    A notebook's would ask anew at each call of the answer, some twenty times a check: only a debugger may.
    """
    in_a_notebook = "kernel" in type(getattr(function, "__self__", None)).__module__
    if in_a_notebook and sys._getframe(1).f_globals["__name__"] != "cmd":
        raise EOFError("EOF when reading a line")
    if sys.__stdin__ is not None and not sys.__stdin__.closed and sys.__stdin__.isatty():
        print("The answer calls input() and waits:", *prompt, end=" ", file=sys.__stdout__, flush=True)
    return function(*prompt)


def is_debugged(tracer: object) -> bool:
    """Whether a debugger is attached, by the function that traces a thread; a measure of coverage is none."""
    monitoring = getattr(sys, "monitoring", None)  # Python 3.12 and later
    if monitoring is not None and monitoring.get_tool(monitoring.DEBUGGER_ID):
        return True
    return tracer is not None and not type(getattr(tracer, "__self__", tracer)).__module__.startswith(
        "coverage"
    )


@contextmanager
def interactive() -> Iterator[None]:
    """Make breakpoint() an error where no one could answer it, and input() wait without a limit."""
    before, ask = sys.breakpointhook, builtins.input
    builtins.input = partial(_ask, ask)
    no_keyboard = sys.__stdin__ is None or sys.__stdin__.closed or not sys.__stdin__.isatty()
    debugger = sys.modules.get("debugpy")  # in a kernel its hook does nothing until a debugger is attached
    asleep = debugger is not None and "debugpy" in before.__name__ and not debugger.is_client_connected()
    if asleep or (before is sys.__breakpointhook__ and no_keyboard):  # an IDE has a hook of its own
        sys.breakpointhook = _no_keyboard
    try:
        yield
    finally:
        sys.breakpointhook, builtins.input = before, ask


def leaving(error: BaseException) -> BaseException | None:
    """What ends the whole run where a debugger was left with q; None for all other exceptions."""
    name = type(error).__name__
    if sys.breakpointhook is _no_keyboard or name not in ("BdbQuit", "Exit"):  # pytest's is an Exit
        return None
    return error if name == "Exit" else KeyboardInterrupt()


def _no_keyboard(*args: object, **options: object) -> None:
    raise RuntimeError("breakpoint() is still there, and no one is at the keyboard: take it out")


def _disarm(before: signal.Handlers | Callable[[int, FrameType | None], object] | int | None) -> None:
    """Cancel the alarm and put the earlier handler back."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


_deadlines: list[tuple[float, Collection[str] | None]] = []  # and of which files; None is of all
TOOL = 4  # sys.monitoring has a few numbers for its users


def by_turns(seconds: float, call: Callable[[], T], files: Collection[str] | None = None) -> T:
    """`within` by a look at the clock whenever a loop turns; with `files`, a loop of theirs, outside of a
    limit that is within this one."""
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]  # Python 3.12 and later
    if not _deadlines:
        monitoring.use_tool_id(TOOL, "gradfn's time limit")
        monitoring.register_callback(TOOL, monitoring.events.JUMP, _turn)
        monitoring.set_events(TOOL, monitoring.events.JUMP)
    _deadlines.append((time.monotonic() + seconds, files))
    try:
        return call()
    finally:
        _deadlines.pop()
        if not _deadlines:
            monitoring.set_events(TOOL, 0)
            monitoring.free_tool_id(TOOL)


def _turn(code: CodeType, start: int, end: int) -> None:
    now, innermost = time.monotonic(), _deadlines[-1]
    for limit in _deadlines:
        deadline, files = limit
        due = files is None or (limit is innermost and code.co_filename in files)
        if now > deadline and due and not is_debugged(sys.gettrace()):
            raise TimeUp


def _by_watch(seconds: float, call: Callable[[], T]) -> T:
    """`within` by a thread that raises TimeUp in this one."""
    watch = _Watch(threading.get_ident())
    try:
        try:
            watch.start(seconds)
            return call()
        finally:
            watch.stop()
    finally:
        watch.stop()


class _Watch:
    """Raises TimeUp in a thread when its time is up, until that thread stops it."""

    def __init__(self, thread: int) -> None:
        self._thread = ctypes.c_ulong(thread)
        self._over = threading.Event()
        self._raising = threading.RLock()  # a plain lock could not be taken by the second stop()

    def start(self, seconds: float) -> None:
        with suppress(RuntimeError):  # there are no threads
            threading.Thread(target=self._run, args=(seconds,), daemon=True, name="time limit").start()

    def _run(self, seconds: float) -> None:
        wait, due = seconds, 0.0
        while not self._over.wait(wait):
            wait = AGAIN
            with self._raising:
                if _is_waited_for(None, sys._current_frames().get(self._thread.value)):
                    due = time.monotonic() + seconds
                elif not self._over.is_set() and time.monotonic() >= due:
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(self._thread, ctypes.py_object(TimeUp))

    def stop(self) -> None:
        """When this returns, no TimeUp will be raised any more, and none is pending.

        A pending one is waited for, not cancelled: CPython 3.11 hangs under a profiler after a cancelled one.
        """
        self._over.set()
        with self._raising:
            pass
        for _ in range(3):
            pass  # the interpreter raises pending exceptions at each turn of a loop
