"""A time limit for code in this process, on every platform and without signals."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class TimeUp(BaseException):
    """Raised in the limited code; a BaseException, so that `except Exception` does not catch it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeUp in this thread's code if the block runs longer, again and again until the block is left.

    It arrives between two bytecodes: a call that stays in C (a sleep, a huge matrix product) ends first.
    """
    thread = ctypes.c_ulong(threading.get_ident())
    over = threading.Event()
    fired = threading.Event()

    def interrupt() -> None:
        fired.set()
        ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TimeUp))

    def watch() -> None:
        wait = seconds
        while not over.wait(wait):
            interrupt()
            wait = 0.1

    watcher = threading.Thread(target=watch, name="time limit", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        _stand_down(over, watcher, fired, interrupt)


def _stand_down(
    over: threading.Event, watcher: threading.Thread, fired: threading.Event, interrupt: Callable[[], None]
) -> None:
    """End the watcher and wait for an interrupt that is still on its way, so that it hits nobody else.

    A pending one cannot be taken back (CPython 3.11 then checks for it for ever), but the next takes its place.
    """
    last = False
    while True:
        try:
            over.set()
            watcher.join()
            if not fired.is_set():
                return
            interrupt()
            last = True
            while True:
                pass
        except TimeUp:
            if last:
                return
