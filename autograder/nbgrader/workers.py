"""What runs in a worker of a cluster (see `cluster`), and what it is sent.

Needs, Settings, Job        what a worker must have, what it is told of a run, a submission on its way
needs_of(course, units)     what gives the points that this machine gives
examine, enrol              whether a worker fits, and whether it is ready for a run; a text says why not
grade_there, leave          grade a submission; forget the run
"""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from autograder import __version__
from autograder.errors import GradfnError
from autograder.grading.imports import forget_working_directory
from autograder.grading.isolation import lacking
from autograder.nbgrader.bulk import Bench, Judged, finish, unsaved
from autograder.nbgrader.course import PRIVATE, Course
from autograder.nbgrader.records import in_a_line
from autograder.nbgrader.resume import digest_of_code
from autograder.units import files
from autograder.units.kit import INSTALLED, Kit, KitUnit
from autograder.units.places import installed_units
from autograder.units.recorded import Recorded

_desks: dict[str, tuple[Bench, TemporaryDirectory[str]]] = {}  # by the run's name
_one_at_a_time = threading.Lock()  # whatever --nthreads says: a sandbox belongs to one submission


@dataclass(frozen=True)
class Needs:
    """The kit, digests of code and units, packages; `kit` is tried where the worker's own does not fit."""

    version: str
    code: str
    units: Mapping[str, str]
    packages: Mapping[str, str]
    kit: Kit


@dataclass(frozen=True)
class Settings:
    """What a worker is told of a run: the reference answers are secret, and nothing is of the gradebook."""

    name: str
    needs: Needs
    config: Any = field(repr=False)
    released: Mapping[str, bytes] = field(repr=False)
    answers: Mapping[str, Recorded] = field(repr=False)


@dataclass(frozen=True)
class Job:
    """A submission on its way: its files by their paths in the course, and how much is held against it."""

    begun: Judged
    files: Mapping[str, bytes] = field(repr=False)
    blamed: int = 0


@dataclass(frozen=True)
class _SentCourse(Course):
    """A course as a worker has it: the reference answers came along, the secret did not."""

    answers: Mapping[str, Recorded] = field(default_factory=dict, compare=False)

    def recorded(self, unit: KitUnit) -> Recorded:
        return self.answers[unit.name]


def needs_of(course: Course, units: Sequence[KitUnit]) -> Needs:
    """What a worker must have to give the same points."""
    packages = {package: _version(package) for unit in units for package in unit.declaration.packages}
    digests = {unit.name: _digest(unit) for unit in units}
    return Needs(__version__, digest_of_code(), digests, packages, course.kit)


def _digest(unit: KitUnit) -> str:
    """A digest of what a worker uses of a unit."""
    return files.digest([*unit.checks_files, unit.recorded_file])


def _version(package: str) -> str:
    try:
        return version(package).partition("+")[0]  # 2.13.0+cpu
    except PackageNotFoundError:
        return ""


async def examine(needs: Needs) -> str:
    """Why this worker cannot grade, or an empty text; a thread does it, which may take seconds."""
    return await asyncio.to_thread(_examine, needs)


def _examine(needs: Needs) -> str:
    forget_working_directory()
    if (__version__, digest_of_code()) != (needs.version, needs.code):
        other = " with other code" * (__version__ == needs.version)
        return f"it has gradfn {__version__}{other}, not {needs.version}: install that there, then restart it"
    for package, wanted in needs.packages.items():
        if (found := _version(package)) != wanted:
            has = f"{package} {found}" if found else f"no {package}"
            return f"it has {has}, not {wanted}: pip install {package}=={wanted} there, then restart it"
    try:
        kit = _kit(needs)
        for name in needs.units:
            if reason := lacking(kit.unit(name)):
                return f"it cannot confine submissions: {reason}. gradfn doctor there says more"
        import nbgrader.apps.api  # noqa: F401  # takes seconds: now, while the head makes its references
    except (GradfnError, ImportError) as error:
        return in_a_line(error)
    return ""


def _kit(needs: Needs) -> Kit:
    """The kit here that has the units as they must be; raises GradfnError if none has."""
    wrong: list[str] = []
    for kit in (Kit(INSTALLED, installed_units()), needs.kit):
        try:
            digests = {name: _digest(kit.unit(name)) for name in needs.units}
        except GradfnError as error:
            wrong.append(str(error))
            continue
        if digests == needs.units:
            return kit
        for name, digest in digests.items() - needs.units.items():
            has = f"it has another unit {name} ({digest[:8]}, not {needs.units[name][:8]}) in {kit.root}"
            wrong.insert(0, f"{has}: copy exercises/{name} there")
    raise GradfnError(wrong[0])


async def enrol(settings: Settings, dask_worker: Any) -> str:
    """Get ready for a run, and take its tasks from now on; or say why not."""
    if words := await asyncio.to_thread(_enrol, settings):
        return words
    await dask_worker.set_resources(**{settings.name: 1})
    return ""


def _enrol(settings: Settings) -> str:
    try:
        folder = TemporaryDirectory(prefix="gradfn-")
        course = _SentCourse(Path(folder.name), _kit(settings.needs), settings.answers)
        settings.config.CourseDirectory.root = folder.name
        vars(course)["config"] = settings.config
        for name, notebook in settings.released.items():
            files.write_whole(course.released_file(course.unit(name)), notebook)
        _desks[settings.name] = Bench(course), folder
    except Exception as error:  # such as a preprocessor of the course that is not installed here
        return in_a_line(error)
    return ""


def grade_there(name: str, job: Job) -> Judged:
    """Grade a submission; whatever goes wrong is said of it."""
    with _one_at_a_time:
        course = _desks[name][0].course
        try:
            for path, content in job.files.items():
                files.write_whole(course.root / path, content)
            return finish(_desks[name][0], course.unit(job.begun.task[0]), job.begun)
        except Exception as error:
            return unsaved(job.begun, error)
        finally:
            for part in ("submitted", PRIVATE):
                shutil.rmtree(course.root / part, ignore_errors=True)


async def leave(name: str, dask_worker: Any) -> None:
    """Take no more tasks of a run, and forget it."""
    await dask_worker.set_resources(**{name: 0})
    if desk := _desks.pop(name, None):
        desk[1].cleanup()
