"""The steps of a course, each by nbgrader's own API, with its noise kept back and its failures named.

release(course, unit)            the unit's notebook, as students receive it
provide_notebook(folder, unit)   what nbgrader looks for, where another file was handed in
feedback(course, unit)           an HTML page for each graded submission
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.errors import BadSubmission, GradfnError, NotFound
from autograder.files import write_whole
from autograder.kit import KitUnit
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import quiet
from autograder.notebooks import source_notebook


def release(course: Course, unit: KitUnit) -> Path:
    """Write the unit's source notebook and let nbgrader make the released one; the released file.

    Raises GradfnError with nbgrader's reason, for example where submissions of other cells exist.
    """
    folder = course.source_folder(unit)
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / f"{unit.name}.ipynb", nbformat.writes(source_notebook(unit)))
    if (pictures := unit.folder / "pictures").is_dir():
        shutil.copytree(pictures, folder / "pictures", dirs_exist_ok=True)
    with nbgrader_api(course) as api:
        must_succeed(api.generate_assignment(unit.name, force=True), f"releasing {unit.name}")
    return course.released_file(unit)


def provide_notebook(folder: Path, unit: KitUnit) -> None:
    """See to it that a submission holds the notebook nbgrader looks for.

    Where only one other file can be meant, say a .py, a notebook is written that stands for it; the file
    itself is what will be read. Raises BadSubmission where none or several could be meant.
    """
    expected = folder / f"{unit.name}.ipynb"
    if expected.exists() and stands_for(expected) == expected:
        return
    for pattern in (f"{unit.name}.py", "*.ipynb", "*.py"):
        found = [path for path in sorted(folder.glob(pattern)) if path != expected]
        if len(found) > 1:
            names = ", ".join(path.name for path in found)
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
        name = json.loads(path.read_bytes())["metadata"]["gradfn"]["stands_for"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return path
    if (
        isinstance(name, str)
        and (path.parent / name).parent == path.parent
        and (path.parent / name).is_file()
    ):
        return path.parent / name
    return path


def feedback(course: Course, unit: KitUnit) -> list[Path]:
    """Write the feedback pages of all graded submissions; the pages. Raises NotFound where there are none."""
    if not any(course.autograded_file(unit, student).exists() for student in course.students(unit)):
        raise NotFound(f"nothing of {unit.name} is graded yet: gradfn grade {unit.name}")
    with nbgrader_api(course) as api:
        done = api.generate_feedback(unit.name, force=True)
    must_succeed(done, f"the feedback on {unit.name}")
    pages = (course.feedback_file(unit, student) for student in course.students(unit))
    return [page for page in pages if page.exists()]


@contextmanager
def nbgrader_api(course: Course) -> Iterator[Any]:
    """nbgrader's API, configured by the course's own file."""
    with quiet():
        from nbgrader.apps.api import NbGraderAPI

        yield NbGraderAPI(config=deepcopy(course.config))


def must_succeed(done: dict[str, Any], what: str) -> None:
    """Raise GradfnError with the reason that nbgrader logged."""
    if done["success"]:
        return
    lines = [line for line in done["error"].splitlines() if line.strip()]
    last = lines[-1] if lines else "no reason was given"
    if last.startswith("KeyboardInterrupt"):
        raise KeyboardInterrupt  # nbgrader catches even this
    raise GradfnError(f"{what} failed: {last}")
