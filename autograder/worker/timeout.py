"""A time limit for code in this process.

    within(2.0, call)    raises TimeUp in the call when the time is up, again and again until it is left

It works by an alarm, which also ends a sleep. Where there are no alarms, on Windows and in other threads than
the main one, another thread watches the clock: what waits in C, a sleep too, ends first there.
"""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

AGAIN = 0.1  # seconds after which code that caught TimeUp gets another


class TimeUp(BaseException):
    """Raised in the limited code; a BaseException, so that `except Exception` does not catch it."""


def within(seconds: float, call: Callable[[], T]) -> T:
    """call(), with TimeUp raised in it if it runs longer; raised out of it unless it is caught there."""
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        return _by_alarm(seconds, call)
    return _by_watch(seconds, call)


# No context managers below: an interrupt between a block's end and __exit__ would leave the limit on. What
# silences it stands there twice, since the time may be up in the midst of the first; the next is AGAIN away.


def _by_alarm(seconds: float, call: Callable[[], T]) -> T:
    """`within` by the system's alarm; the handler that was there before is put back."""
    before = signal.getsignal(signal.SIGALRM)
    try:
        try:
            signal.signal(signal.SIGALRM, _ring)
            signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
            return call()
        finally:
            _silence(before)
    finally:
        _silence(before)


def _ring(number: int, frame: FrameType | None) -> None:
    raise TimeUp


def _silence(before: signal.Handlers | Callable[[int, FrameType | None], object] | int | None) -> None:
    """Take the alarm back and put the earlier handler in its place."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


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
        threading.Thread(target=self._run, args=(seconds,), daemon=True, name="time limit").start()

    def _run(self, seconds: float) -> None:
        while not self._over.wait(seconds):
            with self._raising:
                if not self._over.is_set():
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(self._thread, ctypes.py_object(TimeUp))
            seconds = AGAIN

    def stop(self) -> None:
        """Nothing is raised any more when this returns, and what was raised has arrived.

        It is waited for and not taken back: CPython 3.11 hangs under a profiler after one was taken back.
        """
        self._over.set()
        with self._raising:
            pass
        for _ in range(3):
            pass  # the interpreter looks for interrupts at each turn
