"""Judging processes: one is warmed ahead of the save that needs it, and each is used once.

    Spares(root, told)         spares.take(unit) gives a process, the warmed one where there is one
    Process                    ask(request), end(); what it says and how it ends is told as events
    Said, Ended                those events
    words_of(status)           how a process ended, for a card

Ending one ends all it started, where the system has process groups. Nothing here is of Unix alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.worker.outcome import exit_words

HOUSE = Path(__file__).resolve().parents[3]  # where the packages of the kit are found

Told = Callable[["Said | Ended"], None]


@dataclass(frozen=True)
class Said:
    """A judging process told something."""

    process: Process
    message: dict[str, Any]


@dataclass(frozen=True)
class Ended:
    """A judging process is no more."""

    process: Process
    status: int


class Process:
    """One judging process, warmed for a unit."""

    def __init__(self, root: Path, unit: str, told: Told) -> None:
        self.unit = unit
        self._told = told
        self._gone = False
        paths = [str(HOUSE), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            # -P: a random.py in the working directory is not Python's own.
            [sys.executable, "-P", "-m", "autograder.student.watch", str(root), unit],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            **_apart(),
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, request: dict[str, Any]) -> None:
        """Send the one request; a process that is gone by now tells so by its end."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()

    def end(self) -> None:
        """End the process and what it started, whatever it is doing."""
        if self._gone:
            return  # its number may be another's by now
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def _listen(self) -> None:
        """Tell what it says; a thread of its own, since not all systems can wait for a pipe and more."""
        assert self._process.stdout is not None
        with self._process as process, contextlib.suppress(OSError, ValueError):
            assert process.stdout is not None
            for line in process.stdout:
                self._told(Said(self, json.loads(line)))
        self._gone = True
        self._told(Ended(self, self._process.returncode))


def _apart() -> dict[str, Any]:
    """A group of its own: Ctrl-C in the terminal is for the one who watches."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


class Spares:
    """At most one process that waits, warm, for the next save."""

    def __init__(self, root: Path, told: Told) -> None:
        self._root = root
        self._told = told
        self._spare: Process | None = None

    def take(self, unit: str) -> Process:
        """A process to ask; a spare that was warmed for another unit still saves the most."""
        spare, self._spare = self._spare, None
        return spare if spare is not None and spare.alive else self.fresh(unit)

    def fresh(self, unit: str) -> Process:
        """A process for what has time to wait for one to start."""
        return Process(self._root, unit, self._told)

    def warm(self, unit: str) -> None:
        """Have a spare for the unit."""
        if self._spare is None or self._spare.unit != unit:
            self.close()
            self._spare = self.fresh(unit)

    def close(self) -> None:
        """End the spare."""
        if self._spare is not None:
            self._spare.end()
            self._spare = None


#: What usually ends a process so; Windows has exit statuses of its own for it.
CAUSES = {
    "SIGSEGV": "it used memory that is not its own",
    "SIGKILL": "another process killed it, perhaps the system because memory ran out",
    "exit status 0xc0000005": "it used memory that is not its own",
    "exit status 0xc00000fd": "its stack is full, perhaps by recursion",
}


def words_of(status: int) -> str:
    """How a process ended without being told to, and what may have ended it."""
    words = exit_words(status)
    return f"{words} ({CAUSES[words]})" if words in CAUSES else words
