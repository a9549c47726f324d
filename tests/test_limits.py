"""The time limit: it ends what does not end by itself, and leaves nothing behind."""

from __future__ import annotations

import cProfile
import signal
import time
from collections.abc import Iterator

import pytest

from autograder.worker.limits import TimeUp, time_limit


@pytest.fixture(params=["signal", "thread"])
def means(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """By an alarm, and as on a system that has none."""
    if request.param == "thread":
        monkeypatch.delattr(signal, "setitimer")
    return request.param


def loop() -> None:
    """A loop that does not end."""
    while True:
        pass


def test_what_does_not_end_is_ended(means: str) -> None:
    """TimeUp arrives in the block and leaves it."""
    with pytest.raises(TimeUp), time_limit(0.05):
        loop()


def test_what_catches_everything_is_ended_too(means: str) -> None:
    """TimeUp arrives again, as often as it is caught."""
    caught = 0
    with time_limit(0.05):
        while caught < 3:
            try:
                loop()
            except BaseException:
                caught += 1
    assert caught == 3


def test_nothing_arrives_later(means: str) -> None:
    """Code that ends just at its limit leaves no interrupt for whoever runs next."""
    for _ in range(50):
        try:
            with time_limit(0.002):
                time.sleep(0.002)
        except TimeUp:
            pass
        sum(range(1000))


def test_a_sleep_is_ended_where_there_are_signals() -> None:
    """Nobody waits for an answer that sleeps."""
    start = time.monotonic()
    with pytest.raises(TimeUp), time_limit(0.05):
        time.sleep(10)
    assert time.monotonic() - start < 5


def test_it_works_under_a_profiler() -> None:
    """Profilers change how the interpreter checks for interrupts."""
    profile = cProfile.Profile()
    profile.enable()
    try:
        with time_limit(5):
            pass
        with pytest.raises(TimeUp), time_limit(0.05):
            loop()
    finally:
        profile.disable()


def test_an_earlier_alarm_handler_is_put_back() -> None:
    """Tools that use the alarm themselves find their handler again."""
    before = signal.getsignal(signal.SIGALRM)
    with time_limit(1):
        assert signal.getsignal(signal.SIGALRM) is not before
    assert signal.getsignal(signal.SIGALRM) is before
