"""The GPU tier in a course: extra credit, beside the scores that are there and without touching them.

    add(course, unit, student)          run the tier on a graded submission, and write what came of it
    kept(course, unit, student, nb)     the tier's report of this very submission, or why there is none

The tier has a test cell of its own, worth 0 points, so that a class without a GPU misses nothing; its points
are nbgrader's extra credit of that cell. They stay when the unit is graded again, until something else is
handed in.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import nbformat

from autograder.answers.notebooks import TEST, grade_id
from autograder.answers.submission import Submission
from autograder.errors import BadSubmission, NotFound
from autograder.grading.grade import grade_gpu, without_gpu
from autograder.judging.results import GpuReport, Result
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.graft import submission_in
from autograder.nbgrader.outputs import on_gpu
from autograder.units.files import write_whole
from autograder.units.gpu_tier import GPU, missing
from autograder.units.kit import KitUnit

NOT_YET = "gradfn grade --tier gpu runs them"


def add(course: Course, unit: KitUnit, student: str) -> GpuReport:
    """Run the tier on a submission that is graded, and add it to the gradebook and to the feedback.

    Where there is no GPU nothing is touched. Raises NotFound for a submission that is not graded yet, or was
    released without the tier's cell.
    """
    file = course.autograded_file(unit, student)
    try:
        notebook = nbformat.read(file, as_version=4)
    except OSError as error:
        raise NotFound(f"{unit.name} of {student} is not graded yet: gradfn grade {unit.name}") from error
    cells = [cell for cell in notebook.cells if grade_id(cell) == TEST + GPU]
    if not cells:
        raise NotFound(f"{unit.name} was released without its GPU tier: gradfn release {unit.name}")
    try:
        submission = submission_in(notebook)
    except BadSubmission as error:
        return without_gpu(unit, str(error))
    report = grade_gpu(unit, submission, course.recorded(unit))
    if not report.missing:
        written = {"digest": _digest(submission)} | report.to_dict()
        write_whole(_file(course, unit, student), json.dumps(written, ensure_ascii=False, indent=1))
        _credit(course, unit, student, report.extra)
        cells[0].outputs = on_gpu(report)
        write_whole(file, nbformat.writes(notebook))
    return report


def kept(course: Course, unit: KitUnit, student: str, notebook: nbformat.NotebookNode) -> GpuReport:
    """What the tier came to for the submission in a grafted notebook.

    Of another one than was handed in before, nothing is known: the earlier one's extra credit goes.
    """
    try:
        found = json.loads(_file(course, unit, student).read_text(encoding="utf-8"))
        if found["digest"] == _digest(submission_in(notebook)):
            checks = tuple(Result(**result, tier="gpu") for result in found["checks"])
            return GpuReport(found["device"], checks, found["missing"])
    except (OSError, ValueError, KeyError, TypeError, BadSubmission):
        pass  # nothing that could be read was kept of this submission
    if _file(course, unit, student).exists():
        _file(course, unit, student).unlink()
        _credit(course, unit, student, None)
    return without_gpu(unit, missing() or NOT_YET)


def _credit(course: Course, unit: KitUnit, student: str, points: float | None) -> None:
    """Write the extra credit of the tier's cell; what else the gradebook holds stays as it is."""
    from nbgrader.api import MissingEntry

    with gradebook(course) as opened:
        try:
            grade = opened.find_grade(TEST + GPU, unit.name, unit.name, student)
        except MissingEntry:
            return  # nothing was ever saved of this student
        grade.extra_credit = points
        opened.db.commit()


def _digest(submission: Submission) -> str:
    """The same text as long as the answers are the same."""
    return hashlib.sha256(repr(submission.cells).encode()).hexdigest()


def _file(course: Course, unit: KitUnit, student: str) -> Path:
    return course.private / "gpu" / unit.name / f"{student}.json"
