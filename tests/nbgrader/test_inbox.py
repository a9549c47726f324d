"""Folders that hold more than files: links, pipes, devices, names and notebooks made to trip over.

Each lies in one class with an honest submission, which must be graded as if it were alone.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbgrader.apps.api import NbGraderAPI

from autograder.answers.submission import read
from autograder.cli.grading_view import show
from autograder.errors import BadSubmission, NotFound
from autograder.grading import folder
from autograder.grading.folder import files_of
from autograder.nbgrader import formgrader
from autograder.nbgrader.classes import Options, grade_class
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.records import Record
from autograder.nbgrader.steps import nbgrader_api
from autograder.units.kit import KitUnit
from tests import courses
from tests.damaged_class import RIGHT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among its files")

ANSWERS = "".join(f"\n\n# %% {name} *\n{source}\n" for name, source in RIGHT.items())
NO_FILE = "is a link, a pipe or a device, not a file"


@dataclass(frozen=True)
class Case:
    """What is put beside or in place of the right answers in tiny.py, and the expected message."""

    put: Callable[[Path], object]
    words: str
    answers: bool = True  # whether tiny.py is there


def _linked(target: str) -> Callable[[Path], object]:
    return lambda folder: (folder / "tiny.py").symlink_to(target)


def _socket(folder: Path) -> None:
    before = Path.cwd()
    os.chdir(folder)  # a socket's path is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("a socket")
    finally:
        os.chdir(before)


def _deep(folder: Path) -> None:
    """Nested folders, until paths become too long."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(60):
        os.mkdir("d" * 100, dir_fd=here)
        here, above = os.open("d" * 100, os.O_RDONLY, dir_fd=here), here
        os.close(above)
    os.close(here)


def _notebook(source: str = RIGHT["double"], kind: str = "code", stands_for: str = "") -> str:
    """A notebook with the answer to double in a cell of this kind, which stands for another file."""
    cells = [
        {"cell_type": kind, "metadata": {"nbgrader": {"grade_id": "double"}}, "source": source},
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "halve"}}, "source": RIGHT["halve"]},
    ]
    return json.dumps({"cells": cells, "metadata": {"gradfn": {"stands_for": stands_for}}})


def _hole(folder: Path) -> None:
    """A sparse file of a terabyte."""
    (folder / "data.bin").touch()
    os.truncate(folder / "data.bin", 1 << 40)


#: What is no submission: nothing of it is opened.
REFUSED = {
    "pipe": Case(lambda folder: os.mkfifo(folder / "tiny.ipynb"), f"tiny.ipynb {NO_FILE}"),
    "pipe-beside": Case(
        lambda folder: os.mkfifo(folder / "timestamp.txt"),
        "timestamp.txt cannot be read: it is a link, a folder, a pipe",
    ),
    "to-the-solution": Case(
        _linked("../../../../kit/solutions/tiny/tiny.py"), f"tiny.py {NO_FILE}", answers=False
    ),
    "to-another": Case(_linked("../../honest/tiny/tiny.py"), f"tiny.py {NO_FILE}", answers=False),
    "to-the-secret": Case(
        lambda folder: (folder / "loot").symlink_to("../../../.gradfn/secret"), f"loot {NO_FILE}"
    ),
    "to-no-end": Case(_linked("/dev/zero"), f"tiny.py {NO_FILE}", answers=False),
    "to-itself": Case(_linked("tiny.py"), f"tiny.py {NO_FILE}", answers=False),
    "socket": Case(_socket, f"a socket {NO_FILE}"),
    "hole": Case(_hole, "the folder holds more than 1000 files or 100 MB"),
    "deep": Case(_deep, "the folder cannot be read: File name too long"),
    "folder-for-script": Case(
        lambda folder: (folder / "tiny.py").mkdir(), "the folder is empty", answers=False
    ),
}
if sys.platform == "linux":  # elsewhere no such name can be made
    REFUSED["name"] = Case(
        lambda folder: (folder / os.fsdecode(b"\xff.txt")).touch(), "the name of '\\udcff.txt' is not UTF-8"
    )
#: Other names that look like "honest": wide letters, a joiner, a variation selector, a filler.
ALIKE = ("\uff48onest", "hon\u200dest", "honest\ufe0f", "hon\u034fest")
#: Notebooks of right answers.
NOTEBOOKS = {
    "half-a-character": _notebook(source=RIGHT["double"] + "  # \ud800"),
    "kind-of-cell": _notebook(kind="\x1b[31m\ud800" * 999),
    "stands-for-much": _notebook(stands_for="x" * 5_000),
    "stands-for-nothing": _notebook(stands_for="\0"),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with an honest student's submission and all of these."""
    course = courses.make(tmp_path_factory.mktemp("inbox"), [])
    unit = course.unit("tiny")
    for name in ("honest", *ALIKE, " honest", "odd\nname", "odd\x1b[31m", *REFUSED, *NOTEBOOKS):
        folder = course.submitted_folder(unit, name)
        folder.mkdir(parents=True)
        if name in NOTEBOOKS:
            (folder / "tiny.ipynb").write_text(NOTEBOOKS[name], encoding="utf-8")
        elif name not in REFUSED or REFUSED[name].answers:
            (folder / "tiny.py").write_text(ANSWERS, encoding="utf-8")
        if name in REFUSED:
            REFUSED[name].put(folder)
    linked = course.submitted_folder(unit, "linked")
    linked.parent.mkdir()
    linked.symlink_to("../honest/tiny")
    return course


@pytest.fixture(scope="module")
def graded(course: Course) -> dict[str, Record]:
    """The records of one run of the class."""
    return grade_class(course, course.unit("tiny"))


def test_the_honest_submission_is_unharmed(graded: dict[str, Record]) -> None:
    """An honest submission is graded, whatever others hand in."""
    assert (graded["honest"].points, graded["honest"].words) == (3, "")


@pytest.mark.parametrize("name", REFUSED)
def test_links_pipes_and_devices_are_refused_by_name(graded: dict[str, Record], name: str) -> None:
    """The submission has no score, and the reason names the file."""
    assert graded[name].failed
    assert graded[name].words.startswith(REFUSED[name].words)


def test_a_folder_that_is_a_link_is_refused(graded: dict[str, Record]) -> None:
    """The link leads to somebody else's submission."""
    assert (graded["linked"].failed, graded["linked"].words) == (
        True,
        "the folder tiny is a link, not a folder",
    )


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_right_answers_in_an_odd_notebook_are_right(graded: dict[str, Record], name: str) -> None:
    """Oddities in the folder cost no points."""
    assert graded[name].points == 3


def test_a_name_with_blanks_around_it_is_refused(graded: dict[str, Record]) -> None:
    """nbgrader would drop the blanks, and grade another student's submission in its place."""
    assert (graded[" honest"].failed, graded[" honest"].words) == (
        True,
        "nbgrader drops the blanks around a student's name: rename the folder",
    )


def test_names_that_look_alike_are_not_two_students(course: Course, graded: dict[str, Record]) -> None:
    """One form of each name is taken; the others are named, with the name to give the folder."""
    for name in ALIKE:
        assert (
            graded[name].words == f"the folder's name {name!a} looks like honest: rename the folder to honest"
        )
    with gradebook(course) as opened:
        assert not {*ALIKE} & {student.id for student in opened.students}


def test_no_file_of_others_was_copied(course: Course, graded: dict[str, Record]) -> None:
    """The autograded folders hold neither the course's secret nor another student's file."""
    copied = {path.parent.parent.name for path in (course.root / "autograded").rglob("*") if path.is_file()}
    assert copied == {"honest", *NOTEBOOKS}


def test_a_folder_whose_name_cannot_be_shown_is_left_out(
    course: Course, graded: dict[str, Record], capsys: pytest.CaptureFixture[str]
) -> None:
    """Names are printed and shown in pages; such a folder is left out and reported with escapes."""
    assert not {"odd\nname", "odd\x1b[31m"} & set(graded)
    show(course, course.unit("tiny"), Options(students=["honest"]))
    said = capsys.readouterr().out
    assert "Left out, since the folder's name has unprintable characters, a leading dot or" in said
    assert "'odd\\nname', 'odd\\x1b[31m'" in said


def test_nbgraders_own_command_refuses_links_too(course: Course, graded: dict[str, Record]) -> None:
    """nbgrader copies the folder before our exporter raises; the copy is removed then."""
    notebook = course.submitted_folder(course.unit("tiny"), "to-the-secret") / "tiny.ipynb"
    notebook.write_text(_notebook(), encoding="utf-8")
    with nbgrader_api(course) as api:
        done = api.autograde("tiny", "to-the-secret", force=True)
    assert f"loot {NO_FILE}" in done["log"]
    assert not (course.root / "autograded" / "to-the-secret" / "tiny").exists()


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to(__file__)], ids=["pipe", "link"])
def test_a_single_file_must_be_one(tiny: KitUnit, tmp_path: Path, make: Callable[[Path], object]) -> None:
    """`gradfn judge` does not wait for a pipe and does not follow a link."""
    make(tmp_path / "tiny.py")
    with pytest.raises(NotFound, match="it is a link, a folder, a pipe or a device, not a file"):
        read(tmp_path / "tiny.py", tiny)


def test_a_folder_has_not_endless_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """nbgrader would copy and read them all."""
    monkeypatch.setattr(folder, "MOST_FILES", 2)
    for name in ("a", "b"):
        (tmp_path / name).touch()
    assert files_of(tmp_path) == [tmp_path / "a", tmp_path / "b"]
    (tmp_path / "c").touch()
    with pytest.raises(BadSubmission, match="more than 2 files"):
        files_of(tmp_path)


def test_formgrader_knows_what_is_graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """nbgrader alone reads +0200 as 200 seconds, and "needs autograding" stays for ever."""
    course = courses.make(tmp_path, [])
    times = {"ada": "2026-02-01 00:30:00 +0200", "bob": "2026-02-01 00:30:00 Europe/Berlin"}
    for student, words in times.items():
        folder = course.submitted_folder(course.unit("tiny"), student)
        folder.mkdir(parents=True)
        (folder / "tiny.py").write_text(ANSWERS, encoding="utf-8")
        (folder / "timestamp.txt").write_text(words, encoding="utf-8")
        if student == "ada":  # bob's is older than the file: not believed
            os.utime(folder / "tiny.py", (1_700_000_000,) * 2)
    grade_class(course, course.unit("tiny"))
    monkeypatch.setattr(NbGraderAPI, "get_submitted_timestamp", NbGraderAPI.get_submitted_timestamp)
    with nbgrader_api(course) as api:
        assert api.get_autograded_students("tiny") == set()
        formgrader._load_jupyter_server_extension(None)
        assert api.get_autograded_students("tiny") == {"ada", "bob"}
