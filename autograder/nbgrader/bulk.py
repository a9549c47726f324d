"""The part of autograding that needs no gradebook: a submission becomes a `Judged`, all that is to be saved.

    bench(root) -> Bench                   a course, and nbgrader's converter for it, opened once a process
    grade(bench, unit, student, ...)       the Judged of one submission, whatever the submission does
    begin(course, unit, student, ...)      the first part of that: what only the course's own folder tells
    finish(bench, unit, begun)             the rest, on any machine that has the submission's files
    unsaved(judged, error)                 the same submission as one that could not be graded

nbgrader's autograde opens its gradebook nine times a submission and converts the notebook twice. Here it is
converted once, by the preprocessors that nbgrader_config.py names; `saving` writes many Judged at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat

from autograder.answers.notebooks import grade_id
from autograder.errors import GradfnError
from autograder.nbgrader import records
from autograder.nbgrader.course import Course, open_course
from autograder.nbgrader.database import share_engines
from autograder.nbgrader.figures import stage, timed
from autograder.nbgrader.inbox import must_have_a_plain_name, time_of
from autograder.nbgrader.lms.late import Deadlines
from autograder.nbgrader.notebook import doubt, grafted, judge_cells, released, written_in
from autograder.nbgrader.resume import Digests, Task, digests_of
from autograder.nbgrader.steps import nbgrader_api
from autograder.units.kit import KitUnit


@dataclass(frozen=True, eq=False)
class Judged:
    """A submission after grading: its record, and what nbgrader's tables and folders are to hold of it.

    `scores` and `comments` are those of nbgrader, by cell; `written` are the answers in words. Without a
    `notebook` it could not be graded, and the record says why; without a record it was not tried yet. `doubt`
    is why its time is not believed, `seconds` are what grading it took, by stage.
    """

    task: Task
    digests: Digests
    record: Mapping[str, Any] = field(default_factory=dict)
    notebook: str = ""
    scores: Mapping[str, float | None] = field(default_factory=dict)
    comments: Mapping[str, str | None] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    time: datetime | None = None
    doubt: str = ""
    other_on_gpu: bool = False  # the GPU tier was run on other answers
    seconds: Mapping[str, float] = field(default_factory=dict)


class Bench:
    """A course with nbgrader's converter, and its exporter with the preprocessors of nbgrader_config.py."""

    def __init__(self, course: Course) -> None:
        self.course = course
        with nbgrader_api(self.course) as api:
            from nbgrader.converters import Autograde

            try:
                self.autograde = own = Autograde(coursedir=api.coursedir, parent=api)
                self.exporter = own.exporter_class(parent=own, config=own.config)
                for named in (*own.sanitize_preprocessors, *own.autograde_preprocessors):
                    self.exporter.register_preprocessor(named)
            except Exception as error:  # a class that cannot be imported, say
                raise GradfnError(
                    f"{course.root / 'nbgrader_config.py'}: {records.in_a_line(error)}"
                ) from error

    def must_be_ours(self) -> None:
        """Raise GradfnError for settings with which `gradfn grade` would not do what they say."""
        from autograder.nbgrader.converter import GraftExporter, Judge

        if type(self.exporter) is not GraftExporter or not self.preprocessors(Judge):
            raise GradfnError(
                "nbgrader_config.py does not name the kit's GraftExporter and Judge: was it edited? "
                "`gradfn course DIR` writes one that does"
            )
        if self.autograde.pre_convert_hook or self.autograde.post_convert_hook:
            raise GradfnError(
                "nbgrader_config.py sets a convert hook of c.Autograde, which only `nbgrader autograde` runs"
            )

    def preprocessors(self, kind: type) -> list[Any]:
        """The course's preprocessors of exactly this class."""
        return [each for each in self.exporter._preprocessors if type(each) is kind]


@lru_cache(maxsize=1)
def bench(root: Path) -> Bench:
    """The bench of a course, opened once per process."""
    share_engines()
    return Bench(open_course(root))


def grade(desk: Bench, unit: KitUnit, student: str, when: Deadlines | None, common: Digests) -> Judged:
    """Grade one submission; `when` and `common` are as in `digests_of`."""
    begun = begin(desk.course, unit, student, when, common)
    return begun if begun.record else finish(desk, unit, begun)


def begin(course: Course, unit: KitUnit, student: str, when: Deadlines | None, common: Digests) -> Judged:
    """A submission that is to be run, with its digests and its time; or the record of why it cannot be."""
    begun = Judged((unit.name, student), digests_of(course, unit, student, when, common))
    try:
        must_have_a_plain_name(student)
        begun = replace(begun, doubt=doubt(course, unit, student))
        return begun if begun.doubt else replace(begun, time=time_of(course.submitted_folder(unit, student)))
    except Exception as error:  # from a library or the disk: it must not stop the others
        return replace(begun, record=records.of_failure(error))


def finish(desk: Bench, unit: KitUnit, begun: Judged) -> Judged:
    """Run and judge a submission that was begun."""
    course, student = desk.course, begun.task[1]
    with timed() as seconds:
        try:
            with stage("read"):
                folder = course.submitted_folder(unit, student)
                notebook = grafted(released(course, unit), unit, folder, begun.doubt)
            found = _judged(desk, unit, student, notebook)
        except Exception as error:
            found = {"record": records.of_failure(error)}
    return replace(begun, seconds=seconds, **found)


def _judged(desk: Bench, unit: KitUnit, student: str, notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """What a Judged holds of a grafted notebook, run by the preprocessors that nbgrader_config.py names."""
    from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades
    from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution

    from autograder.nbgrader.converter import Judge

    about = {"student": student, "assignment": unit.name, "notebook": unit.name}
    resources: dict[str, Any] = {"nbgrader": about | {"db_url": desk.course.db_url}}
    found: dict[str, Any] = {}
    for each in desk.exporter._preprocessors:
        if type(each) is Judge:
            found["record"], found["other_on_gpu"] = judge_cells(desk.course, unit, student, notebook)
        elif type(each) not in (SaveAutoGrades, AssignLatePenalties):  # `saving` does what these do
            notebook, resources = each(notebook, resources)
    marked = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    untouched = {
        grade_id(cell): cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
        for cell in marked
        if is_solution(cell)
    }
    return found | {
        "notebook": nbformat.writes(notebook, indent=None),  # with an indent, json is slow
        "scores": {grade_id(cell): determine_grade(cell)[0] for cell in marked if is_grade(cell)},
        "comments": {name: "No response." if same else None for name, same in untouched.items()},
        "written": written_in(notebook),
    }


def unsaved(judged: Judged, error: Exception) -> Judged:
    """What is left of a Judged that could not be saved."""
    return Judged(judged.task, judged.digests, records.of_failure(error), seconds=judged.seconds)
