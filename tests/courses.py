"""Courses of the tiny unit that tests may change, and everything that grading writes into one.

make(folder, names)          a course with some of the submissions of `damaged_class`
copy(course, folder)         the same course in another folder, with its secret
state(course)                gradebook, notebooks and records, without what differs from run to run
differences(one, two)        the differences of two states
configured(course, text)     the course with more lines in its nbgrader_config.py
scores(course, unit)         each student's points in the gradebook, and what went wrong in a phrase
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.nbgrader import records
from autograder.nbgrader.course import Course, make_course, open_course
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.steps import release
from autograder.units.kit import Kit, KitUnit
from tests.damaged_class import CLASS, hand_in
from tests.tiny import replace_in, write_kit


def make(folder: Path, names: Iterable[str]) -> Course:
    """A kit and a course in a folder; its unit's checks have one second each."""
    unit = write_kit(folder / "kit")
    replace_in(unit.folder / "checks.py", "points=1)", "points=1, seconds=1.0)")
    course = make_course(folder / "course", Kit(folder / "kit"))
    release(course, course.unit("tiny"))
    for name in names:
        hand_in(course, course.unit("tiny"), name, CLASS[name])
    return open_course(course.root)


def copy(course: Course, folder: Path) -> Course:
    """The course and its kit in another folder."""
    shutil.copytree(course.root.parent, folder)
    (folder / "course" / ".gradfn" / "course.json").write_text(json.dumps({"kit": str(folder / "kit")}))
    return open_course(folder / "course")


def configured(course: Course, text: str) -> Course:
    """The course, opened again, with more lines in its configuration."""
    with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as stream:
        stream.write(text)
    return open_course(course.root)


def state(course: Course) -> dict[str, Any]:
    """What a run leaves: rows by name, and every file's content; no number of a row, no hour, no account."""
    found: dict[str, Any] = {}
    with gradebook(course) as opened:
        for submission in opened.assignment_submissions("tiny"):
            for notebook in submission.notebooks:
                grades = {
                    g.name: (g.auto_score, g.manual_score, g.needs_manual_grade) for g in notebook.grades
                }
                comments = {c.name: c.auto_comment for c in notebook.comments}
                found.setdefault(f"rows of {submission.student_id}", []).append(
                    (submission.score, grades, comments)
                )
        found["students"] = sorted(student.id for student in opened.students)
    for part in ("submitted", "autograded", ".gradfn/reports"):
        for path in (course.root / part).rglob("*"):
            if path.is_file():
                found[str(path.relative_to(course.root))] = _lasting(path.read_bytes())
    return found


def _lasting(content: bytes) -> bytes:
    """A file without what differs from run to run: the account in a record."""
    return re.sub(rb'"account": \{.*?\n \},?', b"", content, flags=re.DOTALL)


def differences(one: dict[str, Any], two: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What is in one state and not, or otherwise, in the other."""
    return {key: (one.get(key), two.get(key)) for key in {**one, **two} if one.get(key) != two.get(key)}


@dataclass(frozen=True)
class Score:
    """One student's line: the points in the gradebook, and the words for what is missing."""

    student: str
    points: float
    max_points: float
    words: str
    failed: bool


def scores(course: Course, unit: KitUnit) -> list[Score]:
    """The score of each student who handed the unit in."""
    from nbgrader.api import MissingEntry

    result = []
    with gradebook(course) as opened:
        for student in course.students(unit):
            record = records.read(course, unit, student)
            words = record.words if record else "not graded yet"
            try:
                points = float(opened.find_submission(unit.name, student).score)
            except MissingEntry:
                points = 0.0
            most = unit.points + unit.manual_points
            result.append(Score(student, points, most, words, record is None or record.failed))
    return result
