"""The steps of a course, each by nbgrader's own API, with its noise kept back and its failures named.

release(course, unit)            the unit's notebook, as students receive it
grade(course, unit, progress)    every submission: a score or a named failure
feedback(course, unit)           an HTML page for each graded submission
export(course)                   the gradebook as grades.csv
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.errors import BadSubmission, GradfnError, NotFound
from autograder.kit import KitUnit
from autograder.nbgrader import records
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import clear_scores, gradebook, quiet
from autograder.notebooks import source_notebook

#: Called after each submission: how many are done, how many there are, whose it was and what became of it.
Progress = Callable[[int, int, str, records.Record], None]


def release(course: Course, unit: KitUnit) -> Path:
    """Write the unit's source notebook and let nbgrader make the released one; the released file.

    Raises GradfnError with nbgrader's reason, for example where submissions of other cells exist.
    """
    folder = course.source_folder(unit)
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(source_notebook(unit), folder / f"{unit.name}.ipynb")
    if (pictures := unit.folder / "pictures").is_dir():
        shutil.copytree(pictures, folder / "pictures", dirs_exist_ok=True)
    with _api(course) as api:
        _must_succeed(api.generate_assignment(unit.name, force=True), f"releasing {unit.name}")
    return course.released_file(unit)


def grade(course: Course, unit: KitUnit, progress: Progress | None = None) -> dict[str, records.Record]:
    """Grade every submission anew; what became of each, by student.

    Raises NotFound where the unit was not released or nobody handed in, KitFault where the right answers
    cannot be made. A submission that cannot be graded is a failed Record and stops no other.
    """
    if not course.released_file(unit).exists():
        raise NotFound(f"{unit.name} is not released in this course: gradfn release {unit.name}")
    students = course.students(unit)
    if not students:
        raise NotFound(f"nobody has handed in {unit.name}: {course.root}/submitted holds no submission of it")
    course.recorded(unit)
    result = {}
    with _api(course) as api:
        for number, student in enumerate(students, 1):
            result[student] = _grade_one(api, course, unit, student)
            if progress:
                progress(number, len(students), student, result[student])
    return result


def _grade_one(api: Any, course: Course, unit: KitUnit, student: str) -> records.Record:
    records.forget(course, unit, student)
    try:
        provide_notebook(course.submitted_folder(unit, student), unit)
        done = api.autograde(unit.name, student, force=True)
        _must_succeed(done, f"grading {student}")
    except GradfnError as error:
        if records.read(course, unit, student) is None:
            records.keep_failure(course, unit, student, str(error))
            clear_scores(course, unit, student)
    record = records.read(course, unit, student)
    if record is None:
        raise GradfnError(
            f"{unit.name} of {student} was graded without a trace: is nbgrader_config.py edited?"
        )
    return record


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
            nbformat.write(_stand_in(found[0].name), expected)
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
    with _api(course) as api:
        done = api.generate_feedback(unit.name, force=True)
    _must_succeed(done, f"the feedback on {unit.name}")
    pages = (course.feedback_file(unit, student) for student in course.students(unit))
    return [page for page in pages if page.exists()]


def export(course: Course) -> Path:
    """Write the gradebook to grades.csv in the course's folder, as nbgrader exports it."""
    target = course.root / "grades.csv"
    with gradebook(course) as opened:
        from nbgrader.plugins import CsvExportPlugin

        CsvExportPlugin(to=str(target)).export(opened)
    return target


@contextmanager
def _api(course: Course) -> Iterator[Any]:
    """nbgrader's API, configured by the course's own file."""
    with quiet():
        from nbgrader.apps.api import NbGraderAPI
        from traitlets.config import PyFileConfigLoader

        yield NbGraderAPI(config=PyFileConfigLoader("nbgrader_config.py", str(course.root)).load_config())


def _must_succeed(done: dict[str, Any], what: str) -> None:
    """Raise GradfnError with the reason that nbgrader logged."""
    if done["success"]:
        return
    lines = [line for line in done["error"].splitlines() if line.strip()]
    last = lines[-1] if lines else "no reason was given"
    if last.startswith("KeyboardInterrupt"):
        raise KeyboardInterrupt  # nbgrader catches even this
    raise GradfnError(f"{what} failed: {last}")
