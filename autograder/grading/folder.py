"""Check a submission's folder before anything in it is opened, and choose the file that counts.

files_of(folder)              the regular files in it; raises BadSubmission for links, pipes and devices
read_answers(folder, unit)    the Submission in it: of several files the one with answers counts
stands_for_another(path)      whether a notebook is a stand-in that an earlier version wrote

Links would lead to the solutions, to the course's secret, to others' submissions. Reading a pipe, nbgrader
would wait for ever; a device has no end. Files with a leading dot, and those of __MACOSX, are not read: they
are a system's or a tool's, and no student's.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from autograder.answers.submission import Submission, answered, suffix_of
from autograder.errors import BadSubmission
from autograder.grading.sandbox import read_submission
from autograder.units.files import cannot_read, read_untrusted, read_untrusted_text
from autograder.units.kit import KitUnit
from autograder.worker.outcome import harmless

MOST_FILES, MOST_READ = 1_000, 8
MOST_OF_STAND_IN = 4_000
MOST_BYTES = 100 << 20  # nbgrader's exchange takes as much by default
TIME = "timestamp.txt"
SECRET = "submission_secret.txt"  # of nbgrader's exchange: under its hash a student fetches the feedback
REFUSED = "not-taken.txt"  # in place of answers: why `gradfn collect` has found none
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar")
NOT_STUDENTS = ("__MACOSX", "__pycache__", "lost+found", "desktop.ini", "Thumbs.db")
STAND_IN_ID = "stand-in"


def files_of(folder: Path) -> list[Path]:
    """The files in a submission's folder that are not hidden, sorted by name.

    Raises BadSubmission for links, pipes and devices, for names that are not UTF-8, and for far too many
    files or bytes; GradfnError where the system refuses to read it.
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
        raise cannot_read("the folder", error) from error
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
    if reasons := [path for path in files if path == folder / REFUSED]:
        raise BadSubmission(harmless(read_untrusted_text(reasons[0], MOST_OF_STAND_IN)))
    there = [path for path in files if path.name not in (TIME, SECRET) and not stands_for_another(path)]
    names = ", ".join(harmless(path.name) for path in there[:3]) + " …" * (len(there) > 3)
    if any(path.suffix.lower() in ARCHIVES for path in there):
        raise BadSubmission(f"only {names} was handed in: unpack it into this folder")
    if there:
        raise BadSubmission(f"only {names} was handed in, no .ipynb or .py file")
    raise BadSubmission("its files hold no answers" if files else "the folder is empty")


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
