"""The gradebook as a CSV file: nbgrader's columns, or what Canvas or Moodle import.

export(course, form, to) -> Exported    write it; what it leaves empty, and why
FORMS                                   the forms and where each goes by default

A cell is empty ("-" for Moodle) where there is no score: nobody gets a zero because a file could not be
graded. Only nbgrader's own form has a 0 for what was never handed in, as nbgrader writes it. Scores are what
counts: points given by hand are in and penalties for being late are off. Canvas and Moodle take an empty cell
at its word: a score that is there already goes.

Where the forms come from:
    nbgrader    nbgrader.plugins.CsvExportPlugin, which does not quote: a comma in a name breaks its file
    Canvas      lib/gradebook_importer.rb of instructure/canvas-lms: the columns up to Section in this order;
                a student found by ID, else SIS User ID, else SIS Login ID, else name; a "Points Possible" row
    Moodle      grade/import/csv/classes/load_data.php of moodle/moodle: columns are mapped by hand; a user
                who is not found stops the import; "-" is no grade, where an empty cell of a new column is a 0
"""

from __future__ import annotations

import csv
import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import GradfnError, NotFound
from autograder.nbgrader.course import Course, some
from autograder.nbgrader.marks import Assignment, Mark, Marks, Person, marks

Cell = str | float | None
Row = Sequence[Cell]

#: What makes a spreadsheet take a cell for a formula (OWASP, "CSV Injection"); also as full-width characters.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
NAMELESS = (
    "Only ids are known: nbgrader db student import FILE.csv brings names and addresses (see its --help)."
)


@dataclass(frozen=True)
class Exported:
    """The file, what to know of it in plain lines, and what to do with it next."""

    file: Path
    notes: tuple[str, ...]
    next: str


@dataclass(frozen=True)
class Form:
    """A form of the file: its rows, its usual name, and what to do with it."""

    rows: Callable[[Marks], Iterator[Row]]
    file: str
    next: str = ""


def export(course: Course, form: str = "nbgrader", to: Path | None = None) -> Exported:
    """Write the gradebook to a file, by default in the course's folder.

    Raises NotFound for a form that does not exist and, so that an earlier file stays, where nothing was
    released; GradfnError where the file cannot be written.
    """
    if form not in FORMS:
        raise NotFound.named("format", form, FORMS)
    target = to or course.root / FORMS[form].file
    found = marks(course)
    if not found.assignments:
        raise NotFound("the gradebook holds no assignment, so nothing was written: gradfn release UNIT")
    try:
        with target.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(map(_safe, FORMS[form].rows(found)))
    except OSError as error:
        raise GradfnError(f"cannot write {target}: {error.strerror}") from error
    nameless = not any(person.name or person.email for person in found.people)
    notes = [*_notes(found), *[NAMELESS] * (nameless and bool(FORMS[form].next))]
    return Exported(target, tuple(notes), FORMS[form].next)


def _safe(row: Row) -> list[str]:
    """The row as texts; one that a spreadsheet would run as a formula gets an apostrophe in front."""
    return [_text(cell) for cell in row]


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(cell)
    return f"'{cell}" if cell.startswith(FORMULA) and cell != "-" else cell


def _number(value: float) -> str:
    """Points without a tail of zeros or of rounding."""
    return f"{value:.10g}"


def _nbgrader(found: Marks) -> Iterator[Row]:
    """A line for each student and assignment, with the columns of nbgrader's own export."""
    yield (
        *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
        *("raw_score", "late_submission_penalty", "score", "max_score"),
    )
    for assignment in found.assignments:
        due = str(assignment.duedate or "")
        for person in found.people:
            mark = found.of(assignment.name, person.id)
            points: tuple[Cell, ...] = (mark.raw, mark.penalty, mark.score)
            if mark.state == "missing":
                points = (0.0, 0.0, 0.0)
            elif mark.raw is None:
                points = (None, None, None)
            who = (person.id, person.last_name, person.first_name, person.email)
            yield (assignment.name, due, str(mark.timestamp or ""), *who, *points, assignment.max_score)


def _canvas(found: Marks) -> Iterator[Row]:
    """A line for each student, a column for each assignment that anybody handed in."""
    columns = _handed_in(found)
    yield ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(a.name for a in columns))
    yield ("    Points Possible", None, None, None, None, *(_number(a.max_score) for a in columns))
    for person in found.people:
        family_first = ", ".join(filter(None, (person.last_name, person.first_name)))
        # The id may be either of Canvas's two: it looks for the first, and if nobody has it for the second.
        who = (family_first or person.id, person.lms_id, person.id, person.id, "")
        yield (*who, *(_score(found.of(a.name, person.id), "") for a in columns))


def _moodle(found: Marks) -> Iterator[Row]:
    """A line for each student, a column for each assignment that anybody handed in, and one for feedback.

    Moodle shows feedback as HTML, so what it quotes of a submission is escaped.
    """
    columns = _handed_in(found)
    both = (name for a in columns for name in (a.name, f"{a.name} feedback"))
    yield ("First name", "Last name", "Username or ID number", "Email address", *both)
    for person in found.people:
        row: list[Cell] = [person.first_name, person.last_name, person.id, person.email]
        for assignment in columns:
            mark = found.of(assignment.name, person.id)
            said = "" if mark.score is None else html.escape(mark.words, quote=False)
            row += [_score(mark, "-"), said]
        yield row


def _score(mark: Mark, nothing: str) -> str:
    return nothing if mark.score is None else _number(mark.score)


def _handed_in(found: Marks) -> list[Assignment]:
    """The assignments that anybody handed in: of the others a gradebook needs no column yet."""
    names = {name for name, _ in found.by_pair}
    return [assignment for assignment in found.assignments if assignment.name in names]


def _notes(found: Marks) -> Iterator[str]:
    """Whose cell is empty although they handed in, whose score is not final, whose id was changed."""
    for assignment in found.assignments:
        by_state: dict[str, list[Person]] = {}
        for person in found.people:
            by_state.setdefault(found.of(assignment.name, person.id).state, []).append(person)
        if failed := by_state.get("failed"):
            yield f"{assignment.name}: not graded, so without a score: {_names(failed)}"
        if waiting := by_state.get("waiting"):
            yield f"{assignment.name}: a part is still to be graded by hand, so not final: {_names(waiting)}"
    if changed := [person for person in found.people if person.id.startswith(FORMULA)]:
        yield f"an apostrophe stands in front, or a spreadsheet would run it as a formula: {_names(changed)}"


def _names(people: Sequence[Person]) -> str:
    """Who, by id."""
    return some([person.id for person in people])


#: By name; `gradfn export --format`.
FORMS = {
    "nbgrader": Form(_nbgrader, "grades.csv"),
    "canvas": Form(
        _canvas,
        "grades-canvas.csv",
        "In Canvas: Grades, Import. Students are found by SIS ID or login, else by name: see its preview.",
    ),
    "moodle": Form(
        _moodle,
        "grades-moodle.csv",
        "In Moodle: Grades, Import, CSV file. Map the id or the email, then each unit and its feedback.",
    ),
}
