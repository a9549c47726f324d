"""The marks of all students, from the gradebook: with late penalties and manual points.

marks(course)    every student's mark in every assignment, in a few queries whatever the size of the class
Marks            the assignments in learning order, the people, and a Mark for each pair
Mark             a score, or the reason why there is none

The people are those in nbgrader's table of students and those who handed something in. A missing score is not
a zero: a submission that could not be graded has no score, nor has one that was never handed in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from autograder.nbgrader import records
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.lms.times import late
from autograder.units.kit import KitUnit

NOT_YET = "not graded yet"
State = Literal["graded", "waiting", "failed", "missing"]


@dataclass(frozen=True)
class Person:
    """A student in nbgrader's table; unknown fields are empty."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_id: str = ""

    @property
    def name(self) -> str:
        """First and last name, as far as known."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class Assignment:
    """An assignment of the gradebook."""

    name: str
    max_score: float
    duedate: datetime | None = None


@dataclass(frozen=True)
class Mark:
    """One student's mark in one assignment.

    graded    has a score
    waiting   has a score, but a part still needs manual grading
    failed    was handed in, but could not be graded, or was not yet; `words` say why
    missing   was not handed in
    """

    state: State
    raw: float | None = None  # before the penalty
    penalty: float = 0.0
    words: str = ""  # what went wrong, in a phrase
    timestamp: datetime | None = None
    seconds_late: float = 0.0
    not_now: str = ""  # why it could not be graded again, so that this is an earlier score
    gone: bool = False  # its folder is no longer there

    @property
    def lateness(self) -> str:
        """How late it was handed in and what that costs; empty if it was in time."""
        return late(self.seconds_late, self.penalty)

    @property
    def score(self) -> float | None:
        """The points less the late penalty, but never below 0."""
        return None if self.raw is None else max(0.0, self.raw - self.penalty)


@dataclass(frozen=True)
class Marks:
    """The whole gradebook."""

    assignments: tuple[Assignment, ...]
    people: tuple[Person, ...]
    by_pair: Mapping[tuple[str, str], Mark]  # (assignment, student)

    def of(self, assignment: str, student: str) -> Mark:
        return self.by_pair.get((assignment, student), Mark("missing"))


@dataclass(frozen=True)
class _Row:
    """What the gradebook itself says of a submission."""

    timestamp: datetime | None
    seconds_late: float
    raw: float
    penalty: float
    waiting: bool  # a cell needs manual grading
    unscored: bool  # a cell has neither points of the judge's nor of a person's
    only_extended: bool  # there for an extension's sake: nothing has been handed in


def marks(course: Course, unit: KitUnit | None = None) -> Marks:
    """The marks of everyone in one unit, or in every assignment of the gradebook."""
    with gradebook(course) as opened:
        assignments = _assignments(opened, course, unit)
        people = _people(opened)
        rows = _rows(opened)
    by_pair = {}
    kit_units = {known.name: known for known in course.units()}
    for assignment in assignments:
        known = kit_units.get(assignment.name)
        handed_in = course.students(known) if known else []
        for student in {*handed_in, *(s for name, s in rows if name == assignment.name)}:
            people.setdefault(student, Person(student))
            row = rows.get((assignment.name, student))
            if row and row.only_extended and student not in handed_in:
                continue
            record = records.read(course, known, student) if known else None
            mark = _mark(row, record, known is not None)
            gone = known is not None and student not in handed_in
            by_pair[assignment.name, student] = replace(mark, gone=gone)
    return Marks(tuple(assignments), tuple(sorted(people.values(), key=lambda p: p.id)), by_pair)


def _mark(row: _Row | None, record: records.Record | None, known: bool) -> Mark:
    """The mark of a submission; `known` is whether the assignment is one of the kit's units."""
    words = record.words if record else ""
    if known and (record is None or record.failed) and (row is None or row.unscored):
        return Mark("failed", words=words or NOT_YET, timestamp=row.timestamp if row else None)
    if row is None:
        return Mark("failed", words="graded, but not in the gradebook: grade it again")
    state: State = "waiting" if row.waiting else "graded"
    not_now = record.not_now if record else ""
    return Mark(state, row.raw, row.penalty, words, row.timestamp, row.seconds_late, not_now)


def _assignments(opened: Any, course: Course, unit: KitUnit | None) -> list[Assignment]:
    """The assignments in learning order; those that are not units of the kit come last."""
    order = {known.name: number for number, known in enumerate(course.kit.units())}
    found = [
        Assignment(str(a.name), float(a.max_score), a.duedate)
        for a in opened.assignments
        if unit is None or a.name == unit.name
    ]
    return sorted(found, key=lambda a: (order.get(a.name, math.inf), a.name))


def _people(opened: Any) -> dict[str, Person]:
    """nbgrader's table of students."""
    fields = ("id", "first_name", "last_name", "email", "lms_user_id")
    return {s.id: Person(*(getattr(s, name) or "" for name in fields)) for s in opened.students}


def _rows(opened: Any) -> dict[tuple[str, str], _Row]:
    """The gradebook's row of each submission, by (assignment, student), read in two queries."""
    from nbgrader import api
    from sqlalchemy import func

    penalty = func.sum(func.coalesce(api.SubmittedNotebook.late_submission_penalty, 0.0))
    owner = api.SubmittedNotebook.assignment_id
    penalties = dict(opened.db.query(owner, penalty).group_by(owner))
    submission, grade = api.SubmittedAssignment, api.Grade
    keys = (
        *(submission.id, api.Assignment.name, submission.student_id, submission.timestamp),
        *(submission.extension, api.Assignment.duedate),
    )
    found = (
        opened.db.query(
            *keys,
            func.coalesce(func.sum(grade.score), 0.0),
            func.count(grade.id).filter(grade.needs_manual_grade),
            func.count(grade.id) - func.count(func.coalesce(grade.manual_score, grade.auto_score)),
            func.count(grade.id),
        )
        .select_from(submission)
        .join(api.Assignment, submission.assignment_id == api.Assignment.id)
        .outerjoin(api.SubmittedNotebook, owner == submission.id)
        .outerjoin(grade, grade.notebook_id == api.SubmittedNotebook.id)
        .group_by(*keys)
    )
    return {
        (name, student): _Row(
            time,
            max(0.0, (time - due - (more or timedelta())).total_seconds()) if time and due else 0.0,
            float(raw),
            float(penalties.get(key, 0.0)),
            waiting > 0,
            unscored > 0,
            time is None and unscored == cells,
        )
        for key, name, student, time, more, due, raw, waiting, unscored, cells in found
    }
