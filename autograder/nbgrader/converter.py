"""What nbgrader calls while it autogrades; a course's nbgrader_config.py names both classes.

    GraftExporter   reads any submitted file by grafting its answers into the released notebook
    Judge           replaces nbgrader's Execute: runs and judges the answers, writes the outcomes

Grading cannot fail open: a test cell's outputs are written only here, and any error on the way is a named
failure without a score: also that no file of a submission can be read.
"""

from __future__ import annotations

import logging
import os
from functools import partial
from glob import glob
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.converters.autograde import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.answers.submission import suffix_of
from autograder.errors import GradfnError
from autograder.grading.folder import TIME, files_of
from autograder.nbgrader import gpu, records
from autograder.nbgrader.course import Course, open_course
from autograder.nbgrader.gradebook import auto_points, clear_scores, forget_time
from autograder.nbgrader.inbox import keep_only, must_have_a_plain_name, time_of
from autograder.nbgrader.notebook import doubt, grafted, judge_cells, released
from autograder.units.files import write_whole
from autograder.units.kit import KitUnit

Resources = dict[str, Any]


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
                exported = self.from_notebook_node(
                    grafted(
                        released(course, unit),
                        unit,
                        course.submitted_folder(unit, student),
                        doubt(course, unit, student),
                    ),
                    resources,
                    **options,
                )
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
    """Store why; nbgrader goes on with the next submission, and would keep this one's old scores.

    A score that is still there stays where the submission is not to blame.
    """
    record = records.of_failure(error)
    if not records.is_final(record) and auto_points(course, unit).get(student) is not None:
        records.reopen(course, unit, student)
        record = records.not_now(records.stored(course, unit, student) or {}, record)
    if "failure" in record:
        clear_scores(course, unit, student)
    records.write(course, unit, student, record)


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
        for path in files_of(folder):
            if suffix_of(path) and not os.access(path, os.R_OK):
                raise GradfnError(f"cannot read {path}: Permission denied")
        released(course, unit)
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
        record, other_on_gpu = judge_cells(course, unit, student, nb)
        if other_on_gpu:
            gpu.forget(course, unit, student)
        records.write(course, unit, student, record)
        return nb, resources
