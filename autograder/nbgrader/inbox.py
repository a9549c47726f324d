"""Check a submission's folder before anything in it is opened, and choose the file that counts.

files_of(folder)                   the regular files in it; raises BadSubmission for links, pipes and devices
read_answers(folder, unit)         the Submission in it: of several files the one with answers counts
stands_for_another(path)           whether a notebook is a stand-in that an earlier version wrote
not_taken(course)                  what lies in submitted/ where no submission is read from, and what to do
time_of(folder)                    the time in timestamp.txt; raises BadSubmission if it is not one
last_change(folder)                when the newest of the other files was changed
must_have_a_plain_name(student)    raise BadSubmission for a name that nbgrader changes or cannot store
keep_only(folder, source, names)   leave only these files in a folder of pages, and those of the unit's source

Links would lead to the solutions, to the course's secret, to others' submissions. Reading a pipe, nbgrader
would wait for ever; a device has no end. Files with a leading dot, and those of __MACOSX, are not read: they
are a system's or a tool's, and no student's.
"""

from __future__ import annotations

import glob
import json
import os
import re
import shutil
import textwrap
from collections.abc import Container, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.answers.submission import Submission, answered, suffix_of
from autograder.errors import BadSubmission, NotFound
from autograder.grading.sandbox import read_submission
from autograder.nbgrader.course import Course, is_id
from autograder.units.files import read_untrusted
from autograder.units.kit import KitUnit
from autograder.worker.outcome import harmless

MOST_FILES, MOST_READ = 1_000, 8
MOST_OF_STAND_IN = 4_000
MOST_OF_TIME = 100
MOST_BYTES = 100 << 20  # nbgrader's exchange takes as much by default
LONGEST, MAX_BYTES_OF_NAME = 128, 240  # a column of nbgrader's tables; a file system's 255 less what is added
TIME = "timestamp.txt"
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar")
NOT_STUDENTS = ("__MACOSX", "__pycache__", "lost+found", "desktop.ini", "Thumbs.db")
STAND_IN_ID = "stand-in"
#: 2026-01-31 12:00[:00[.000000]], and behind it UTC, an offset or a zone such as Europe/Berlin.
CLOCK = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?([+-]\d\d:?\d\d|[A-Z][\w/+-]*)?"
)


def files_of(folder: Path) -> list[Path]:
    """The files in a submission's folder that are not hidden, sorted by name.

    Raises BadSubmission for links, pipes and devices, for names that are not UTF-8, and for far too many
    files or bytes.
    """
    found, size = [], 0
    try:
        for path, more in _below(folder):
            found.append(path)
            size += more
            if len(found) > MOST_FILES or size > MOST_BYTES:
                raise BadSubmission(
                    f"the folder holds more than {MOST_FILES} files or {MOST_BYTES >> 20} MB: far more than "
                    "answers take"
                )
    except OSError as error:
        raise BadSubmission(f"the folder cannot be read: {error.strerror}") from error
    return sorted(found)


def _below(folder: Path) -> Iterator[tuple[Path, int]]:
    """The files below a folder, with their sizes."""
    if folder.is_symlink():
        raise BadSubmission(f"the folder {folder.name} is a link, not a folder")
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name in NOT_STUDENTS:
                    continue
                if entry.name != entry.name.encode(errors="replace").decode():
                    raise BadSubmission(f"the name of {entry.name!a} is not UTF-8: rename it")
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                elif entry.is_file(follow_symlinks=False):
                    yield Path(entry.path), entry.stat(follow_symlinks=False).st_size
                else:
                    raise BadSubmission(f"{harmless(entry.name)} is a link, a pipe or a device, not a file")


def read_answers(folder: Path, unit: KitUnit) -> Submission:
    """The submission in a folder: of several files the one that holds answers.

    Raises BadSubmission if no file can be read, or if two hold different answers.
    """
    files, read, errors = _candidates(folder, unit), [], []
    for path in files:
        try:
            read.append(read_submission(path, unit))
        except BadSubmission as error:
            errors.append(error)
    begun = [submission for submission in read if answered(submission, unit)]
    if any(_answers(other) != _answers(begun[0]) for other in begun):
        names = ", ".join(submission.file for submission in begun)
        raise BadSubmission(f"these files hold different answers: {names}. Leave one of them in the folder")
    others = [e for e in errors if not str(e).endswith("another unit's file?")]
    if (errors and not read) or (others and not begun):  # what cannot be read may hold the answers
        raise (others or errors)[0]
    chosen = (begun or read)[0]
    notes = [f"of {len(files)} files {chosen.file} counts"] * (len(files) > 1) + [str(e) for e in others]
    return replace(chosen, notes=(*chosen.notes, *notes))


def _candidates(folder: Path, unit: KitUnit) -> list[Path]:
    """The files that may hold the answers, best first; raises BadSubmission for none, or too many."""
    files = files_of(folder)
    scripts = [path for path in files if suffix_of(path) and not stands_for_another(path)]
    named = [path for path in scripts if path.stem.lower() == unit.name]
    found = [path for path in scripts if path.parent == folder] or named or scripts
    if len(found) > MOST_READ and not (found := [path for path in found if path in named][:MOST_READ]):
        raise BadSubmission(
            f"which of {len(scripts)} files holds the answers? Leave one of them in the folder"
        )
    if found:
        return sorted(found, key=lambda path: (path.stem.lower() != unit.name, suffix_of(path) != ".ipynb"))
    there = [path for path in files if path.name != TIME and not stands_for_another(path)]
    names = ", ".join(harmless(path.name) for path in there[:3]) + " …" * (len(there) > 3)
    if any(path.suffix.lower() in ARCHIVES for path in there):
        raise BadSubmission(f"only {names} was handed in: unpack it into this folder")
    raise BadSubmission(
        f"only {names} was handed in, no .ipynb or .py file" if there else "the folder is empty"
    )


def _answers(submission: Submission) -> tuple[dict[str, list[str]], object]:
    """What of a submission makes it differ from another: its code without comments, its written answers."""
    named = {cell.name: cell.source.split("\n") for cell in submission.cells if cell.name}
    code = {
        name: [line.rstrip() for line in lines if line.strip() and line.lstrip()[0] not in "#%!"]
        for name, lines in named.items()
    }
    return code, submission.written


def stands_for_another(path: Path) -> bool:
    """Whether a notebook is only a stand-in for another file, which earlier versions wrote."""
    try:
        # A stand-in is short: parsing a longer notebook is left to a worker.
        (cell,) = json.loads(read_untrusted(path, MOST_OF_STAND_IN))["cells"]
        return bool(cell["id"] == STAND_IN_ID and cell["cell_type"] == "markdown")
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


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

    Raises BadSubmission if it is not a time that can be read in one way only.
    """
    try:
        data = read_untrusted(folder / TIME, MOST_OF_TIME + 1)
        words = data.decode("utf-8-sig").strip() if len(data) <= MOST_OF_TIME else "far more than a time"
    except FileNotFoundError:
        return None
    except ValueError:
        words = "not text"
    except OSError as error:
        raise BadSubmission(f"{TIME} cannot be read: {error.strerror}") from error
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


def must_have_a_plain_name(student: str) -> None:
    """Raise BadSubmission for a folder's name that nbgrader reads as a pattern, changes or cannot store."""
    if not is_id(student):
        raise BadSubmission("the folder's name holds markup or unprintable characters: rename the folder")
    if len(student) > LONGEST or len(student.encode()) > MAX_BYTES_OF_NAME:
        raise BadSubmission(f"the folder's name is longer than {LONGEST} characters: rename the folder")
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
