"""A class list into nbgrader's table of students: a system's own export, or any CSV file.

read_table(file)         the rows of a CSV file in the encodings and with the separators that Excel writes
enrol(course, file, ...) write the students; what is new, changed and missing. Nobody is removed

The cells that identify a student are stored as they are, and `gradfn export` writes them back.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.errors import BadSubmission, GradfnError, NotFound
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.inbox import LONGEST, in_one_form, must_have_a_plain_name
from autograder.nbgrader.lms.people import KINDS, Notes, People
from autograder.nbgrader.lms.systems import SYSTEMS, System, system_named
from autograder.units.files import read_untrusted

MOST = 50 << 20
NOT_STUDENTS = re.compile(r"\s*(points possible|student, test|test student)", re.IGNORECASE)
SHORTENED = re.compile(r"\d[.,]\d+E\+\d+")
TIME = "Last modified (submission)"


@dataclass
class Enrolled:
    """What came of a class list."""

    system: str
    seen: dict[str, int] = field(default_factory=dict)  # the students, and their rows
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # rows that were not taken
    noted: bool = False  # whether ids or columns were stored that were not known


def read_table(file: Path) -> list[list[str]]:
    """The rows; raises NotFound or GradfnError if the file is no such table."""
    try:
        data = read_untrusted(file, MOST)
    except OSError as error:
        raise NotFound(f"cannot read {file}: {error.strerror}") from error
    if data.startswith(b"PK"):
        raise GradfnError(f"{file} is a workbook: in Excel, save it as CSV UTF-8")
    text = decoded(data)
    if found := re.match(r"sep=(.)\r?\n", text):  # Excel's
        return _rows(text[found.end() :], found[1])
    return max((_rows(text, mark) for mark in ",;\t"), key=lambda rows: len(rows[0]) if rows else 0)


def decoded(data: bytes) -> str:
    """The text of a file in one of Excel's encodings."""
    encodings = ["utf-8-sig", "cp1252"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data:  # UTF-16 without its mark: of the first letter, one byte is 0
        encodings = ["utf-16-be" if data.startswith(b"\0") else "utf-16-le"]
    for encoding in encodings:
        with suppress(UnicodeDecodeError):
            return data.decode(encoding)
    return data.decode(encodings[-1], "replace")


def _rows(text: str, mark: str) -> list[list[str]]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        return [[re.sub(r'^="(.*)"$', r"\1", cell.strip()) for cell in row] for row in lines if any(row)]
    except csv.Error as error:
        raise GradfnError(f"line {lines.line_num} is not CSV: {error}") from error


def recognise(header: Iterable[str]) -> str:
    """The system that writes a table with this header; raises GradfnError if no column says who."""
    small = {cell.casefold() for cell in header}
    for name, system in SYSTEMS.items():
        if any(small.issuperset(signs) for signs in system.signs):
            return name
    if small & {"id", "student_id", "username", "login", "email"}:
        return "csv"
    raise GradfnError(
        f"no column says who the students are: {', '.join(sorted(small))}. Expected are Moodle's, Canvas's, "
        "Brightspace's or Blackboard's own export, or the columns id, first_name, last_name, email"
    )


def enrol(course: Course, file: Path, form: str = "") -> Enrolled:
    """Write a class list's students into the gradebook; raises what `read_table` and `recognise` raise."""
    rows = read_table(file)
    if not rows:
        raise GradfnError(f"{file} is empty")
    header = rows[0]
    done = Enrolled(form or recognise(header))
    system, people = system_named(done.system), People(course)
    notes, before = people.notes, Notes.of(course)
    headers = {name.casefold(): name for name in system.columns}
    with gradebook(course) as opened:
        students = {student.id: student for student in opened.students}
        for number, row in enumerate(rows[1:], 2):
            cells = dict(zip(header, row, strict=False))
            own = {name: cell for h, cell in cells.items() if cell and (name := headers.get(h.casefold()))}
            ids = {system.columns[h]: cell for h, cell in own.items()}
            if not ids or NOT_STUDENTS.fullmatch(row[0]):
                continue
            participant = re.sub(r"\D", "", ids.pop("participant", ""))
            student, why = _student(people, system, ids, done.seen)
            if student in done.seen:
                why = f"{student} is in row {done.seen[student]} already"
            if why:
                done.problems.append(f"row {number} ({', '.join(filter(None, row[:3]))}): {why}")
                continue
            done.seen[student] = number
            if student not in students:
                students[student] = opened.add_student(student)
                done.new.append(student)
                _fill(students[student], ids)
            elif changes := _fill(students[student], ids):
                done.changed.append(f"{student}: {', '.join(changes)}")
            people.add(student, {**ids, "id": student})
            own.pop("Identifier", None)
            notes.people.setdefault(done.system, {}).setdefault(student, {}).update(own)
            if participant:
                notes.participants[participant] = [student, cells.get(TIME, "")]
        opened.db.commit()
    done.missing += sorted(students.keys() - done.seen)
    if columns := [
        f["keep"] for name in header if system.grades and (f := re.fullmatch(system.grades, name))
    ]:
        notes.columns[done.system] = columns
    done.noted = notes != before
    notes.write(course)
    return done


def _student(people: People, system: System, ids: Mapping[str, str], seen: Container[str]) -> tuple[str, str]:
    """The gradebook's id of a row's student, known or new; or an empty text, and why there is none."""
    texts = [ids[kind] for kind in system.ids if kind in ids]
    if any(SHORTENED.fullmatch(text) for text in texts):
        return "", "Excel has shortened a number: make that column text, and export again"
    if "id" in ids and (found := people.find({"id": ids["id"]})[0]):
        return found, ""  # several may share an address
    found, why = people.find({kind: text for kind, text in ids.items() if kind in KINDS})
    if found or "several" in why:
        return found, why
    # Another system knows the same students by other ids.
    found, why = people.find({kind: text for kind, text in ids.items() if kind not in KINDS})
    if found and found not in seen and not people.kinds[found] - {"id"} & ids.keys():
        return found, ""
    if not texts:
        wanted = [header for header, kind in system.columns.items() if kind in system.ids]
        return "", f"no id in {' or '.join(wanted)}, and {why or 'the name is that of ' + found}"
    student = in_one_form(texts[0].removeprefix("#"))
    try:
        must_have_a_plain_name(student)
    except BadSubmission as error:
        return "", str(error).replace("folder", "student")
    return student, ""


def _fill(student: Any, ids: Mapping[str, str]) -> list[str]:
    """Write nbgrader's own fields of a student; what has changed, in words."""
    first, last = ids.get("first", ""), ids.get("last", "")
    if "family" in ids:
        last, _, first = (part.strip() for part in ids["family"].partition(","))
    if "name" in ids and not (student.first_name or student.last_name):
        first, _, last = ids["name"].rpartition(" ")
    changes, email, lms = [], ids.get("email"), ids.get("lms")
    fields = {"first_name": first, "last_name": last, "email": email, "lms_user_id": lms}
    for name, text in fields.items():
        before = getattr(student, name)
        if text and text != before:
            setattr(student, name, text[:LONGEST])
            changes.append(f"{name} {before or 'unknown'} -> {text}")
    return changes
