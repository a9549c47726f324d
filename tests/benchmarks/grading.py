"""A class graded in the sandbox, against `nbgrader autograde` on the same files; and one file judged, cold.

    python -m tests.benchmarks.grading [STUDENTS [UNIT ...]]     100 students take nbgrader about ten minutes

Both grade the same notebooks on all cores that they use by themselves: nbgrader one, in a kernel for each
submission. The points must be the same, or the figures are of two different things. Then where the time of
one submission goes, in one process.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import nbformat

from autograder.grading import grade as judging
from autograder.nbgrader import bulk, notebook
from autograder.nbgrader.course import Course, make_course
from autograder.nbgrader.gradebook import quiet, register
from autograder.nbgrader.resume import about_unit
from autograder.nbgrader.saving import save
from autograder.nbgrader.steps import release
from autograder.units.kit import Kit, KitUnit
from tests.demo.students import STUDENTS, Desk

ROOT = Path(__file__).resolve().parents[2]
UNITS = ("perceptron", "modules")
WANTED, WANTED_COLD = {"perceptron": 15.0, "modules": 20.0}, 1.5
ROUNDS = 7
PLAIN = """\
from pathlib import Path
c = get_config()
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
"""
#: Who of the demo's students hands in, again and again: half of it right.
CLASS = ("ada", "ben", "ada", "cleo", "ada", "dan", "ada", "eva", "ada", "finn")


def hand_in(course: Course, unit: KitUnit, students: int) -> None:
    """Release a unit, and let everyone hand it in."""
    release(course, unit)
    for number in range(students):
        folder = course.submitted_folder(unit, f"student{number:03}")
        folder.mkdir(parents=True)
        desk = Desk(unit, nbformat.read(course.released_file(unit), as_version=4), folder)
        STUDENTS[CLASS[number % len(CLASS)]].work(desk)


def seconds(command: list[str], folder: Path) -> float:
    """The wall-clock time until a command ends; raises where it fails."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # nbgrader needs alembic on it
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PATH": path}
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        done = subprocess.run(command, cwd=folder, env=environment, stdout=said, stderr=said)
        taken = time.perf_counter() - start
        if done.returncode:
            said.seek(0)
            raise SystemExit(said.read().decode()[-2000:])
    return taken


def points(folder: Path, name: str) -> dict[str, dict[str, float]]:
    """Everybody's points in a gradebook, by cell."""
    from nbgrader.api import Gradebook

    with quiet(), Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as opened:
        return {
            submission.student.id: {g.name: g.score for each in submission.notebooks for g in each.grades}
            for submission in opened.assignment_submissions(name)
        }


def must_agree(ours: Path, plain: Path, name: str) -> None:
    """Raise SystemExit where the two gradebooks differ, with the cells in which they do."""
    one, two = points(ours, name), points(plain, name)
    other = [
        f"{student}: {cell}: {score} here, {two.get(student, {}).get(cell)} by nbgrader"
        for student, cells in one.items()
        for cell, score in cells.items()
        if score != two.get(student, {}).get(cell)
    ]
    if other or one.keys() != two.keys():
        raise SystemExit("\n".join(["The points differ.", *other, *(one.keys() ^ two.keys())]))


def class_times(kit: Kit, name: str, students: int, folder: Path) -> tuple[float, float]:
    """The seconds that nbgrader takes and that we take; raises SystemExit where the points differ."""
    unit, scripts = kit.unit(name), Path(sys.executable).parent
    ours, plain = folder / "ours", folder / "plain"
    hand_in(make_course(ours, kit), unit, students)
    subprocess.run(["cp", "-r", str(ours), str(plain)], check=True)
    (plain / "nbgrader_config.py").write_text(PLAIN, encoding="utf-8")
    taken = seconds([sys.executable, "-m", "autograder.cli", "grade", name], ours)
    theirs = seconds([str(scripts / "nbgrader"), "autograde", name], plain)
    must_agree(ours, plain, name)
    return theirs, taken


def parts(kit: Kit, name: str, folder: Path) -> dict[str, float]:
    """The mean seconds that each part of grading one submission takes, in this process; "" for the whole."""
    course = make_course(folder, kit)
    unit = course.unit(name)
    hand_in(course, unit, len(CLASS) + 1)
    first, *students = sorted(path.name for path in (folder / "submitted").iterdir())
    register(course, [first, *students])
    desk, about = bulk.bench(course.root), about_unit(course, unit)
    save(course.root, [bulk.grade(desk, unit, first, *about)])  # imports, the sandbox and the right answers
    taken: dict[str, float] = {}
    watched = {
        "a worker: its start, cells and checks": (judging, "_run"),
        "judging what came back": (judging, "_report"),
        "reading and grafting the notebook": (bulk, "grafted"),
        "cards and outputs into the notebook": (notebook, "write_outputs"),
    }
    with ExitStack() as stack:
        for part, (holder, attribute) in watched.items():
            stack.enter_context(_timed(taken, part, holder, attribute))
        start = time.perf_counter()
        judged = [bulk.grade(desk, unit, student, *about) for student in students]
        rest = time.perf_counter() - start - sum(taken.values())
        save(course.root, judged)
        whole = time.perf_counter() - start
    taken |= {
        "digests, nbgrader's checksums, the notebook as JSON": rest,
        "saving: gradebook, notebook, record": whole - sum(taken.values()) - rest,
        "": whole,
    }
    return {part: seconds / len(students) for part, seconds in taken.items()}


@contextmanager
def _timed(taken: dict[str, float], part: str, holder: Any, attribute: str) -> Iterator[None]:
    """A block in which the time of each call of a function is added to its part."""
    function = getattr(holder, attribute)

    @wraps(function)
    def timed(*args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            taken[part] = taken.get(part, 0.0) + time.perf_counter() - start

    setattr(holder, attribute, timed)
    try:
        yield
    finally:
        setattr(holder, attribute, function)


def judged_cold(kit: Kit, name: str, folder: Path) -> float:
    """The median seconds of `gradfn judge` on one right file, each time in a new process."""
    hand_in(make_course(folder, kit), kit.unit(name), 1)
    file = next((folder / "submitted").rglob("*.ipynb"))
    command = [sys.executable, "-m", "autograder.cli", "judge", name, str(file)]
    return statistics.median(seconds(command, ROOT) for _ in range(ROUNDS))


def main() -> None:
    """Print the table."""
    asked, kit = sys.argv[1:] or ["100"], Kit(ROOT)
    students = int(asked[0])
    title = f"{students} submissions, {os.cpu_count()} cores"
    print(f"| {title} | nbgrader autograde | gradfn grade | ratio | wanted |")
    print("| --- | --- | --- | --- | --- |")
    for name in asked[1:] or UNITS:
        with tempfile.TemporaryDirectory() as folder:
            theirs, ours = class_times(kit, name, students, Path(folder))
        wanted = WANTED.get(name, 15.0)
        print(
            f"| {name} | {theirs:.1f} s | {ours:.1f} s | {theirs / ours:.1f} | at least {wanted:g} |",
            flush=True,
        )
    for name in asked[1:] or UNITS:
        with tempfile.TemporaryDirectory() as folder:
            found = parts(kit, name, Path(folder))
        whole = found.pop("")
        print(f"\n| one submission of {name}, one process | ms | share |\n| --- | --- | --- |")
        for part, taken in sorted(found.items(), key=lambda item: -item[1]):
            print(f"| {part} | {1000 * taken:.0f} | {taken / whole:.0%} |")
        print(f"| the whole | {1000 * whole:.0f} | |", flush=True)
    print(f"\n| one file, cold | median of {ROUNDS} | wanted |\n| --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        taken = judged_cold(kit, UNITS[0], Path(folder))
    print(f"| `gradfn judge {UNITS[0]}` | {taken:.2f} s | at most {WANTED_COLD:g} s |")


if __name__ == "__main__":
    main()
