"""The steps of a course, each by nbgrader's own API, with its noise kept back and its failures named.

release(course, unit)            the unit's notebook, as students receive it
provide_notebook(folder, unit)   what nbgrader looks for, where another file was handed in
feedback(course, unit, student)  an HTML page for each graded submission, or for one
to_explain(course, unit)         whose those are
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.answers.notebooks import source_notebook
from autograder.answers.submission import MAX_BYTES
from autograder.errors import BadSubmission, GradfnError, NotFound
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import must_know, quiet
from autograder.nbgrader.inbox import files_of
from autograder.units.files import read_untrusted, write_whole
from autograder.units.kit import KitUnit
from autograder.worker.outcome import harmless

EVERYONE = "*"  # nbgrader takes a student's name for a pattern
_LOGGED = re.compile(r"^ {4}(?:\w+\.)*(\w+(?::.*)?)$", re.MULTILINE)  # an exception below its traceback


def release(course: Course, unit: KitUnit) -> Path:
    """Write the unit's source notebook and let nbgrader make the released one; the released file.

    Raises GradfnError with nbgrader's reason, for example where submissions of other cells exist. What was
    released before is as it was then, and can be graded on.
    """
    folder = course.source_folder(unit)
    with _put_back_if_it_fails(folder, course.released_file(unit).parent):
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / f"{unit.name}.ipynb", nbformat.writes(source_notebook(unit)))
        if (pictures := unit.folder / "pictures").is_dir():
            shutil.copytree(pictures, folder / "pictures", dirs_exist_ok=True)
        with nbgrader_api(course) as api:
            must_succeed(api.generate_assignment(unit.name, force=True), f"releasing {unit.name}")
    return course.released_file(unit)


@contextmanager
def _put_back_if_it_fails(*folders: Path) -> Iterator[None]:
    """Keep what is in the folders: nbgrader takes its own away where it cannot make it anew."""
    with tempfile.TemporaryDirectory() as kept:
        copies = [(folder, Path(kept) / str(number)) for number, folder in enumerate(folders)]
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


def provide_notebook(folder: Path, unit: KitUnit) -> None:
    """See to it that a submission holds the notebook nbgrader looks for.

    Where only one other file can be meant, say a .py, a notebook is written that stands for it; the file
    itself is what will be read. Raises BadSubmission where none or several could be meant, and as `files_of`.
    """
    files = files_of(folder)
    expected = folder / f"{unit.name}.ipynb"
    if expected.exists() and stands_for(expected) == expected:
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


def stands_for(path: Path) -> Path:
    """The file in the same folder that a notebook stands for; itself, if it is an ordinary one."""
    try:
        name = json.loads(read_untrusted(path, MAX_BYTES))["metadata"]["gradfn"]["stands_for"]
        meant = path.parent / name
        return meant if meant.parent == path.parent and meant.is_file() else path
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return path


def feedback(course: Course, unit: KitUnit, student: str = EVERYONE) -> list[Path]:
    """Write the feedback pages of all graded submissions, or of one; the pages. Raises as `to_explain`."""
    graded = to_explain(course, unit) if student == EVERYONE else [student]
    with nbgrader_api(course) as api:
        done = api.generate_feedback(unit.name, student, force=True)
    must_succeed(done, f"the feedback on {unit.name}")
    return [course.feedback_file(unit, name) for name in graded]


def to_explain(course: Course, unit: KitUnit) -> list[str]:
    """Whose submissions are graded; a page of anybody else's is of an earlier submission, and goes.

    Raises NotFound where nothing is graded, or the gradebook does not hold the unit.
    """
    students = course.students(unit)
    graded = [student for student in students if course.autograded_file(unit, student).exists()]
    if not graded:
        raise NotFound(f"nothing of {unit.name} is graded yet: gradfn grade {unit.name}")
    must_know(course, unit)
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
    """Raise GradfnError with the last exception that nbgrader logged, or else with what it raised."""
    if done["success"]:
        return
    lines = [line for line in done["error"].splitlines() if line.strip()]
    last = lines[-1] if lines else "no reason was given"
    if last.startswith("KeyboardInterrupt"):
        raise KeyboardInterrupt  # nbgrader catches even this
    logged = _LOGGED.findall(done.get("log", ""))
    raise GradfnError(f"{what} failed: {logged[-1] if logged else last}")
