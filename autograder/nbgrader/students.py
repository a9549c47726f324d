"""Remove a student from a course, with everything that is known of them.

files_about(course, student)       the files and folders that are theirs, or hold their id
remove_student(course, student)    remove these, and the student from the gradebook
"""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from pathlib import Path

from autograder.errors import NotFound
from autograder.nbgrader.course import STUDENTS_FOLDERS, Course
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.lms.people import Notes
from autograder.nbgrader.lms.roster import decoded
from autograder.nbgrader.lms.systems import SYSTEMS
from autograder.nbgrader.records import file_name

LOG = ".nbgrader.log"  # of nbgrader's own commands


def files_about(course: Course, student: str) -> list[Path]:
    """What is the student's own, and what was derived from the class and holds the student's id."""
    if student in ("", ".", "..") or "/" in student or "\\" in student:
        raise NotFound(f"{student!r} is no student's id")
    own = [course.root / folder / student for folder in STUDENTS_FOLDERS]
    own += [*course.private.glob("*/*/*.json")]
    names = {student, f"{student}.json", file_name(student)}
    said = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, _known_as(course, student)))})(?!\w)")
    derived = [*course.root.glob("*.csv"), *course.root.glob("reports/*.html"), course.root / LOG]
    mentions = [path for path in derived if path.is_file() and said.search(decoded(path.read_bytes()))]
    whole = [*course.private.glob("backups/*"), *course.private.glob("runs/*")]
    mentions += [path for path in whole if student.encode() in path.read_bytes()]
    found = [path for path in own if path.name in names and path.exists()] + mentions
    with gradebook(course) as opened:
        if student not in (ids := [each.id for each in opened.students]) and not found:
            raise NotFound.named("student", student, ids)
    return found


def _known_as(course: Course, student: str) -> set[str]:
    """The id, and the addresses, numbers and whole names by which a system's file may name the student."""
    found = {student}
    with gradebook(course) as opened:
        for s in opened.students:
            if s.id == student:
                first, last = s.first_name or "", s.last_name or ""
                names = (f"{first} {last}", f"{last}, {first}") if first and last else ()
                found |= {*names, s.email or "", s.lms_user_id or ""}
    for system, people in Notes.of(course).people.items():
        kinds = SYSTEMS[system].columns
        cells = people.get(student, {}).items()
        found |= {cell.lstrip("#") for h, cell in cells if kinds[h] not in ("first", "last", "section")}
    return {text for text in found if len(text) > 3 or text == student}  # a short number is in any file


def remove_student(course: Course, student: str) -> None:
    """Remove the student; raises NotFound if nothing is known of them."""
    from nbgrader.api import MissingEntry
    from sqlalchemy import text

    paths = files_about(course, student)
    with gradebook(course) as opened:
        with suppress(MissingEntry):
            opened.remove_student(student)
        if course.db_url.startswith("sqlite"):  # a deleted row stays in the file until then
            opened.db.commit()
            opened.db.execute(text("VACUUM"))
    notes, before = Notes.of(course), Notes.of(course)
    for people in notes.people.values():
        people.pop(student, None)
    notes.participants = {n: who for n, who in notes.participants.items() if who[0] != student}
    if notes != before:
        notes.write(course)
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
