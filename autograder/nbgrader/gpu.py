"""The GPU tier in a course: extra credit, which leaves the scores as they are.

    add(course, unit, student)                    run the tier on a graded submission, and store the result
    stored_report(course, unit, student, ...)     the tier's report on this submission, or why there is none
    forget(course, unit, student)                 remove the report on other answers and its extra credit

The tier has a test cell worth 0 points, so that a class without a GPU loses nothing; its points are
nbgrader's extra credit for that cell. They stay when the unit is graded again, until other answers are
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
from autograder.nbgrader.outputs import gpu_outputs
from autograder.units.files import write_whole
from autograder.units.gpu_tier import GPU, missing
from autograder.units.kit import KitUnit

NOT_YET = "gradfn grade --tier gpu runs them"


def add(course: Course, unit: KitUnit, student: str) -> GpuReport:
    """Run the tier on a graded submission, and add the result to the gradebook and the feedback.

    Without a GPU nothing changes. Raises NotFound for a submission that is not graded yet, or a unit that was
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
        write_whole(file_of(course, unit, student), json.dumps(written, ensure_ascii=False, indent=1))
        _credit(course, unit, student, report.extra)
        cells[0].outputs = gpu_outputs(report)
        write_whole(file, nbformat.writes(notebook))
    return report


def stored_report(
    course: Course, unit: KitUnit, student: str, submission: Submission
) -> tuple[GpuReport, bool]:
    """The tier's report on a submission, and whether there is one on other answers instead, to `forget`."""
    try:
        found = json.loads(file_of(course, unit, student).read_text(encoding="utf-8"))
        if found["digest"] == _digest(submission):
            checks = tuple(Result(**result, tier="gpu") for result in found["checks"])
            return GpuReport(found["device"], checks, found["missing"]), False
    except (OSError, ValueError, KeyError, TypeError):
        pass  # there is no readable report on this submission
    return without_gpu(unit, missing() or NOT_YET), file_of(course, unit, student).exists()


def forget(course: Course, unit: KitUnit, student: str) -> None:
    """Remove the report on other answers, with its extra credit."""
    file_of(course, unit, student).unlink(missing_ok=True)
    _credit(course, unit, student, None)


def _credit(course: Course, unit: KitUnit, student: str, points: float | None) -> None:
    """Write the extra credit of the tier's cell; everything else in the gradebook stays."""
    from nbgrader.api import MissingEntry

    with gradebook(course) as opened:
        try:
            grade = opened.find_grade(TEST + GPU, unit.name, unit.name, student)
        except MissingEntry:
            return  # the gradebook has no submission of this student
        grade.extra_credit = points
        opened.db.commit()


def _digest(submission: Submission) -> str:
    """A digest of the answers, as text in the form of 0.1.0, so that reports stored by it still count."""
    cells = [f"Piece(exercise={cell.name!r}, source={cell.source!r})" for cell in submission.cells]
    text = f"({', '.join(cells)}{',' * (len(cells) == 1)})"
    return hashlib.sha256(text.encode()).hexdigest()


def file_of(course: Course, unit: KitUnit, student: str) -> Path:
    return course.private / "gpu" / unit.name / f"{student}.json"
