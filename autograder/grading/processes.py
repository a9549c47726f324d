"""The processes that run submissions: how one is started, and how it and all it started is ended.

    start(unit) -> Worker     a worker of its own for one submission
    Worker                    .channel to it; .status() it ended with, if it has; .end() kills it
    may_run()                 raises Unconfined where grading must not be done on this machine

Confined workers are forked by a server in the sandbox (see `confinement`), which is kept for the next
submission of the unit. Where GRADFN_UNCONFINED is set, each worker is a plain process.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from functools import lru_cache
from typing import Protocol

from autograder.errors import KitFault, Unconfined, WorkerFault
from autograder.grading import confinement
from autograder.grading.confinement import ROOT, UNCONFINED, Devices
from autograder.units.kit import KitUnit
from autograder.worker.channel import Channel

START_SECONDS = 60.0
LAST_WORDS_SECONDS = 1.0  # a worker's socket closes a moment before it has ended
END_SECONDS = 10.0  # the kernel needs a moment to take down what a worker held


class Worker(Protocol):
    """A process that answers over its channel."""

    channel: Channel

    def status(self) -> int | None:
        """The exit status, or minus the signal, that it ended with of itself; None if it lives.

        Raises KitFault where it was ended together with what keeps it.
        """

    def end(self) -> None:
        """End it, and wait until nothing of it is left."""


def start(unit: KitUnit, gpu: Devices = ()) -> Worker:
    """A worker that has said it is ready; it sees the GPU whose device files are given.

    Raises Unconfined where nothing may run on this machine, KitFault where it does not start.
    """
    if os.environ.get(UNCONFINED):
        return _ready(_Plain(unit, gpu))
    may_run()
    stamp = (unit.folder / "checks.py").stat().st_mtime_ns
    server = _server(unit, stamp, tuple(gpu))
    try:
        return _ready(server.fork())
    except KitFault:
        # A server may have been ended since, by the system or with the thread that started it.
        _server.cache_clear()
        server.close()
        return _ready(_server(unit, stamp, tuple(gpu)).fork())


@lru_cache(maxsize=1)
def lacking() -> str:
    return confinement.lacking()


def may_run() -> None:
    """Raise Unconfined, with what to do, where this machine cannot confine and nobody said to go without."""
    if not os.environ.get(UNCONFINED) and (reason := lacking()):
        raise Unconfined(
            f"submissions are untrusted code, and here they cannot be confined: {reason}. gradfn doctor says "
            "more. To run them with all your rights all the same, say --unconfined"
        )


def _ready(worker: Worker) -> Worker:
    """The worker, once it said so."""
    with contextlib.suppress(WorkerFault, TimeoutError):
        if worker.channel.receive(START_SECONDS) == "ready":
            return worker
    worker.end()
    raise KitFault("the worker did not start: nothing of the submission has run")


class _Forked:
    """A worker in the sandbox. Letting go of its life line ends it."""

    def __init__(self, channel: socket.socket, life: socket.socket) -> None:
        self.channel = Channel(channel)
        self._life = life

    def status(self) -> int | None:
        """As `Worker.status`; the keeper writes it to the life line.

        A submission reaches neither keeper nor server: where they are gone, something else has ended them.
        """
        self._life.settimeout(LAST_WORDS_SECONDS)
        try:
            said = self._life.recv(16)
        except TimeoutError:
            return None
        except OSError:
            said = b""
        if not said:
            raise KitFault("the sandbox was ended while it graded, by a system short of memory perhaps")
        return int(said)

    def end(self) -> None:
        """As `Worker.end`; a namespace's process 1 counts as ended only after all others in it."""
        self.channel.close()
        with self._life, contextlib.suppress(OSError):
            self._life.shutdown(socket.SHUT_WR)
            self._life.settimeout(END_SECONDS)
            while self._life.recv(16):
                pass


class _Server:
    """The fork server of one unit, in its sandbox."""

    def __init__(self, unit: KitUnit, gpu: Devices) -> None:
        self._socket, theirs = socket.socketpair()
        told = json.dumps(confinement.settings(unit, gpu))
        with theirs:
            self._process = subprocess.Popen(
                confinement.command(unit, theirs.fileno(), told, gpu),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
            )
        self._socket.settimeout(START_SECONDS)
        try:
            ready = self._socket.recv(16) == b"ready"
        except OSError:
            ready = False
        if not ready:
            raise KitFault(f"the sandbox of {unit.name} did not start: {confinement.advised(self.close())}")

    def fork(self) -> _Forked:
        """A new worker, which may still have to say that it is ready."""
        (channel, its_channel), (life, its_life) = socket.socketpair(), socket.socketpair()
        with its_channel, its_life:
            try:
                socket.send_fds(self._socket, [b"1"], [its_channel.fileno(), its_life.fileno()])
            except OSError as error:
                channel.close()
                life.close()
                raise KitFault("the sandbox is gone") from error
        return _Forked(channel, life)

    def close(self) -> str:
        """End the sandbox with all that is in it; what it complained of."""
        self._socket.close()
        self._process.kill()
        _, said = self._process.communicate()
        return said.decode(errors="replace")

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.close()


# Only the last one, since torch is large.
@lru_cache(maxsize=1)
def _server(unit: KitUnit, stamp: int, gpu: Devices) -> _Server:
    """The unit's fork server as long as its checks stay as they are."""
    return _Server(unit, gpu)


atexit.register(_server.cache_clear)


class _Plain:
    """A worker with all the rights of the one who grades, in a session and a folder of its own."""

    def __init__(self, unit: KitUnit, gpu: Devices) -> None:
        ours, theirs = socket.socketpair()
        self._folder = tempfile.TemporaryDirectory(prefix="gradfn-", ignore_cleanup_errors=True)
        begin = (
            "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); "
            "runpy.run_module('autograder.worker', run_name='__main__', alter_sys=True)"
        )
        with theirs:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-I", "-B", "-c", begin, str(ROOT)),
                    *(str(theirs.fileno()), str(unit.folder / "checks.py"), unit.name),
                ],
                cwd=self._folder.name,
                env=confinement.environment(self._folder.name, gpu),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self.channel = Channel(ours)

    def status(self) -> int | None:
        """As `Worker.status`."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(LAST_WORDS_SECONDS)
        return self._process.returncode

    def end(self) -> None:
        """As `Worker.end`, for every process of its session; one that left the session lives on."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.channel.close()
        self._folder.cleanup()
