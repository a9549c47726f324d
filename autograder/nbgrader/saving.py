"""Save what was judged, a batch in one transaction, through nbgrader's own models.

    save(root, batch) -> records    notebooks, gradebook and records of some Judged, as nbgrader writes them

When nbgrader autogrades a submission again it keeps its manual points, but asks a person to confirm all of
them: after one mended check, hundreds of answers would have to be read again. Here those of the same answer
stay confirmed; all else is what nbgrader writes, in every table.

The order makes a run that is killed harmless: the old record is opened, then the notebook is written, then
the gradebook, and the record is completed last. What is not complete is graded again.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import nbformat

from autograder.answers.notebooks import TEST
from autograder.errors import GradfnError
from autograder.grading.folder import TIME
from autograder.nbgrader import attempts, gpu, records
from autograder.nbgrader.bulk import Bench, Judged, bench, unsaved
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.inbox import is_in_gradebook, keep_only
from autograder.nbgrader.lms.times import late
from autograder.nbgrader.notebook import written_in
from autograder.nbgrader.records import Record
from autograder.nbgrader.resume import FILES
from autograder.units.files import write_whole
from autograder.units.gpu_tier import GPU
from autograder.units.kit import KitUnit


def save(root: Path, batch: Sequence[Judged]) -> list[Record]:
    """Save some submissions, and give their records; one that cannot be saved does not stop the others.

    Raises what the gradebook raises where not even a failure can be written into it.
    """
    desk = bench(root)
    found: dict[Judged, Record] = {}
    try:
        for name in {judged.task[0] for judged in batch}:
            unit, own = desk.course.unit(name), [judged for judged in batch if judged.task[0] == name]
            found |= zip(own, _save(desk, unit, own), strict=True)
    except Exception as error:
        if len(batch) > 1:
            return [record for judged in batch for record in save(root, [judged])]
        if not batch[0].notebook:
            raise
        return save(root, [unsaved(batch[0], error)])
    return [found[judged] for judged in batch]


def _save(desk: Bench, unit: KitUnit, batch: Sequence[Judged]) -> list[Record]:
    """Save submissions of one unit; what was graded counts as an attempt of the student."""
    begun = time.monotonic()
    for judged in batch:
        records.reopen(desk.course, unit, judged.task[1])
    with gradebook(desk.course) as opened:
        rows = _Rows(opened, unit, [judged.task[1] for judged in batch])
        filled = [_fill(desk, unit, rows, judged) for judged in batch]
        opened.db.commit()
    found = []
    for judged, rest in zip(batch, filled, strict=True):
        whole = records.completed(judged.record, judged.digests, rest.saved, rest.notes)
        if not records.is_final(whole):
            whole = records.not_now(records.stored(desk.course, unit, judged.task[1]) or {}, whole)
        records.write(desk.course, unit, judged.task[1], whole)
        found.append(replace(records.summary(unit, whole, rest.before, rest.after), late=rest.late))
        if judged.notebook:
            attempts.count(desk.course, unit, judged.task[1], judged.digests[FILES])
    each = (time.monotonic() - begun) / len(batch)
    return [
        replace(record, seconds=_with(judged.seconds, each))
        for judged, record in zip(batch, found, strict=True)
    ]


def _with(seconds: Mapping[str, float], saving: float) -> dict[str, float]:
    """The seconds by stage with those of saving; none where the process that judged it ended."""
    return {**seconds, "rest": round(seconds["rest"] + saving, 3)} if seconds else {}


class _Rows:
    """nbgrader's rows of some submissions of a unit, read in a few queries."""

    def __init__(self, opened: Any, unit: KitUnit, students: Iterable[str]) -> None:
        from nbgrader.api import Comment, Grade, SubmittedAssignment, SubmittedNotebook
        from sqlalchemy import select
        from sqlalchemy.orm import defer, load_only, selectinload

        self.opened = opened
        self.assignment = opened.find_assignment(unit.name)
        (self.notebook,) = [each for each in self.assignment.notebooks if each.name == unit.name]
        self._names = {cell.id: cell.name for cell in self.notebook._base_cells}
        table, own = SubmittedAssignment, SubmittedNotebook
        query = (
            select(table)
            .where(table.assignment_id == self.assignment.id, table.student_id.in_(students))
            .options(
                # Not the scores, which nbgrader lets the database add up for every row that is read.
                load_only(table.student_id, table.timestamp, table.extension),
                selectinload(table.notebooks).options(
                    load_only(own.notebook_id, own.late_submission_penalty),
                    selectinload(own.grades).options(defer(Grade.score)),
                    selectinload(own.comments).options(defer(Comment.comment)),
                ),
            )
        )
        self._known = {row.student_id: row for row in opened.db.scalars(query)}

    def of(self, student: str) -> Any:
        """The student's SubmittedAssignment; if there is none a new one, as nbgrader's Gradebook makes it."""
        from nbgrader.api import Comment, Grade, SubmittedAssignment, SubmittedNotebook

        if student not in self._known:
            row = self._known[student] = SubmittedAssignment(assignment=self.assignment, student_id=student)
            for notebook in self.assignment.notebooks:
                own = SubmittedNotebook(notebook=notebook, assignment=row)
                for cell in (*notebook.grade_cells, *notebook.task_cells):
                    Grade(cell_id=cell.id, notebook=own)
                for cell in (*notebook.solution_cells, *notebook.task_cells):
                    Comment(cell_id=cell.id, notebook=own)
            self.opened.db.add(row)
        return self._known[student]

    def named(self, row: Any, kind: str) -> dict[str, Any]:
        """The `grades` or `comments` of the unit's notebook by the names of their cells."""
        own = [each for each in row.notebooks if each.notebook is self.notebook]
        return {self._names[each.cell_id]: each for notebook in own for each in getattr(notebook, kind)}

    def score(self, row: Any) -> float | None:
        """The points less the late penalty; None if a test cell has none yet."""
        tests = [grade for name, grade in self.named(row, "grades").items() if name.startswith(TEST)]
        if any(grade.auto_score is None and grade.manual_score is None for grade in tests):
            return None
        return max(
            0.0, sum(_points(own) - float(own.late_submission_penalty or 0.0) for own in row.notebooks)
        )


def _points(notebook: Any) -> float:
    """What nbgrader's column `score` of a SubmittedNotebook has when it is read again."""
    given = [(g, g.auto_score if g.manual_score is None else g.manual_score) for g in notebook.grades]
    return sum(float(score) + float(grade.extra_credit or 0.0) for grade, score in given if score is not None)


class _Filled(NamedTuple):
    """A submission's scores before and after, its automatic points, notes, and how late it came."""

    before: float | None = None
    after: float | None = None
    saved: float | None = None
    notes: Sequence[str] = ()
    late: str = ""


def _fill(desk: Bench, unit: KitUnit, rows: _Rows, judged: Judged) -> _Filled:
    """Write a submission's files and change its rows."""
    student = judged.task[1]
    if not is_in_gradebook(student):
        return _Filled()
    row = rows.of(student)
    grades, before = rows.named(row, "grades"), rows.score(row)
    if before is not None and not records.is_final(judged.record):
        return _Filled(before, before)  # what was graded stays
    by_hand = {name: grade for name, grade in grades.items() if grade.manual_score is not None}
    confirmed = {name for name, grade in by_hand.items() if not grade.needs_manual_grade}
    answers = _earlier(desk, unit, student) if confirmed and unit.questions else {}
    answers = {name: words for name, words in answers.items() if name in confirmed}
    _write_files(desk, unit, judged)
    if judged.time or judged.doubt:
        row.timestamp = judged.time
    for own in row.notebooks:
        own.late_submission_penalty = None if judged.notebook else own.late_submission_penalty
        for grade in own.grades:
            grade.auto_score, grade.needs_manual_grade = None, True
    if judged.other_on_gpu:
        gpu.forget(desk.course, unit, student)
        grades[TEST + GPU].extra_credit = None
    if not judged.notebook:
        return _Filled(before, rows.score(row))
    if unknown := {*judged.scores} - {*grades}:
        raise GradfnError(f"the gradebook has no cell {', '.join(unknown)}: gradfn release {unit.name}")
    for name, points in judged.scores.items():
        grades[name].auto_score = points
        # As nbgrader, which lets a person confirm what was given by hand; but not if the answer is the same.
        same = name in answers and judged.written.get(name) == answers[name]
        grades[name].needs_manual_grade = (points is None or name in by_hand) and not same
    comments = rows.named(row, "comments")
    for name, words in judged.comments.items():
        comments[name].auto_comment = words
    _take_off_penalty(desk, unit, rows, row)
    tests = [grade.auto_score for name, grade in grades.items() if name.startswith(TEST)]
    return _Filled(
        before,
        rows.score(row),
        None if None in tests else float(sum(tests)),
        [
            f"{name.removeprefix(TEST)} keeps {grade.manual_score:g} given by hand earlier"
            for name, grade in by_hand.items()
            if name.startswith(TEST) or judged.written.get(name) != answers.get(name)
        ],
        late(row.total_seconds_late, sum(own.late_submission_penalty or 0.0 for own in row.notebooks)),
    )


def _take_off_penalty(desk: Bench, unit: KitUnit, rows: _Rows, row: Any) -> None:
    """What nbgrader's AssignLatePenalties does, with the course's own plugin."""
    from nbgrader.preprocessors import AssignLatePenalties

    for each in desk.preprocessors(AssignLatePenalties) if row.total_seconds_late > 0 else []:
        each.assignment_id = each.notebook_id = unit.name
        each.student_id, each.gradebook = row.student_id, rows.opened
        each.init_plugin()
        for own in row.notebooks:
            score = _points(own)
            penalty = each.plugin_inst.late_submission_penalty(row.student_id, score, row.total_seconds_late)
            if penalty is not None:
                penalty = each._check_late_penalty(SimpleNamespace(score=score), penalty)
            own.late_submission_penalty = penalty


def _earlier(desk: Bench, unit: KitUnit, student: str) -> dict[str, str]:
    """The answers in words of the notebook that was graded before."""
    try:
        return written_in(nbformat.read(desk.course.autograded_file(unit, student), as_version=4))
    except (OSError, ValueError):
        return {}


def _write_files(desk: Bench, unit: KitUnit, judged: Judged) -> None:
    """Write the graded notebook, and beside it what formgrader and the feedback need; remove one that failed.

    No other file that was handed in: formgrader serves them as pages of Jupyter's own.
    """
    student = judged.task[1]
    file, stamp = (
        desk.course.autograded_file(unit, student),
        desk.course.submitted_folder(unit, student) / TIME,
    )
    if not judged.notebook:  # no feedback on an earlier submission may be written now
        shutil.rmtree(file.parent, ignore_errors=True)
        return
    keep_only(file.parent, desk.course.source_folder(unit), {file.name})
    write_whole(file, judged.notebook)
    if not judged.doubt and stamp.exists():  # nbgrader compares the two, and passes it on with the feedback
        write_whole(file.parent / TIME, stamp.read_bytes())
    desk.autograde.set_permissions(unit.name, student)
