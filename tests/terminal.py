"""A terminal with `gradfn watch` in it, as the tests and the benchmark see it.

with Terminal(root) as terminal:      the real command in a pseudo-terminal
    terminal.wait("Looks like")       until the window shows it; what the window shows then
    terminal.press("h")
terminal.output                       everything that was written, with its control sequences
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import pexpect

from autograder.units.kit import KitUnit
from tests.conftest import ROOT, root_of
from tests.tiny import answered

SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
HOME = "\x1b[H"  # each page is drawn from the window's corner
COMMAND = ["-m", "autograder.cli", "watch"]


def flat(text: str) -> str:
    """A text as one line, its words apart by one space."""
    return " ".join(text.split())


def environment(**settings: str) -> dict[str, str]:
    """A student's environment, with the kit to be found wherever they are."""
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS", "LINES")}
    return kept | {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT)} | settings


class Terminal:
    """The command, running in a window of `size` (columns, rows)."""

    def __init__(
        self, root: Path, *arguments: str, size: tuple[int, int] = (100, 30), **settings: str
    ) -> None:
        self.output = ""
        self.process = pexpect.spawn(
            sys.executable,
            [*COMMAND, *arguments],
            cwd=root,
            env=environment(**settings),
            dimensions=(size[1], size[0]),
            encoding="utf-8",
        )
        self.process.delaybeforesend = None

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.close(force=True)

    @property
    def window(self) -> str:
        """What the window shows: the page that was drawn last."""
        return SEQUENCE.sub("", self.output.rpartition(HOME)[2]).replace("\r", "")

    def read(self, seconds: float = 0.0) -> str:
        """Take in what is written within a time; the window then."""
        end = time.monotonic() + seconds
        while True:
            try:
                self.output += self.process.read_nonblocking(1 << 16, timeout=0.02)
            except pexpect.TIMEOUT:
                pass
            except pexpect.EOF:
                return self.window
            if time.monotonic() >= end:
                return self.window

    def wait(self, text: str, seconds: float = 20.0) -> str:
        """Read until the window shows `text`, however its lines are broken; the window then."""
        end = time.monotonic() + seconds
        while flat(text) not in flat(self.window):
            assert time.monotonic() < end, f"{text!r} was not seen in {seconds:g} s:\n{self.window}"
            self.read()
        return self.read(0.1)  # the rest of the page

    def press(self, keys: str) -> None:
        """Press some keys."""
        self.process.send(keys)

    def end(self) -> int | None:
        """Read to the end; the exit status."""
        self.process.expect(pexpect.EOF, timeout=10)
        self.output += self.process.before
        self.process.close()
        return self.process.exitstatus


def save(unit: KitUnit, **bodies: str) -> None:
    """Save the unit's file with the bodies of some functions filled in."""
    unit.stub_file.write_text(answered(unit, **bodies), encoding="utf-8")


@contextmanager
def opened(unit: KitUnit, *arguments: str, **settings: str) -> Iterator[Terminal]:
    """A window of one's own, at an answer that is not begun."""
    (root_of(unit) / ".gradfn" / "hints.json").unlink(missing_ok=True)
    save(unit)
    with Terminal(root_of(unit), *arguments, **settings) as terminal:
        terminal.wait("Not done yet")
        yield terminal
