"""A submission's notebook: the released one with the answers in it, run and judged.

released(course, unit)           the released notebook, parsed once
doubt(course, unit, student)     why the time in timestamp.txt is not believed
grafted(released, ...)           the released notebook with the answers of a submission's folder
judge_cells(..., notebook)       run and judge these, and fill in the outputs
written_in(notebook)             the answers in words
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat

from autograder.answers.notebooks import TEST, grade_id, is_question
from autograder.grading.folder import read_answers
from autograder.grading.grade import grade_submission
from autograder.judging.results import Report
from autograder.nbgrader import gpu, records
from autograder.nbgrader.course import Course
from autograder.nbgrader.figures import stage
from autograder.nbgrader.graft import answer_cells, graft, must_fit, submission_in, tampering
from autograder.nbgrader.inbox import last_change, time_of
from autograder.nbgrader.lms.late import deadlines
from autograder.nbgrader.outputs import (
    MAX_SHOWN,
    cell_outputs,
    gpu_outputs,
    safe_outputs,
    show_source,
    within,
)
from autograder.units.gpu_tier import GPU
from autograder.units.kit import KitUnit

SLACK = timedelta(minutes=2)  # clocks differ


def released(course: Course, unit: KitUnit) -> nbformat.NotebookNode:
    """The released notebook, not to be changed; raises KitFault if the unit was changed since."""
    file = course.released_file(unit)
    notebook = _read(file, file.stat().st_mtime_ns)
    must_fit(notebook, unit)
    return notebook


@lru_cache(maxsize=4)
def _read(file: Path, changed: int) -> nbformat.NotebookNode:
    return nbformat.read(file, as_version=4)


def grafted(
    released: nbformat.NotebookNode, unit: KitUnit, folder: Path, doubt: str
) -> nbformat.NotebookNode:
    """The released notebook with a submission's answers.

    `doubt` is why its time is not believed. Raises BadSubmission if no answers can be read.
    """
    submission = read_answers(folder, unit)
    notes = [*submission.notes, *(tampering(released, submission.handed_in) if submission.notebook else ())]
    notes += [doubt] * bool(doubt)
    return graft(released, replace(submission, notes=tuple(notes)))


def judge_cells(
    course: Course, unit: KitUnit, student: str, notebook: nbformat.NotebookNode
) -> tuple[dict[str, Any], bool]:
    """Run and judge a grafted notebook's answers, and fill in its outputs.

    Gives what to record of it, and whether the GPU tier was run on other answers. Raises KitFault for errors
    that are not the submission's.
    """
    submission, recorded, other = submission_in(notebook), course.recorded(unit), False
    with stage("run"):
        report = grade_submission(unit, submission, recorded)
    if recorded.gpu:
        tier, other = gpu.stored_report(course, unit, student, submission)
        report = replace(report, gpu=tier)
    write_outputs(notebook, report)
    return records.of_report(report), other


def write_outputs(notebook: nbformat.NotebookNode, report: Report) -> None:
    """Put cards and points into the test cells, and the answers' own outputs below the answers."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if grade_id(cell) == TEST + GPU:
            cell.outputs = gpu_outputs(report.gpu) if report.gpu else cell_outputs((), 0.0)
        elif grade_id(cell).startswith(TEST):
            results = report.of(grade_id(cell).removeprefix(TEST))
            cell.outputs = cell_outputs(results, float(cell.metadata.nbgrader.points))
    # There may be fewer outputs than cells, because cells that could not be run have none.
    room = MAX_SHOWN
    for cell, outputs in zip(answer_cells(notebook), report.outputs, strict=False):
        cell.outputs, room = within(safe_outputs(outputs), room)
    show_source(answer_cells(notebook))


def doubt(course: Course, unit: KitUnit, student: str) -> str:
    """Why the time in timestamp.txt is not believed, or an empty text.

    nbgrader's exchange and `gradfn submit` write it after all other files. A time before the last change of
    one of these may be the student's own; it is believed all the same if it makes the submission late.
    """
    folder = course.submitted_folder(unit, student)
    said, changed = time_of(folder), last_change(folder)
    if said is None or said + SLACK >= changed:
        return ""
    due = deadlines(course, unit).of(student)
    if due is not None and said > due:
        return ""
    return f"timestamp.txt says {said:%Y-%m-%d %H:%M}, but a file was changed later: the time does not count"


def written_in(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """The answer to each question in a graded notebook."""
    questions = [cell for cell in notebook.cells if is_question(cell)]
    return {grade_id(cell): str(cell.metadata.get("gradfn", {}).get("written", "")) for cell in questions}
