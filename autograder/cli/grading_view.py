"""The progress of grading a class: a line for each finished submission, and on a terminal a bar.

show(course, unit, options)     grade; finished submissions stay graded if the run is stopped
watch(course, unit, ...)        go on grading what arrives
say_not_taken(course)           name what lies in submitted/ and is not graded
show_gpu(course, unit, ...)     add the GPU tier to what is graded
say_what_waits(course, unit)    how many written answers wait for a person
show_pages(course, unit)        write the feedback pages; prints how many, and who has none and why
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain, repeat
from typing import NoReturn

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from autograder.cli.common import display_path, points
from autograder.errors import Busy, GradfnError, NotFound
from autograder.nbgrader import figures
from autograder.nbgrader.classes import CURRENT, Options, Plan, grade_class, write_feedback_pages
from autograder.nbgrader.course import MARKUP, Course, open_course, short_list
from autograder.nbgrader.gradebook import not_on_roster
from autograder.nbgrader.inbox import not_taken
from autograder.nbgrader.records import Record
from autograder.nbgrader.steps import collect
from autograder.units.kit import KitUnit

MOST_LINES = 20
SEVERAL, LONG, MANY = 5, 30, 40  # submissions or seconds worth a word; worth an estimate on the way
Say = Callable[[str, int, int], None]  # a line, how many are done, how many there are


def show(course: Course, unit: KitUnit, options: Options) -> int:
    """Grade a unit's submissions and print each one's result; raises as `grade_class`.

    The exit status is 1 if something that was handed in has no score, or only an earlier one.
    """
    with _bar() if sys.stdout.isatty() else _lines() as say:
        records, seen = _grade(course, unit, options, say)
    before = {student: record for student, record in records.items() if student not in seen}
    failed = [f"{student}: {record.words}" for student, record in before.items() if record.failed]
    if graded := len(before) - len(failed):
        were, them = ("was", "it") if graded == 1 else ("were", "them")
        print(f"{graded} {were} graded already: --regrade grades {them} again")
    for line in failed[:MOST_LINES]:
        print(f"Unchanged since it could not be graded: {line}")
    for line in _results(course, unit, records):
        print(line)
    left = any(record.failed or record.not_now for record in records.values())
    return int(left or bool(course.unnameable(unit)))


def _grade(
    course: Course, unit: KitUnit, options: Options, say: Say
) -> tuple[Mapping[str, Record], Collection[str]]:
    """Grade, and say how it goes; all records, and the students whose record is of this run."""
    seen, total, begun = list[str](), 0, 0.0

    def begin(plan: Plan) -> None:
        nonlocal begun
        begun = time.monotonic()
        for line in _plan_lines(plan):
            say(line, 0, plan.count)

    def graded(number: int, count: int, task: tuple[str, str], record: Record) -> None:
        nonlocal total
        total = count
        seen.append(task[1])
        say(_line(number, count, task[1], record), number, count)
        if count >= MANY and number == count // 4:
            rest = (time.monotonic() - begun) / number * (count - number)
            say(f"{count - number} left, about {figures.span(rest)}", number, count)

    try:
        tell = replace(options, begin=begin, say=lambda line: say(line, len(seen), total))
        return grade_class(course, unit, graded, tell), seen
    except KeyboardInterrupt:
        if seen:
            rest = f"gradfn grade {unit.name} grades the other {total - len(seen)}"
            print(f"\n{len(seen)} of {total} are graded: {rest}.", file=sys.stderr)
        raise


def _results(course: Course, unit: KitUnit, records: Mapping[str, Record]) -> Iterator[str]:
    """What to know about a class after a run."""
    if changed := [
        f"{student} {record.before:g} -> {record.after:g}"
        for student, record in records.items()
        if record.before is not None and record.after is not None and record.before != record.after
    ]:
        yield f"Scores that changed: {short_list(changed)}"
    took = {student: sum(record.seconds.values()) for student, record in records.items() if record.seconds}
    if slow := [f"{student} {figures.span(seconds)}" for student, seconds in figures.slow(took).items()]:
        yield f"Far slower than most: {short_list(slow)}"
    if failed := [student for student, record in records.items() if record.failed]:
        yield f"Without a score: {short_list(failed)}"
    if earlier := [student for student, record in records.items() if record.not_now]:
        yield f"Not graded again, the earlier score counts: {short_list(earlier)}"
    if odd := course.unnameable(unit):
        yield (
            "Left out, since the folder's name has unprintable characters, a leading dot or one of "
            f"{MARKUP.strip()}: {short_list([*map(ascii, odd)])}"
        )
    if strangers := not_on_roster(course, records):
        yield f"Not on the roster, which has names or addresses: {short_list(strangers)}"


def say_not_taken(course: Course) -> bool:
    """Print what lies in submitted/ and is no submission; whether there is something."""
    lines = not_taken(course)
    for line in lines[:MOST_LINES]:
        print(f"Not taken: {line}")
    if len(lines) > MOST_LINES:
        print(f"Not taken: {len(lines) - MOST_LINES} more in submitted/")
    return bool(lines)


def _plan_lines(plan: Plan) -> Iterator[str]:
    """How many submissions are graded, where and for how long, why some again, and whose new files wait."""
    if plan.where or plan.count >= SEVERAL or plan.seconds >= LONG:
        time_ = f", about {figures.span(plan.seconds)}" if plan.seconds else ""
        yield f"{plan.count} to grade{plan.where}{time_}"
    for words, count in plan.reasons.items():
        yield f"{count} to grade again: {words}"
    if held := [f"{student} ({why})" for (_, student), why in plan.held.items()]:
        yield f"Handed in again and not graded now: {short_list(held)}. To grade them anyway: --regrade"


def watch(course: Course, unit: KitUnit, options: Options, seconds: int) -> NoReturn:
    """Grade what arrives, one pass every so many seconds, until Ctrl-C; what was said is not said again.

    A unit that somebody else is grading is left to them. Other failures end the first pass only.
    """
    print(f"Watching for submissions of {unit.name} every {seconds} s, until Ctrl-C", flush=True)
    before: list[str] = []
    for first in chain([True], repeat(False)):
        begun, now = time.monotonic(), list[str]()
        say = partial(_say_once, before, now)
        try:
            course = open_course(course.root)  # its settings may have changed, and the kit
            unit = course.unit(unit.name)
            collect(course, unit)
            if course.students(unit):
                records, _ = _grade(course, unit, options, say)
                for line in (*_results(course, unit, records), *not_taken(course)):
                    say(line)
        except Busy as busy:
            say(str(busy))
        except GradfnError as error:
            if first:
                raise
            say(str(error))
        before, options = now, replace(options, regrade=False)
        time.sleep(max(0.0, seconds - (time.monotonic() - begun)))
    raise AssertionError("repeat() does not end")


def _say_once(before: list[str], now: list[str], line: str, *_: int) -> None:
    """Print a line with the time, unless it was said in the pass before."""
    now.append(line)
    if line not in before:
        print(f"{datetime.now():%H:%M} {line}", flush=True)


def show_gpu(course: Course, unit: KitUnit, students: list[str]) -> None:
    """Add the GPU tier of each submission and print its result; a failure does not stop the others."""
    from autograder.nbgrader.gpu import add

    if not unit.recorded.gpu:
        raise NotFound(f"{unit.name} has no GPU tier")
    for student in students or course.students(unit):
        try:
            words = add(course, unit, student).words
        except GradfnError as error:
            words = str(error)
        print(f"{student:<20} {words}", flush=True)


def say_what_waits(course: Course, unit: KitUnit) -> None:
    """Print how many written answers wait for a person, and where to grade them."""
    from autograder.nbgrader.gradebook import waiting

    if unit.questions and (count := waiting(course, unit)):
        answers = "1 written answer waits" if count == 1 else f"{count} written answers wait"
        where = f"gradfn formgrader, then Nbgrader > Formgrader > Manual Grading > {unit.name}"
        print(f"{answers} for a person: {where}")


def show_pages(course: Course, unit: KitUnit) -> int:
    """Write a unit's feedback pages and print how many; exit status 1 if one failed."""
    with _progress() as progress:
        task = progress.add_task("feedback", total=None)
        written = write_feedback_pages(
            course, [unit], lambda done, all_: progress.update(task, completed=done, total=all_)
        )
    failed = {student: reason for (_, student), reason in written.items() if reason not in ("", CURRENT)}
    count, same = len(written) - len(failed), [*written.values()].count(CURRENT)
    said = f" ({same} unchanged)" * bool(same)
    print(f"{unit.name}: {count} page{'s' * (count != 1)} in {display_path(course.root / 'feedback')}{said}")
    if ungraded := [student for student in course.students(unit) if (unit.name, student) not in written]:
        print(f"Not graded, so no page: {short_list(ungraded)}")
    for reason in dict.fromkeys(failed.values()):
        print(f"{short_list([student for student, why in failed.items() if why == reason])}: {reason}")
    return int(bool(failed))


def _line(number: int, total: int, student: str, record: Record) -> str:
    score, words = "not graded" if record.failed else points(record.points), record.words
    other = record.after is not None and record.after != record.points
    said = [words, record.late, f"{record.after:g} in the gradebook" if other else ""]
    words = "; ".join(filter(None, said))
    return f"[{number:>{len(str(total))}}/{total}] {student:<20} {score:>12}  {words}".rstrip()


@contextmanager
def _lines() -> Iterator[Say]:
    """Only the lines, each printed at once: for a file or a pipe."""
    yield lambda line, *_: print(line, flush=True)


@contextmanager
def _bar() -> Iterator[Say]:
    """The lines, and below them a bar that disappears at the end."""
    with _progress() as progress:
        task = progress.add_task("getting ready", total=None)

        def say(line: str, done: int, total: int) -> None:
            progress.console.print(line, markup=False, soft_wrap=True)
            progress.update(task, description="grading", completed=done, total=total)

        yield say


def _progress() -> Progress:
    """A bar that disappears at the end; nothing if stdout is not a terminal."""
    left = TimeRemainingColumn(elapsed_when_finished=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), left)
    here = sys.stdout.isatty()
    return Progress(*columns, transient=True, console=Console(highlight=False), disable=not here)
