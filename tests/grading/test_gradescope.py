"""Gradescope's autograder: its zip in a folder laid out as there, and what a submission may do in it.

The layout and the keys are those of Gradescope's documentation and of its package gradescope-utils 0.5.0.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.authors.autograders import gradescope
from autograder.grading.oracle import record
from autograder.units.kit import Kit, KitUnit
from tests.conftest import ROOT
from tests.tiny import SOLUTION, answered, replace_in

SEED = 4711
#: What a test may hold, and what Gradescope knows of each: gradescope-utils, json_test_runner.py.
KEYS = {"name", "number", "score", "max_score", "status", "output", "output_format", "visibility"}
#: Docker's own set of capabilities, which Gradescope's containers have.
CAPABILITIES = (
    *("CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP"),
    *("SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE"),
)
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def zipped(_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip of the tiny unit, made on hidden inputs."""
    unit = KitUnit("tiny", _built / "exercises" / "tiny", _built / "solutions" / "tiny", (("halve", 4.0),))
    target = tmp_path_factory.mktemp("gradescope") / "tiny.zip"
    gradescope(unit, record(unit, SEED), target, "after_due_date")
    return target


@pytest.fixture
def folder(zipped: Path, tmp_path: Path) -> Path:
    """/autograder, as Gradescope fills it."""
    for name in ("source", "submission", "results"):
        (tmp_path / "autograder" / name).mkdir(parents=True)
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(tmp_path / "autograder" / "source")
    root = tmp_path / "autograder"
    shutil.copy(root / "source" / "run_autograder", root)
    (root / "submission_metadata.json").write_text('{"users": [{"email": "ada@example.org"}]}')
    return root


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    """What Gradescope does for each submission."""
    here = {"AUTOGRADER": str(folder), "GRADFN_PYTHON": sys.executable}
    command = ["bash", str(folder / "run_autograder")]
    return subprocess.run(command, env=os.environ | here, capture_output=True, text=True, check=False)


def results(folder: Path) -> dict[str, Any]:
    """results.json, whose form is checked."""
    found: dict[str, Any] = json.loads((folder / "results" / "results.json").read_text(encoding="utf-8"))
    assert isinstance(found["score"], float)
    assert found["visibility"] in ("visible", "hidden", "after_due_date", "after_published")
    for test in found.get("tests", ()):
        assert set(test) <= KEYS
        assert test.get("status", "passed") in ("passed", "failed")
    return found


def seen(found: dict[str, Any]) -> str:
    """What a student reads."""
    tests = [test for test in found["tests"] if test.get("visibility") != "hidden"]
    return json.dumps([found["output"], tests], ensure_ascii=False)


def test_the_zip_holds_every_file_of_checks(kit: Kit, tmp_path: Path) -> None:
    """Also those that checks.py imports from beside it."""
    unit, target = kit.unit("modules"), tmp_path / "modules.zip"
    gradescope(unit, unit.recorded, target, "visible")
    with zipfile.ZipFile(target) as archive:
        found = {Path(name).name for name in archive.namelist() if name.startswith("exercises/modules/")}
    assert found >= {path.name for path in unit.checks_files}
    assert len(unit.checks_files) == 3


def test_the_zip_holds_what_gradescope_runs_and_no_solution(zipped: Path) -> None:
    """setup.sh and run_autograder can be run; what setup.sh installs is pinned; no answer is in any file."""
    with zipfile.ZipFile(zipped) as archive:
        names = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
        texts = {name: archive.read(name).decode() for name in names}
    assert names["setup.sh"] & names["run_autograder"] & 0o111
    assert subprocess.run(["bash", "-n"], input=texts["setup.sh"], text=True, check=False).returncode == 0
    lines = texts["requirements.txt"].splitlines()
    assert {line.partition("==")[0] for line in lines} >= {"numpy", "ipython", "pyseccomp"}
    assert all("==" in line for line in lines)
    answers = [line.strip() for line in SOLUTION.splitlines() if line.strip().startswith("return")]
    assert [name for name, text in texts.items() for answer in answers if answer in text] == []
    assert not [name for name in names if "solution" in name or "nbgrader" in name]


def test_right_answers_get_all_points(zipped: Path, folder: Path, tiny: KitUnit) -> None:
    """A test for each check, with its points as the course sets them; a notebook counts as a script does."""
    text = answered(tiny, double="return 2 * x", halve="print(x)\nreturn x / 2")
    (folder / "submission" / "exercises").mkdir()
    (folder / "submission" / "exercises" / "tiny.py").write_text(text)
    assert run(folder).returncode == 0
    found = results(folder)
    assert (found["score"], found["visibility"], found["stdout_visibility"]) == (
        6,
        "after_due_date",
        "hidden",
    )
    checks = [test for test in found["tests"] if "score" in test]
    assert [(t["number"], t["score"], t["max_score"], t["output"]) for t in checks] == [
        ("1.1", 2, 2, ""),
        ("2.1", 4, 4, ""),  # what it printed is about hidden inputs
    ]
    assert found["tests"][-1]["name"] == "How it ran"


def test_students_read_cards_on_public_inputs_only(folder: Path, tiny: KitUnit) -> None:
    """Hidden inputs and expected values are in what graders see alone; fixed answers to public ones fail."""
    public = tiny.recorded.answers["double"]["values_double"].returned["double(x)"]
    fixed = f"return np.array({public.tolist()!r}) if abs(x[0] * 2 - {public[0]!r}) < 1e-9 else x"
    text = answered(tiny, double=fixed, halve="print('hidden', x)\nreturn x * 3")
    (folder / "submission" / "tiny.py").write_text(text)
    assert run(folder).returncode == 0, "no results"
    found = results(folder)
    double, halve = (test for test in found["tests"] if "score" in test)
    assert (found["score"], double["status"], halve["status"]) == (0, "failed", "failed")
    assert "It passes with the public inputs, and fails with others." in double["output"]
    assert "halve(x)" in halve["output"]
    hidden = next(test for test in found["tests"] if test["name"] == "On the hidden inputs")
    assert hidden["visibility"] == "hidden"
    first = hidden["output"].partition("double(x)")[2].partition("\n")[0]
    assert "expected" in first
    assert first not in seen(found)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [("tiny.ipynb", b"", "is empty"), ("essay.pdf", b"%PDF", "no .ipynb or .py file"), ("", b"", "is empty")],
)
def test_what_cannot_be_read_says_why(folder: Path, name: str, data: bytes, words: str) -> None:
    """Gradescope knows no missing score: the reason is shown, and the student can hand in again."""
    if name:
        (folder / "submission" / name).write_bytes(data)
    assert run(folder).returncode == 0
    found = results(folder)
    assert (found["score"], found.get("tests")) == (0, None)
    assert words in found["output"]


def test_an_error_of_the_kit_is_no_zero(folder: Path, tiny: KitUnit) -> None:
    """Without its answers the grader writes nothing, says why and fails: Gradescope tells the instructor."""
    (folder / "submission" / "tiny.py").write_text(answered(tiny))
    (folder / "source" / "private" / "answers.json").unlink()
    done = run(folder)
    assert done.returncode == 2
    assert "Traceback" not in done.stdout + done.stderr
    assert not list((folder / "results").iterdir())


SPY = """
import ctypes, os, signal, socket, subprocess, sys, threading

done = []

def attempt(what, f):
    try:
        f()
        done.append(what)
    except BaseException:
        pass

root, judge = "/autograder", os.getppid()
for path in ("source/private/answers.json", "results", "submission/tiny.py", "submission_metadata.json"):
    attempt("read " + path, lambda: (os.listdir if path == "results" else open)(f"{root}/{path}"))
for pid in range(1, 40):
    if pid != os.getpid():
        attempt("memory of another process", lambda: open(f"/proc/{pid}/mem", "rb"))
        attempt("environment of another process", lambda: open(f"/proc/{pid}/environ", "rb").read())
        attempt("signal another process", lambda: os.kill(pid, signal.SIGKILL))
for path in ("results/results.json", "run_autograder", "source/autograder/worker/run.py", "x"):
    attempt("write " + path, lambda: open(f"{root}/{path}", "w").write("{}"))
attempt("become root", lambda: os.setuid(0))
attempt("a process", lambda: os.fork() or os._exit(0))
attempt("a program", lambda: subprocess.run(["/bin/true"]))
attempt("a socket", lambda: socket.socket())
attempt("trace", lambda: ctypes.CDLL(None).ptrace(16, judge, 0, 0) and 1 / 0)
for folder in ("/tmp", "/var/tmp", "/dev/shm"):
    attempt("", lambda: open(folder + "/gradfn-left", "w").write("x") and 1 / 0)  # it may, and it is removed
threading.Thread(target=lambda: [None for _ in iter(int, 1)]).start()
raise AssertionError(f"could {done}")
"""


@pytest.fixture
def container(folder: Path) -> list[str]:
    """The command that runs something as root in a container like Gradescope's, without bubblewrap."""
    if os.geteuid() or not shutil.which("bwrap"):
        pytest.skip("only root, with bubblewrap, can make a container with several accounts")
    mounts: list[str] = []
    made: set[Path] = set()
    for path in map(Path, ("/usr", "/etc", "/lib64", sys.base_prefix, sys.prefix, ROOT)):
        parents = [parent for parent in reversed(path.parents) if parent not in made and parent != Path("/")]
        if any(done in path.parents for done in (Path("/usr"),)) or (path in made):
            continue
        made |= {*parents, path}
        mounts += [word for parent in parents for word in ("--perms", "0755", "--dir", str(parent))]
        mounts += ["--ro-bind", str(path), str(path)]
    return [
        *("bwrap", "--tmpfs", "/", *mounts, "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib"),
        *("--symlink", "usr/sbin", "/sbin"),
        *("--proc", "/proc", "--dev", "/dev", "--chmod", "1777", "/dev/shm", "--unshare-pid"),
        *(word for name in ("/tmp", "/var/tmp") for word in ("--perms", "1777", "--tmpfs", name)),
        *("--perms", "0755", "--dir", "/autograder", "--bind", str(folder), "/autograder"),
        *("--bind", "/dev/null", str(shutil.which("bwrap")), "--setenv", "GRADFN_PYTHON", sys.executable),
        *("--cap-drop", "ALL", *(word for name in CAPABILITIES for word in ("--cap-add", f"CAP_{name}"))),
    ]


@pytest.mark.parametrize("landlock", [True, False], ids=["with Landlock", "an older kernel"])
def test_in_a_container_a_submission_reaches_nothing(
    container: list[str], folder: Path, tiny: KitUnit, landlock: bool
) -> None:
    """It runs as an account that may read no answer and write no result, and nothing of it is left."""
    if not landlock:
        replace_in(folder / "source/autograder/worker/forkserver.py", 'if settings["readable"]:', "if False:")
    text = SPY + answered(tiny, double="return 2 * x", halve="return x / 2")
    (folder / "submission" / "tiny.py").write_text(text)
    look = "bash run_autograder; echo status $?; find /tmp /var/tmp /dev/shm -type f; ps -eo uid= | sort -u"
    command = [*container, "--chdir", "/autograder", "bash", "-c", look]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["status", "0", "0"], done.stdout + done.stderr
    found = results(folder)
    assert found["score"] == 6, found
    ran = next(test["output"] for test in found["tests"] if test["name"] == "How it ran")
    assert "an account without rights" in ran
    assert "AssertionError: could []" in found["output"]
