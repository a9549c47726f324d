"""What nbgrader calls while it autogrades; a course's nbgrader_config.py names both classes.

    GraftExporter   reads any submitted file by grafting its answers into the released notebook
    Judge           replaces nbgrader's Execute: runs and judges the answers, writes the outcomes

Grading cannot fail open: a test cell's outputs are written only here, and any error on the way is a named
failure without a score.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.answers.notebooks import TEST, grade_id
from autograder.errors import BadSubmission, GradfnError
from autograder.grading.grade import grade_submission, manual_questions
from autograder.grading.sandbox import read_submission
from autograder.judging.judge import judge
from autograder.judging.results import Report
from autograder.nbgrader import gpu, records
from autograder.nbgrader.course import Course, open_course
from autograder.nbgrader.gradebook import clear_scores, due_date, forget_time
from autograder.nbgrader.graft import answer_cells, graft, graft_nothing, must_fit, submission_in, tampering
from autograder.nbgrader.inbox import (
    TIME,
    answers_file,
    files_of,
    keep_only,
    last_change,
    must_have_a_plain_name,
    time_of,
)
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
from autograder.units.recorded import Recorded

Resources = dict[str, Any]
SLACK = timedelta(minutes=2)  # clocks differ


class GraftExporter(NotebookExporter):  # type: ignore[misc]  # nbconvert comes without types
    """nbconvert's exporter to notebooks, for files that need not be notebooks."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if hasattr(self.parent, "init_assignment"):
            self.parent.init_assignment = partial(_begin, self.parent)

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
                exported = self.from_notebook_node(_graft(course, unit, path), resources, **options)
        except Exception as error:
            _fail(course, unit, student, error)
            raise
        return exported


def _submission(converter: Any, assignment: str, student: str, **_: Any) -> tuple[Course, KitUnit, str]:
    course = open_course(Path(converter.coursedir.root))
    return course, course.unit(assignment), student


def _fail(course: Course, unit: KitUnit, student: str, error: Exception) -> None:
    """Store why; nbgrader goes on with the next submission, and would keep this one's old scores."""
    records.store_failure(course, unit, student, _in_a_line(error))
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
        believed = not doubt(course, unit, folder)
        if not believed:
            coursedir.get_existing_timestamp = lambda _: None
        type(converter).init_assignment(converter, assignment, student)
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


def doubt(course: Course, unit: KitUnit, folder: Path) -> str:
    """Why the time in timestamp.txt is not believed, or an empty text.

    nbgrader's exchange and `gradfn submit` write it after all other files. A time before the last change of
    one of these may be the student's own; it is believed all the same if it makes the submission late.
    """
    said, changed = time_of(folder), last_change(folder)
    if said is None or said + SLACK >= changed:
        return ""
    due = due_date(course, unit)
    if due is not None and said > due:
        return ""
    return f"timestamp.txt says {said:%Y-%m-%d %H:%M}, but a file was changed later: the time does not count"


def _graft(course: Course, unit: KitUnit, path: Path) -> nbformat.NotebookNode:
    """The released notebook with the answers in a file.

    Raises KitFault if the two do not fit, BadSubmission if the folder holds links, pipes or devices.
    """
    released = nbformat.read(course.released_file(unit), as_version=4)
    must_fit(released, unit)
    files_of(path.parent)
    folder, path = path.parent, answers_file(path)
    try:
        submission = read_submission(path, unit)
        if submission.notebook:
            notes = (*submission.notes, *tampering(released, submission.handed_in))
            submission = replace(submission, notes=notes)
        if why := doubt(course, unit, folder):
            submission = replace(submission, notes=(*submission.notes, why))
        return graft(released, submission)
    except BadSubmission as error:
        return graft_nothing(released, path.name, str(error))


class Judge(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader comes without types
    """Run a grafted notebook's answers in a worker, and write the judge's results into its cells."""

    def preprocess(
        self, nb: nbformat.NotebookNode, resources: Resources
    ) -> tuple[nbformat.NotebookNode, Resources]:
        """Fill in every cell's outputs; raises KitFault for errors that are not the submission's."""
        course = open_course(Path(self.parent.parent.coursedir.root))
        unit = course.unit(resources["nbgrader"]["assignment"])
        student = resources["nbgrader"]["student"]
        report = report_on(nb, unit, course.recorded(unit))
        if course.recorded(unit).gpu:
            report = replace(report, gpu=gpu.stored_report(course, unit, student, nb))
        write_outputs(nb, report)
        records.store(course, unit, student, report)
        return nb, resources


def report_on(notebook: nbformat.NotebookNode, unit: KitUnit, recorded: Recorded) -> Report:
    """The report on a grafted notebook; a file that could not be read scores 0 in every check."""
    try:
        return grade_submission(unit, submission_in(notebook), recorded)
    except BadSubmission as error:
        reason = str(error)
    file = notebook.metadata.gradfn.file
    outcomes = {name: dict.fromkeys((c.name for c in e.checks), reason) for name, e in unit.exercises.items()}
    results = [r for name in outcomes for r in judge(unit, name, outcomes[name], recorded)]
    return Report(
        unit.name, file, recorded.seed, tuple(results), (reason,), manual=manual_questions(unit, None)
    )


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


def _in_a_line(error: Exception) -> str:
    """An exception in one line; for the kit's own exceptions without the type."""
    words = " ".join(str(error).split())
    return words if isinstance(error, GradfnError) else f"{type(error).__name__}: {words}"
