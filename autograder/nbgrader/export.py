"""The gradebook as a CSV file: with nbgrader's columns, or those that a system imports.

export(course, form, ...) -> Exported    write the file; which cells are empty, and why
fill_worksheet(course, unit, ...)        the same in a worksheet that Moodle has given
FORMS                                    the forms

A submission that could not be graded gets an empty cell ("-" for Moodle), not a zero. Only nbgrader's own
form has a 0 for what was never handed in, as nbgrader writes it. Scores include manual points and late
penalties. Canvas and Moodle delete an existing score where the file has an empty cell.

nbgrader's form is that of nbgrader.plugins.CsvExportPlugin, which does not quote: a comma in a name breaks
its file. The others are rows of autograder.nbgrader.lms.systems:
    Canvas        the columns up to Section in this order; a student is found by ID, else SIS User ID, else
                  SIS Login ID, else name; an assignment by the number in its header; a "Points Possible" row
    Moodle        columns are mapped by hand; a user who is not found stops the import; "-" is no grade, where
                  an empty cell of a new column is a 0. Or an assignment's grading worksheet is filled: a row
                  is found by Identifier, other columns stay, and a grade above Maximum Grade is refused
    Brightspace   a student by OrgDefinedId or Username, an item by name and "Points Grade"; a last column "#"
    Blackboard    a student by Username, a column by the number in its header; every cell is quoted
The cells that identify a student are those of the system's own export, once `gradfn roster` has read it.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.errors import GradfnError, NotFound
from autograder.nbgrader.course import SHOWN, Course, short_list
from autograder.nbgrader.lms.people import Notes, People
from autograder.nbgrader.lms.roster import read_table
from autograder.nbgrader.lms.systems import SYSTEMS, System
from autograder.nbgrader.marks import NOT_YET, Assignment, Mark, Marks, Person, marks
from autograder.units.files import write_out
from autograder.units.kit import KitUnit

#: Characters with which a spreadsheet's formula starts (OWASP, "CSV Injection"), also full-width ones.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
#: The same behind a character at which a spreadsheet of another country splits cells. The first group begins
#: where a run of blanks and quotes begins: tried from each of them, a long run would take quadratic time.
_SPLIT = re.compile(r"""(?<![;|\s"'])((?:[^\S\t\r\n]|["'])*+[;\t\r\n|][;|\s"']*+)(?=[=+\-@\0＝＋－＠])""")
NAMELESS = "Only ids are known: gradfn roster FILE brings names and addresses from your system's class list."


@dataclass(frozen=True)
class Points:
    """Points, which are written without trailing zeros or rounding errors."""

    points: float


IDENTIFIER, GRADE, MAXIMUM, FEEDBACK = "Identifier", "Grade", "Maximum Grade", "Feedback comments"
Value = str | float | Points | None
Row = Sequence[Value]


@dataclass(frozen=True)
class Exported:
    """The file, notes about it, and what to do with it next."""

    file: Path
    notes: tuple[str, ...]
    next: str


def export(
    course: Course,
    form: str = "nbgrader",
    to: Path | None = None,
    columns: Sequence[str] = (),
    delimiter: str = ",",
) -> Exported:
    """Write the gradebook to a file, by default in the course's folder.

    `columns` are pairs UNIT=HEADER. A delimiter ";" also writes decimal commas, for Excel in countries that
    have them. Raises NotFound for an unknown form, or if nothing is released (an earlier file then stays),
    GradfnError if the file cannot be written.
    """
    if form not in FORMS:
        raise NotFound.named("format", form, FORMS)
    if delimiter != "," and form != "csv":
        raise GradfnError(
            f"{SYSTEMS[form].title if form in SYSTEMS else form} reads commas only: --format csv"
        )
    found = marks(course)
    target = to or course.root / (FILES.get(form) or f"grades-{form}.csv")
    if not found.assignments:
        raise NotFound("the gradebook holds no assignment, so nothing was written: gradfn release UNIT")
    system, stored = SYSTEMS.get(form, System("nbgrader")), Notes.of(course)
    headers, notes = _headers(system, found, stored.columns.get(form, ()), columns)
    known, said = stored.people.get(form, {}), [*_notes(found)]
    nameless = not any(person.name or person.email for person in found.people)
    if form != "csv" and (
        strangers := [person for person in found.people if known and person.id not in known]
    ):
        notes.append(
            f"left out, since {system.title}'s class list does not have them: {_names(strangers)}. "
            "gradfn roster FILE reads a newer one"
        )
        found = replace(found, people=tuple(person for person in found.people if person not in strangers))
    rows = _rows(system, found, known, headers) if system.who else _nbgrader(found)
    texts = ([_text(value, delimiter == ";") for value in row] for row in rows)
    style = "unix" if system.quote else "excel"  # unix quotes every cell
    _write(target, "\ufeff" * (form == "csv"), texts, dialect=style, delimiter=delimiter)
    said += [*notes, *[NAMELESS] * (nameless and form != "nbgrader")]
    return Exported(target, tuple(said), system.next)


def fill_worksheet(course: Course, unit: KitUnit, worksheet: Path, to: Path) -> Exported:
    """Write a unit's scores, and words on them, into a copy of Moodle's grading worksheet.

    Of a student without a score only the words are written: why. Raises GradfnError for any other file.
    """
    header, *rows = read_table(worksheet) or [[]]
    if missing := [name for name in (IDENTIFIER, GRADE, MAXIMUM) if name not in header]:
        raise GradfnError(f"{worksheet} is not a grading worksheet of Moodle's: no column {missing[0]}")
    people, found, moodle = People(course), marks(course), SYSTEMS["moodle"]
    notes, filled = [], [header]
    for row in rows:
        cells = dict(zip(header, row, strict=False))
        ids = {kind: cells[name] for name, kind in moodle.columns.items() if cells.get(name)}
        ids["participant"] = re.sub(r"\D", "", cells[IDENTIFIER])
        student, why = people.find(ids)
        mark = found.of(unit.name, student) if student else None
        if not student:
            notes.append(f"not filled: {cells[IDENTIFIER]}: {why}")
        elif mark is not None and FEEDBACK in cells and (mark.score is not None or _said(mark)):
            cells[FEEDBACK] = html.escape(_said(mark), quote=False)
        if mark is not None and mark.score is not None:
            cells[GRADE] = _text(Points(mark.score), "," in cells[MAXIMUM])
            if mark.score > float(cells[MAXIMUM].replace(",", ".") or "inf"):
                notes.append(f"above the assignment's maximum in Moodle, {cells[MAXIMUM]}: {student}")
        filled.append(
            [_text(cells.get(name, "")) if name == FEEDBACK else cells.get(name, "") for name in header]
        )
    _write(to, "", filled)
    one = replace(found, assignments=tuple(a for a in found.assignments if a.name == unit.name))
    return Exported(to, (*_notes(one), *notes), "In Moodle: the assignment, Upload grading worksheet.")


def _write(target: Path, mark: str, rows: Iterable[Sequence[str]], **form: str) -> None:
    """Write rows as CSV, behind a byte order mark where `mark` is one."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n", **form).writerows(rows)  # type: ignore[arg-type]
    write_out(target, mark + written.getvalue(), "Another file: --to FILE")


def _text(value: Value, comma: bool = False) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return str(value)
    if isinstance(value, Points):
        return f"{value.points:.10g}".replace(".", "," if comma else ".")
    value = _SPLIT.sub(r"\1'", value)
    return f"'{value}" if value.lstrip(" ").startswith(FORMULA) and value != "-" else value


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
            none = 0.0 if mark.state == "missing" else None
            points = (none,) * 3 if mark.raw is None else (mark.raw, mark.penalty, mark.score)
            who = (person.id, person.last_name, person.first_name, person.email)
            yield (assignment.name, due, str(mark.timestamp or ""), *who, *points, assignment.max_score)


def _rows(
    system: System, found: Marks, known: Mapping[str, Mapping[str, str]], headers: Mapping[str, str]
) -> Iterator[Row]:
    """A line for each student, a column for each assignment with submissions; for Moodle its feedback too.

    Moodle shows feedback as HTML, so quotes from a submission are escaped.
    """
    columns = _handed_in(found)
    feedback = system.title == "Moodle"
    titles = [headers[a.name] for a in columns]
    if feedback:
        titles = [title for a in columns for title in (headers[a.name], f"{a.name} feedback")]
    yield (*system.who, *titles, *system.end[:1])
    if system.possible:
        empty = [None] * (len(system.who) - 1)
        yield (system.possible, *empty, *(Points(a.max_score) for a in columns), *system.end[1:])
    for person in found.people:
        row = _who(system, person, known.get(person.id))
        for assignment in columns:
            mark = found.of(assignment.name, person.id)
            row.append(system.nothing if mark.score is None else Points(mark.score))
            if feedback:
                row.append(html.escape(_said(mark), quote=False))
        yield (*row, *system.end[1:])


def _said(mark: Mark) -> str:
    """What to tell the student: what went wrong, or why there is no score."""
    ungraded = "" if mark.words in ("", NOT_YET) else f"not graded: {mark.words}"
    return ungraded if mark.score is None else "; ".join(filter(None, (mark.words, mark.lateness)))


def _who(system: System, person: Person, cells: Mapping[str, str] | None) -> list[Value]:
    """The cells that say who: as the system wrote them, else as the gradebook knows the student."""
    family = ", ".join(filter(None, (person.last_name, person.first_name))) or person.id
    names = {"first": person.first_name, "last": person.last_name, "family": family}
    own = {**names, "email": person.email, "lms": person.lms_id}
    own |= {"id": person.id, "login": person.id}
    if cells:
        own = names | {system.columns[header]: cell for header, cell in cells.items()}
    return [next((own[kind] for kind in kinds.split() if own.get(kind)), "") for kinds in system.who.values()]


def _headers(
    system: System, found: Marks, stored: Sequence[str], given: Sequence[str]
) -> tuple[dict[str, str], list[str]]:
    """The header of each assignment's column, and notes on where the scores go."""
    headers, notes = {}, []
    typed = dict(pair.partition("=")[::2] for pair in given)
    for name in typed:
        if name not in (known := [a.name for a in found.assignments]):
            raise NotFound.named("assignment of --column", name, known)
    for name in (a.name for a in _handed_in(found)):
        fits = [typed[name]] if name in typed else [h for h in stored if _is_of(h, system, name)]
        headers[name] = fits[0] if len(fits) == 1 else system.grade.format(name)
        new = f" (new; --column {name}=HEADER names another)" * (len(fits) != 1)
        if system.grades:
            notes.append(f"{name}: in the column {headers[name]}{new}")
        if len(fits) > 1:
            notes.append(f"{name}: it may also be {' or '.join(fits)}")
    return headers, notes


def _is_of(header: str, system: System, name: str) -> bool:
    """Whether a column's name is an assignment's, or has it in it as a word."""
    title = re.fullmatch(system.grades, header)
    return bool(title and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", title["name"], re.IGNORECASE))


def _handed_in(found: Marks) -> list[Assignment]:
    """The assignments with submissions; the others need no column yet."""
    names = {name for name, _ in found.by_pair}
    return [assignment for assignment in found.assignments if assignment.name in names]


def _notes(found: Marks) -> Iterator[str]:
    """Who has an empty cell in spite of a submission, whose score is not final, whose id was changed."""
    for name in (assignment.name for assignment in found.assignments):
        own = {person: found.of(name, person.id) for person in found.people}
        failed = {person.id: mark.words for person, mark in own.items() if mark.state == "failed"}
        why = {student: words for student, words in failed.items() if words != NOT_YET}
        if len(why) < len(failed):
            yield f"{name}: {len(failed) - len(why)} {NOT_YET}: gradfn grade {name}"
        earlier = {person.id: mark.not_now for person, mark in own.items() if mark.not_now}
        for words, reasons in (
            ("not graded, so without a score", why),
            ("not graded again, so with an earlier score", earlier),
        ):
            yield from (f"{name}: {words}: {who}: {reason}" for who, reason in [*reasons.items()][:SHOWN])
            if more := [*reasons][SHOWN:]:
                yield f"{name}: {words}: {short_list(more)}"
        if gone := [person for person, mark in own.items() if mark.gone and mark.raw is not None]:
            yield f"{name}: with a score, but no longer in submitted/: {_names(gone)}"
        if waiting := [person for person, mark in own.items() if mark.state == "waiting"]:
            yield f"{name}: not final, a part still needs manual grading: {_names(waiting)}"
    if changed := [person for person in found.people if _text(person.id) != person.id]:
        yield f"with an apostrophe in front, or a spreadsheet would run it as a formula: {_names(changed)}"


def _names(people: Sequence[Person]) -> str:
    """The students' ids."""
    return short_list([person.id for person in people])


#: By name; `gradfn export --format`.
FORMS = ("nbgrader", *(name for name, system in SYSTEMS.items() if system.who))
FILES = {"nbgrader": "grades.csv", "csv": "grades-all.csv"}
