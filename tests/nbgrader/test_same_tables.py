"""`gradfn grade` writes what `nbgrader autograde` writes into the gradebook: every table, every column."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.authors.build import build
from autograder.nbgrader.classes import Options, grade_class
from autograder.nbgrader.course import Course, make_course, open_course
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.lms.late import Rule, set_rule
from autograder.nbgrader.steps import nbgrader_api, release
from autograder.units.kit import Kit
from tests.damaged_class import CLASS, hand_in
from tests.nbgrader.test_questions import ASKED, QUESTION, written
from tests.tiny import open_unit, write_kit

Case = type(CLASS["right"])
STUDENTS = {
    "ada": Case(written, 3, ""),
    "ben": CLASS["mistake"],
    "cleo": Case(lambda n: written(n, "another answer"), 3, ""),
    "dan": CLASS["garbage"],
    "eva": CLASS["script"],
    "finn": CLASS["stub"],
}
TIMES = {"ada": "2026-02-03 10:00:00 UTC", "ben": "2026-02-01 01:00:00 UTC", "cleo": "2026-02-02 00:00 UTC"}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with a question, a due date and a late rule, in which nothing is graded."""
    home = tmp_path_factory.mktemp("tables")
    unit = write_kit(home)
    with (unit.solutions / "tiny.py").open("a", encoding="utf-8") as solution:
        solution.write(QUESTION)
    build(open_unit(home))
    made = make_course(home / "course", Kit(home))
    release(made, made.unit("tiny"))
    for student, case in STUDENTS.items():
        hand_in(made, made.unit("tiny"), student, case)
        if student in TIMES:
            stamp = made.submitted_folder(made.unit("tiny"), student) / "timestamp.txt"
            stamp.write_text(TIMES[student], encoding="utf-8")
    set_rule(made, made.unit("tiny"), Rule("10%/day, at most 50%"))
    with gradebook(made) as opened:
        opened.update_or_create_assignment("tiny", duedate="2026-02-01 00:00:00 UTC")
        for student in STUDENTS:
            opened.update_or_create_student(student, first_name=student.title())
    return open_course(made.root)


def tables(file: Path) -> dict[str, list[Any]]:
    """Every row of every table, its random id left out and others' ids written as the rows they stand for."""
    with sqlite3.connect(file) as database:
        database.row_factory = sqlite3.Row
        names = [row["name"] for row in database.execute("select name from sqlite_master where type='table'")]
        rows = {name: [dict(row) for row in database.execute(f"select * from {name}")] for name in names}
        keys = {
            (name, key["from"]): key["table"]
            for name in names
            for key in database.execute(f"pragma foreign_key_list({name})")
        }
    by_id = {(name, row["id"]): row for name in names for row in rows[name] if "id" in row}

    def told(name: str, row: dict[str, Any]) -> Any:
        def value(column: str, content: Any) -> Any:
            other = keys.get((name, column))
            return told(other, by_id[other, content]) if other and content is not None else content

        shown = {column: value(column, content) for column, content in row.items()}
        is_random = len(str(shown.get("id"))) == 32 and (name, "id") not in keys
        return repr({column: content for column, content in shown.items() if column != "id" or not is_random})

    return {name: sorted(told(name, row) for row in rows[name]) for name in names}


def by_nbgrader(course: Course) -> None:
    """nbgrader's own autograde, with the kit's exporter and preprocessor."""
    with nbgrader_api(course) as api:
        for student in STUDENTS:
            assert api.autograde("tiny", student)["success"] == (student != "dan")


def by_hand(course: Course) -> None:
    """A person grades a question and a test, and gives one student more time; another hands in again."""
    with gradebook(course) as opened:
        for student, points in (("ada", 1.5), ("cleo", 2.0)):
            grade = opened.find_grade("why_twice", "tiny", "tiny", student)
            grade.manual_score, grade.extra_credit, grade.needs_manual_grade = points, 0.5, False
        opened.find_grade("test_double", "tiny", "tiny", "ben").manual_score = 0.25
        opened.find_comment("double", "tiny", "tiny", "ben").manual_comment = "nearly"
        opened.find_submission("tiny", "ada").extension = timedelta(days=1)
        opened.db.commit()
    file = course.submitted_folder(course.unit("tiny"), "finn") / "tiny.ipynb"
    shutil.copyfile(course.submitted_folder(course.unit("tiny"), "cleo") / "tiny.ipynb", file)


def confirm(course: Course) -> None:
    """The one difference: nbgrader has a person confirm all points again, the kit those of other answers."""
    with gradebook(course) as opened:
        for student in ("ada", "cleo"):
            opened.find_grade("why_twice", "tiny", "tiny", student).needs_manual_grade = False
        opened.db.commit()


def notebooks(course: Course) -> dict[str, Any]:
    """The graded notebooks with their modes; other files beside them by content."""
    files = [path for path in (course.root / "autograded").rglob("*") if path.is_file()]
    return {
        str(path.relative_to(course.root)): (
            path.stat().st_mode,
            nbformat.read(path, as_version=4) if path.suffix == ".ipynb" else path.read_bytes(),
        )
        for path in files
    }


def test_every_table_is_as_nbgrader_writes_it(course: Course, tmp_path: Path) -> None:
    """Graded for the first time, and again after a person's points, an extension and another file."""
    assert ASKED in course.released_file(course.unit("tiny")).read_text(encoding="utf-8")
    ours, theirs = (open_course(shutil.copytree(course.root, tmp_path / name)) for name in ("ours", "theirs"))
    for number in range(2):
        grade_class(ours, ours.unit("tiny"), options=Options(regrade=True))
        by_nbgrader(theirs)
        if number:
            confirm(theirs)
        found, wanted = tables(ours.root / "gradebook.db"), tables(theirs.root / "gradebook.db")
        assert found.keys() == wanted.keys()
        assert len(found["grade"]) == 3 * len(STUDENTS)
        for name in wanted:
            assert found[name] == wanted[name], name
        assert notebooks(ours) == notebooks(theirs)
        for each in (ours, theirs):
            by_hand(each)
