"""What the head of a cluster spends on a submission, and whether a cluster is as fast as one machine.

    python -m tests.benchmarks.cluster                 5,000 submissions, after 500, in SQLite and PostgreSQL
    python -m tests.benchmarks.cluster 500 1000        other numbers
    python -m tests.benchmarks.cluster --same 24       two workers against `--jobs 2`, on the same class

The scheduler, its messages, the gradebook and all files are real. Two workers answer with results that were
recorded, so that what is measured is the head: its own CPU time and that of the process that saves.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psutil

from autograder.nbgrader import bulk
from autograder.nbgrader.classes import Options, grade_class
from autograder.nbgrader.course import Course, make_course, open_course
from autograder.nbgrader.gradebook import register
from autograder.nbgrader.resume import about_unit
from autograder.units.kit import Kit
from tests import postgresql
from tests.benchmarks import simulated
from tests.benchmarks.grading import CLASS, ROOT, hand_in
from tests.clusters import Cluster

RESULTS = "results.pickle"
UNIT, WANTED_MS, WANTED_RATIO, PAIRS = "perceptron", 10.0, 1.15, 3


def record(folder: Path) -> None:
    """Grade a small class here, and write down its results."""
    course = make_course(folder / "small", Kit(ROOT))
    unit = course.unit(UNIT)
    hand_in(course, unit, len(CLASS))
    desk, about = bulk.bench(course.root), about_unit(course, unit)
    register(course, course.students(unit))
    found = [bulk.grade(desk, unit, student, *about) for student in course.students(unit)]
    (folder / RESULTS).write_bytes(pickle.dumps(found))


def class_of(folder: Path, students: int, database: str = "", small: Path | None = None) -> Course:
    """A course in which so many hand in what one of the small class did, with its references."""
    course = make_course(folder, Kit(ROOT), database)
    if small:
        shutil.copy(small / "secret", course.private)
        shutil.copytree(small / "recorded", course.private / "recorded")
    hand_in(course, course.unit(UNIT), len(CLASS))
    for number in range(len(CLASS), students):
        source = course.submitted_folder(course.unit(UNIT), f"student{number % len(CLASS):03}")
        shutil.copytree(source, course.submitted_folder(course.unit(UNIT), f"student{number:03}"))
    course.recorded(course.unit(UNIT))
    return course


def one(students: int, database: str, recorded: Path) -> dict[str, float]:
    """The figures of one run, for a process of its own: its peak of memory is asked for."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = {simulated.RECORDED: str(recorded / RESULTS)}
        made = class_of(folder / "large", students, database, recorded / "small" / ".gradfn")
        course = open_course(made.root)
        with Cluster(folder / "cluster", settings) as cluster:
            for worker in ("one", "two"):
                cluster.add(worker, "--no-nanny", "--preload", simulated.__name__)
            marks: list[tuple[float, float, int]] = []
            own = [cluster.scheduler.pid, *(worker.pid for worker in cluster.workers.values())]

            def mark(*_: object) -> None:
                marks.append((time.perf_counter(), *_used(own)))

            def last(done: int, count: int, *_: object) -> None:
                if done == count:
                    mark()

            options = Options(cluster=cluster.address, begin=mark)
            found = grade_class(course, course.unit(UNIT), last, options)
            assert len(found) == students
            assert not any(record.failed for record in found.values())
            (start, before, _), (end, after, memory) = marks
            scheduler = psutil.Process(cluster.scheduler.pid)
            return {
                "seconds": end - start,
                "head_ms": 1000 * (after - before) / students,
                "scheduler_ms": 1000 * sum(scheduler.cpu_times()[:2]) / students,
                "head_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "saver_mb": memory / (1 << 20),
                "scheduler_mb": scheduler.memory_info().rss / (1 << 20),
            }


def _used(others: list[int]) -> tuple[float, int]:
    """CPU seconds of this process and of those that it started but these; and the bytes of the largest."""
    own = psutil.Process()
    there = [child for child in own.children(recursive=True) if child.pid not in others]
    seconds = sum(sum(process.cpu_times()[:2]) for process in (own, *there))
    return seconds, max((process.memory_info().rss for process in there), default=0)


def heads(numbers: list[int]) -> None:
    """Print the table of the head."""
    print(
        "| gradebook | submissions | s | ms of the head | ms of the scheduler | MB: head, saving, scheduler |"
    )
    print("| --- | --- | --- | --- | --- | --- |")
    with ExitStack() as stack:
        server = stack.enter_context(postgresql.server()) if postgresql.PROGRAMS else ""
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        record(Path(folder))
        for kind in ("SQLite", *["PostgreSQL"] * bool(server)):
            for number in numbers:
                database = postgresql.new_database(server, f"of_{number}") if kind != "SQLite" else ""
                own = [
                    sys.executable,
                    "-m",
                    "tests.benchmarks.cluster",
                    "--one",
                    str(number),
                    database,
                    folder,
                ]
                kit = os.environ | {"PYTHONPATH": str(ROOT)}  # grading has taken the working directory away
                done = subprocess.run(own, env=kit, check=True, stdout=subprocess.PIPE, text=True)
                f = json.loads(done.stdout.splitlines()[-1])
                memory = ", ".join(f"{f[part]:.0f}" for part in ("head_mb", "saver_mb", "scheduler_mb"))
                print(
                    f"| {kind} | {number:,} | {f['seconds']:.0f} | {f['head_ms']:.1f} "
                    f"| {f['scheduler_ms']:.1f} | {memory} |",
                    flush=True,
                )
        if not server:
            print("No PostgreSQL here: apt install postgresql", flush=True)
    print(f"\nWanted: at most {WANTED_MS:g} ms of the head.")


def same(students: int) -> None:
    """Print how two workers compare with two processes of this machine, in pairs that alternate."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        course = class_of(folder / "course", students)
        with Cluster(folder / "cluster") as cluster:
            ways = {
                "cluster": Options(cluster=cluster.address, regrade=True),
                "here": Options(2, regrade=True),
            }
            for worker in ("one", "two"):
                cluster.add(worker)
            taken: dict[str, list[float]] = {way: [] for way in ways}
            points = {}
            for turn in range(PAIRS + 1):  # the first is for what is imported and cached
                for way, options in sorted(ways.items(), reverse=bool(turn % 2)):
                    start = time.perf_counter()
                    found = grade_class(open_course(course.root), course.unit(UNIT), None, options)
                    taken[way].append(time.perf_counter() - start)
                    points[way] = {student: record.points for student, record in found.items()}
            assert points["cluster"] == points["here"]
    ratios = [a / b for a, b in zip(taken["cluster"][1:], taken["here"][1:], strict=True)]
    shown = ", ".join(
        f"{a:.1f} s and {b:.1f} s" for a, b in zip(taken["cluster"], taken["here"], strict=True)
    )
    print(f"{students} submissions, --cluster with two workers and --jobs 2: {shown} (the first to warm up)")
    print(f"Median ratio {statistics.median(ratios):.2f}; wanted: at most {WANTED_RATIO:g}")


def main() -> None:
    """As the first lines say."""
    match sys.argv[1:]:
        case ["--one", number, database, folder]:
            print(json.dumps(one(int(number), database, Path(folder))))
        case ["--same", number]:
            same(int(number))
        case numbers:
            heads([int(number) for number in numbers or ("500", "5000")])


if __name__ == "__main__":
    main()
