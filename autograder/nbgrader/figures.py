"""How long grading takes: the figures of each run, stored beside the gradebook, and what follows from them.

timed()                     the seconds that a submission takes in this process, by stage
stage(name)                 where a stage begins and ends
Run                         the figures of one run
recording(course, jobs)     store the figures of a run; stored(course, name) reads those of a unit
expected(course, names)     how long the submissions of a run will take
slow(seconds)               which submissions take far longer than most
words(course, unit)         the last run, and all of them, in sentences for the report

The figures are lines of JSON in .gradfn/runs/UNIT.jsonl.
"""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from autograder.nbgrader.course import Course
from autograder.nbgrader.records import Record
from autograder.units.kit import KitUnit

STAGES = {"read": "reading its file", "run": "running and judging it", "rest": "the gradebook"}
RECENT = 5  # runs from which the next one is estimated
SLOW, SLOW_SECONDS, MOST_SLOW = 4.0, 5.0, 5  # so many times the median, and at least so many seconds
_taken: dict[str, float] = {}


@dataclass(frozen=True)
class Run:
    """A run: when it began, seconds by the clock, submissions graded and failed, processes started again.

    `stages` are the mean seconds of a submission, `slow` those that took far longer than most.
    """

    began: str
    jobs: int
    wall: float = 0.0
    graded: int = 0
    failed: int = 0
    restarts: int = 0
    stages: dict[str, float] = field(default_factory=dict)
    slow: dict[str, float] = field(default_factory=dict)


@contextmanager
def timed() -> Iterator[dict[str, float]]:
    """The seconds by stage of what is done inside; what is no stage is "rest"."""
    _taken.clear()
    found: dict[str, float] = {}
    begun = time.monotonic()
    yield found
    whole = time.monotonic() - begun
    found |= {name: round(seconds, 3) for name, seconds in _taken.items()}
    found["rest"] = round(whole - sum(_taken.values()), 3)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Add the time of what is done inside to a stage."""
    begun = time.monotonic()
    try:
        yield
    finally:
        _taken[name] = _taken.get(name, 0.0) + time.monotonic() - begun


@contextmanager
def recording(course: Course, jobs: int) -> Iterator[Callable[[tuple[str, str], Record], None]]:
    """Store the figures of a run, by unit, also if it is stopped; what it yields notes a task's record."""
    began, clock = datetime.now().astimezone().isoformat(timespec="seconds"), time.monotonic()
    graded: dict[str, dict[str, Record]] = {}
    try:
        yield lambda task, record: graded.setdefault(task[0], {}).update({task[1]: record})
    finally:
        for name, records in graded.items():
            took = {student: record.seconds for student, record in records.items() if record.seconds}
            run = Run(
                began,
                jobs,
                round(time.monotonic() - clock, 1),
                graded=len(records),
                failed=sum(record.failed or bool(record.not_now) for record in records.values()),
                restarts=sum(record.restarts for record in records.values()),
                stages={n: _mean([each.get(n, 0.0) for each in took.values()]) for n in STAGES if took},
                slow=slow({student: sum(parts.values()) for student, parts in took.items()}),
            )
            file = _file(course, name)
            file.parent.mkdir(exist_ok=True)
            with file.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(asdict(run), ensure_ascii=False) + "\n")


def _mean(seconds: Sequence[float]) -> float:
    return round(statistics.fmean(seconds), 3)


def slow(seconds: Mapping[str, float]) -> dict[str, float]:
    """The submissions that took far longer than most, the slowest first."""
    bar = max(SLOW_SECONDS, SLOW * statistics.median(seconds.values())) if seconds else 0.0
    order = sorted(seconds, key=lambda student: -seconds[student])
    return {student: round(seconds[student], 1) for student in order[:MOST_SLOW] if seconds[student] > bar}


def stored(course: Course, name: str) -> list[Run]:
    """The figures of a unit's runs, the first first, without a line that a killed run left unfinished."""
    runs = []
    with suppress(OSError):
        for line in _file(course, name).read_text(encoding="utf-8").splitlines():
            with suppress(ValueError, TypeError):
                runs.append(Run(**json.loads(line)))
    return runs


def expected(course: Course, names: Iterable[str], jobs: int) -> float:
    """How many seconds submissions of these units will take, as the last runs went; 0 if that is unknown."""
    total = 0.0
    for name, count in Counter(names).items():
        recent = [run for run in stored(course, name) if run.stages][-RECENT:]
        if not recent:
            return 0.0
        each = sum(sum(run.stages.values()) * run.graded for run in recent) / sum(
            run.graded for run in recent
        )
        total += each * count / min(jobs, count)
    return total


def span(seconds: float) -> str:
    """A time to wait, as precise as an estimate is."""
    if seconds < 100:
        return f"{max(1, round(seconds)) if seconds < 10 else round(seconds, -1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def words(course: Course, unit: KitUnit) -> str:
    """The runs in sentences for the report; empty where there was none."""
    runs = stored(course, unit.name)
    if not runs:
        return ""
    last = runs[-1]
    parts = ", ".join(f"{last.stages.get(name, 0.0):.2g} s {said}" for name, said in STAGES.items())
    said = [
        f"The last run graded {last.graded} in {span(last.wall)} with {_count(last.jobs, 'process')}.",
        f"A submission took {parts}, on average.",
        f"{last.failed} could not be graded, {_count(last.restarts, 'process')} had to be started again.",
    ]
    if last.slow:
        slowest = ", ".join(f"{student} ({span(seconds)})" for student, seconds in last.slow.items())
        said.append(f"Far slower than most: {slowest}.")
    if len(runs) > 1:
        graded, wall = sum(run.graded for run in runs), sum(run.wall for run in runs)
        said.append(f"All {len(runs)} runs together graded {graded} in {span(wall)}.")
    return " ".join(said)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'es' * (number != 1)}"


def _file(course: Course, name: str) -> Path:
    return course.private / "runs" / f"{name}.jsonl"
