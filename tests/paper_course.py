"""A class on paper: the files and gradebook that grading would leave, written without grading.

End, PASSED, WRONG, ...          how a check ended
Student                          a student's data, and how each check ended
write_down(course, unit, ...)    write the records, the gradebook and the folders of a class
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.declare import Check
from autograder.judging.card import render
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import gradebook
from autograder.units.kit import KitUnit


@dataclass(frozen=True)
class End:
    """A check's status, what its card says below the headline, and the mistake's name."""

    status: str
    words: str = ""
    mistake: str | None = None


PASSED = End("passed")
WRONG = End("failed", "f(x)  shape (2, 3) ok · 6 of 6 wrong · first at [0, 0]: expected 2, got 3")
KNOWN = End("failed", "Looks like: squared. Twice a number is not its square.", "squared")
STUB = End("failed", "Not done yet. It doubles.")
RAISED = End("failed", "TypeError: unsupported operand type(s)")
LOST = End("failed", "Its process ended: exit status 0.")
LATE = End("timeout", "Stopped after 2 s: a loop that does not end, or far too many steps.")
NOT_RUN = End("not run", "Not run: tiny.ipynb is not a notebook")


@dataclass(frozen=True)
class Student:
    """What became of the unit's checks, in their order; None where it could not be graded, or not yet."""

    ends: Sequence[End] | None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    lms_id: str | None = None
    notes: tuple[str, ...] = ()
    failure: str = ""  # why it could not be graded
    penalty: float | None = None
    waits: bool = False  # a cell still needs manual grading
    by_hand: float | None = None  # what a person gave for the first exercise, whatever the judge says


def write_down(course: Course, unit: KitUnit, students: Mapping[str, Student]) -> None:
    """Write the class down as `gradfn grade` leaves it."""
    reports = course.private / "reports" / unit.name
    reports.mkdir(parents=True, exist_ok=True)
    for name, student in students.items():
        course.submitted_folder(unit, name).mkdir(parents=True)
        kept = _report(unit, student)
        if kept:
            (reports / f"{name}.json").write_text(json.dumps(kept), encoding="utf-8")
    with gradebook(course) as opened:
        _assignment(opened, unit)
        notebook = opened.find_notebook(unit.name, unit.name)
        for name, student in students.items():
            if student.ends is not None or student.by_hand is not None:
                _submission(opened.db, notebook, unit, name, student)
        opened.db.commit()


def _report(unit: KitUnit, student: Student) -> dict[str, Any]:
    if student.ends is None:
        return {"failure": student.failure} if student.failure else {}
    checks = [_result(check, end) for check, end in zip(unit.checks, student.ends, strict=True)]
    points = sum(check["points"] for check in checks)
    return {
        "unit": unit.name,
        "points": points,
        "max_points": unit.points,
        "checks": checks,
        "notes": list(student.notes),
    }


def _result(check: Check, end: End) -> dict[str, Any]:
    points = check.points if end is PASSED else 0.0
    return {
        "exercise": check.exercise,
        "check": check.name,
        "points": points,
        "max_points": check.points,
        "status": end.status,
        "message": render(check, points, end.status, [end.words] * bool(end.words)),
        "mistake": end.mistake,
    }


def _assignment(opened: Any, unit: KitUnit) -> None:
    opened.add_assignment(unit.name)
    opened.add_notebook(unit.name, unit.name)
    for exercise in unit.exercises.values():
        cell = {"max_score": exercise.points, "cell_type": "code"}
        opened.add_grade_cell(f"test_{exercise.name}", unit.name, unit.name, **cell)


def _submission(db: Any, notebook: Any, unit: KitUnit, name: str, student: Student) -> None:
    from nbgrader import api

    known = api.Student(
        id=name,
        first_name=student.first_name,
        last_name=student.last_name,
        email=student.email,
        lms_user_id=student.lms_id,
    )
    handed_in = api.SubmittedAssignment(assignment=notebook.assignment, student=known)
    db.add(handed_in)
    submitted = api.SubmittedNotebook(
        assignment=handed_in, notebook=notebook, late_submission_penalty=student.penalty
    )
    cells = {cell.name: cell for cell in notebook.grade_cells}
    for place, exercise in enumerate(unit.exercises.values()):
        ends = zip(unit.checks, student.ends or (), strict=bool(student.ends))
        points = sum(c.points for c, end in ends if c.exercise == exercise.name and end is PASSED)
        grade = api.Grade(
            cell=cells[f"test_{exercise.name}"],
            notebook=submitted,
            auto_score=None if student.ends is None else points,
            manual_score=student.by_hand if place == 0 else None,
            needs_manual_grade=student.waits and place == 0,
        )
        db.add(grade)
