"""The time limit: it ends what does not end by itself, and leaves nothing behind."""

from __future__ import annotations

import cProfile
import signal
import time
from contextlib import suppress

import pytest

from autograder.worker.limits import TimeUp, within


def loop() -> None:
    """A loop that does not end."""
    while True:
        pass


def test_what_does_not_end_is_ended() -> None:
    """TimeUp arrives in the block and leaves it."""
    with pytest.raises(TimeUp):
        within(0.05, loop)


def test_what_catches_everything_is_ended_too() -> None:
    """TimeUp arrives again, as often as it is caught."""
    caught = 0

    def stubborn() -> int:
        nonlocal caught
        while caught < 3:
            try:
                loop()
            except BaseException:
                caught += 1
        return caught

    assert within(0.05, stubborn) == 3


def test_nothing_arrives_later() -> None:
    """Code that ends just at its limit leaves no interrupt for whoever runs next."""
    for _ in range(300):
        end = time.perf_counter() + 0.002
        with suppress(TimeUp):
            within(0.002, lambda end=end: busy_until(end))
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    busy_until(time.perf_counter() + 0.25)


def busy_until(end: float) -> None:
    """Work in Python until a time."""
    while time.perf_counter() < end:
        pass


def test_a_sleep_is_ended() -> None:
    """Nobody waits for an answer that sleeps."""
    start = time.monotonic()
    with pytest.raises(TimeUp):
        within(0.05, lambda: time.sleep(10))
    assert time.monotonic() - start < 5


def test_it_works_under_a_profiler() -> None:
    """Profilers change how the interpreter checks for interrupts."""
    profile = cProfile.Profile()
    profile.enable()
    try:
        assert within(5, lambda: 1) == 1
        with pytest.raises(TimeUp):
            within(0.05, loop)
    finally:
        profile.disable()


def test_an_earlier_alarm_handler_is_put_back() -> None:
    """Tools that use the alarm themselves find their handler again."""
    before = signal.getsignal(signal.SIGALRM)
    assert within(1, lambda: signal.getsignal(signal.SIGALRM)) is not before
    assert signal.getsignal(signal.SIGALRM) is before


def test_without_alarms_the_call_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a system that has none: no limit, and no error."""
    monkeypatch.delattr(signal, "setitimer")
    assert within(0.05, lambda: 3) == 3
