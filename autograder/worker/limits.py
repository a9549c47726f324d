"""A time limit for code in this process.

    within(2.0, call)    raises TimeUp in the call when the time is up, again and again until it is left

It works by an alarm, which also ends a sleep; a long call in C ends first. Where a system has no alarms, and
in other threads than the main one, the call is not limited.
"""

from __future__ import annotations

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
    """call(), with TimeUp raised in it if it runs longer; raised out of it unless it is caught there.

    No context manager: an interrupt between a block's end and __exit__ would leave the alarm on.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return call()
    before = signal.getsignal(signal.SIGALRM)
    try:
        try:
            signal.signal(signal.SIGALRM, _ring)
            signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
            return call()
        finally:
            _silence(before)
    finally:
        _silence(before)  # the time may have been up in the midst of the first; the next TimeUp is AGAIN away


def _ring(number: int, frame: FrameType | None) -> None:
    raise TimeUp


def _silence(before: signal.Handlers | Callable[[int, FrameType | None], object] | int | None) -> None:
    """Take the alarm back and put the earlier handler in its place."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)
