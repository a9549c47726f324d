"""What lies in a submission's folder, looked at before anything of it is opened or copied.

files_of(folder)             every file in it; raises BadSubmission where it holds anything that is none
must_tell_the_time(folder)   raises BadSubmission where nbgrader could not read when it was handed in
must_be_a_name(student)      raises BadSubmission where nbgrader would take somebody else for its owner

nbgrader copies the whole folder and follows links on the way: to the solutions, to the course's secret, to
what others handed in. A pipe in place of what it reads makes it wait for ever, and a device has no end.
"""

from __future__ import annotations

import glob
import os
import textwrap
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import BadSubmission
from autograder.worker.outcome import harmless

MOST_FILES = 1_000
MOST_BYTES = 100 << 20  # as much as nbgrader's exchange takes, if it is not told otherwise


def files_of(folder: Path) -> list[Path]:
    """Every file in a submission's folder, in the order of their names.

    Raises BadSubmission for links and whatever else is no file, for names that are no UTF-8, and for far too
    much of everything.
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
        raise BadSubmission(f"the folder {folder.name} is a link, and no folder")
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name != entry.name.encode(errors="replace").decode():
                    raise BadSubmission(f"the name of {entry.name!a} is no UTF-8: rename it")
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                elif entry.is_file(follow_symlinks=False):
                    yield Path(entry.path), entry.stat(follow_symlinks=False).st_size
                else:
                    raise BadSubmission(f"{harmless(entry.name)} is a link, a pipe or a device, and no file")


def must_tell_the_time(folder: Path) -> None:
    """Raise BadSubmission where timestamp.txt, by which nbgrader knows who was late, cannot be read."""
    from nbgrader.utils import parse_utc

    try:
        words = (folder / "timestamp.txt").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return
    except ValueError:
        words = "no text"
    try:
        if words:  # nbgrader goes on without a time where there is none
            parse_utc(words)
    except (ValueError, OverflowError) as error:
        shown = textwrap.shorten(words, 40, placeholder=" …")
        raise BadSubmission(
            f"timestamp.txt says {shown!r}: no time, as 2026-01-31 12:00:00 UTC is"
        ) from error


def must_be_a_name(student: str) -> None:
    """Raise BadSubmission for a folder's name that nbgrader reads otherwise than it is written."""
    if glob.escape(student) != student:
        raise BadSubmission("nbgrader takes *, ? and [ in a student's name for a pattern: rename the folder")
    if student != student.strip():
        raise BadSubmission("nbgrader drops blanks around a student's name: rename the folder")
