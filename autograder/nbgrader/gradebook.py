"""nbgrader's gradebook: opening it without its noise, and reading the scores out.

quiet()                          what every use of nbgrader needs around it
gradebook(course)                the course's gradebook, open
scores(course, unit)             each student's points and what went wrong, in a phrase
waiting(course, unit)            how many written answers wait to be graded by a person
clear_scores(course, ...)        take a submission's automatic scores out of the gradebook
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.kit import KitUnit
from autograder.nbgrader import records
from autograder.nbgrader.course import Course


@dataclass(frozen=True)
class Score:
    """One student's line: the points in the gradebook, and the words for what is missing."""

    student: str
    points: float
    max_points: float
    words: str
    failed: bool


@contextmanager
def quiet() -> Iterator[None]:
    """Let nbgrader find alembic, which it runs from PATH, and keep its libraries' harmless warnings back."""
    path = os.environ.get("PATH", os.defpath)
    own = str(Path(sys.prefix) / ("Scripts" if sys.platform == "win32" else "bin"))
    os.environ["PATH"] = os.pathsep.join([own, path])
    level = logging.getLogger("alembic").level
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.environ["PATH"] = path
        logging.getLogger("alembic").setLevel(level)


@contextmanager
def gradebook(course: Course) -> Iterator[Any]:
    """The course's nbgrader.api.Gradebook."""
    with quiet():
        from nbgrader.api import Gradebook

        with Gradebook(course.db_url, course.root.name) as opened:
            yield opened


def scores(course: Course, unit: KitUnit) -> list[Score]:
    """What the gradebook holds of everyone who handed the unit in."""
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
            most = unit.points + unit.by_hand
            result.append(Score(student, points, most, words, record is None or record.failed))
    return result


def waiting(course: Course, unit: KitUnit) -> int:
    """How many written answers of the unit wait to be graded by a person."""
    with gradebook(course) as opened:
        return sum(
            grade.needs_manual_grade and grade.name in unit.questions
            for submission in opened.assignment_submissions(unit.name)
            for notebook in submission.notebooks
            for grade in notebook.grades
        )


def clear_scores(course: Course, unit: KitUnit, student: str) -> None:
    """Take the automatic scores of a submission out; what an instructor gave by hand stays."""
    from nbgrader.api import MissingEntry

    with gradebook(course) as opened:
        try:
            submission = opened.find_submission(unit.name, student)
        except MissingEntry:
            return  # nothing was ever saved
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                grade.auto_score = None
                grade.needs_manual_grade = True
        opened.db.commit()
