"""Grade a class with nbgrader, on one process per core.

    grade_class(course, unit, ...)     every new or changed submission of a unit: a score or a named failure
    grade_units(course, units, ...)    the same for several units, with the same processes
    grade_task(root, task)             one submission, in this process
    write_feedback_pages(...)      the feedback pages of some units, by several processes
    Options                            how many processes, which students, whether to grade everything again

A run can be ended at any moment, by Ctrl-C or a kill: the next one goes on with the rest. A unit of a course
is graded by one run at a time.
"""

from __future__ import annotations

import getpass
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from filelock import FileLock, Timeout

from autograder.errors import Busy, GradfnError, NotFound
from autograder.grading.processes import require_sandbox
from autograder.nbgrader import attempts, figures, records
from autograder.nbgrader.course import Course, open_course
from autograder.nbgrader.database import must_open, share_engines
from autograder.nbgrader.gradebook import (
    auto_points,
    clear_scores,
    confirm_manual_points,
    manual_answers,
    must_hold,
    overrides,
    quiet,
    register,
    score,
)
from autograder.nbgrader.graft import must_fit
from autograder.nbgrader.inbox import LONGEST, must_have_a_plain_name
from autograder.nbgrader.pool import Lost, Pool
from autograder.nbgrader.resume import FILES, Task, digests_of, graded_already, why_again
from autograder.nbgrader.steps import graded_students, must_succeed, nbgrader_api, write_feedback
from autograder.units.files import write_whole
from autograder.units.kit import KitUnit

FEW = 4  # submissions that justify the start of one more process
PAGE_SECONDS = 120.0  # for a feedback page, even on a busy machine
#: Called after each submission with how many are done, how many there are, the task and its record.
Progress = Callable[[int, int, Task, records.Record], None]


@dataclass(frozen=True)
class Plan:
    """What a run will do: how many submissions, with how many processes, in how many seconds (0: unknown).

    `reasons` count why submissions that were graded before are graded again, `held` says whose new files wait
    and why.
    """

    count: int
    jobs: int
    seconds: float
    reasons: Mapping[str, int]
    held: Mapping[Task, str]


@dataclass(frozen=True)
class Options:
    """How many processes (`jobs`, 0: one per core), whose submissions (none: all), whether to `regrade`.

    `begin` is called with the Plan before the first submission is graded.
    """

    jobs: int = 0
    students: Sequence[str] = ()
    regrade: bool = False
    begin: Callable[[Plan], None] = lambda plan: None


EVERYTHING_NEW = Options()


def grade_class(
    course: Course, unit: KitUnit, progress: Progress | None = None, options: Options = EVERYTHING_NEW
) -> dict[str, records.Record]:
    """Grade the submissions of a unit; their records by student. Raises what `grade_units` raises."""
    return {
        student: record for (_, student), record in grade_units(course, [unit], progress, options).items()
    }


def grade_units(
    course: Course,
    units: Sequence[KitUnit],
    progress: Progress | None = None,
    options: Options = EVERYTHING_NEW,
) -> dict[Task, records.Record]:
    """Grade the submissions of some units; the records of all, also of those that were graded before.

    Raises NotFound if a unit is not released or has no submissions, Unconfined without a sandbox, KitFault if
    the references fail or the unit was changed after its release, Busy if another run is grading a unit of
    them. A submission that cannot be graded gets a failed Record and does not stop the others.
    """
    tasks = [(unit.name, student) for unit in units for student in _students(course, unit, options.students)]
    require_sandbox()
    # Each process starts a sandbox of its own, which takes a moment.
    jobs = options.jobs or min(os.cpu_count() or 1, -(-len(tasks) // FEW))
    with _alone(course, units), Pool(jobs) as pool, ThreadPoolExecutor(jobs) as threads:
        pool.warm_up()
        # The reference answers, one process for each unit; on a new seed, where feedback has shown this one.
        shown = [unit for unit in units if course.is_seed_shown(unit)]
        references = [threads.submit(course.recorded, unit) for unit in units if unit not in shown]
        done, reasons, held = pool.call(_prepare, course.root, tasks, options.regrade)
        to_do = [task for task in tasks if task not in done]
        names = [name for name, _ in to_do]
        for unit in shown:
            if unit.name in names:
                course.renew_seed(unit)
                references.append(threads.submit(course.recorded, unit))
        for reference in references:
            reference.result()
        seconds = figures.expected(course, names, jobs)
        options.begin(Plan(len(to_do), jobs, seconds, reasons, held))
        with figures.recording(course, min(jobs, len(to_do))) as note:
            for number, (task, record) in enumerate(_run(pool, course, to_do), 1):
                done[task] = record
                note(task, record)
                if progress:
                    progress(number, len(to_do), task, record)
    return {task: done[task] for task in tasks}


def _students(course: Course, unit: KitUnit, students: Sequence[str]) -> list[str]:
    """The students who handed the unit in, or those named; raises if the unit cannot be graded."""
    if not course.released_file(unit).exists():
        raise NotFound(f"{unit.name} is not released in this course: gradfn release {unit.name}")
    must_fit(nbformat.read(course.released_file(unit), as_version=4), unit)
    everyone = course.students(unit)
    if not everyone:
        raise NotFound(course.no_submissions(unit))
    for student in students:
        if student not in everyone:
            raise NotFound.named(f"student who handed in {unit.name}", student, everyone)
    return [student for student in everyone if not students or student in students]


@contextmanager
def _alone(course: Course, units: Sequence[KitUnit]) -> Iterator[None]:
    """Raise Busy if another process grades one of the units. A killed process holds no lock."""
    with ExitStack() as held:
        for unit in units:
            holder = course.private / f"grading-{unit.name}.txt"
            lock = FileLock(holder.with_suffix(".lock"), mode=0o660)
            try:
                held.enter_context(lock.acquire(blocking=False))
            except Timeout as error:
                with suppress(OSError):
                    who = holder.read_text(encoding="utf-8")
                    raise Busy(f"{who}. Try again when that is done") from error
                raise Busy(f"{unit.name} is being graded in {course.root}: try again later") from error
            with suppress(KeyError, OSError):  # a user without a name, a full disk
                user, now = getpass.getuser(), f"{datetime.now():%d %b %H:%M}"
                write_whole(
                    holder, f"{user} has been grading {unit.name} since {now} (process {os.getpid()})"
                )
        yield


def _run(pool: Pool, course: Course, tasks: Sequence[Task]) -> Iterator[tuple[Task, records.Record]]:
    """Each task with its record, in the order in which they finish."""
    lost = []
    for number, result in pool.map(timed_task, [(course.root, task) for task in tasks]):
        if isinstance(result, Lost):
            lost.append((course.root, tasks[number], f"the process that graded it ended: {result.how}"))
        else:
            yield tasks[number], result
    for number, result in pool.map(_give_up, lost):
        yield lost[number][1], result


def _prepare(
    root: Path, tasks: Sequence[Task], regrade: bool
) -> tuple[dict[Task, records.Record], Mapping[str, int], Mapping[Task, str]]:
    """Write students into the gradebook; the tasks that are graded already, why others not, and who waits.

    One process does this before the others start: two that add the same student at once would fail.
    """
    course, _ = _opened(root)
    must_open(course)
    for name in dict(tasks):
        must_hold(course, course.unit(name))
    register(course, sorted({student for _, student in tasks if len(student) <= LONGEST}))
    if regrade:  # so that, if this run is killed, the next one grades the rest again too
        for name, student in tasks:
            records.reopen(course, course.unit(name), student)
    done = graded_already(course, tasks)
    held = {} if regrade else dict(_held_back(course, [task for task in tasks if task not in done]))
    found = {task: records.read(course, course.unit(task[0]), task[1]) for task in {*done, *held}}
    known = {task: record for task, record in found.items() if record is not None}
    again = [] if regrade else [why_again(course, task) for task in tasks if task not in known]
    return known, Counter(filter(None, again)), held


def _held_back(course: Course, tasks: Sequence[Task]) -> Iterator[tuple[Task, str]]:
    """The tasks that have a score and whose new files are not graded now, and why."""
    for name, student in tasks:
        unit = course.unit(name)
        if records.completion(course, unit, student):
            files = digests_of(course, unit, student)[FILES]
            if why := attempts.held_back(course, unit, student, files):
                yield (name, student), why


def timed_task(root: Path, task: Task) -> records.Record:
    """As `grade_task`, with what it took; what was graded counts as an attempt of the student."""
    with figures.timed() as seconds:
        record = grade_task(root, task)
    course, _ = _opened(root)
    unit, student = course.unit(task[0]), task[1]
    completion = records.completion(course, unit, student)
    if completion and not record.failed:
        attempts.count(course, unit, student, completion.digests[FILES])
    account = (records.stored(course, unit, student) or {}).get("account", {})
    return replace(record, seconds=seconds, restarts=len(account.get("ended", ())))


def grade_task(root: Path, task: Task) -> records.Record:
    """Grade one submission in this process; the result is a Record, whatever the submission does."""
    course, api = _opened(root)
    unit, student = course.unit(task[0]), task[1]
    try:
        digests, before = digests_of(course, unit, student), score(course, unit, student)
        records.remove(course, unit, student)
        must_have_a_plain_name(student)
        graded_answers = manual_answers(course, unit, student)
        with quiet():
            done = api.autograde(unit.name, student, force=True)
        must_succeed(done, f"grading {student}")
        confirm_manual_points(course, unit, student, graded_answers)
    except Exception as error:  # from nbgrader, a library or the disk: it must not stop the others
        record = _failed(course, unit, student, error)
        if (records.stored(course, unit, student) or {}).get("final"):
            records.complete(course, unit, student, digests, None)
        return record
    if records.read(course, unit, student) is None:
        raise GradfnError(f"grading {unit.name} of {student} left no record: was nbgrader_config.py edited?")
    by_hand = overrides(course, unit, student, graded_answers)
    records.complete(course, unit, student, digests, auto_points(course, unit, student)[student], by_hand)
    graded = records.read(course, unit, student) or records.Record(0.0, unit.points, "", failed=True)
    return replace(graded, before=before, after=score(course, unit, student))


def _failed(course: Course, unit: KitUnit, student: str, error: Exception) -> records.Record:
    """The record of a submission that could not be graded; one that the converter stored says more."""
    record = records.read(course, unit, student)
    if record is None or not record.failed:
        records.store_failure(course, unit, student, error)
        clear_scores(course, unit, student)
        # As nbgrader does when it fails itself: no feedback on an earlier submission may be written now.
        course.autograded_file(unit, student).unlink(missing_ok=True)
        record = records.Record(0.0, unit.points, records.in_a_line(error), failed=True)
    return record


def _give_up(root: Path, task: Task, reason: str) -> records.Record:
    """The record of a submission whose process died."""
    course, _ = _opened(root)
    return _failed(course, course.unit(task[0]), task[1], GradfnError(reason))


def write_feedback_pages(
    course: Course, units: Sequence[KitUnit], progress: Callable[[int, int], None] | None = None
) -> dict[Task, str]:
    """Write the feedback pages of some units; by task, why its page could not be written, or an empty text.

    Raises NotFound if no submission of a unit is graded. A failed page does not stop the others.
    """
    must_open(course)
    tasks = [(unit.name, student) for unit in units for student in graded_students(course, unit)]
    written = {}
    with Pool(min(os.cpu_count() or 1, -(-len(tasks) // FEW))) as pool:
        calls = [(course.root, task) for task in tasks]
        for done, (number, result) in enumerate(pool.map(_feedback, calls, PAGE_SECONDS), 1):
            lost = isinstance(result, Lost)
            written[tasks[number]] = f"its process ended: {result.how}" if lost else result
            if progress:
                progress(done, len(tasks))
    return {task: written[task] for task in tasks}


def _feedback(root: Path, task: Task) -> str:
    course, _ = _opened(root)
    try:
        write_feedback(course, course.unit(task[0]), task[1])
    except GradfnError as error:
        return str(error)
    return ""


@lru_cache(maxsize=1)
def _opened(root: Path) -> tuple[Course, Any]:
    """The course and nbgrader's API for it, opened once per process."""
    share_engines()
    course = open_course(root)
    with nbgrader_api(course) as api:
        return course, api
