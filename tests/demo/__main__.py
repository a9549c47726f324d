"""`python -m tests.demo`: a whole course in minutes, from release to gradebook; `--cluster`: by two workers.

    main()                       make a course, hand in for a class, grade it, print the tables
    make_demo(...)               the same without the command line
    points_table, words_table    each student's points by unit, and what went wrong in a phrase

The students are in `tests.demo.students`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from autograder.errors import GradfnError
from autograder.grading.confinement import UNCONFINED, lacking
from autograder.nbgrader.classes import EVERYTHING_NEW, Options, grade_units, write_feedback_pages
from autograder.nbgrader.course import make_course
from autograder.nbgrader.export import export
from autograder.nbgrader.steps import release
from autograder.units.kit import Kit, KitUnit
from tests.clusters import Cluster
from tests.courses import Score, scores
from tests.demo.students import STUDENTS, hand_in

WIDTH = 110
FEW = 2  # units whose faults are all listed
Scores = Mapping[str, Sequence[Score]]  # by the unit's name


def make_demo(
    folder: Path, kit: Kit, names: Sequence[str], console: Console, options: Options = EVERYTHING_NEW
) -> Scores:
    """Make a course of some units in a new folder, grade a class in it, and read its gradebook."""
    units = [kit.unit(name) for name in names]
    console.print(f"A course of {len(units)} units and {len(STUDENTS)} students, in {folder}")
    course = make_course(folder, kit)
    with _progress(console) as progress:
        for unit in progress.track(units, description="releasing"):
            release(course, unit)
            for student in STUDENTS:
                hand_in(course, unit, student)
        task = progress.add_task("grading", total=None)

        def graded(done: int, total: int, *_: object) -> None:
            progress.update(task, completed=done, total=total)

        grade_units(course, units, graded, replace(options, say=console.print))
        pages = progress.add_task("feedback", total=None)
        written = write_feedback_pages(
            course, units, lambda done, total: progress.update(pages, completed=done, total=total)
        )
    for (unit_name, student), reason in written.items():
        if reason:
            raise GradfnError(f"{student}: the feedback on {unit_name} failed: {reason}")
    export(course)
    return {unit.name: scores(course, unit) for unit in units}


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description:<9}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def points_table(units: Sequence[KitUnit], found: Scores) -> Table:
    """The class: what each student handed in, and the points by unit."""
    result = _empty_table("student", "handed in")
    for unit in units:
        result.add_column(unit.name, justify="right")
    result.add_row("", "points to get", *(f"{unit.points:g}" for unit in units), style="dim")
    if any(unit.questions for unit in units):
        result.add_row(
            "",
            "and manual points",
            *(f"{unit.manual_points:g}" * bool(unit.questions) for unit in units),
            style="dim",
        )
    for name, row in _rows(found):
        points = ("failed" if score.failed else f"{score.points:g}" for score in row)
        result.add_row(name, STUDENTS[name].words, *points)
    return result


def words_table(found: Scores) -> Table:
    """What went wrong in a phrase: in full for the first two units in which something did."""
    result = _empty_table("student", "what went wrong")
    for name, row in _rows(found):
        said = [f"{unit}: {score.words}" for unit, score in zip(found, row, strict=True) if score.words]
        if len(said) > FEW:
            said[FEW:] = [f"and something in {len(said) - FEW} more units"]
        if said:
            result.add_row(name, Text("\n".join(said)))
    return result


def _empty_table(*headers: str) -> Table:
    return Table(*headers, box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))


def _rows(found: Scores) -> Iterator[tuple[str, list[Score]]]:
    """Each student with the scores in the order of the units."""
    by_student = [{score.student: score for score in lines} for lines in found.values()]
    return ((name, [scores_of[name] for scores_of in by_student]) for name in STUDENTS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the demo in --out; exit status 2 with one line of explanation if that fails."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.demo", description="A course from release to gradebook."
    )
    words = "the course's folder (default: %(default)s)"
    parser.add_argument("--out", type=Path, default=Path("build/demo"), metavar="DIR", help=words)
    parser.add_argument("--units", nargs="+", default=[], metavar="UNIT", help="default: all")
    words = "grade on a Dask cluster: a scheduler and two workers, started for it on this machine"
    parser.add_argument("--cluster", action="store_true", help=words)
    chosen = parser.parse_args(arguments)
    out: Path = chosen.out
    how = _sandbox()
    console, started = Console(width=WIDTH, highlight=False), time.monotonic()
    try:
        _clear(out)
        kit = Kit.to_grade()
        names = chosen.units or [unit.name for unit in kit.units()]
        with ExitStack() as stack:
            options = EVERYTHING_NEW
            if chosen.cluster:
                cluster = stack.enter_context(Cluster(Path(stack.enter_context(TemporaryDirectory()))))
                options = Options(cluster=cluster.address)
                for name in ("one", "two"):
                    cluster.add(name)
                console.print(f"Graded by 2 workers of a Dask scheduler, {cluster.address}")
            found = make_demo(out, kit, names, console, options)
    except GradfnError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 2
    count, seconds = sum(map(len, found.values())), time.monotonic() - started
    console.print()
    console.print(points_table([kit.unit(name) for name in found], found))
    console.print()
    console.print(words_table(found))
    console.print()
    console.print(f"gradebook  {out / 'gradebook.db'}, as CSV in {out / 'grades.csv'}")
    console.print(f"feedback   {out / 'feedback'}, a page for each graded submission")
    console.print(how)
    console.print(f"{count} submissions, each with a score or a named failure, in {seconds:.0f} s.")
    return 0


def _sandbox() -> str:
    """How the class is graded, in words; without a sandbox if this machine cannot have one."""
    if reason := lacking():
        os.environ[UNCONFINED] = "1"  # the demo's class is trusted
        return f"Submissions ran in processes of their own, but NOT in a sandbox: {reason}."
    return (
        "Each submission ran in a sandbox: no network, no files, no other process, limited time and memory."
    )


def _clear(out: Path) -> None:
    """Remove an earlier demo; raises GradfnError if the folder holds something else."""
    if (out / ".gradfn" / "course.json").exists():
        shutil.rmtree(out)
    elif out.exists() and any(out.iterdir()):
        raise GradfnError(f"{out} is not empty and holds no course: choose another folder with --out")


if __name__ == "__main__":
    sys.exit(main())
