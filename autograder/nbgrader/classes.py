"""Grading a class by nbgrader, on as many processes as there are cores.

    grade_class(course, unit, ...)  every new or changed submission of a unit: a score or a named failure
    grade_all(course, units, ...)   of several units, with the same processes
    feedback_all(course, units)     the feedback pages of some units, also by several processes
    Options                         how many processes, which students, all anew

A run can be ended at any moment, by Ctrl-C or worse: the next one takes up what is left. Only one at a time
grades a course.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from filelock import FileLock, Timeout

from autograder.errors import BadSubmission, GradfnError, NotFound
from autograder.grading.processes import may_run
from autograder.nbgrader import records
from autograder.nbgrader.byhand import given, settle
from autograder.nbgrader.course import Course, open_course
from autograder.nbgrader.database import must_open, share_engines
from autograder.nbgrader.gradebook import auto_points, clear_scores, must_know, quiet, register
from autograder.nbgrader.graft import must_fit
from autograder.nbgrader.inbox import must_be_a_name, must_tell_the_time
from autograder.nbgrader.pool import Lost, Pool
from autograder.nbgrader.resume import Task, digest_of, graded_already
from autograder.nbgrader.steps import feedback, must_succeed, nbgrader_api, provide_notebook, to_explain
from autograder.units.kit import KitUnit

FEW = 4  # submissions that one process grades before another is worth its start
#: Called after each submission: how many are done, how many there are, whose it was and what became of it.
Progress = Callable[[int, int, Task, records.Record], None]


@dataclass(frozen=True)
class Options:
    """How to grade: by `jobs` processes (0: one a core), all `students` or some, `regrade` what is graded."""

    jobs: int = 0
    students: Sequence[str] = ()
    regrade: bool = False


EVERYTHING_NEW = Options()


def grade_class(
    course: Course, unit: KitUnit, progress: Progress | None = None, options: Options = EVERYTHING_NEW
) -> dict[str, records.Record]:
    """Grade the submissions of a unit; what became of each, by student. Raises as `grade_all`."""
    return {student: record for (_, student), record in grade_all(course, [unit], progress, options).items()}


def grade_all(
    course: Course,
    units: Sequence[KitUnit],
    progress: Progress | None = None,
    options: Options = EVERYTHING_NEW,
) -> dict[Task, records.Record]:
    """Grade the submissions of some units; the record of each, also of those that were graded already.

    Raises NotFound where a unit was not released or nobody handed it in, Unconfined without a sandbox,
    KitFault where the right answers cannot be made or the unit is not as it was released, GradfnError where
    another run is at work. A submission that cannot be graded is a failed Record and stops no other.
    """
    tasks = [(unit.name, student) for unit in units for student in _asked_for(course, unit, options.students)]
    may_run()
    # Each process has a sandbox of its own, which takes a moment to start.
    jobs = options.jobs or min(os.cpu_count() or 1, -(-len(tasks) // FEW))
    with _alone(course), Pool(jobs) as pool:
        pool.warm_up()
        with ThreadPoolExecutor(options.jobs or os.cpu_count()) as threads:
            list(threads.map(course.recorded, units))  # the right answers, by a process for each unit
        done = pool.call(_prepare, course.root, tasks, options.regrade)
        to_do = [task for task in tasks if task not in done]
        for number, (task, record) in enumerate(_run(pool, course, to_do), 1):
            done[task] = record
            if progress:
                progress(number, len(to_do), task, record)
    return {task: done[task] for task in tasks}


def _asked_for(course: Course, unit: KitUnit, students: Sequence[str]) -> list[str]:
    """Everyone who handed in a unit that can be graded, or those of them who were named."""
    if not course.released_file(unit).exists():
        raise NotFound(f"{unit.name} is not released in this course: gradfn release {unit.name}")
    must_fit(nbformat.read(course.released_file(unit), as_version=4), unit)
    everyone = course.students(unit)
    if not everyone:
        raise NotFound(course.nobody(unit))
    for student in students:
        if student not in everyone:
            raise NotFound.named(f"student who handed in {unit.name}", student, everyone)
    return [student for student in everyone if not students or student in students]


@contextmanager
def _alone(course: Course) -> Iterator[None]:
    """Raise GradfnError where another process grades this course; the system ends a lock with its process."""
    lock = FileLock(course.private / "grading.lock")
    try:
        held = lock.acquire(blocking=False)
    except Timeout as error:
        raise GradfnError(
            f"another gradfn grade is at work in {course.root}: wait for its end, or stop it with Ctrl-C"
        ) from error
    with held:
        yield


def _run(pool: Pool, course: Course, tasks: Sequence[Task]) -> Iterator[tuple[Task, records.Record]]:
    """Each task with its record, in the order in which they end."""
    lost = []
    for number, result in pool.map(grade_one, [(course.root, task) for task in tasks]):
        if isinstance(result, Lost):
            lost.append((course.root, tasks[number], f"the process that graded it ended: {result.how}"))
        else:
            yield tasks[number], result
    for number, result in pool.map(_give_up, lost):
        yield lost[number][1], result


def _prepare(root: Path, tasks: Sequence[Task], regrade: bool) -> dict[Task, records.Record]:
    """Write everyone into the gradebook, and find what is graded already.

    Once and first, because two processes that both add the same student would fail.
    """
    course, _ = _opened(root)
    must_open(course)
    for name in dict(tasks):
        must_know(course, course.unit(name))
    register(course, sorted({student for _, student in tasks}))
    if regrade:  # whatever ends this run, the next one goes on with it
        for name, student in tasks:
            records.reopen(course, course.unit(name), student)
    done = graded_already(course, tasks)
    found = {task: records.read(course, course.unit(task[0]), task[1]) for task in done}
    return {task: record for task, record in found.items() if record is not None}


def grade_one(root: Path, task: Task) -> records.Record:
    """Grade one submission in this process; whatever it does, it ends as a Record."""
    course, api = _opened(root)
    unit, student = course.unit(task[0]), task[1]
    try:
        digest = digest_of(course, unit, student)
        records.forget(course, unit, student)
        provide_notebook(course.submitted_folder(unit, student), unit)
        must_tell_the_time(course.submitted_folder(unit, student))
        must_be_a_name(student)
        graded_by_hand = given(course, unit, student)
        with quiet():
            done = api.autograde(unit.name, student, force=True)
        must_succeed(done, f"grading {student}")
        settle(course, unit, student, graded_by_hand)
    except GradfnError as error:
        record = _failed(course, unit, student, str(error))
        if isinstance(error, BadSubmission):  # grading it again would end as this did
            records.finish(course, unit, student, digest, None)
        return record
    except Exception as error:  # of nbgrader, a library or the disk: it stops no other submission
        return _failed(course, unit, student, f"{type(error).__name__}: {error}")
    graded = records.read(course, unit, student)
    if graded is None:
        raise GradfnError(
            f"{unit.name} of {student} was graded without a trace: is nbgrader_config.py edited?"
        )
    records.finish(course, unit, student, digest, auto_points(course, unit, student)[student])
    return graded


def _failed(course: Course, unit: KitUnit, student: str, reason: str) -> records.Record:
    """The record of a submission that could not be graded; the converter may have written a better one."""
    record = records.read(course, unit, student)
    if record is None or not record.failed:
        records.keep_failure(course, unit, student, reason)
        clear_scores(course, unit, student)
        # As nbgrader does where it fails itself: nothing of an earlier one is to be explained to anybody.
        course.autograded_file(unit, student).unlink(missing_ok=True)
        record = records.Record(0.0, unit.points, reason, failed=True)
    return record


def _give_up(root: Path, task: Task, reason: str) -> records.Record:
    """What is left to do for a submission that took its process along."""
    course, _ = _opened(root)
    return _failed(course, course.unit(task[0]), task[1], reason)


def feedback_all(
    course: Course, units: Sequence[KitUnit], progress: Callable[[int, int], None] | None = None
) -> dict[Task, str]:
    """Write the feedback pages of some units; by submission why its page could not be written, or nothing.

    Raises NotFound where nothing of a unit is graded. A page that cannot be written stops no other.
    """
    must_open(course)
    tasks = [(unit.name, student) for unit in units for student in to_explain(course, unit)]
    written = {}
    with Pool(min(os.cpu_count() or 1, -(-len(tasks) // FEW))) as pool:
        calls = [(course.root, task) for task in tasks]
        for done, (number, result) in enumerate(pool.map(_feedback, calls), 1):
            lost = isinstance(result, Lost)
            written[tasks[number]] = f"its process ended: {result.how}" if lost else result
            if progress:
                progress(done, len(tasks))
    return {task: written[task] for task in tasks}


def _feedback(root: Path, task: Task) -> str:
    course, _ = _opened(root)
    try:
        feedback(course, course.unit(task[0]), task[1])
    except GradfnError as error:
        return str(error)
    return ""


@lru_cache(maxsize=1)
def _opened(root: Path) -> tuple[Course, Any]:
    """The course and nbgrader's API for it, opened once in a process."""
    share_engines()
    course = open_course(root)
    with nbgrader_api(course) as api:
        return course, api
