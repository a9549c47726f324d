"""A class graded in the sandbox, against `nbgrader autograde` on the same files; and one file judged, cold.

    python -m tests.benchmarks.grading [STUDENTS [UNIT ...]]     100 students take nbgrader about ten minutes

Both grade the same notebooks on all cores that they use by themselves: nbgrader one, in a kernel for each
submission. The points must be the same, or the figures are of two different things.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from autograder.demo_class import STUDENTS, Desk
from autograder.kit import Kit, KitUnit
from autograder.nbgrader.course import Course, make_course
from autograder.nbgrader.gradebook import quiet
from autograder.nbgrader.steps import release

ROOT = Path(__file__).resolve().parents[2]
UNITS = ("perceptron", "modules")
WANTED, WANTED_COLD = 5.0, 1.5
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
    """The wall-clock time of a command; raises where it fails."""
    start = time.perf_counter()
    with quiet():  # nbgrader needs alembic on PATH
        done = subprocess.run(
            command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True
        )
    if done.returncode:
        raise SystemExit(done.stderr.decode()[-2000:])
    return time.perf_counter() - start


def points(folder: Path, name: str) -> list[float]:
    """Everybody's points in a gradebook."""
    from nbgrader.api import Gradebook

    with quiet(), Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as opened:
        found = sorted(opened.assignment_submissions(name), key=lambda submission: submission.student.id)
        return [float(submission.score) for submission in found]


def class_times(kit: Kit, name: str, students: int, folder: Path) -> tuple[float, float]:
    """The seconds that nbgrader takes and that we take; raises AssertionError where the points differ."""
    unit, scripts = kit.unit(name), Path(sys.executable).parent
    ours, plain = folder / "ours", folder / "plain"
    hand_in(make_course(ours, kit), unit, students)
    subprocess.run(["cp", "-r", str(ours), str(plain)], check=True)
    (plain / "nbgrader_config.py").write_text(PLAIN, encoding="utf-8")
    taken = seconds([sys.executable, "-m", "autograder.cli", "grade", name], ours)
    theirs = seconds([str(scripts / "nbgrader"), "autograde", name], plain)
    assert points(ours, name) == points(plain, name)
    return theirs, taken


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
        print(
            f"| {name} | {theirs:.1f} s | {ours:.1f} s | {theirs / ours:.1f} | at least {WANTED:g} |",
            flush=True,
        )
    print(f"\n| one file, cold | median of {ROUNDS} | wanted |\n| --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        taken = judged_cold(kit, UNITS[0], Path(folder))
    print(f"| `gradfn judge {UNITS[0]}` | {taken:.2f} s | at most {WANTED_COLD:g} s |")


if __name__ == "__main__":
    main()
