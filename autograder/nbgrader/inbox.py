"""Check a submission's folder before anything in it is opened or copied.

files_of(folder)                   the regular files in it; raises BadSubmission for links, pipes and devices
provide_notebook(folder, unit)     write the notebook nbgrader looks for, if another file was handed in
answers_file(path)                 the file that such a notebook stands for
must_have_a_time(folder)           raise BadSubmission if timestamp.txt is not one
must_have_a_plain_name(student)    raise BadSubmission if nbgrader would take the name for others' too

nbgrader copies the whole folder and follows links: to the solutions, to the course's secret, to others'
submissions. Reading a pipe, it would wait for ever; a device has no end.
"""

from __future__ import annotations

import glob
import json
import os
import textwrap
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.errors import BadSubmission
from autograder.units.files import read_untrusted, write_whole
from autograder.units.kit import KitUnit
from autograder.worker.outcome import harmless

MOST_FILES = 1_000
MOST_OF_STAND_IN = 4_000
MOST_OF_TIME = 100
MOST_BYTES = 100 << 20  # nbgrader's exchange takes as much by default


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
    files = files_of(folder)
    expected = folder / f"{unit.name}.ipynb"
    if expected.exists() and answers_file(expected) == expected:
        return
    for pattern in (f"{unit.name}.py", "*.ipynb", "*.py"):
        found = [path for path in sorted(folder.glob(pattern)) if path != expected and path in files]
        if len(found) > 1:
            names = ", ".join(harmless(path.name) for path in found)
            raise BadSubmission(f"which file holds the answers? None is called {expected.name}: {names}")
        if found:
            write_whole(expected, nbformat.writes(_stand_in(found[0].name)))
            return
    raise BadSubmission(f"neither {expected.name} nor a .py file was handed in")


def _stand_in(name: str) -> nbformat.NotebookNode:
    words = f"`{name}` was handed in. It is read and graded in place of this notebook."
    return new_notebook(
        cells=[new_markdown_cell(words, id="stand-in")], metadata={"gradfn": {"stands_for": name}}
    )


def answers_file(path: Path) -> Path:
    """The file that a notebook stands for, in the same folder; an ordinary notebook stands for itself."""
    try:
        # One that stands for another is short: parsing a longer one is left to a worker.
        name = json.loads(read_untrusted(path, MOST_OF_STAND_IN))["metadata"]["gradfn"]["stands_for"]
        meant = path.parent / name
        hidden = meant.parent != path.parent or meant.name.startswith(".")
        return meant if meant.is_file() and not hidden else path
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return path


def must_have_a_time(folder: Path) -> None:
    """Raise BadSubmission if timestamp.txt, from which nbgrader computes late penalties, is not a time."""
    from nbgrader.utils import parse_utc

    try:
        data = read_untrusted(folder / "timestamp.txt", MOST_OF_TIME + 1)
        words = data.decode().strip() if len(data) <= MOST_OF_TIME else "far more than a time"
    except FileNotFoundError:
        return
    except ValueError:
        words = "not text"
    try:
        if words:  # nbgrader takes an empty file for "no timestamp"
            parse_utc(words)
    except (ValueError, OverflowError) as error:
        shown = textwrap.shorten(words, 40, placeholder=" …")
        raise BadSubmission(
            f"timestamp.txt says {shown!r}, which is not a time: write it like 2026-01-31 12:00:00 UTC"
        ) from error


def must_have_a_plain_name(student: str) -> None:
    """Raise BadSubmission for a folder's name that nbgrader reads as a pattern or changes."""
    if glob.escape(student) != student:
        raise BadSubmission("nbgrader reads *, ? and [ in a student's name as a pattern: rename the folder")
    if student != student.strip():
        raise BadSubmission("nbgrader drops the blanks around a student's name: rename the folder")
