"""Grade a class with nbgrader, on one process per core, or on the workers of a cluster.

    grade_class(course, unit, ...)     every new or changed submission of a unit: a score or a named failure
    grade_units(course, units, ...)    the same for several units, with the same processes
    write_feedback_pages(...)      the feedback pages of some units, by several processes
    Options                            which processes, which students, whether to grade everything again

A run can be ended at any moment, by Ctrl-C or a kill: the next one goes on with the rest. A unit of a course
is graded by one run at a time.
"""

from __future__ import annotations

import getpass
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

import nbformat
from filelock import FileLock, Timeout

from autograder.errors import Busy, GradfnError, NotFound
from autograder.grading.isolation import begin, require
from autograder.nbgrader import attempts, figures, records
from autograder.nbgrader.bulk import Judged, bench, grade
from autograder.nbgrader.course import Course, open_course
from autograder.nbgrader.database import must_open, share_engines
from autograder.nbgrader.gradebook import must_hold, register
from autograder.nbgrader.graft import must_fit
from autograder.nbgrader.inbox import is_in_gradebook
from autograder.nbgrader.pages import outdated
from autograder.nbgrader.pool import Lost, Pool, in_batches
from autograder.nbgrader.resume import FILES, About, Task, about_unit, digests_of, to_grade
from autograder.nbgrader.saving import save
from autograder.nbgrader.steps import graded_students, write_feedback
from autograder.units.files import write_whole
from autograder.units.kit import KitUnit

FEW = 4  # submissions that justify the start of one more process
FEW_PAGES = 20
CURRENT = "as it was"  # a page that needed no new one
PAGE_SECONDS = 120.0  # for a feedback page, even on a busy machine
#: Called after each submission with how many are done, how many there are, the task and its record.
Progress = Callable[[int, int, Task, records.Record], None]


@dataclass(frozen=True)
class Plan:
    """What a run will do: how many submissions, with how many processes, in how many seconds (0: unknown).

    `where` says in words where the processes are, `reasons` count why submissions that were graded before are
    graded again, `held` says whose new files wait and why.
    """

    count: int
    jobs: int
    where: str
    seconds: float
    reasons: Mapping[str, int]
    held: Mapping[Task, str]


@dataclass(frozen=True)
class Options:
    """How many processes (`jobs`, 0: one per core), whose submissions (none: all), whether to `regrade`.

    With a `cluster`, a Dask scheduler's address, its workers take the place of the processes; `insecure`
    allows one without encryption. `begin` is called with the Plan before the first submission is graded,
    `say` with what is to be known of the workers.
    """

    jobs: int = 0
    students: Sequence[str] = ()
    regrade: bool = False
    begin: Callable[[Plan], None] = lambda plan: None
    cluster: str = ""
    insecure: bool = False
    say: Callable[[str], None] = lambda line: None


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
    with (
        _alone(course, units),
        _graders(course, units, len(tasks), options) as graders,
        Pool(1) as writer,
        ThreadPoolExecutor(options.jobs or os.cpu_count()) as threads,
    ):
        writer.warm_up()
        # The reference answers, one process for each unit; on a new seed, where feedback has shown this one.
        shown = [unit for unit in units if course.is_seed_shown(unit)]
        references = [threads.submit(course.recorded, unit) for unit in units if unit not in shown]
        done, reasons, held, about = writer.call(_prepare, course.root, tasks, options.regrade)
        to_do = [task for task in tasks if task not in done]
        names = [name for name, _ in to_do]
        for unit in shown:
            if unit.name in names:
                course.renew_seed(unit)
                references.append(threads.submit(course.recorded, unit))
        for reference in references:
            reference.result()
        jobs, where = graders.ready(course, units) if to_do else (1, "")
        seconds = figures.expected(course, names, jobs)
        options.begin(Plan(len(to_do), jobs, where, seconds, reasons, held))
        with figures.recording(course, min(jobs, len(to_do))) as note:
            judged = graders.judged(course, to_do, about)
            for number, (task, record) in enumerate(_saved(writer, course, judged), 1):
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
            if student in course.kit.names():
                raise NotFound(f"one unit at a time: gradfn grade {unit.name}, then gradfn grade {student}")
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


class Graders(Protocol):
    """The processes that grade: those of this machine, or a cluster's workers."""

    def ready(self, course: Course, units: Sequence[KitUnit]) -> tuple[int, str]:
        """Get them ready, when the reference answers are there; how many there are, and where in words."""

    def judged(self, course: Course, tasks: Sequence[Task], about: Mapping[str, About]) -> Iterator[Judged]:
        """What is to be saved of each task, in the order in which they finish."""


@contextmanager
def _graders(course: Course, units: Sequence[KitUnit], count: int, options: Options) -> Iterator[Graders]:
    """The processes that grade `count` submissions; raises Unconfined for this machine without a sandbox."""
    if options.cluster:
        from autograder.nbgrader.cluster import Cluster

        with Cluster(options.cluster, options.insecure, course, units, options.say) as cluster:
            yield cluster
        return
    require(units)
    # Each process starts a sandbox of its own, which takes a moment.
    jobs = options.jobs or min(os.cpu_count() or 1, -(-count // FEW))
    with Pool(jobs, partial(_open_the_sandbox, course.root, units[0].name)) as pool:
        pool.warm_up()
        yield _Here(pool, jobs)


@dataclass(frozen=True)
class _Here:
    """Processes of this machine, as Graders."""

    pool: Pool
    jobs: int

    def ready(self, course: Course, units: Sequence[KitUnit]) -> tuple[int, str]:
        return self.jobs, ""

    def judged(self, course: Course, tasks: Sequence[Task], about: Mapping[str, About]) -> Iterator[Judged]:
        calls = [(course.root, task, about[task[0]]) for task in tasks]
        for number, result in self.pool.map(_grade, calls):
            if isinstance(result, Lost):
                error = GradfnError(f"the process that graded it ended: {result.how}")
                result = Judged(tasks[number], {}, records.of_failure(error))
            yield result


def _saved(writer: Pool, course: Course, judged: Iterable[Judged]) -> Iterator[tuple[Task, records.Record]]:
    """Each task with its record; those that end at about the same time are saved together."""
    for batch in in_batches(judged):
        tasks = [each.task for each in batch]
        yield from zip(tasks, writer.call(save, course.root, batch), strict=True)


def _open_the_sandbox(root: Path, name: str) -> None:
    """Start a unit's sandbox while other processes make the reference answers."""
    begin(bench(root).course.unit(name))


def _grade(root: Path, task: Task, about: About) -> Judged:
    desk = bench(root)
    return grade(desk, desk.course.unit(task[0]), task[1], *about)


def _prepare(
    root: Path, tasks: Sequence[Task], regrade: bool
) -> tuple[dict[Task, records.Record], Mapping[str, int], Mapping[Task, str], dict[str, About]]:
    """Write students into the gradebook; the tasks that are graded already, why others not, and who waits.

    Also gives what is the same for all submissions of each unit.
    """
    desk = bench(root)
    course = desk.course
    must_open(course)
    desk.must_be_ours()
    for name in dict(tasks):
        must_hold(course, course.unit(name))
    register(course, sorted({student for _, student in tasks if is_in_gradebook(student)}))
    if regrade:  # then no files are held back; if this run is killed, the next one grades the rest again too
        for name, student in tasks:
            records.reopen(course, course.unit(name), student)
    about = {name: about_unit(course, course.unit(name)) for name in dict(tasks)}
    left = to_grade(course, tasks, about)
    held = dict(_held_back(course, left, about))
    left = {task: why for task, why in left.items() if task not in held}
    found = {task: records.read(course, course.unit(task[0]), task[1]) for task in tasks if task not in left}
    known = {task: record for task, record in found.items() if record is not None}
    return known, Counter(filter(None, left.values())), held, about


def _held_back(
    course: Course, tasks: Iterable[Task], about: Mapping[str, About]
) -> Iterator[tuple[Task, str]]:
    """The tasks that have a score and whose new files are not graded now, and why."""
    for name, student in tasks:
        unit = course.unit(name)
        if records.completion(course, unit, student):
            files = digests_of(course, unit, student, *about[name])[FILES]
            if why := attempts.held_back(course, unit, student, files):
                yield (name, student), why


def write_feedback_pages(
    course: Course, units: Sequence[KitUnit], progress: Callable[[int, int], None] | None = None
) -> dict[Task, str]:
    """Write the feedback pages of some units; by task, why its page could not be written, or CURRENT.

    A page is made only if what it shows has changed. Raises NotFound if no submission of a unit is graded. A
    failed page does not stop the others.
    """
    must_open(course)
    written: dict[Task, str] = {}
    tasks: list[Task] = []
    for unit in units:
        graded = graded_students(course, unit)
        written |= {(unit.name, student): CURRENT for student in graded}
        tasks += [(unit.name, student) for student in outdated(course, unit, graded)]
    if not tasks:
        return written
    with Pool(min(os.cpu_count() or 1, -(-len(tasks) // FEW_PAGES))) as pool:
        calls = [(course.root, task) for task in tasks]
        for done, (number, result) in enumerate(pool.map(_feedback, calls, PAGE_SECONDS), 1):
            lost = isinstance(result, Lost)
            written[tasks[number]] = f"its process ended: {result.how}" if lost else result
            if progress:
                progress(done, len(tasks))
    return written


def _feedback(root: Path, task: Task) -> str:
    share_engines()
    course = open_course(root)
    try:
        write_feedback(course, course.unit(task[0]), task[1])
    except GradfnError as error:
        return str(error)
    return ""
