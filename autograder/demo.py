"""`python -m autograder.demo`: a whole course in a minute, from release to gradebook.

    main()              makes a course, lets a class hand in, grades it, prints the table
    make_demo(...)      the same as a function; what the tests call
    table(...)          student, points by unit, what went wrong in a phrase

What the students hand in is in `autograder.demo_class`.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from autograder.demo_class import STUDENTS, hand_in
from autograder.errors import GradfnError
from autograder.kit import Kit, KitUnit
from autograder.nbgrader.course import Course, make_course
from autograder.nbgrader.gradebook import Score, scores
from autograder.nbgrader.records import Record
from autograder.nbgrader.steps import export, feedback, grade, release

WIDTH = 110
UNITS = ("perceptron", "activations")  # two are enough to see it all, and to wait for
Scores = Mapping[str, Sequence[Score]]  # by the unit's name


def make_demo(folder: Path, kit: Kit, names: Sequence[str], console: Console) -> Scores:
    """Make a course of some units in a new folder, grade a class in it and read its gradebook out."""
    units = [kit.unit(name) for name in names]
    console.print(f"A course of {len(units)} units and {len(STUDENTS)} students, in {folder}")
    course = make_course(folder, kit)
    for unit in units:
        release(course, unit)
        for student in STUDENTS:
            hand_in(course, unit, student)
    with _progress(console) as progress:
        for unit in units:
            _grade(course, unit, progress)
            feedback(course, unit)
    export(course)
    return {unit.name: scores(course, unit) for unit in units}


def _progress(console: Console) -> Progress:
    columns = (TextColumn("grading {task.description:<12}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TextColumn("{task.fields[last]}"), console=console)


def _grade(course: Course, unit: KitUnit, progress: Progress) -> None:
    task = progress.add_task(unit.name, total=len(STUDENTS), last="")

    def show(done: int, total: int, student: str, record: Record) -> None:
        progress.update(task, completed=done, total=total, last=student if done < total else "")

    grade(course, unit, show)


def table(units: Sequence[KitUnit], found: Scores) -> Table:
    """The class: a student a row, the words of each unit below one another."""
    result = Table(
        "student", "handed in", box=SIMPLE_HEAD, show_edge=False, pad_edge=False, expand=True, width=WIDTH
    )
    for unit in units:
        result.add_column(unit.name, justify="right", no_wrap=True)
    result.add_column("what went wrong", ratio=1)
    by_student = {name: {score.student: score for score in lines} for name, lines in found.items()}
    for name, student in STUDENTS.items():
        row = [by_student[unit.name][name] for unit in units]
        words = "\n".join(score.words for score in row if score.words)
        result.add_row(name, student.words, *map(_points, row), Text(words))
    return result


def _points(score: Score) -> str:
    return "failed" if score.failed else f"{score.points:g} / {score.max_points:g}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the demo in --out; 2 with one clear line where that cannot be done."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder.demo", description="A course from release to gradebook."
    )
    words = "the course's folder (default: %(default)s)"
    parser.add_argument("--out", type=Path, default=Path("build/demo"), metavar="DIR", help=words)
    parser.add_argument(
        "--units", nargs="+", default=UNITS, metavar="UNIT", help=f"default: {' '.join(UNITS)}"
    )
    chosen = parser.parse_args(arguments)
    out: Path = chosen.out
    console, started = Console(width=WIDTH, highlight=False), time.monotonic()
    try:
        _clear(out)
        kit = Kit.here()
        found = make_demo(out, kit, chosen.units, console)
    except GradfnError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 2
    count, seconds = sum(map(len, found.values())), time.monotonic() - started
    console.print()
    console.print(table([kit.unit(name) for name in found], found))
    console.print()
    console.print(f"gradebook  {out / 'gradebook.db'}, as CSV in {out / 'grades.csv'}")
    console.print(f"feedback   {out / 'feedback'}, a page for each graded submission")
    console.print("Each submission ran in a process of its own, but not in a sandbox.")
    console.print(f"{count} submissions, each with a score or a named failure, in {seconds:.0f} s.")
    return 0


def _clear(out: Path) -> None:
    """Remove an earlier demo; raises GradfnError for a folder that is something else."""
    if (out / ".gradfn" / "course.json").exists():
        shutil.rmtree(out)
    elif out.exists() and any(out.iterdir()):
        raise GradfnError(f"{out} is not empty and holds no course: choose another folder with --out")


if __name__ == "__main__":
    sys.exit(main())
