"""What running a submission took, as seen from outside of it, and the control group that limits it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest

from autograder.answers.submission import from_script
from autograder.errors import WorkerFault
from autograder.grading import cgroups, processes
from autograder.grading.cgroups import Groups
from autograder.grading.confinement import UNCONFINED, lacking
from autograder.grading.grade import grade_submission
from autograder.grading.sandbox import Sandbox
from autograder.judging.results import Account
from autograder.units.kit import KitUnit
from tests.tiny import answered

CONFINED = pytest.mark.skipif(bool(lacking()), reason=f"no sandbox here: {lacking()}")
GROUPED = pytest.mark.skipif(bool(cgroups.missing()), reason=f"no control groups: {cgroups.missing()}")

TRIES = """
import os, socket
for call in (os.fork, socket.socket, socket.socket):
    try:
        call()
    except OSError:
        pass
"""

THREADS = """
import threading, time
for _ in range(20):
    threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
"""


@pytest.fixture(autouse=True)
def _confined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(UNCONFINED, "")


def account_of(unit: KitUnit, double: str) -> Account:
    """The account of a submission with an answer."""
    text = answered(unit, double=double, halve="return x / 2")
    return grade_submission(unit, from_script(text, unit, "tiny.py"), unit.recorded).account


@CONFINED
def test_an_honest_submission(tiny: KitUnit) -> None:
    """It takes some time and memory, and is refused nothing."""
    account = account_of(tiny, "return 2 * x")
    assert 0 < account.cpu < 30 > account.wall > 0
    assert 10 << 20 < account.memory < 1 << 30
    assert (account.refused, account.ended) == ({}, ())


@CONFINED
def test_what_was_refused_is_counted_by_name(tiny: KitUnit) -> None:
    """Also by the processes of a submission that was started again."""
    account = account_of(tiny, "import os; os._exit(0)")
    assert account.ended == ("exit status 0",)
    with Sandbox(tiny) as sandbox:
        sandbox.load([("a cell", TRIES)], notebook=False)
    assert dict(sandbox.account.refused or {}) == {"clone": 1, "socket": 2}


def test_accounts_are_added_and_written_as_json() -> None:
    """The record of a submission with several processes holds one account."""
    both = Account(1.0, refused={"clone": 1}) + Account(2.0, memory=5, refused={"clone": 1, "socket": 2})
    assert json.loads(json.dumps(asdict(both)))["refused"] == {"clone": 2, "socket": 2}
    assert (both.wall, both.memory) == (3.0, 5)
    assert (both + Account(refused=None)).refused is None


@CONFINED
def test_a_process_that_is_ended_gives_its_account(tiny: KitUnit) -> None:
    """Its memory, and why it ended."""
    assert account_of(tiny, "kept = b'x' * (300 << 20); return 2 * x").memory > 300 << 20
    deaf = "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\nwhile True: pass"
    with Sandbox(tiny, load_seconds=1.0) as sandbox, pytest.raises(WorkerFault, match="no answer within 1 s"):
        sandbox.load([("a loop", deaf)], notebook=False)
    assert sandbox.account.ended == ("no answer within 1 s",)
    assert sandbox.account.cpu > 0.1


@GROUPED
def test_a_group_limits_memory_as_a_whole(tiny: KitUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts is all that a submission uses together, and the reason is named; the group is gone then."""
    monkeypatch.setattr(processes, "Groups", lambda pid, memory: Groups(pid, 150 << 20))
    processes._server.cache_clear()
    account = account_of(tiny, "kept = b'x' * (400 << 20); return 2 * x")
    processes._server.cache_clear()
    assert account.ended == ("SIGKILL: it took more memory than it may",)
    assert list(Groups(os.getpid(), 1)._folder.glob(f"gradfn-{os.getpid()}-*")) == []


@GROUPED
def test_a_group_limits_processes(tiny: KitUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads are counted by the group, for root too."""
    monkeypatch.setattr(cgroups, "TASKS", 8)
    processes._server.cache_clear()
    with Sandbox(tiny) as sandbox:
        (ran,) = sandbox.load([("threads", THREADS)], notebook=False)
    processes._server.cache_clear()
    assert ran.raised is not None
    assert "start new thread" in ran.raised.message


def test_a_machine_without_groups_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """Grading goes on with the limits of processes."""
    monkeypatch.setattr(Path, "read_text", lambda self, *rest, **options: "")
    with pytest.raises(LookupError, match="cgroup v2 is not mounted"):
        Groups(1, 1)


def test_a_scope_is_asked_of_the_users_own_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name of its own each time; without systemd the command is as it is."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert cgroups.scope() == []
    (tmp_path / "systemd").mkdir()
    monkeypatch.setattr(cgroups.shutil, "which", lambda name: name)
    first, second = cgroups.scope(), cgroups.scope()
    assert first[:3] == ["systemd-run", "--user", "--scope"]
    assert first != second
