"""Judging processes. Each serves one request; a spare one is started before it is needed.

    Spare(root, notify)        spare.take(unit) gives the spare process, or a new one
    Process                    ask(request), end()
    Message, Exit              the events of a process: something it sent, and its end
    open_page(command, ...)    run `gradfn lesson` or `gradfn play`; its last line comes as an Opened
    words_of(status)           how a process ended, for a card

Where the system has process groups, ending a process also ends all that it started. Works on Windows too.
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

HOUSE = Path(__file__).resolve().parents[3]  # the folder with the kit's packages

PAGE_SECONDS = 120.0

Notify = Callable[["Message | Exit | Opened"], None]


@dataclass(frozen=True)
class Message:
    """A judging process sent a message."""

    process: Process
    content: dict[str, Any]


@dataclass(frozen=True)
class Exit:
    """A judging process has ended."""

    process: Process
    status: int


@dataclass(frozen=True)
class Opened:
    """A page is open in the browser; or why it is not."""

    words: str


class Process:
    """One judging process, which loads what a unit's checks need."""

    def __init__(self, root: Path, unit: str, notify: Notify) -> None:
        self.unit = unit
        self._notify = notify
        self._gone = False
        self._process = subprocess.Popen(
            [*PYTHON, "autograder.student.watch", str(root), unit],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **_settings(),
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, request: dict[str, Any]) -> None:
        """Send the one request; if the process has ended, its Exit event says so."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()

    def end(self) -> None:
        """Kill the process and all that it started."""
        if self._gone:
            return  # its id may belong to another process by now
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def _listen(self) -> None:
        """Pass its messages on; in a thread, since Windows cannot wait for pipes and events together."""
        assert self._process.stdout is not None
        with self._process as process, contextlib.suppress(OSError, ValueError):
            assert process.stdout is not None
            for line in process.stdout:
                self._notify(Message(self, json.loads(line)))
        self._gone = True
        self._notify(Exit(self, self._process.returncode))


def open_page(command: str, root: Path, unit: str, notify: Notify) -> None:
    """Open a unit's lesson, or its play, in the browser; not in this process, since it takes time."""

    def run() -> None:
        try:
            done = subprocess.run(
                [*PYTHON, "autograder.cli", command, unit],
                cwd=root,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=PAGE_SECONDS,
                check=False,
                **_settings(),
            )
            words = done.stdout.strip().rpartition("\n")[2].removeprefix("gradfn: ") or words_of(
                done.returncode
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            words = f"There is no page to show: {error}"
        notify(Opened(words))

    threading.Thread(target=run, daemon=True).start()


#: -P: without it a random.py in the working directory would replace Python's own.
PYTHON = (sys.executable, "-P", "-m")


def _settings() -> dict[str, Any]:
    """Text as UTF-8, the kit's packages, and a process group, so that Ctrl-C reaches `gradfn watch` only."""
    paths = [str(HOUSE), *filter(None, [os.environ.get("PYTHONPATH")])]
    variables = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"}
    own: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        own = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return own | {"env": variables, "text": True, "encoding": "utf-8", "errors": "replace"}


class Spare:
    """At most one process, started in advance for the next save."""

    def __init__(self, root: Path, notify: Notify) -> None:
        self._root = root
        self._notify = notify
        self._process: Process | None = None

    def take(self, unit: str) -> Process:
        """A process to ask; a spare for another unit still has most imports done."""
        process, self._process = self._process, None
        return process if process is not None and process.alive else self.fresh(unit)

    def fresh(self, unit: str) -> Process:
        """A new process; the spare stays."""
        return Process(self._root, unit, self._notify)

    def open_page(self, command: str, unit: str) -> None:
        """Open a unit's lesson, or its play, in the browser."""
        open_page(command, self._root, unit, self._notify)

    def warm(self, unit: str) -> None:
        """Start the spare for a unit, unless it is there."""
        if self._process is None or self._process.unit != unit:
            self.close()
            self._process = self.fresh(unit)

    def close(self) -> None:
        """End the spare."""
        if self._process is not None:
            self._process.end()
            self._process = None


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
