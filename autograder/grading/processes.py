"""The processes that run submissions: start one, and end it with everything it started.

    begin(walls, unit)             start the unit's fork server, without waiting for it
    fork(walls, unit, gpu, bare)   a worker of the unit's fork server, behind the walls of a module
    plain(unit, gpu, bare)         a worker with all the rights of the user who grades
    WorkerHandle                   .channel to the worker, .status() if it ended by itself, .end() to kill it,
                                   .account of what it used, once it has ended
    ready(worker)                  wait until a worker has said that it is ready

A fork server, in the sandbox (`confinement`) or started by root (`accounts`), forks the workers; it stays for
the unit's next submission.
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
import time
from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from autograder.errors import KitFault, WorkerFault
from autograder.grading import cgroups, confinement
from autograder.grading.cgroups import Group, Groups, Took, scope
from autograder.grading.confinement import ROOT, Devices
from autograder.grading.imports import BEGIN
from autograder.grading.seccomp import name_of
from autograder.judging.results import Account
from autograder.units.kit import KitUnit
from autograder.worker.channel import Channel
from autograder.worker.outcome import exit_words

START_SECONDS = 60.0
LAST_WORDS_SECONDS = 1.0  # a worker's socket closes a moment before the process has ended
END_SECONDS = 10.0  # the kernel needs a moment to free what a worker held


class Walls(Hashable, Protocol):
    """What is around a unit's fork server: the modules `confinement` and `accounts`."""

    def settings(self, unit: KitUnit, gpu: Devices = ()) -> dict[str, Any]: ...
    def command(self, unit: KitUnit, descriptor: int, settings: str, gpu: Devices = ()) -> list[str]: ...


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


def fork(walls: Walls, unit: KitUnit, gpu: Devices, bare: bool) -> WorkerHandle:
    """A worker that the unit's fork server has forked, in the sandbox or as an account of its own."""
    server = begin(walls, unit, gpu)
    server.wait()
    try:
        return ready(server.fork(bare))
    except KitFault:
        # The server may have died since: killed by the system, or with the thread that started it.
        _server.cache_clear()
        server.close()
        server = begin(walls, unit, gpu)
        server.wait()
        return ready(server.fork(bare))


def begin(walls: Walls, unit: KitUnit, gpu: Devices = ()) -> _Server:
    """Start the unit's fork server, if it does not run, without waiting for it."""
    return _server(walls, unit, max(path.stat().st_mtime_ns for path in unit.checks_files), tuple(gpu))


def plain(unit: KitUnit, gpu: Devices, bare: bool) -> WorkerHandle:
    """A worker with all the rights of the user who grades."""
    worker = Single()
    command = [
        *(sys.executable, "-I", "-B", "-c", BEGIN, str(ROOT), "autograder.worker"),
        *(str(worker.descriptor), str(unit.folder / "checks.py"), unit.name),
    ]
    worker.run(command, confinement.environment(str(worker.folder / "tmp"), gpu), subprocess.DEVNULL)
    return ready(worker)


def ready(worker: WorkerHandle) -> WorkerHandle:
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

    def __init__(self, walls: Walls, unit: KitUnit, gpu: Devices) -> None:
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
        self._unit, self._memory = unit, confinement.memory_of(unit, gpu)
        self._is_ready = False
        self._groups: Groups | None = None

    def wait(self) -> None:
        """Wait until it is ready to fork workers; raises KitFault if it does not start."""
        if self._is_ready:
            return
        self._socket.settimeout(START_SECONDS)
        with contextlib.suppress(OSError):
            self._is_ready = self._socket.recv(16) == b"ready"
        if not self._is_ready:
            _server.cache_clear()
            said = confinement.advised(self.close())
            raise KitFault(f"the sandbox of {self._unit.name} did not start: {said}")
        with contextlib.suppress(OSError, LookupError):  # then the limits of processes hold alone
            self._groups = None if cgroups.missing() else Groups(self._process.pid, self._memory)

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
def _server(walls: Walls, unit: KitUnit, stamp: int, gpu: Devices) -> _Server:
    """The unit's fork server, until the unit's checks change."""
    return _Server(walls, unit, gpu)


atexit.register(_server.cache_clear)


class Single:
    """A worker in a process, a session and a folder of its own."""

    def __init__(self) -> None:
        ours, self._theirs = socket.socketpair()
        self.channel, self.account = Channel(ours), Account()
        self.descriptor = self._theirs.fileno()
        self._folder = tempfile.TemporaryDirectory(prefix="gradfn-", ignore_cleanup_errors=True)
        self.folder = Path(self._folder.name)
        (self.folder / "tmp").mkdir()

    def run(self, command: Sequence[str], variables: Mapping[str, str], said: int) -> None:
        """Start the process; it writes its stderr to `said`."""
        with self._theirs:
            self.process = subprocess.Popen(
                command,
                cwd=self.folder / "tmp",
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                pass_fds=[self.descriptor],
                start_new_session=True,
            )

    def status(self) -> str:
        """As `WorkerHandle.status`."""
        until = time.monotonic() + LAST_WORDS_SECONDS
        while not self.has_ended(os.WNOHANG):
            if time.monotonic() > until:
                return ""
            time.sleep(0.01)
        return self.words()

    def words(self) -> str:
        """How it ended."""
        return exit_words(self.process.returncode)

    def has_ended(self, options: int = 0) -> bool:
        """Wait, or look, whether it has ended; what it took becomes the account."""
        if self.process.returncode is None:
            number, status, used = os.wait4(self.process.pid, options)
            if number:
                self.process.returncode = os.waitstatus_to_exitcode(status)
                memory = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
                self.account = Account(0.0, used.ru_utime + used.ru_stime, memory, None)
        return self.process.returncode is not None

    def end(self) -> None:
        """As `WorkerHandle.end`, for its session's processes; one that has left the session lives on."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.has_ended()
        self.channel.close()
        self._folder.cleanup()
