"""What lies in submitted/ beside the answers: times, names, and what is not taken.

not_taken(course)                  what lies in submitted/ where no submission is read from, and what to do
time_of(folder)                    the time in timestamp.txt; raises BadSubmission if it is not one
last_change(folder)                when the newest of the other files was changed
must_have_a_plain_name(student)    raise BadSubmission for a name that nbgrader changes or cannot store
in_one_form(name)                  an id as it is written: ids that look alike are one student's
is_in_gradebook(student)           whether the gradebook is to have a student of this name
keep_only(folder, source, names)   leave only these files in a folder of pages, and those of the unit's source

Which of a submission's files counts is in `autograder.grading.folder`.
"""

from __future__ import annotations

import glob
import os
import re
import shutil
import textwrap
import unicodedata
from collections.abc import Container
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.errors import BadSubmission, NotFound
from autograder.grading.folder import ARCHIVES, NOT_STUDENTS, TIME, files_of, stands_for_another
from autograder.nbgrader.course import Course, is_id
from autograder.units.files import cannot_read, read_untrusted
from autograder.worker.outcome import harmless

MOST_OF_TIME = 100
#: Invisible characters: joiners, variation selectors and fillers.
UNSEEN = re.compile("[\u034f\u17b4\u17b5\u180b-\u180f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
LONGEST, MAX_BYTES_OF_NAME = 128, 240  # a column of nbgrader's tables; a file system's 255 less what is added
#: 2026-01-31 12:00[:00[.000000]], and behind it UTC, an offset or a zone such as Europe/Berlin.
CLOCK = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?([+-]\d\d:?\d\d|[A-Z][\w/+-]*)?"
)


def not_taken(course: Course) -> list[str]:
    """A line for whatever lies in submitted/ where no submission is read from."""
    lines: list[str] = []
    known = {*course.kit.names(), *(f.name for f in (course.root / "source").glob("*/"))}
    for entry in _visible(course.root / "submitted"):
        if not entry.is_dir():
            lines.append(f"{_shown(course, entry)}: move it to submitted/STUDENT/UNIT/")
            continue
        try:
            others = [each for each in _visible(entry) if each.name not in known or not each.is_dir()]
        except OSError as error:
            lines.append(f"{_shown(course, entry)}: the folder cannot be read: {error.strerror}")
            continue
        for other in others:
            near = NotFound.nearest(other.name.strip().lower(), known) if other.is_dir() else None
            what = f"is {near} meant? Rename the folder" if near else _move(other, entry, known)
            lines.append(f"{_shown(course, other)}: {what}")
    return lines


def _visible(folder: Path) -> list[Path]:
    """What is in a folder and not a system's own, sorted by name."""
    return sorted(
        each for each in folder.iterdir() if not each.name.startswith(".") and each.name not in NOT_STUDENTS
    )


def _move(path: Path, folder: Path, known: Container[str]) -> str:
    if path.is_dir():
        return "no unit has this name"
    unpack = "unpack it, and " * (path.suffix.lower() in ARCHIVES)
    unit = path.name.partition(".")[0].lower()
    student = re.sub(r"_\d+_assignsubmission_.*", "", folder.name)
    return f"{unpack}move it to submitted/{harmless(student)}/{unit if unit in known else 'UNIT'}/"


def _shown(course: Course, path: Path) -> str:
    return harmless(os.fsencode(path.relative_to(course.root)).decode(errors="replace"))


def time_of(folder: Path) -> datetime | None:
    """The time in timestamp.txt in UTC, from which late penalties are computed; None without one.

    Raises BadSubmission if it is not a time that can be read in one way only, GradfnError where the system
    refuses to read it.
    """
    try:
        data = read_untrusted(folder / TIME, MOST_OF_TIME + 1)
        words = data.decode("utf-8-sig").strip() if len(data) <= MOST_OF_TIME else "far more than a time"
    except FileNotFoundError:
        return None
    except ValueError:
        words = "not text"
    except OSError as error:
        raise cannot_read(TIME, error) from error
    if not words:
        return None
    try:
        day, clock, zone = CLOCK.fullmatch(words).groups()  # type: ignore[union-attr]
        offset = "+00:00" if zone in (None, "UTC", "GMT", "Z") else zone if zone[0] in "+-" else ""
        time = datetime.fromisoformat(f"{day} {clock}{offset}")
        time = time if offset else time.replace(tzinfo=ZoneInfo(zone))
        return time.astimezone(UTC).replace(tzinfo=None)
    except (AttributeError, ValueError, OverflowError, LookupError, OSError) as error:
        shown = textwrap.shorten(harmless(words), 40, placeholder=" …")
        raise BadSubmission(
            f"{TIME} says {shown!r}, which is not a time: write it like 2026-01-31 12:00:00 UTC, or +02:00"
        ) from error


def last_change(folder: Path) -> datetime:
    """When the newest of a submission's files but timestamp.txt was changed; in UTC, as nbgrader's times."""
    others = [path for path in files_of(folder) if path != folder / TIME]
    newest = max((path.lstat().st_mtime for path in others if not stands_for_another(path)), default=0.0)
    return datetime.fromtimestamp(newest, UTC).replace(tzinfo=None)


def in_one_form(name: str) -> str:
    """An id in the form of Unicode that a course takes (NFKC), without invisible characters."""
    return unicodedata.normalize("NFKC", UNSEEN.sub("", name))


def is_in_gradebook(student: str) -> bool:
    """Whether a folder's name becomes a student; not one that is too long, or that looks like another."""
    return len(student) <= LONGEST and in_one_form(student) == student


def must_have_a_plain_name(student: str) -> None:
    """Raise BadSubmission for a folder's name that nbgrader reads as a pattern, changes or cannot store."""
    if not is_id(student):
        raise BadSubmission("the folder's name holds markup or unprintable characters: rename the folder")
    if (plain := in_one_form(student)) != student:
        raise BadSubmission(f"the folder's name {student!a} looks like {plain}: rename the folder to {plain}")
    if len(student) > LONGEST or len(student.encode()) > MAX_BYTES_OF_NAME:
        most = f"{LONGEST} characters or {MAX_BYTES_OF_NAME} bytes"
        raise BadSubmission(f"the folder's name is longer than {most}: rename the folder")
    if glob.escape(student) != student:
        raise BadSubmission("nbgrader reads *, ? and [ in a student's name as a pattern: rename the folder")
    if student != student.strip():
        raise BadSubmission("nbgrader drops the blanks around a student's name: rename the folder")


def keep_only(folder: Path, source: Path, names: Container[str]) -> None:
    """Leave only files of these names in a folder whose files Jupyter or a browser may open.

    The unit's own files, such as its pictures, are copied from its source folder. What a student handed in
    beside the answers must not lie there: formgrader serves a page of theirs on Jupyter's own origin.
    """
    for path in sorted(folder.rglob("*"), reverse=True):  # what is in a folder comes before the folder
        if path.is_dir() and not path.is_symlink():
            with suppress(OSError):  # not empty
                path.rmdir()
        elif path.is_symlink() or str(path.relative_to(folder)) not in names:
            path.unlink()
    for path in source.rglob("*"):
        if path.is_file() and path.suffix != ".ipynb":
            target = folder / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
