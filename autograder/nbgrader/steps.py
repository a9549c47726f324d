"""The steps of a course, by nbgrader's own API: its log is hidden, its failures become GradfnErrors.

release(course, unit)                    make the notebook that students receive
write_feedback(course, unit, student)    write a page for each graded submission, or for one
graded_students(course, unit)            the students whose submissions are graded
nbgrader_api(course), must_succeed(...)  call nbgrader, and raise if it failed
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat

from autograder.answers.notebooks import source_notebook
from autograder.errors import GradfnError, NotFound
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import must_hold, quiet
from autograder.units.files import write_whole
from autograder.units.kit import KitUnit

EVERYONE = "*"  # nbgrader reads a student's name as a pattern
_LOGGED = re.compile(r"^ {4}(?:\w+\.)*(\w+(?::.*)?)$", re.MULTILINE)  # an exception below its traceback


def release(course: Course, unit: KitUnit) -> Path:
    """Write the unit's source notebook and let nbgrader make the released one; the released file.

    Raises GradfnError with nbgrader's reason, for example if submissions with other cells exist. An earlier
    release is then as it was, and its submissions can still be graded.
    """
    folder = course.source_folder(unit)
    with _restore_on_failure(folder, course.released_file(unit).parent):
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / f"{unit.name}.ipynb", nbformat.writes(source_notebook(unit)))
        if (pictures := unit.folder / "pictures").is_dir():
            shutil.copytree(pictures, folder / "pictures", dirs_exist_ok=True)
        with nbgrader_api(course) as api:
            must_succeed(api.generate_assignment(unit.name, force=True), f"releasing {unit.name}")
    for folder in (course.released_file(unit).parents[1], course.released_file(unit).parent):
        folder.chmod(0o755)  # it is made for everyone
    return course.released_file(unit)


@contextmanager
def _restore_on_failure(*folders: Path) -> Iterator[None]:
    """Put the folders back if the block raises: nbgrader removes a release before it makes the new one."""
    with tempfile.TemporaryDirectory() as backup:
        copies = [(folder, Path(backup) / str(number)) for number, folder in enumerate(folders)]
        for folder, copy in copies:
            if folder.exists():
                shutil.copytree(folder, copy)
        try:
            yield
        except BaseException:
            for folder, copy in copies:
                shutil.rmtree(folder, ignore_errors=True)
                if copy.exists():
                    shutil.copytree(copy, folder)
            raise


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
def nbgrader_api(course: Course) -> Iterator[Any]:
    """nbgrader's API, configured by the course's own file."""
    with quiet():
        from nbgrader.apps.api import NbGraderAPI

        yield NbGraderAPI(config=deepcopy(course.config))


def must_succeed(done: dict[str, Any], what: str) -> None:
    """Raise GradfnError if nbgrader failed, with the last exception that it logged or else raised."""
    if done["success"]:
        return
    lines = [line for line in done["error"].splitlines() if line.strip()]
    last = lines[-1] if lines else "no reason was given"
    if last.startswith("KeyboardInterrupt"):
        raise KeyboardInterrupt  # nbgrader catches it
    logged = _LOGGED.findall(done.get("log", ""))
    raise GradfnError(f"{what} failed: {logged[-1] if logged else last}")
