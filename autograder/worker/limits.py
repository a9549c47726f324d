"""A time limit for code in this process, on every platform and without signals."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class TimeUp(BaseException):
    """Raised in the limited code; a BaseException, so that `except Exception` does not catch it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeUp in this thread's code if the block runs longer, again and again until the block is left.

    It arrives between two bytecodes: a call that stays in C (a sleep, a huge matrix product) ends first.
    """
    thread = ctypes.c_ulong(threading.get_ident())
    over = threading.Event()
    interrupt = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def watch() -> None:
        wait = seconds
        while not over.wait(wait):
            interrupt(thread, ctypes.py_object(TimeUp))
            wait = 0.1

    watcher = threading.Thread(target=watch, name="time limit", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        # An interrupt that was sent but has not arrived yet must not hit whoever runs next.
        while True:
            with suppress(TimeUp):
                over.set()
                watcher.join()
                interrupt(thread, None)
                break
