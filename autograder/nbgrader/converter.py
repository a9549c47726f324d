"""What nbgrader calls while it autogrades; a course's nbgrader_config.py names both classes.

    GraftExporter   reads any submitted file by grafting its answers into the released notebook
    Judge           replaces nbgrader's Execute: runs and judges the answers, writes the outcomes

Grading cannot fail open: a test cell's outputs are written only here, and any error on the way is a named
failure without a score: also that no file of a submission can be read.
"""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from datetime import timedelta
from functools import partial
from glob import glob
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.converters.autograde import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.answers.notebooks import TEST, grade_id
from autograder.errors import GradfnError
from autograder.grading.folder import TIME, files_of, read_answers
from autograder.grading.grade import grade_submission
from autograder.judging.results import Report
from autograder.nbgrader import gpu, records
from autograder.nbgrader.course import Course, open_course
from autograder.nbgrader.figures import stage
from autograder.nbgrader.gradebook import clear_scores, forget_time
from autograder.nbgrader.graft import answer_cells, graft, must_fit, submission_in, tampering
from autograder.nbgrader.inbox import keep_only, last_change, must_have_a_plain_name, time_of
from autograder.nbgrader.lms.late import deadlines
from autograder.nbgrader.outputs import (
    MAX_SHOWN,
    cell_outputs,
    gpu_outputs,
    safe_outputs,
    show_source,
    within,
)
from autograder.units.files import write_whole
from autograder.units.gpu_tier import GPU
from autograder.units.kit import KitUnit

Resources = dict[str, Any]
SLACK = timedelta(minutes=2)  # clocks differ


class GraftExporter(NotebookExporter):  # type: ignore[misc]  # nbconvert comes without types
    """nbconvert's exporter to notebooks, for files that need not be notebooks."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if hasattr(self.parent, "init_assignment"):
            self.parent.init_assignment = partial(_begin, self.parent)
            self.parent.log.addFilter(_without_traceback)

    def from_filename(
        self, filename: str, resources: Resources | None = None, **options: Any
    ) -> tuple[str, Resources]:
        """Graft a submission's file; the second time nbgrader calls, read the grafted notebook itself."""
        resources = resources or {}
        course, unit, student = _submission(self.parent, **resources["nbgrader"])
        path = Path(filename).absolute()
        # Validate once after all preprocessors, not after each; without preprocessors nbconvert cannot.
        self.optimistic_validation = bool(self._preprocessors)
        try:
            if path == course.autograded_file(unit, student):
                exported: tuple[str, Resources] = super().from_filename(filename, resources, **options)
            else:
                with stage("read"):
                    grafted = _graft(course, unit, student)
                exported = self.from_notebook_node(grafted, resources, **options)
        except Exception as error:
            _fail(course, unit, student, error)
            raise
        return exported


def _without_traceback(record: logging.LogRecord) -> bool:
    """Let nbgrader log why a submission was refused, and no traceback of that."""
    if "\nautograder.errors." in str(record.msg):
        record.msg = record.msg.rpartition("\nautograder.errors.")[2].partition(": ")[2]
    return True


def _submission(converter: Any, assignment: str, student: str, **_: Any) -> tuple[Course, KitUnit, str]:
    course = open_course(Path(converter.coursedir.root))
    return course, course.unit(assignment), student


def _fail(course: Course, unit: KitUnit, student: str, error: Exception) -> None:
    """Store why; nbgrader goes on with the next submission, and would keep this one's old scores."""
    records.store_failure(course, unit, student, error)
    clear_scores(course, unit, student)


def _begin(converter: Any, assignment: str, student: str) -> None:
    """In place of nbgrader's init_assignment: check the folder first, and copy nothing of it.

    nbgrader would copy every file of the submission to where formgrader serves it as a page of Jupyter's own.
    """
    must_have_a_plain_name(student)
    course, unit, student = _submission(converter, assignment, student)
    folder, pages = course.submitted_folder(unit, student), course.autograded_file(unit, student).parent
    coursedir = converter.coursedir
    ignored, coursedir.ignore = coursedir.ignore, ["*", ".*"]
    try:
        files_of(folder)
        believed = not doubt(course, unit, student)
        time = time_of(folder) if believed else None  # nbgrader reads "+0200" as 200 seconds
        coursedir.get_existing_timestamp = lambda _: time
        type(converter).init_assignment(converter, assignment, student)
        clear_scores(course, unit, student)  # nbgrader gives 0 points where the notebook has another name
        if not believed:
            forget_time(course, unit, student)
    except GradfnError as error:
        _fail(course, unit, student, error)
        raise
    finally:
        coursedir.ignore = ignored
        vars(coursedir).pop("get_existing_timestamp", None)
    keep_only(pages, course.source_folder(unit), {f"{unit.name}.ipynb"})
    if believed and (folder / TIME).exists():  # nbgrader compares the two, and passes it on with the feedback
        write_whole(pages / TIME, (folder / TIME).read_bytes())


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


def _graft(course: Course, unit: KitUnit, student: str) -> nbformat.NotebookNode:
    """The released notebook with a submission's answers.

    Raises KitFault if the unit was changed since, BadSubmission if no answers can be read.
    """
    released = nbformat.read(course.released_file(unit), as_version=4)
    must_fit(released, unit)
    submission = read_answers(course.submitted_folder(unit, student), unit)
    notes = [*submission.notes, *(tampering(released, submission.handed_in) if submission.notebook else ())]
    if why := doubt(course, unit, student):
        notes.append(why)
    return graft(released, replace(submission, notes=tuple(notes)))


def _init_notebooks(converter: Any) -> None:
    """In place of nbgrader's: each folder is graded, whatever its files are called.

    nbgrader looks for a notebook with the assignment's name, and passes over a submission without one.
    """
    if converter.exporter_class is not GraftExporter:
        _find_notebooks(converter)
        return
    assignment, student = converter.coursedir.assignment_id, converter.coursedir.student_id
    folders = [path for path in glob(converter._format_source(assignment, student)) if os.path.isdir(path)]
    if not folders:
        raise NbGraderException(f"no submission of {assignment} by {student} was found")
    converter.notebooks = []
    converter.assignments = {path: [os.path.join(path, f"{assignment}.ipynb")] for path in folders}


_find_notebooks, Autograde.init_notebooks = Autograde.init_notebooks, _init_notebooks


class Judge(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader comes without types
    """Run a grafted notebook's answers in a worker, and write the judge's results into its cells."""

    def preprocess(
        self, nb: nbformat.NotebookNode, resources: Resources
    ) -> tuple[nbformat.NotebookNode, Resources]:
        """Fill in every cell's outputs; raises KitFault for errors that are not the submission's."""
        course = open_course(Path(self.parent.parent.coursedir.root))
        unit = course.unit(resources["nbgrader"]["assignment"])
        student = resources["nbgrader"]["student"]
        with stage("run"):
            report = grade_submission(unit, submission_in(nb), course.recorded(unit))
        if course.recorded(unit).gpu:
            report = replace(report, gpu=gpu.stored_report(course, unit, student, nb))
        write_outputs(nb, report)
        records.store(course, unit, student, report)
        return nb, resources


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
