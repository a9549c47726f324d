"""How a process ended, in words."""

from __future__ import annotations

import pytest

from autograder.worker.outcome import exit_words


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (0, "exit status 0"),
        (3, "exit status 3"),
        (-9, "SIGKILL"),
        (-250, "signal 250"),
        (0xC0000005, "exit status 0xc0000005"),
    ],
)
def test_an_exit_status_in_words(status: int, words: str) -> None:
    """The signal by its name, or by its number if it has none; large statuses in hexadecimal."""
    assert exit_words(status) == words
