"""nbgrader's gradebook: read and change what it holds.

quiet()                            hide what nbgrader's libraries log; every use of nbgrader is inside of it
gradebook(course)                  the course's gradebook, open
auto_points(course, unit)          each student's automatic points
not_on_roster(course, students)    those of whom only the id is known, where names of others are
must_hold(course, unit)            raise NotFound if the gradebook does not hold the unit
not_in_gradebook(unit)             the message of that
waiting(course, unit)              how many written answers need manual grading
marked(course, unit, students)     all that feedback pages show of it
clear_scores(course, ...)          remove a submission's automatic scores
register(course, students)         add students
forget_time(course, ...)           remove the time of a submission
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from autograder.answers.notebooks import TEST
from autograder.errors import NotFound
from autograder.nbgrader.course import Course
from autograder.units.kit import KitUnit


@contextmanager
def quiet() -> Iterator[None]:
    """Hide the harmless warnings of nbgrader's libraries, and let it start no program for a new gradebook."""
    level, last = logging.getLogger("alembic").level, logging.lastResort
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.lastResort = logging.NullHandler()  # nbgrader logs each error of the database with a traceback
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from nbgrader import api

            api.get_alembic_version = _version
            yield
    finally:
        logging.getLogger("alembic").setLevel(level)
        logging.lastResort = last


@cache
def _version() -> str:
    """The version of nbgrader's tables. nbgrader runs `alembic`, from PATH, to ask: most of a second."""
    from alembic.script import ScriptDirectory
    from nbgrader.dbutil import ALEMBIC_DIR

    return str(ScriptDirectory(ALEMBIC_DIR).get_current_head())


@contextmanager
def gradebook(course: Course) -> Iterator[Any]:
    """The course's nbgrader.api.Gradebook."""
    with quiet():
        from nbgrader.api import Gradebook

        with Gradebook(course.db_url, course.course_id) as opened:
            yield opened


def auto_points(course: Course, unit: KitUnit) -> dict[str, float | None]:
    """Each student's points for the test cells; None if a test cell has no score."""
    from nbgrader.api import Assignment, Grade, GradeCell, SubmittedAssignment, SubmittedNotebook
    from sqlalchemy import func, select

    with gradebook(course) as opened:
        query = (
            select(
                SubmittedAssignment.student_id,
                func.sum(Grade.auto_score),
                func.count() - func.count(Grade.auto_score),
            )
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .join(GradeCell, GradeCell.id == Grade.cell_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .where(Assignment.name == unit.name, GradeCell.name.startswith(TEST, autoescape=True))
            .group_by(SubmittedAssignment.student_id)
        )
        rows = opened.db.execute(query).all()
    return {name: None if missing else float(points) for name, points, missing in rows}


def register(course: Course, students: Iterable[str]) -> None:
    """Add the students who are not in the gradebook yet."""
    with gradebook(course) as opened:
        known = {student.id for student in opened.students}
        for student in students:
            if student not in known:
                opened.add_student(student)


def not_on_roster(course: Course, students: Iterable[str]) -> list[str]:
    """Those of whom only the id is known, in a course that knows more of others."""
    with gradebook(course) as opened:
        named = {s.id for s in opened.students if s.first_name or s.last_name or s.email or s.lms_user_id}
    return [student for student in students if student not in named] if named else []


def must_hold(course: Course, unit: KitUnit) -> None:
    """Raise NotFound if the gradebook does not hold a released unit: it was lost or replaced since."""
    with gradebook(course) as opened:
        if all(assignment.name != unit.name for assignment in opened.assignments):
            raise NotFound(not_in_gradebook(unit))


def not_in_gradebook(unit: KitUnit) -> str:
    """What to do about a gradebook that was lost or replaced."""
    release, grade = f"gradfn release {unit.name}", f"gradfn grade {unit.name}"
    return f"the gradebook is a new one and does not hold {unit.name}: {release}, then {grade}"


def waiting(course: Course, unit: KitUnit) -> int:
    """How many written answers of graded submissions need manual grading."""
    with gradebook(course) as opened:
        return sum(
            grade.needs_manual_grade and grade.name in unit.questions
            for submission in opened.assignment_submissions(unit.name)
            if course.autograded_file(unit, submission.student_id).exists()
            for notebook in submission.notebooks
            for grade in notebook.grades
        )


def _grades(opened: Any, unit: KitUnit, student: str) -> list[Any]:
    """nbgrader's rows of a student's cells; none where nothing was handed in."""
    from nbgrader.api import MissingEntry

    try:
        notebooks = opened.find_submission(unit.name, student).notebooks
    except MissingEntry:
        return []
    return [grade for notebook in notebooks for grade in notebook.grades]


def clear_scores(course: Course, unit: KitUnit, student: str) -> None:
    """Remove the automatic scores of a submission; manual points stay."""
    with gradebook(course) as opened:
        for grade in _grades(opened, unit, student):
            grade.auto_score, grade.needs_manual_grade = None, True
        opened.db.commit()


def forget_time(course: Course, unit: KitUnit, student: str) -> None:
    """Remove the time at which something was handed in, an earlier one too."""
    with gradebook(course) as opened:
        opened.find_submission(unit.name, student).timestamp = None
        opened.db.commit()


@dataclass(frozen=True)
class Marked:
    """A submission in the gradebook: by cell score, most points, whether it waits for a person; comments."""

    penalty: float = 0.0
    scores: dict[str, tuple[float, float, bool]] = field(default_factory=dict)
    comments: dict[str, str | None] = field(default_factory=dict)


def marked(course: Course, unit: KitUnit, students: Sequence[str]) -> dict[str, Marked]:
    """What the gradebook holds of some submissions of a unit, by student."""
    from nbgrader.api import Assignment, BaseCell, Comment, Grade, SubmittedAssignment, SubmittedNotebook
    from sqlalchemy import select

    with gradebook(course) as opened:
        of = (
            select(SubmittedAssignment.student_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .where(Assignment.name == unit.name)
        )
        if len(students) == 1:
            of = of.where(SubmittedAssignment.student_id == students[0])
        graded = (
            of.join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .join(BaseCell, BaseCell.id == Grade.cell_id)
            .add_columns(BaseCell.name, Grade.score, Grade.max_score, Grade.needs_manual_grade)
            .order_by(BaseCell.name)
        )
        commented = (
            of.join(Comment, Comment.notebook_id == SubmittedNotebook.id)
            .join(BaseCell, BaseCell.id == Comment.cell_id)
            .add_columns(BaseCell.name, Comment.comment)
            .order_by(BaseCell.name)
        )
        rows = opened.db.execute(of.add_columns(SubmittedNotebook.late_submission_penalty))
        found = {student: Marked(float(penalty or 0.0)) for student, penalty in rows}
        for student, name, score, most, waits in opened.db.execute(graded):
            found[student].scores[name] = float(score), float(most), bool(waits)
        for student, name, comment in opened.db.execute(commented):
            found[student].comments[name] = comment
    return found
