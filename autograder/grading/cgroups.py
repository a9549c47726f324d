"""A control group for each submission, where this machine lets us make one: cgroup v2, on Linux.

    missing()           why there are none here; empty if there are
    scope()             the command in front of a server's, by which systemd gives it a group of its own
    Groups(pid, ...)    groups beside the process `pid`, which has started
    groups.new()        a Group for a worker: it joins by writing to the file that `.door` is open for
    group.close()       remove it, and say what its processes Took

Limits of a process (`confinement.LIMITS`) hold for each of its kind; a group's hold for all that a submission
uses together: memory, processes, processors and disk. Groups are made in a scope of systemd, the user's or
root's; or, without systemd, in the group of the judge itself, if that is delegated to who grades.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import select
import shutil
import subprocess
import time
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from autograder.grading.confinement import ROOT

CONTROLLERS = ("memory", "pids", "cpu", "io")
OTHERS = "gradfn-others"
ONE_PROCESSOR = "100000 100000"
BYTES_A_SECOND = 64 << 20
TASKS = 66
SECONDS = 10.0  # for systemd to make a scope
_numbers = itertools.count()


def scope() -> list[str]:
    """The words in front of a command that is to run in a scope of systemd; none where it does not run."""
    user = os.geteuid() != 0
    home = f"{os.environ.get('XDG_RUNTIME_DIR', '/nowhere')}/systemd" if user else "/run/systemd/system"
    if not os.path.exists(home) or not shutil.which("systemd-run"):
        return []
    name = f"--unit=gradfn-{os.getpid()}-{next(_numbers)}"
    kind = ["--user"] if user else []
    return ["systemd-run", *kind, "--scope", "--quiet", "--collect", "-p", "Delegate=yes", name, "--"]


@lru_cache(maxsize=1)
def missing() -> str:
    """Why there are no groups on this machine, tried out; empty if there are."""
    ours, theirs = os.pipe()
    words = [*(front := scope()), "cat", f"/proc/self/fd/{ours}"]  # a server's descriptors must pass too
    trial = None
    try:
        trial = subprocess.Popen(
            words, pass_fds=[ours], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        os.write(theirs, b"\n")
        said = trial.stdout.fileno() if trial.stdout else -1
        if not select.select([said], [], [], SECONDS)[0] or not os.read(said, 1):
            return "systemd-run gives no scope" if front else "a process cannot read a pipe it inherits"
        Groups(trial.pid, 1 << 30).new().close()
    except (OSError, LookupError) as error:
        return f"{type(error).__name__}: {error}" if isinstance(error, OSError) else str(error.args[0])
    finally:
        os.close(ours)
        os.close(theirs)
        if trial is not None:
            trial.kill()
            trial.communicate()
    return ""


class Groups:
    """Makes groups beside the process `pid`, a fork server; raises OSError or LookupError."""

    def __init__(self, pid: int, memory: int) -> None:
        self._folder = _folder(pid)
        self._memory = memory
        have = (self._folder / "cgroup.controllers").read_text().split()
        if not {"memory", "pids"} <= {*have}:
            raise LookupError(f"cgroup v2 has no controllers of memory and processes in {self._folder}")
        wanted = " ".join(f"+{name}" for name in CONTROLLERS if name in have)
        try:
            (self._folder / "cgroup.subtree_control").write_text(wanted)
        except OSError:  # it holds processes: they must be in a group of their own first
            self._move(self._folder / OTHERS)
            (self._folder / "cgroup.subtree_control").write_text(wanted)

    def _move(self, to: Path) -> None:
        to.mkdir(exist_ok=True)
        for pid in (self._folder / "cgroup.procs").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                (to / "cgroup.procs").write_text(pid)

    def new(self) -> Group:
        """A new group with limits."""
        folder = self._folder / f"gradfn-{os.getpid()}-{next(_numbers)}"
        folder.mkdir()
        (folder / "memory.max").write_text(str(self._memory))
        (folder / "pids.max").write_text(str(TASKS))
        for name, limit in (
            ("memory.swap.max", "0"),
            ("cpu.max", ONE_PROCESSOR),
            ("io.max", f"{_disk()} rbps={BYTES_A_SECOND} wbps={BYTES_A_SECOND}"),
        ):
            with contextlib.suppress(OSError):  # its controller is not delegated, or the disk has no number
                (folder / name).write_text(limit)
        return Group(folder)


class Took(NamedTuple):
    """What a group's processes took together: CPU seconds, and the most memory at a time, in bytes."""

    cpu: float = 0.0
    memory: int = 0
    out_of_memory: bool = False


class Group:
    """The group of one worker."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.door = os.open(folder / "cgroup.procs", os.O_WRONLY)

    def close(self) -> Took:
        """Remove the group, whose processes have ended."""
        os.close(self.door)
        cpu = _numbers_in(self._folder / "cpu.stat").get("usage_usec", 0) / 1e6
        killed = _numbers_in(self._folder / "memory.events").get("oom_kill", 0)
        try:
            memory = int((self._folder / "memory.peak").read_text())
        except OSError:
            memory = 0  # before Linux 5.19
        for _ in range(20):
            with contextlib.suppress(OSError):
                self._folder.rmdir()
                break
            time.sleep(0.01)
        return Took(cpu, memory, killed > 0)


def _folder(pid: int) -> Path:
    """The folder of a process's group, or the one around it where `Groups` has moved it."""
    mounts = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    roots = [words[4] for words in mounts if words[words.index("-") + 1] == "cgroup2"]
    lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
    paths = [line[3:] for line in lines if line.startswith("0::")]
    if not roots or not paths:
        raise LookupError("cgroup v2 is not mounted")
    folder = Path(roots[0] + paths[0])
    return folder.parent if folder.name == OTHERS else folder


def _numbers_in(file: Path) -> dict[str, int]:
    """A file of the kernel's whose lines are a name and a number."""
    try:
        lines = [line.split() for line in file.read_text().splitlines()]
    except OSError:
        return {}
    return {name: int(number) for name, number in lines}


def _disk() -> str:
    """The number of the disk that the kit lies on, as the kernel writes it; of a partition, its disk's."""
    device = os.stat(ROOT).st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    if Path("/sys/dev/block", number, "partition").exists():
        return (Path("/sys/dev/block", number).resolve().parent / "dev").read_text().strip()
    return number
