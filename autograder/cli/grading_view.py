"""The progress of grading a class: a line for each finished submission, and on a terminal a bar.

show(course, unit, options)     grade; finished submissions stay graded if the run is stopped
say_not_taken(course)           name what lies in submitted/ and is not graded
show_gpu(course, unit, ...)     add the GPU tier to what is graded
say_what_waits(course, unit)    how many written answers wait for a person
show_pages(course, unit)        write the feedback pages; prints how many, and who has none and why
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from autograder.cli.common import display_path, points
from autograder.errors import GradfnError, NotFound
from autograder.nbgrader.classes import Options, grade_class, write_feedback_pages
from autograder.nbgrader.course import MARKUP, Course, short_list
from autograder.nbgrader.gradebook import not_on_roster
from autograder.nbgrader.inbox import not_taken
from autograder.nbgrader.records import Record
from autograder.units.kit import KitUnit

MOST_LINES = 20
Say = Callable[[str, int, int], None]  # a line, how many are done, how many there are


def show(course: Course, unit: KitUnit, options: Options) -> int:
    """Grade a unit's submissions and print each one's result; raises as `grade_class`.

    The exit status is 1 if something that was handed in has no score.
    """
    done = total = 0

    def graded(number: int, count: int, task: tuple[str, str], record: Record) -> None:
        nonlocal done, total
        done, total = number, count
        say(_line(number, count, task[1], record), number, count)

    try:
        with _bar() if sys.stdout.isatty() else _lines() as say:
            records = grade_class(course, unit, graded, replace(options, begin=_say_why))
    except KeyboardInterrupt:
        if done:
            rest = f"gradfn grade {unit.name} grades the other {total - done}"
            print(f"\n{done} of {total} are graded: {rest}.", file=sys.stderr)
        raise
    if before := len(records) - done:
        were = "was" if before == 1 else "were"
        them = "it" if before == 1 else "them"
        print(f"{before} {were} graded already: --regrade grades {them} again")
    if changed := [
        f"{student} {record.before:g} -> {record.after:g}"
        for student, record in records.items()
        if record.before is not None and record.after is not None and record.before != record.after
    ]:
        print(f"Scores that changed: {short_list(changed)}")
    if failed := [student for student, record in records.items() if record.failed]:
        print(f"Without a score: {short_list(failed)}")
    if odd := course.unnameable(unit):
        print(
            "Left out, since the folder's name has unprintable characters, a leading dot or one of "
            f"{MARKUP.strip()}: {short_list([*map(ascii, odd)])}"
        )
    if strangers := not_on_roster(course, records):
        print(f"Not on the roster, which has names or addresses: {short_list(strangers)}")
    return int(bool(failed or odd))


def say_not_taken(course: Course) -> bool:
    """Print what lies in submitted/ and is no submission; whether there is something."""
    lines = not_taken(course)
    for line in lines[:MOST_LINES]:
        print(f"Not taken: {line}")
    if len(lines) > MOST_LINES:
        print(f"Not taken: {len(lines) - MOST_LINES} more in submitted/")
    return bool(lines)


def _say_why(reasons: Mapping[str, int]) -> None:
    """Why submissions that were graded before are graded again."""
    for words, count in reasons.items():
        print(f"{count} to grade again: {words}", flush=True)


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
    failed = {student: reason for (_, student), reason in written.items() if reason}
    count = len(written) - len(failed)
    print(f"{unit.name}: {count} page{'s' * (count != 1)} in {display_path(course.root / 'feedback')}")
    if ungraded := [student for student in course.students(unit) if (unit.name, student) not in written]:
        print(f"Not graded, so no page: {short_list(ungraded)}")
    for student, reason in failed.items():
        print(f"{student}: {reason}")
    return int(bool(failed))


def _line(number: int, total: int, student: str, record: Record) -> str:
    score, words = "not graded" if record.failed else points(record.points), record.words
    if record.after is not None and record.after != record.points:
        words += f"{'; ' * bool(words)}{record.after:g} in the gradebook"
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
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    here = sys.stdout.isatty()
    return Progress(*columns, transient=True, console=Console(highlight=False), disable=not here)
