"""Files that another program holds, folders that cannot be written, a full disk: a line, and no work lost.

A folder in place of a file stands for a locked one, a limit of no bytes for a file for a full disk:
both hold for an administrator too.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.authors.bundle import bundle
from autograder.units.files import write_out
from autograder.units.kit import Kit, KitUnit
from tests.conftest import ROOT, root_of
from tests.terminal import Terminal, save
from tests.tiny import answered

FULL = ["bash", "-c", 'ulimit -f 0; exec "$@"', "bash"]


@pytest.fixture
def copy(tiny: KitUnit) -> KitUnit:
    """A student's copy with one answer."""
    shutil.rmtree(root_of(tiny) / "solutions")
    shutil.copy(ROOT / "exercises" / "conftest.py", root_of(tiny) / "exercises")
    shutil.copy(ROOT / "pyproject.toml", root_of(tiny))
    save(tiny, double="return 2 * x")
    return tiny


def run(unit: KitUnit, *words: str, full: bool = False) -> tuple[int, str, str]:
    """A command there: its exit status, and what it prints and reports."""
    program = ["-m", "pytest"] if words[0] == "pytest" else ["-m", "autograder.cli", words[0]]
    done = subprocess.run(
        [*(FULL if full else []), sys.executable, *program, *words[1:]],
        cwd=root_of(unit),
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_what_somebody_named_is_never_left_in_pieces(tmp_path: Path) -> None:
    """A full disk leaves the earlier file, and no empty one; a pipe or /dev/stdout is written as it is."""
    for name, before in (("new.csv", None), ("old.csv", "old")):
        file = tmp_path / name
        if before:
            file.write_text(before)
        program = f"from autograder.units.files import *; write_out(Path({str(file)!r}), 'new' * 99, 'Go')"
        done = subprocess.run(
            [*FULL, sys.executable, "-c", program],
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr.rstrip().endswith(f"GradfnError: cannot write {file}: File too large. Go")
        assert (file.read_text() if file.exists() else None) == before
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "old.csv")
    write_out(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "old.csv").read_text() == "new"
    write_out(Path("/dev/null"), "new")
    assert Path("/dev/null").is_char_device()
    assert [path.name for path in tmp_path.glob(".*")] == []


@pytest.mark.parametrize("name", ["tiny copy", "tiny - Copy", "tiny_old", "tiny (1)"])
def test_a_copy_of_a_units_folder_is_no_unit(copy: KitUnit, name: str) -> None:
    """Neither for gradfn nor for pytest; a unit whose file was deleted stays one."""
    shutil.copytree(copy.folder, copy.folder.with_name(name))
    assert Kit(root_of(copy)).names() == ["tiny"]
    assert "1 failed, 1 passed" in run(copy, "pytest")[1]
    said = " ".join(run(copy, "pytest", str(copy.folder.with_name(name)))[1].split())
    assert (
        f"{name} is a copy and not a unit: nothing in it is checked. Copy its tiny.py to exercises/tiny"
        in said
    )
    copy.stub_file.unlink()
    assert Kit(root_of(copy)).names() == ["tiny"]
    assert "tiny.py is gone" in run(copy, "pytest")[1]


@pytest.mark.parametrize(
    "command", ["list", "submit tiny", "script tiny", "notebook tiny", "reset tiny.halve"]
)
def test_a_locked_file_is_a_line(copy: KitUnit, command: str) -> None:
    """The commands that need it fail with a line that names it."""
    copy.stub_file.unlink()
    copy.stub_file.mkdir()
    status, _, error = run(copy, *command.split())
    assert status == 2
    assert error.startswith("gradfn: ")
    assert error.count("\n") == 1


def test_pytest_goes_on_beside_a_locked_file(copy: KitUnit) -> None:
    """Its checks get a card that says so, and no traceback."""
    copy.stub_file.unlink()
    copy.stub_file.mkdir()
    _, said, _ = run(copy, "pytest")
    assert "It cannot be read: tiny.py: Is a directory. Close the program that holds it" in " ".join(
        said.split()
    )
    assert "2 failed" in said
    assert "Traceback" not in said


def test_watch_waits_for_a_locked_file(copy: KitUnit) -> None:
    """It says so once, and checks the file as soon as it can be read."""
    with Terminal(root_of(copy)) as terminal:
        terminal.wait("Not done yet")
        text = copy.stub_file.read_bytes()
        copy.stub_file.unlink()
        copy.stub_file.mkdir()
        terminal.wait("tiny.py cannot be read now. It is checked as soon as it can.")
        copy.stub_file.rmdir()
        copy.stub_file.write_bytes(text)
        terminal.wait("halve(x) is x / 2")


def test_a_full_disk_costs_no_hint(copy: KitUnit) -> None:
    """It is not counted, and given all the same; pytest needs no room either."""
    for _ in range(2):
        assert run(copy, "hint", full=True) == (0, "halve · values halve, hint 1 of 3:\n  one\n", "")
    status, said, error = run(copy, "pytest", "-s", full=True)  # capturing needs room in /tmp
    assert (status, error) == (1, "")
    assert said.endswith("1 failed, 1 passed in " + said.rpartition(" in ")[2])


@pytest.mark.parametrize(
    "command", ["reset tiny.double", "notebook tiny", "script tiny", "submit tiny exercises/tiny/tiny.py"]
)
def test_a_full_disk_costs_no_work(copy: KitUnit, command: str) -> None:
    """A line says what and what to do; each file is as it was, and no half of one is left."""
    run(copy, "notebook", "tiny")
    save(copy, double="return x + x")
    before = {path: path.read_bytes() for path in root_of(copy).rglob("*") if path.is_file()}
    status, _, error = run(copy, *command.split(), full=True)
    assert status == 2
    assert error.startswith("gradfn: ")
    assert "File too large" in error
    assert error.count("\n") == 1
    after = {path: path.read_bytes() for path in root_of(copy).rglob("*") if path.is_file()}
    assert {path for path in after if before.get(path) != after[path] and after[path]} == set()
    assert before.keys() <= after.keys()


@pytest.fixture
def zipped(_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A newer kit: another lesson, and another docstring of double."""
    root = tmp_path_factory.mktemp("newer")
    shutil.copytree(_built, root, dirs_exist_ok=True)
    (root / "exercises" / "tiny" / "README.md").write_text("# Newer\n", encoding="utf-8")
    bundle(Kit(root), root / "newer.zip")
    return root / "newer.zip"


def test_an_update_that_fails_says_what_it_did(copy: KitUnit, zipped: Path) -> None:
    """On a full disk nothing changes; stopped halfway, the next one carries every answer over."""
    before = copy.stub_file.read_bytes()
    status, said, error = run(copy, "update", str(zipped), full=True)
    assert (status, said) == (2, "")
    assert error.startswith("gradfn: ")
    assert copy.lesson_file.read_text(encoding="utf-8") != "# Newer\n"
    locked = copy.folder / "recorded.json"
    text = locked.read_bytes()
    locked.unlink()
    (locked / "held").mkdir(parents=True)
    assert run(copy, "update", str(zipped))[0] == 2
    shutil.rmtree(locked)
    locked.write_bytes(text)
    (copy.folder / "README.md").unlink()
    (copy.folder / "README.md" / "held").mkdir(parents=True)
    status, said, error = run(copy, "update", str(zipped))
    assert (status, said) == (2, "")
    assert "Only a part of the newer kit is in place; your answers are as they were" in error
    assert copy.stub_file.read_bytes() == before
    shutil.rmtree(copy.folder / "README.md")
    status, said, error = run(copy, "update", str(zipped))
    assert (status, error) == (0, "")
    assert copy.lesson_file.read_text(encoding="utf-8") == "# Newer\n"
    assert copy.stub_file.read_text(encoding="utf-8") == answered(copy, double="return 2 * x")


@pytest.mark.parametrize("module", ["numpy", "torch", "statistics"])
def test_a_file_that_hides_a_module_is_named(copy: KitUnit, module: str) -> None:
    """A student's numpy.py in a folder that Python searches first is the error, not what follows from it."""
    (root_of(copy) / "exercises" / f"{module}.py").write_text("print('mine')\n", encoding="utf-8")
    copy.stub_file.write_text(f"import {module}\n{copy.recorded.stub}", encoding="utf-8")
    status, said, error = run(copy, "pytest")
    words = " ".join((said + error).split())
    assert status == 1
    assert f"exercises/{module}.py hides the" in words.replace("/ ", "/")
    assert "Traceback" not in said + error
