"""A course and a student's folder made by gradfn 0.1.0: today's code goes on with both.

`course_0_1_0/course.zip` holds them; `course_0_1_0/make.py` says how they were made.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.api import Gradebook

from autograder import cli

POINTS = {"ada": 3.0, "ben": 1.0, "cleo": 0.0, "dan": 3.0, "eva": None}
MANUAL = {"ada": (1.5, "graded")}
NOW = POINTS | {"cleo": None}  # a file that cannot be read had 0 points in 0.1.0


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The zip unpacked; the course knows its kit by an absolute path."""
    with ZipFile(Path(__file__).parent / "course_0_1_0" / "course.zip") as archive:
        archive.extractall(tmp_path)
    settings = {"kit": str(tmp_path / "kit")}
    (tmp_path / "course" / ".gradfn" / "course.json").write_text(json.dumps(settings), encoding="utf-8")
    return tmp_path


@pytest.fixture
def course(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The course's folder, which is the working directory."""
    monkeypatch.chdir(home / "course")
    return home / "course"


@pytest.fixture
def student(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The student's folder, which is the working directory."""
    monkeypatch.chdir(home / "student")
    return home / "student"


def gradfn(*words: str) -> None:
    """Run a command; it must succeed, but for the submission of eva's that cannot be graded."""
    assert cli.main(words) == (words == ("grade", "tiny"))


def grades(course: Path) -> tuple[dict[str, float | None], dict[str, tuple[float, str]]]:
    """By student the automatic points, None for a submission without a score, and the manual ones."""
    automatic: dict[str, float | None] = dict.fromkeys(POINTS)
    manual: dict[str, tuple[float, str]] = {}
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", course.name) as opened:
        for submission in opened.assignment_submissions("tiny"):
            rows = [grade for notebook in submission.notebooks for grade in notebook.grades]
            given = [row.auto_score for row in rows if row.auto_score is not None]
            automatic[submission.student_id] = sum(given) if given else None
            for row in rows:
                if row.manual_score is not None:
                    state = "to grade" if row.needs_manual_grade else "graded"
                    manual[submission.student_id] = row.manual_score, state
    return automatic, manual


def record(course: Path, name: str) -> dict[str, Any]:
    """What is stored of a submission."""
    found: dict[str, Any] = json.loads((course / ".gradfn" / "reports" / "tiny" / f"{name}.json").read_text())
    return found


def without_words(record: dict[str, Any]) -> dict[str, Any]:
    """A record without what says the same in other words today."""
    said = ("graded_from", "notes", "failure")
    checks = [check | {"message": ""} for check in record.get("checks", ())]
    return {key: value for key, value in record.items() if key not in said} | {"checks": checks}


def test_grading_again_gives_the_same_points(course: Path) -> None:
    """What a person gave stays; the stored records say the same, and a second run has nothing to do."""
    before = {name: record(course, name) for name in POINTS}
    assert grades(course) == (POINTS, MANUAL)
    gradfn("grade", "tiny")
    assert grades(course) == (NOW, MANUAL)
    del before["cleo"]
    for name, old in before.items():
        new = {"account": None} | record(course, name)
        assert new.keys() - {"account"} == old.keys()
        assert without_words(new) == without_words(old | {"account": new.get("account")})
    stamps = {path: path.stat().st_mtime_ns for path in course.rglob("autograded/**/*.ipynb")}
    gradfn("grade", "tiny")
    assert stamps == {path: path.stat().st_mtime_ns for path in course.rglob("autograded/**/*.ipynb")}


def test_a_changed_answer_is_graded_with_the_same_secret(course: Path) -> None:
    """A late correction gets its points with the seed that the class was graded with."""
    seed = record(course, "ben")["seed"]
    file = course / "submitted" / "ben" / "tiny" / "tiny.ipynb"
    text = file.read_text(encoding="utf-8")
    assert "return x * x" in text
    file.write_text(text.replace("return x * x", "return x + x"), encoding="utf-8")
    gradfn("grade", "tiny", "ben")
    assert grades(course) == (POINTS | {"ben": 3.0}, MANUAL)
    assert record(course, "ben")["seed"] == seed


def test_pages_and_exports_are_written_from_what_is_stored(course: Path) -> None:
    """Nothing has to be graded again for feedback, the class report and the gradebook as CSV."""
    gradfn("feedback", "tiny")
    pages = {path.parent.parent.name: path.read_text() for path in course.glob("feedback/*/tiny/tiny.html")}
    assert set(pages) == set(POINTS) - {"eva"}
    assert "Say when." in pages["ada"]
    gradfn("report", "tiny")
    report = (course / "reports" / "tiny.html").read_text(encoding="utf-8")
    assert all(name in report for name in POINTS)
    assert "neither tiny.ipynb nor a .py file was handed in" in report
    gradfn("export")
    rows = (course / "grades.csv").read_text(encoding="utf-8")
    assert all(name in rows for name in POINTS)
    assert "4.5" in rows
    assert grades(course) == (POINTS, MANUAL)


def test_nbgraders_own_command_grades_the_course(course: Path) -> None:
    """`nbgrader autograde` reads that course's nbgrader_config.py, which names classes by their paths."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", "tiny", "--student", "ada", "--force"],
        cwd=course,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert grades(course) == (POINTS, {"ada": (1.5, "to grade")})  # as nbgrader marks all it grades again


def test_a_released_notebook_runs(home: Path) -> None:
    """A notebook with answers in it, as a student has it open: its cells run and its checks pass."""
    notebook = nbformat.read(home / "handed.ipynb", as_version=4)
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(home / "student")}}).execute()
    texts = {
        cell.metadata.nbgrader.grade_id: "".join(
            output.get("text", "") or output["data"]["text/plain"] for output in cell.outputs
        )
        for cell in notebook.cells
        if cell.cell_type == "code"
    }
    assert "1 of 1 public checks passed, 2 / 2 points" in texts["test_double"]
    assert "1 of 1 public checks passed, 1 / 1 point" in texts["test_halve"]


def test_a_students_progress_goes_on(student: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One exercise is done; after two hints the next one is the third."""
    gradfn()
    assert "2 / 3 points  1 of 2 exercises" in capsys.readouterr().out
    gradfn("hint", "halve")
    assert "hint 3 of 3" in capsys.readouterr().out


def test_a_students_drafts_are_read(student: Path) -> None:
    """A newer kit unpacked over the folder empties the file; `gradfn update` puts the answers back."""
    file = student / "exercises" / "tiny" / "tiny.py"
    text = file.read_text(encoding="utf-8")
    file.write_text((student / ".gradfn" / "answers" / "tiny.stub.py").read_text(encoding="utf-8"))
    gradfn("update")
    assert file.read_text(encoding="utf-8") == text
