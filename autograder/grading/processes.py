"""The processes that run submissions: start one, and end it with everything it started.

    start(unit) -> WorkerHandle    start a worker for one submission
    WorkerHandle                   .channel to the worker, .status() if it ended by itself, .end() to kill it,
                                   .account of what it used, once it has ended
    require_sandbox()              raise Unconfined without a sandbox, unless the user allowed that

A fork server in the sandbox (see `confinement`) forks the confined workers; it stays for the unit's next
submission. If GRADFN_UNCONFINED is set, each worker is a plain process; if GRADFN_BY_ACCOUNT is set, accounts
take the place of the sandbox (see `accounts`).
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
from autograder.grading import accounts, cgroups, confinement
from autograder.grading.cgroups import Group, Groups, Took, scope
from autograder.grading.confinement import ROOT, UNCONFINED, Devices
from autograder.grading.imports import BEGIN
from autograder.grading.seccomp import name_of
from autograder.judging.results import Account
from autograder.units.kit import KitUnit
from autograder.worker.channel import Channel
from autograder.worker.outcome import exit_words

START_SECONDS = 60.0
LAST_WORDS_SECONDS = 1.0  # a worker's socket closes a moment before the process has ended
END_SECONDS = 10.0  # the kernel needs a moment to free what a worker held


class WorkerHandle(Protocol):
    """A process that answers over its channel."""

    channel: Channel
    account: Account

    def status(self) -> str:
        """How it ended by itself, in words; empty while it runs.

        Raises KitFault if it was ended together with the sandbox around it.
        """

    def end(self) -> None:
        """End the worker and everything it started, and wait until it is gone."""


def start(unit: KitUnit, gpu: Devices = (), bare: bool = False) -> WorkerHandle:
    """Start a worker and wait until it is ready; `gpu` are the device files of a GPU it may use.

    The files of the engine, which it has imported, are gone for a worker that is `bare`.

    Raises Unconfined if submissions must not run on this machine, KitFault if the worker does not start.
    """
    if os.environ.get(UNCONFINED):
        return _ready(_Plain(unit, gpu))
    require_sandbox()
    stamp = max(path.stat().st_mtime_ns for path in unit.checks_files)
    server = _server(unit, stamp, tuple(gpu))
    try:
        return _ready(server.fork(bare))
    except KitFault:
        # The server may have died since: killed by the system, or with the thread that started it.
        _server.cache_clear()
        server.close()
        return _ready(_server(unit, stamp, tuple(gpu)).fork(bare))


@lru_cache(maxsize=1)
def lacking() -> str:
    return accounts.lacking() if os.environ.get(accounts.BY_ACCOUNT) else confinement.lacking()


def require_sandbox() -> None:
    """Raise Unconfined, with what to do, if this machine has no sandbox and the user has not allowed that."""
    if not os.environ.get(UNCONFINED) and (reason := lacking()):
        raise Unconfined(
            f"submissions are untrusted code, and this machine cannot confine them: {reason}. gradfn doctor "
            "says more. --unconfined runs them without a sandbox, with all your rights"
        )


def _ready(worker: WorkerHandle) -> WorkerHandle:
    """The worker, once it has said that it is ready."""
    with contextlib.suppress(WorkerFault, TimeoutError):
        if worker.channel.receive(START_SECONDS) == "ready":
            return worker
    worker.end()
    raise KitFault("the worker did not start: nothing of the submission has run")


class _Forked:
    """A worker in the sandbox; closing its life line ends it."""

    def __init__(self, channel: socket.socket, life: socket.socket, group: Group | None) -> None:
        self.channel = Channel(channel)
        self._life = life
        self._group = group
        self._said = b""
        self._took = Took()
        self.account = Account()

    def status(self) -> str:
        """As `WorkerHandle.status`; the worker's keeper writes an account to the life line.

        A submission can reach neither the keeper nor the server: if they are gone, something else ended them.
        """
        try:
            self._listen(LAST_WORDS_SECONDS)
        except TimeoutError:
            return ""
        if not self._said:
            raise KitFault("the sandbox was killed while it graded, perhaps because memory ran out")
        words = exit_words(json.loads(self._said)["status"])
        self._settle()
        return f"{words}: it took more memory than it may" if self._took.out_of_memory else words

    def _listen(self, seconds: float) -> None:
        """Read the account to its end, when the worker has ended."""
        self._life.settimeout(seconds)
        with contextlib.suppress(ConnectionError):
            while part := self._life.recv(1 << 16):
                self._said += part

    def _settle(self) -> None:
        """Read the account, and remove the control group."""
        if self._group:
            self._took, self._group = self._group.close(), None
        with contextlib.suppress(ValueError):
            said = json.loads(self._said)
            refused = (
                None
                if said["refused"] is None
                else {name_of(int(number)): count for number, count in said["refused"].items()}
            )
            memory = max(self._took.memory, said["memory"] << 10)
            self.account = Account(0.0, max(self._took.cpu, said["cpu"]), memory, refused)

    def end(self) -> None:
        """As `WorkerHandle.end`; a namespace's process 1 ends only after all other processes in it."""
        self.channel.close()
        with self._life, contextlib.suppress(OSError):
            self._life.shutdown(socket.SHUT_WR)
            self._listen(END_SECONDS)
        self._settle()


class _Server:
    """The fork server of one unit, in a sandbox."""

    def __init__(self, unit: KitUnit, gpu: Devices) -> None:
        walls = accounts if os.environ.get(accounts.BY_ACCOUNT) else confinement
        settings = json.dumps(walls.settings(unit, gpu))
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [
                    *([] if cgroups.missing() else scope()),
                    *walls.command(unit, theirs.fileno(), settings, gpu),
                ],
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
        memory = confinement.memory_of(unit, gpu)
        self._groups = None
        with contextlib.suppress(OSError, LookupError):  # then the limits of processes hold alone
            self._groups = None if cgroups.missing() else Groups(self._process.pid, memory)

    def fork(self, bare: bool) -> _Forked:
        """Fork a worker, which is not ready yet."""
        (channel, its_channel), (life, its_life) = socket.socketpair(), socket.socketpair()
        group = self._groups.new() if self._groups else None
        doors = [group.door] if group else []
        with its_channel, its_life:
            try:
                socket.send_fds(
                    self._socket, [b"0" if bare else b"1"], [its_channel.fileno(), its_life.fileno(), *doors]
                )
            except OSError as error:
                _Forked(channel, life, group).end()
                raise KitFault("the sandbox is gone") from error
        return _Forked(channel, life, group)

    def close(self) -> str:
        """End the sandbox with all its processes; what it wrote to stderr."""
        self._socket.close()
        self._process.kill()
        _, said = self._process.communicate()
        return said.decode(errors="replace")

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.close()


# One server at a time, because torch takes much memory.
@lru_cache(maxsize=1)
def _server(unit: KitUnit, stamp: int, gpu: Devices) -> _Server:
    """The unit's fork server, until the unit's checks change."""
    return _Server(unit, gpu)


atexit.register(_server.cache_clear)


class _Plain:
    """A worker with all the rights of the user who grades, in a session and a folder of its own."""

    def __init__(self, unit: KitUnit, gpu: Devices) -> None:
        ours, theirs = socket.socketpair()
        self._folder = tempfile.TemporaryDirectory(prefix="gradfn-", ignore_cleanup_errors=True)
        with theirs:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-I", "-B", "-c", BEGIN, str(ROOT), "autograder.worker"),
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
        self.account = Account()

    def status(self) -> str:
        """As `WorkerHandle.status`."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return exit_words(self._process.wait(LAST_WORDS_SECONDS))
        return ""

    def end(self) -> None:
        """As `WorkerHandle.end`, for its session's processes; one that has left the session lives on."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.channel.close()
        self._folder.cleanup()
