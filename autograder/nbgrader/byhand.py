"""Points that a person gave, when the submission is graded again.

    given(course, unit, student)         the questions that a person graded, each with its answer
    settle(course, unit, student, given) those whose answer is still the same need not be looked at again

nbgrader keeps what was given, but marks all of it as still to be graded whenever it autogrades: a class of
hundreds would have to be read again because one check was mended.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import nbformat

from autograder.answers.notebooks import grade_id, is_question
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import gradebook
from autograder.units.kit import KitUnit

Given = Mapping[str, str]


def given(course: Course, unit: KitUnit, student: str) -> Given:
    """By the question's name the answer that a person has graded; nothing where nobody has."""
    if not unit.questions:
        return {}
    with gradebook(course) as opened:
        graded = {grade.name for grade in _grades(opened, unit, student) if not grade.needs_manual_grade}
    return {name: words for name, words in _answers(course, unit, student).items() if name in graded}


def settle(course: Course, unit: KitUnit, student: str, before: Given) -> None:
    """Take nbgrader's mark off the questions whose answer is what was graded `before`."""
    if not before:
        return
    now = _answers(course, unit, student)
    with gradebook(course) as opened:
        for grade in _grades(opened, unit, student):
            if grade.name in before and now.get(grade.name) == before[grade.name]:
                grade.needs_manual_grade = False
        opened.db.commit()


def _grades(opened: Any, unit: KitUnit, student: str) -> list[Any]:
    """The questions' rows of one student that hold points of a person's."""
    from nbgrader.api import MissingEntry

    try:
        notebooks = opened.find_submission(unit.name, student).notebooks
    except MissingEntry:
        return []
    rows = [grade for notebook in notebooks for grade in notebook.grades if grade.name in unit.questions]
    return [grade for grade in rows if grade.manual_score is not None]


def _answers(course: Course, unit: KitUnit, student: str) -> dict[str, str]:
    """What was written to each question, as the graded notebook has it."""
    try:
        notebook = nbformat.read(course.autograded_file(unit, student), as_version=4)
    except (OSError, ValueError):
        return {}
    cells = [cell for cell in notebook.cells if is_question(cell)]
    return {grade_id(cell): str(cell.metadata.get("gradfn", {}).get("written", "")) for cell in cells}
