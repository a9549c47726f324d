"""Check a submission's folder before anything in it is opened or copied.

files_of(folder)                   the regular files in it; raises BadSubmission for links, pipes and devices
provide_notebook(folder, unit)     write the notebook nbgrader looks for, if another file was handed in
answers_file(path)                 the file that such a notebook stands for
time_of(folder)                    the time in timestamp.txt; raises BadSubmission if it is not one
last_change(folder)                when the newest of the other files was changed
must_have_a_plain_name(student)    raise BadSubmission for a name that nbgrader changes or cannot store
keep_only(folder, source, names)   leave only these files in a folder of pages, and those of the unit's source

nbgrader copies the whole folder and follows links: to the solutions, to the course's secret, to others'
submissions. Reading a pipe, it would wait for ever; a device has no end.
"""

from __future__ import annotations

import glob
import json
import os
import shutil
import textwrap
from collections.abc import Container, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.errors import BadSubmission
from autograder.nbgrader.course import is_id
from autograder.units.files import read_untrusted, write_whole
from autograder.units.kit import KitUnit
from autograder.worker.outcome import harmless

MOST_FILES = 1_000
MOST_OF_STAND_IN = 4_000
MOST_OF_TIME = 100
MOST_BYTES = 100 << 20  # nbgrader's exchange takes as much by default
LONGEST, MAX_BYTES_OF_NAME = 128, 240  # a column of nbgrader's tables; a file system's 255 less what is added
TIME = "timestamp.txt"
STAND_IN_ID = "stand-in"
STAND_IN = nbformat.writes(
    new_notebook(
        cells=[
            new_markdown_cell(
                "Another file in this folder was handed in. It is read and graded in place of this notebook.",
                id=STAND_IN_ID,
            )
        ]
    )
)


def files_of(folder: Path) -> list[Path]:
    """The files in a submission's folder, sorted by name.

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
                if entry.name != entry.name.encode(errors="replace").decode():
                    raise BadSubmission(f"the name of {entry.name!a} is not UTF-8: rename it")
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                elif entry.is_file(follow_symlinks=False):
                    yield Path(entry.path), entry.stat(follow_symlinks=False).st_size
                else:
                    raise BadSubmission(f"{harmless(entry.name)} is a link, a pipe or a device, not a file")


def provide_notebook(folder: Path, unit: KitUnit) -> None:
    """Write the notebook that nbgrader looks for, if the submission has its answers in another file.

    That notebook only stands for the other file, say a .py, which is the one that will be read. Raises
    BadSubmission if there is no such file, or more than one, and what `files_of` raises.
    """
    files_of(folder)
    expected = folder / f"{unit.name}.ipynb"
    if answers_file(expected) != expected:
        write_whole(expected, STAND_IN)


def answers_file(path: Path) -> Path:
    """The file that a notebook stands for, in the same folder; an ordinary notebook stands for itself.

    What a notebook's own metadata say counts for nothing, since a student can write them. Raises
    BadSubmission if a stand-in is all there is, or if more than one file may be meant.
    """
    if path.exists() and not _stands_for_another(path):
        return path
    for pattern in (f"{path.stem}.py", "*.ipynb", "*.py"):
        beside = (other for other in sorted(path.parent.glob(pattern)) if not other.name.startswith("."))
        found = [other for other in beside if other != path and other.is_file()]
        if len(found) > 1:
            names = ", ".join(harmless(other.name) for other in found)
            raise BadSubmission(f"which file holds the answers? None is called {path.name}: {names}")
        if found:
            return found[0]
    raise BadSubmission(f"neither {path.name} nor a .py file was handed in")


def _stands_for_another(path: Path) -> bool:
    """Whether a notebook is only the kit's own stand-in, as this version or 0.1.0 wrote it."""
    try:
        # A stand-in is short: parsing a longer notebook is left to a worker.
        notebook = json.loads(read_untrusted(path, MOST_OF_STAND_IN))
        (cell,) = notebook["cells"]
        return bool(cell["id"] == STAND_IN_ID and cell["cell_type"] == "markdown")
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def time_of(folder: Path) -> datetime | None:
    """The time in timestamp.txt, from which nbgrader computes late penalties; None without one.

    Raises BadSubmission if it is not a time.
    """
    from nbgrader.utils import parse_utc

    try:
        data = read_untrusted(folder / TIME, MOST_OF_TIME + 1)
        words = data.decode().strip() if len(data) <= MOST_OF_TIME else "far more than a time"
    except FileNotFoundError:
        return None
    except ValueError:
        words = "not text"
    try:
        # nbgrader takes an empty file for "no timestamp"
        return parse_utc(words) if words else None
    except (ValueError, OverflowError) as error:
        shown = textwrap.shorten(harmless(words), 40, placeholder=" …")
        raise BadSubmission(
            f"timestamp.txt says {shown!r}, which is not a time: write it like 2026-01-31 12:00:00 UTC"
        ) from error


def last_change(folder: Path) -> datetime:
    """When the newest of a submission's files but timestamp.txt was changed; in UTC, as nbgrader's times."""
    others = [path for path in files_of(folder) if path != folder / TIME]
    newest = max((path.lstat().st_mtime for path in others if not _stands_for_another(path)), default=0.0)
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
