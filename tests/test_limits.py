"""The time limit: it ends what does not end by itself, and leaves nothing behind."""

from __future__ import annotations

import cProfile
import time

import pytest

from autograder.worker.limits import TimeUp, time_limit


def loop() -> None:
    """A loop that does not end."""
    while True:
        pass


def stubborn() -> None:
    """One that catches what it can."""
    for _ in range(3):
        try:
            loop()
        except BaseException:
            continue


@pytest.mark.parametrize("endless", [loop, stubborn])
def test_what_does_not_end_is_ended(endless: object) -> None:
    """TimeUp arrives, again where it was caught."""
    with pytest.raises(TimeUp) if endless is loop else _nothing(), time_limit(0.05):
        endless()  # type: ignore[operator]


class _nothing:
    def __enter__(self) -> None: ...
    def __exit__(self, *exception: object) -> None: ...


def test_nothing_arrives_later() -> None:
    """Code that ends just at its limit leaves no interrupt for whoever runs next."""
    for _ in range(100):
        try:
            with time_limit(0.001):
                time.sleep(0.001)
        except TimeUp:
            pass
        sum(range(1000))


def test_it_works_under_a_profiler() -> None:
    """Profilers, debuggers and coverage tools change how the interpreter checks for interrupts."""
    profile = cProfile.Profile()
    profile.enable()
    try:
        with time_limit(5):
            pass
        with pytest.raises(TimeUp), time_limit(0.05):
            loop()
    finally:
        profile.disable()
