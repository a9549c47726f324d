"""A time limit for code in this process: by a signal where there are alarms, by a thread elsewhere.

    with time_limit(2.0):    raises TimeUp in the block when the time is up, again and again until it is left

A signal also ends a sleep; a thread's interrupt arrives between two bytecodes. A long call in C ends first.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN = 0.1  # seconds after which code that caught TimeUp gets another


class TimeUp(BaseException):
    """Raised in the limited code; a BaseException, so that `except Exception` does not catch it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeUp in the block if it runs longer; raises it out of the block unless it is caught there."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    stop = _alarm(seconds) if hasattr(signal, "setitimer") and in_main_thread else _watcher(seconds)
    try:
        yield
    finally:
        _insist(stop)


def _insist(stop: Callable[[], None]) -> None:
    """Call `stop` until it comes through: the time may be up in the midst of it."""
    while True:
        try:
            stop()
        except TimeUp:
            continue
        return


def _alarm(seconds: float) -> Callable[[], None]:
    """Set the process's alarm; gives the function that takes it back."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TimeUp

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)

    def stop() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

    return stop


def _watcher(seconds: float) -> Callable[[], None]:
    """Start a thread that interrupts this one; gives the function that ends it."""
    import ctypes  # not needed where there are signals, and students wait for imports

    thread = ctypes.c_ulong(threading.get_ident())
    over, fired, last = threading.Event(), threading.Event(), threading.Event()

    def interrupt() -> None:
        fired.set()
        ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TimeUp))

    def watch() -> None:
        wait = seconds
        while not over.wait(wait):
            interrupt()
            wait = AGAIN

    watcher = threading.Thread(target=watch, name="time limit", daemon=True)
    watcher.start()

    def stop() -> None:
        over.set()
        watcher.join()
        if fired.is_set() and not last.is_set():
            # One may be on its way still. The next takes its place, and is waited for.
            last.set()
            interrupt()
            while True:
                pass

    return stop
