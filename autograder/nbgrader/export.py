"""The gradebook as a CSV file: with nbgrader's columns, or those that Canvas or Moodle import.

export(course, form, to) -> Exported    write the file; which cells are empty, and why
FORMS                                   the forms, and each one's default file

A submission that could not be graded gets an empty cell ("-" for Moodle), not a zero. Only nbgrader's own
form has a 0 for what was never handed in, as nbgrader writes it. Scores include manual points and late
penalties. Canvas and Moodle delete an existing score where the file has an empty cell.

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
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import GradfnError, NotFound
from autograder.nbgrader.course import Course, short_list
from autograder.nbgrader.marks import Assignment, Mark, Marks, Person, marks

Value = str | float | None
Row = Sequence[Value]

#: Characters with which a spreadsheet's formula starts (OWASP, "CSV Injection"), also full-width ones.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
#: The same behind a character at which a spreadsheet of another country splits cells.
_SPLIT = re.compile(r"""([;\t\r\n|])(?=[\s"']*[=+\-@\0＝＋－＠])""")
NAMELESS = (
    "Only ids are known: nbgrader db student import FILE.csv brings names and addresses (see its --help)."
)


@dataclass(frozen=True)
class Exported:
    """The file, notes about it, and what to do with it next."""

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

    Raises NotFound for an unknown form, or if nothing is released (an earlier file then stays), GradfnError
    if the file cannot be written.
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
    """The row as texts; a text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return [_text(value) for value in row]


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return str(value)
    value = _SPLIT.sub(r"\1'", value)
    return f"'{value}" if value.startswith(FORMULA) and value != "-" else value


def _number(value: float) -> str:
    """Points without trailing zeros or rounding errors."""
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
            points: tuple[Value, ...] = (mark.raw, mark.penalty, mark.score)
            if mark.state == "missing":
                points = (0.0, 0.0, 0.0)
            elif mark.raw is None:
                points = (None, None, None)
            who = (person.id, person.last_name, person.first_name, person.email)
            yield (assignment.name, due, str(mark.timestamp or ""), *who, *points, assignment.max_score)


def _canvas(found: Marks) -> Iterator[Row]:
    """A line for each student, a column for each assignment with submissions."""
    columns = _handed_in(found)
    yield ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(a.name for a in columns))
    yield ("    Points Possible", None, None, None, None, *(_number(a.max_score) for a in columns))
    for person in found.people:
        family_first = ", ".join(filter(None, (person.last_name, person.first_name)))
        # The id may be either of Canvas's two ids: it looks for the first, then for the second.
        who = (family_first or person.id, person.lms_id, person.id, person.id, "")
        yield (*who, *(_score(found.of(a.name, person.id), "") for a in columns))


def _moodle(found: Marks) -> Iterator[Row]:
    """A line for each student, two columns for each assignment with submissions: points and feedback.

    Moodle shows feedback as HTML, so quotes from a submission are escaped.
    """
    columns = _handed_in(found)
    both = (name for a in columns for name in (a.name, f"{a.name} feedback"))
    yield ("First name", "Last name", "Username or ID number", "Email address", *both)
    for person in found.people:
        row: list[Value] = [person.first_name, person.last_name, person.id, person.email]
        for assignment in columns:
            mark = found.of(assignment.name, person.id)
            said = "" if mark.score is None else html.escape(mark.words, quote=False)
            row += [_score(mark, "-"), said]
        yield row


def _score(mark: Mark, nothing: str) -> str:
    return nothing if mark.score is None else _number(mark.score)


def _handed_in(found: Marks) -> list[Assignment]:
    """The assignments with submissions; the others need no column yet."""
    names = {name for name, _ in found.by_pair}
    return [assignment for assignment in found.assignments if assignment.name in names]


def _notes(found: Marks) -> Iterator[str]:
    """Who has an empty cell in spite of a submission, whose score is not final, whose id was changed."""
    for assignment in found.assignments:
        by_state: dict[str, list[Person]] = {}
        for person in found.people:
            by_state.setdefault(found.of(assignment.name, person.id).state, []).append(person)
        if failed := by_state.get("failed"):
            yield f"{assignment.name}: not graded, so without a score: {_names(failed)}"
        if waiting := by_state.get("waiting"):
            yield f"{assignment.name}: not final, a part still needs manual grading: {_names(waiting)}"
    if changed := [person for person in found.people if _text(person.id) != person.id]:
        yield f"with an apostrophe in front, or a spreadsheet would run it as a formula: {_names(changed)}"


def _names(people: Sequence[Person]) -> str:
    """The students' ids."""
    return short_list([person.id for person in people])


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
