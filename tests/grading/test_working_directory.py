"""The working directory is no authority: an instructor may stand in a folder that a student handed in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from autograder.grading import oracle
from autograder.nbgrader.course import Course, course_around, make_course
from autograder.units.kit import Kit, KitUnit
from tests.conftest import ROOT, root_of

GRADFN = Path(sys.executable).with_name("gradfn")
#: What Python, traitlets and matplotlib look for in a working directory that they trust.
SETTINGS = ("jupyter_config.py", "nbgrader_config.py", "nbgrader_generate_feedback_config.py", "conftest.py")


@pytest.fixture
def course(paper: Course, tiny: KitUnit) -> Course:
    """A course of the tiny unit, which is released."""
    (paper.private / "course.json").write_text(json.dumps({"kit": str(root_of(tiny))}), encoding="utf-8")
    assert gradfn(paper.root, "release", "tiny").startswith("tiny: ")
    return paper


@pytest.fixture
def bob(course: Course, tiny: KitUnit) -> Path:
    """Bob's folder in it: a stub, a kit that passes all, a course, and a trap of each module's name."""
    folder = course.submitted_folder(tiny, "bob")
    shutil.copytree(root_of(tiny) / "exercises", folder / "exercises")
    (folder / "tiny.py").write_text(tiny.recorded.stub, encoding="utf-8")
    (folder / ".gradfn").mkdir()
    (folder / ".gradfn" / "course.json").write_text(json.dumps({"kit": str(folder)}), encoding="utf-8")
    (folder / "matplotlibrc").write_text("text.usetex: True\n")
    trap = f"open({str(course.root / 'CAUGHT')!r}, 'a').write(__file__)\n"
    names = {*sys.stdlib_module_names, *packages_distributions(), "sitecustomize", "usercustomize"}
    for name in (*SETTINGS, *(f"{name}.py" for name in names)):
        (folder / name).write_text(trap, encoding="utf-8")
    with (folder / "exercises" / "tiny" / "checks.py").open("a", encoding="utf-8") as file:
        file.write(trap)
    return folder


def gradfn(folder: Path, *words: str, status: int = 0) -> str:
    """What the installed command prints in a folder."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONSAFEPATH", None)
    done = subprocess.run(
        [GRADFN, *words], cwd=folder, env=environment, capture_output=True, text=True, umask=0o022
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_course_grades_from_a_folder_that_was_handed_in(course: Course, bob: Path) -> None:
    """Every command of a course, with all its processes, imports nothing from there."""
    assert "[1/1] bob                      0 points" in gradfn(bob, "grade", "tiny")
    assert "tiny: 1 page in" in gradfn(bob, "feedback", "tiny")
    assert "1 of 1 graded" in gradfn(bob, "report", "tiny", "--out", "page.html")
    assert (bob / "page.html").exists()
    gradfn(bob, "export")
    assert not (course.root / "CAUGHT").exists(), (course.root / "CAUGHT").read_text()


def test_a_file_is_judged_where_it_lies(course: Course, bob: Path, tiny: KitUnit) -> None:
    """The kit that lies there is refused by name; the one that is named grades, on a seed too."""
    said = gradfn(bob, "judge", "tiny", "tiny.py", status=2)
    assert f"gradfn: {bob} holds a kit that is not the installed one" in said
    assert f"--kit {bob}; with the installed one: --kit {ROOT}" in said
    for words in (["course", "there"], ["doctor"], ["bundle"]):
        assert "not the installed one" in gradfn(bob, *words, status=2)
    kit = ["--kit", str(root_of(tiny))]
    for more in ([], ["--seed", "7"]):
        assert "tiny.py: 0 / 3 points" in gradfn(bob, "judge", "tiny", "tiny.py", *kit, *more)
    gradfn(bob, "course", str(course.root / "second"), *kit)
    assert json.loads((course.root / "second" / ".gradfn" / "course.json").read_text()) == {"kit": kit[1]}
    assert not (course.root / "CAUGHT").exists(), (course.root / "CAUGHT").read_text()


def test_a_folder_without_checks_is_no_kit(tmp_path: Path) -> None:
    """Which one line says."""
    said = gradfn(tmp_path, "judge", "tiny", "tiny.py", "--kit", str(tmp_path), status=2)
    assert said == f"gradfn: {tmp_path} is not a kit: it holds no exercises/\n"


def test_a_course_below_another_may_still_be_one(course: Course) -> None:
    """Only what students handed in is passed over."""
    shutil.copytree(course.root, inner := course.root / "spring", ignore=shutil.ignore_patterns("spring"))
    assert course_around(inner / "release").root == inner
    assert course_around(course.root / "submitted").root == course.root


def test_the_references_start_outside_of_it(
    tiny: KitUnit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where another program than gradfn asks for them, and their seed is on no command line."""
    (tmp_path / "numpy.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    started: list[list[str]] = []
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda words, **rest: started.append(words) or run(words, **rest))
    assert oracle.recorded_for(tiny, 987_654_321).seed == 987_654_321
    assert started
    assert not [word for word in started[0] if "987654321" in word]


def test_nobody_else_can_read_what_a_course_knows(tiny: KitUnit, tmp_path: Path) -> None:
    """Answers, gradebook, submissions and marks; only what is released, and settings without a secret."""
    root = tmp_path / "fall"
    gradfn(tmp_path, "course", "fall", "--kit", str(root_of(tiny)))
    (root / "submitted" / "ada" / "tiny").mkdir(parents=True)
    (root / "submitted" / "ada" / "tiny" / "tiny.py").write_text(tiny.recorded.stub, encoding="utf-8")
    for words in (
        ["release", "tiny"],
        ["grade", "tiny"],
        ["feedback", "tiny"],
        ["report", "tiny"],
        ["export"],
    ):
        gradfn(root, *words)
    files = [path for path in root.rglob("*") if path.is_file()]
    assert {"grades.csv", "gradebook.db", "tiny.html"} <= {path.name for path in files}
    assert {str(path.relative_to(root)) for path in files if _readable(path, root)} == {
        ".gitignore",
        "nbgrader_config.py",
        "release/tiny/tiny.ipynb",
    }


def _readable(path: Path, root: Path) -> bool:
    """Whether other users can read a file, if they can enter the course's folder."""
    above = [folder for folder in path.parents if folder.is_relative_to(root) and folder != root]
    return bool(path.stat().st_mode & 0o004) and all(folder.stat().st_mode & 0o001 for folder in above)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no groups of this kind")
def test_nobody_else_writes_what_configures_a_course(kit: Kit, tmp_path: Path) -> None:
    """Its nbgrader_config.py runs with the grader's rights: also where umask would let everybody write."""
    os.umask(0)
    made = make_course(tmp_path / "open", kit).root
    assert [path.name for path in (made, *made.rglob("*")) if path.stat().st_mode & 0o002] == []
