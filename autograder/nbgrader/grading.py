"""Grading a class by nbgrader, on as many processes as there are cores.

    grade(course, unit, progress)        every submission of a unit: a score or a named failure
    grade_all(course, units, progress)   of several units, with the same processes
    feedback_all(course, units)          the feedback pages of several units, also at once

Each process has an nbgrader of its own, which takes seconds to import; they share the gradebook's file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from autograder.errors import GradfnError, NotFound
from autograder.kit import KitUnit
from autograder.nbgrader import records
from autograder.nbgrader.course import Course, open_course
from autograder.nbgrader.gradebook import clear_scores, quiet
from autograder.nbgrader.steps import feedback, must_succeed, nbgrader_api, provide_notebook

Task = tuple[str, str]  # a unit's name and a student's
#: Called after each submission: how many are done, how many there are, whose it was and what became of it.
Progress = Callable[[int, int, Task, records.Record], None]
FEW = 4  # submissions that are graded before another process has imported nbgrader


def grade(
    course: Course, unit: KitUnit, progress: Progress | None = None, jobs: int | None = None
) -> dict[str, records.Record]:
    """Grade every submission of a unit anew; what became of each, by student. Raises as `grade_all`."""
    return {student: record for (_, student), record in grade_all(course, [unit], progress, jobs).items()}


def grade_all(
    course: Course, units: Sequence[KitUnit], progress: Progress | None = None, jobs: int | None = None
) -> dict[Task, records.Record]:
    """Grade every submission of some units anew, by `jobs` processes (default: one a core).

    Raises NotFound where a unit was not released or nobody handed it in, KitFault where its right answers
    cannot be made. A submission that cannot be graded is a failed Record and stops no other.
    """
    jobs = jobs or os.cpu_count() or 1
    tasks = [(unit.name, student) for unit in units for student in _handed_in(course, unit)]
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(course.recorded, units))  # the right answers, each unit's by a process of its own
    result = {}
    for task, record in _run(course, tasks, jobs):
        result[task] = record
        if progress:
            progress(len(result), len(tasks), task, record)
    return {task: result[task] for task in tasks}


def _handed_in(course: Course, unit: KitUnit) -> list[str]:
    """Everyone who handed in a unit that can be graded."""
    if not course.released_file(unit).exists():
        raise NotFound(f"{unit.name} is not released in this course: gradfn release {unit.name}")
    students = course.students(unit)
    if not students:
        raise NotFound(f"nobody has handed in {unit.name}: {course.root}/submitted holds no submission of it")
    return students


def _run(course: Course, tasks: Sequence[Task], jobs: int) -> Iterator[tuple[Task, records.Record]]:
    """Each task with its record, in the order in which they end."""
    if jobs == 1 or len(tasks) <= FEW:
        yield from ((task, grade_one(course.root, task)) for task in tasks)
        return
    with ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=get_context("spawn")) as pool:
        running = {pool.submit(grade_one, course.root, task): task for task in tasks}
        try:
            for done in as_completed(running):
                yield running[done], done.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def feedback_all(course: Course, units: Sequence[KitUnit]) -> Iterator[list[Path]]:
    """Write the feedback pages of some units; each unit's pages as they are ready."""
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        yield from pool.map(_feedback, [course.root] * len(units), [unit.name for unit in units])


def _feedback(root: Path, name: str) -> list[Path]:
    course = open_course(root)
    return feedback(course, course.kit.unit(name))


def grade_one(root: Path, task: Task) -> records.Record:
    """Grade one submission in this process; whatever it does, it ends as a Record."""
    course, api = _opened(root)
    unit, student = course.kit.unit(task[0]), task[1]
    records.forget(course, unit, student)
    try:
        provide_notebook(course.submitted_folder(unit, student), unit)
        with quiet():
            must_succeed(api.autograde(unit.name, student, force=True), f"grading {student}")
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


@lru_cache(maxsize=1)
def _opened(root: Path) -> tuple[Course, Any]:
    """The course and nbgrader's API for it, opened once in a process."""
    with nbgrader_api(open_course(root)) as api:
        return open_course(root), api
