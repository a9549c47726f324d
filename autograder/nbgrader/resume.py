"""Which submissions need not be graded again: those that are as they were, and so is all that graded them.

digest_of(course, unit, student)     of everything that a score is made of
graded_already(course, tasks)        whose record is finished, has this digest and is what the gradebook says

A record is finished last of all, when nbgrader has saved the scores and written its notebook. A run that was
killed leaves submissions without a finished record, and they are graded anew from the beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from autograder.errors import BadSubmission
from autograder.nbgrader import records
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import auto_points
from autograder.nbgrader.inbox import files_of
from autograder.nbgrader.steps import stands_for
from autograder.units import files
from autograder.units.kit import KitUnit

Task = tuple[str, str]  # a unit's name and a student's


def digest_of(course: Course, unit: KitUnit, student: str) -> str:
    """What was handed in, the unit as released and as it is now, the seed, the settings and our own code."""
    folder = course.submitted_folder(unit, student)
    try:
        handed_in = list(_handed_in(folder, unit))
    except BadSubmission as error:  # nothing of it will be opened
        return files.digest([], _digest_of_unit(course, unit), str(error))
    names = (str(path.relative_to(folder)) for path in handed_in)
    return files.digest(handed_in, _digest_of_unit(course, unit), *names)


def graded_already(course: Course, tasks: Iterable[Task]) -> set[Task]:
    """The tasks that are done; a gradebook that was lost or put back does not hold what was recorded."""
    saved: dict[str, dict[str, float | None]] = {}
    done = set()
    for name, student in tasks:
        unit = course.unit(name)
        finished = records.finished(course, unit, student)
        if finished is None or finished.digest != digest_of(course, unit, student):
            continue
        if name not in saved:
            saved[name] = auto_points(course, unit)
        has_notebook = course.autograded_file(unit, student).exists()
        if finished.saved == saved[name].get(student) and has_notebook == (finished.saved is not None):
            done.add((name, student))
    return done


def _handed_in(folder: Path, unit: KitUnit) -> Iterator[Path]:
    """A submission's files, without a notebook that only stands for another of them."""
    for path in files_of(folder):
        if path != folder / f"{unit.name}.ipynb" or stands_for(path) == path:
            yield path


def _digest_of_unit(course: Course, unit: KitUnit) -> str:
    paths = [unit.folder / "checks.py", unit.recorded_file, *sorted(unit.solutions.glob("*.py"))]
    ours = [course.released_file(unit), course.root / "nbgrader_config.py"]
    return files.digest([*paths, *ours], str(course.seed(unit)), _digest_of_code())


@cache
def _digest_of_code() -> str:
    """The judge and the engine: whoever is judged by another version might come to another score."""
    root = Path(__file__).resolve().parents[2]
    return files.digest(
        sorted(path for part in ("autograder", "engine") for path in (root / part).rglob("*.py"))
    )
