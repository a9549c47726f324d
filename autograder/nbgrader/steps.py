"""The steps of a course, by nbgrader's own API: its log is hidden, its failures become GradfnErrors.

release(course, unit)                    make the notebook that students receive
write_feedback(course, unit, student)    write a page for each graded submission, or for one
graded_students(course, unit)            the students whose submissions are graded
collect(course, unit)                    take in what was handed in by nbgrader's exchange, if there is one
nbgrader_api(course), must_succeed(...)  call nbgrader, and raise if it failed
"""

from __future__ import annotations

import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from autograder.answers.notebooks import source_notebook
from autograder.errors import GradfnError, NotFound
from autograder.nbgrader.cells import change_cells
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import must_hold, quiet
from autograder.units.files import os_words, write_whole
from autograder.units.kit import KitUnit

EVERYONE = "*"  # nbgrader reads a student's name as a pattern
_LOGGED = re.compile(r"^ {4}(?:\w+\.)*(\w+(?::.*)?)$", re.MULTILINE)  # an exception below its traceback


@dataclass(frozen=True)
class Released:
    """The released notebook, and which cells were added or removed after something was handed in."""

    file: Path
    changed: str


def release(course: Course, unit: KitUnit) -> Released:
    """Write the unit's source notebook and let nbgrader make the released one.

    Raises GradfnError with the reason if that fails; source/ and release/ are then as they were. Both are
    made in another folder first, and copied file by file: either may be a mount point, or hold open files.
    """
    staging = course.private / "staging"
    source, file = course.source_folder(unit), course.released_file(unit)
    new = staging / "source" / unit.name
    try:
        shutil.rmtree(staging, ignore_errors=True)
        new.mkdir(parents=True)
        for folder in (source, unit.folder / "pictures"):
            if folder.is_dir():
                target = new / "pictures" if folder.name == "pictures" else new
                shutil.copytree(folder, target, dirs_exist_ok=True)
        notebook = source_notebook(unit)
        write_whole(new / f"{unit.name}.ipynb", nbformat.writes(notebook))
        changed = change_cells(course, unit, notebook)
        with nbgrader_api(course, staging) as api:
            must_succeed(api.generate_assignment(unit.name, force=True), f"releasing {unit.name}")
        _install(staging / "release" / unit.name, file.parent, 0o666)
        _install(new, source, 0o660)
    except OSError as error:
        raise GradfnError(f"releasing {unit.name} failed: {os_words(error)}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    with suppress(OSError):  # another user's
        for path in (file.parents[1], file.parent, *file.parent.rglob("*")):  # it is made for everyone
            path.chmod(stat.S_IMODE(path.stat().st_mode) | (0o755 if path.is_dir() else 0o644))
    return Released(file, changed)


def _install(new: Path, folder: Path, mode: int) -> None:
    """Put the files of `new` into a folder, and remove all others from it."""
    names = [path.relative_to(new) for path in sorted(new.rglob("*")) if path.is_file()]
    for name in names:
        write_whole(folder / name, (new / name).read_bytes(), mode)
    for old in [path for path in folder.rglob("*") if path.is_file()]:
        if old.relative_to(folder) not in names:
            old.unlink()


def collect(course: Course, unit: KitUnit) -> None:
    """Take in what is new in nbgrader's exchange; nothing where the course has none."""
    root = course.config.Exchange.get("root", "/usr/local/share/nbgrader/exchange")
    inbound = Path(root) / course.course_id / "inbound"
    if inbound.is_dir() or course.config.ExchangeFactory.get("collect"):
        with nbgrader_api(course) as api:
            must_succeed(api.collect(unit.name, update=True), f"collecting {unit.name}")


def write_feedback(course: Course, unit: KitUnit, student: str = EVERYONE) -> list[Path]:
    """Write the pages of all graded submissions, or of one; raises what `graded_students` raises."""
    graded = graded_students(course, unit) if student == EVERYONE else [student]
    with nbgrader_api(course) as api:
        done = api.generate_feedback(unit.name, student, force=True)
    must_succeed(done, f"the feedback on {unit.name}")
    return [course.feedback_file(unit, name) for name in graded]


def graded_students(course: Course, unit: KitUnit) -> list[str]:
    """The students whose submissions are graded; the pages of others, about earlier submissions, are removed.

    Raises NotFound if no submission is graded, or if the gradebook does not hold the unit.
    """
    students = course.students(unit)
    graded = [student for student in students if course.autograded_file(unit, student).exists()]
    if not graded:
        raise NotFound(f"nothing of {unit.name} is graded yet: gradfn grade {unit.name}")
    must_hold(course, unit)
    for student in {*students} - {*graded}:
        course.feedback_file(unit, student).unlink(missing_ok=True)
    return graded


@contextmanager
def nbgrader_api(course: Course, folder: Path | None = None) -> Iterator[Any]:
    """nbgrader's API, configured by the course's own file; with source/ and release/ in another folder."""
    config = deepcopy(course.config)
    if folder:
        config.CourseDirectory.source_directory = str(folder.relative_to(course.root) / "source")
        config.CourseDirectory.release_directory = str(folder.relative_to(course.root) / "release")
    with quiet():
        from nbgrader.apps.api import NbGraderAPI

        yield NbGraderAPI(config=config)


def must_succeed(done: dict[str, Any], what: str) -> None:
    """Raise GradfnError if nbgrader failed, with the last exception that it logged or else raised."""
    if done["success"]:
        return
    lines = [line for line in done["error"].splitlines() if line.strip()]
    last = lines[-1] if lines else "no reason was given"
    if last.startswith("KeyboardInterrupt"):
        raise KeyboardInterrupt  # nbgrader catches it
    logged = _LOGGED.findall(done.get("log", ""))
    raise GradfnError(f"{what} failed: {os_words(OSError(logged[-1] if logged else last))}")
