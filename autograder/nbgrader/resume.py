"""Which submissions can be skipped: neither they nor anything that graded them has changed.

digest_of(course, unit, student)    a digest of everything that a score depends on
graded_already(course, tasks)       the tasks whose record is complete, up to date and as in the gradebook

A record is completed last, when nbgrader has saved the scores and written its notebook. A run that is killed
leaves records incomplete, and those submissions are graded again from the beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from autograder.errors import BadSubmission
from autograder.nbgrader import records
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import auto_points
from autograder.nbgrader.inbox import answers_file, files_of
from autograder.nbgrader.lms.late import Deadlines, deadlines, text_of
from autograder.units import files
from autograder.units.kit import KitUnit

Task = tuple[str, str]  # a unit's name and a student's


def digest_of(course: Course, unit: KitUnit, student: str, when: Deadlines | None = None) -> str:
    """A digest of the submission, its lateness, the unit as released and as it is, seed, settings, code."""
    folder = course.submitted_folder(unit, student)
    try:
        handed_in = list(_handed_in(folder, unit))
    except BadSubmission as error:  # none of its files will be opened
        return files.digest([], _digest_of_unit(course, unit), str(error))
    names = [str(path.relative_to(folder)) for path in handed_in]
    late = text_of(course, unit, student, when)
    return files.digest(handed_in, _digest_of_unit(course, unit), *names, *[late] * bool(late))


def graded_already(course: Course, tasks: Iterable[Task]) -> set[Task]:
    """The tasks that are done; after the gradebook was lost or restored, some of them no longer are."""
    saved: dict[str, dict[str, float | None]] = {}
    when: dict[str, Deadlines] = {}
    done = set()
    for name, student in tasks:
        unit = course.unit(name)
        when[name] = when.get(name) or deadlines(course, unit)
        completion = records.completion(course, unit, student)
        if completion is None or completion.digest != digest_of(course, unit, student, when[name]):
            continue
        if name not in saved:
            saved[name] = auto_points(course, unit)
        has_notebook = course.autograded_file(unit, student).exists()
        if completion.saved == saved[name].get(student) and has_notebook == (completion.saved is not None):
            done.add((name, student))
    return done


def _handed_in(folder: Path, unit: KitUnit) -> Iterator[Path]:
    """A submission's files, without a notebook that only stands for another file."""
    for path in files_of(folder):
        if path != folder / f"{unit.name}.ipynb" or answers_file(path) == path:
            yield path


def _digest_of_unit(course: Course, unit: KitUnit) -> str:
    paths = [unit.folder / "checks.py", unit.recorded_file, *sorted(unit.solutions.glob("*.py"))]
    ours = [course.released_file(unit), course.root / "nbgrader_config.py"]
    return files.digest([*paths, *ours], str(course.seed(unit)), _digest_of_code())


@cache
def _digest_of_code() -> str:
    """The judge and the engine: another version might give other scores."""
    root = Path(__file__).resolve().parents[2]
    paths = (path for part in ("autograder", "engine") for path in (root / part).rglob("*"))
    return files.digest(sorted(path for path in paths if path.suffix in (".py", ".txt")))
