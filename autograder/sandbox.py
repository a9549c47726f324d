"""Starting a worker, asking it within a time, and ending it with all it started.

    Sandbox(unit)               one submission's worker; started when first asked, again after it was lost
    sandbox.load(pieces)        run the submission's cells
    sandbox.check(check, seed)  run a check program: an Outcome, also for a worker that died or hung

The worker is a fresh process in a session of its own; it is given no file but the unit's checks.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.declare import Check
from autograder.errors import KitFault, WorkerFault
from autograder.kit import KitUnit
from autograder.worker.channel import Channel
from autograder.worker.outcome import Outcome, Raised, from_plain, raised_from_plain

START_SECONDS = 60.0
CELL_SECONDS = 10.0
LOAD_SECONDS = 30.0
#: How much longer than a check's own limit the judge waits: the limit inside explains more than a kill.
GRACE = 2.0


@dataclass(frozen=True)
class LoadedPiece:
    """What running one cell gave: outputs in nbformat's form, and the exception that ended it."""

    outputs: Sequence[Mapping[str, Any]]
    raised: Raised | None


class Sandbox:
    """A worker for one submission."""

    def __init__(self, unit: KitUnit) -> None:
        self._unit = unit
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel
        self._folder: tempfile.TemporaryDirectory[str]
        self._pieces: tuple[bool, Sequence[tuple[str, str]]] = (False, ())

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def load(self, pieces: Sequence[tuple[str, str]], notebook: bool) -> list[LoadedPiece]:
        """Run (label, source) pieces in order; raises WorkerFault where loading ends or hangs the worker."""
        self.close()
        self._pieces = notebook, pieces
        return self._load()

    def _load(self) -> list[LoadedPiece]:
        notebook, pieces = self._pieces
        request = {
            "op": "load",
            "notebook": notebook,
            "pieces": [[label, source] for label, source in pieces],
            "seconds": CELL_SECONDS,
        }
        answer = self._ask(request, LOAD_SECONDS)
        try:
            loaded = [
                LoadedPiece(_outputs(item["outputs"]), raised_from_plain(item["raised"])) for item in answer
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise WorkerFault("loading gave an answer that is none") from error
        if len(loaded) != len(pieces):
            raise WorkerFault("loading gave an answer for other cells")
        return loaded

    def check(self, check: Check, seed: int) -> Outcome:
        """Run one check program on the loaded answers; a worker that dies or hangs is an Outcome too."""
        runs = 2 if check.repeat else 1
        try:
            if self._process is None:
                self._load()
            request = {"op": "check", "exercise": check.exercise, "check": check.name, "seed": seed}
            return from_plain(self._ask(request, runs * check.seconds + GRACE))
        except WorkerTimeout:
            self.close()
            return Outcome(raised=Raised("timeout", "TimeUp", f"over {check.seconds:g} s"))
        except WorkerFault as fault:
            self.close()
            return Outcome(raised=Raised("lost", "Its process ended", str(fault)))

    def _ask(self, request: dict[str, Any], seconds: float) -> Any:
        try:
            if self._process is None:
                self._start()
            self._channel.send(request)
            return self._channel.receive(seconds)
        except TimeoutError as error:
            self.close()
            raise WorkerTimeout(f"no answer within {seconds:g} s") from error
        except WorkerFault as fault:
            raise WorkerFault(self._last_words() or str(fault)) from fault

    def _last_words(self) -> str:
        """How the process ended of itself, or nothing where it still lives."""
        process = self._process
        if process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1.0)  # its socket closes a moment before it has ended
        status = None if process is None else process.returncode
        self.close()
        if status is None:
            return ""
        return f"exit status {status}" if status >= 0 else signal.Signals(-status).name

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        root = Path(__file__).resolve().parents[1]
        self._folder = tempfile.TemporaryDirectory(prefix="gradfn-", ignore_cleanup_errors=True)
        with theirs:
            start = (
                "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); "
                "runpy.run_module('autograder.worker', run_name='__main__', alter_sys=True)"
            )
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    *("-I", "-B", "-c", start, str(root)),
                    *(str(theirs.fileno()), str(self._unit.folder / "checks.py"), self._unit.name),
                ],
                cwd=self._folder.name,
                env=_environment(self._folder.name),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._channel = Channel(ours)
        try:
            ready = self._channel.receive(START_SECONDS) == "ready"
        except (WorkerFault, TimeoutError):
            ready = False
        if not ready:
            self.close()
            raise KitFault("the worker did not start: nothing of the submission has run")

    def close(self) -> None:
        """End the worker and every process of its session that did not leave it."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._channel.close()
        self._folder.cleanup()
        self._process = None


class WorkerTimeout(WorkerFault):
    """The worker gave no answer in time."""


def _outputs(items: Any) -> list[Mapping[str, Any]]:
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise TypeError("outputs are a list of dicts")
    return items


def _environment(home: str) -> dict[str, str]:
    """A pinned environment: nothing of the judge's, one thread for numerical libraries."""
    return {
        "PATH": os.defpath,
        "HOME": home,
        "IPYTHONDIR": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
    }
