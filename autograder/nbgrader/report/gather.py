"""What was kept of a class, as the report tells it.

    gather(course, unit) -> ClassReport    raises NotFound where nothing is graded yet

    Line       a student: marks, the points and the end of each exercise, why somebody should look
    Named      a classic mistake, and who made it
    Alike      a wrong answer that is no known mistake, and that several gave to the digit

What each exercise ended in is one of the ENDS.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.declare import Check
from autograder.errors import NotFound
from autograder.nbgrader import records
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import not_in_gradebook
from autograder.nbgrader.marks import Mark, Person, marks
from autograder.nbgrader.report.item_analysis import Item, Points, analyse
from autograder.units.kit import KitUnit

#: What an exercise can end in, from the best, and how the page says it.
ENDS = {
    "right": "all checks passed",
    "known": "a known mistake",
    "wrong": "another wrong answer",
    "error": "stopped by an error",
    "timeout": "out of time",
    "not done": "not done yet",
    "not run": "could not be run",
}
#: Why somebody should look at a submission, the most pressing first.
REASONS = {
    "failed": "not graded",
    "stale": "graded by other checks than the kit has now: grade it again",
    "waiting": "an answer to grade by hand",
    "not run": "could not be run",
    "nothing": "nothing done",
    "timeout": "out of time",
    "ended": "ended its process",
    "odd": "an odd file",
}
STOPPED = re.compile(r"its process ended|(\w+ is not defined$)|\w+(Error|Exit|Exception|Interrupt)\b")
Kept = Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """One exercise of one student."""

    points: float
    max_points: float
    end: str


@dataclass(frozen=True)
class Line:
    """A student: `cells` are in the order of the exercises, and empty where nothing could be graded."""

    person: Person
    mark: Mark
    cells: tuple[Cell, ...]
    looks: Mapping[str, str]  # why an instructor should look: some of the REASONS, in words

    @property
    def counts(self) -> bool:
        """Whether the class's scores hold this one."""
        return self.mark.score is not None


@dataclass(frozen=True)
class Named:
    """A classic mistake, as a tutor says it, and the students who made it."""

    exercise: str
    title: str
    advice: str
    who: tuple[Person, ...]


@dataclass(frozen=True)
class Alike:
    """The same answers to the same checks, to the digit, without a known mistake's name."""

    exercise: str
    check: str
    words: str
    who: tuple[Person, ...]


@dataclass(frozen=True)
class ClassReport:
    """All that the page tells."""

    course: str
    unit: str
    title: str
    max_score: float
    by_hand: float  # of max_score, what a person grades
    exercises: tuple[str, ...]
    lines: tuple[Line, ...]  # the best score first, those without one last
    items: tuple[Item, ...]
    tried: int  # submissions that the items are made of
    named: tuple[Named, ...]
    alike: tuple[Alike, ...]
    missing: tuple[Person, ...]  # known to the gradebook, and handed in nothing

    @property
    def looks(self) -> list[Line]:
        """Those that an instructor should look at, the most pressing first."""
        order = list(REASONS)
        return sorted((x for x in self.lines if x.looks), key=lambda x: order.index(next(iter(x.looks))))

    @property
    def scores(self) -> list[float]:
        """Of everyone who has one, the best first."""
        return [line.mark.score for line in self.lines if line.mark.score is not None]

    def ends(self, exercise: str) -> dict[str, int]:
        """How many submissions ended how in an exercise; each of the ENDS, if with 0."""
        place = self.exercises.index(exercise)
        found = [line.cells[place].end for line in self.lines if line.cells]
        return {end: found.count(end) for end in ENDS}


def gather(course: Course, unit: KitUnit) -> ClassReport:
    """What is known of everyone who handed the unit in.

    Raises NotFound where it was not released, where nobody handed it in, or where nothing is graded yet.
    """
    found = marks(course, unit)
    if not found.assignments and course.released_file(unit).exists():
        raise NotFound(not_in_gradebook(unit))
    if not found.assignments:
        raise NotFound(f"{unit.name} is not released in this course: gradfn release {unit.name}")
    people = [p for p in found.people if found.of(unit.name, p.id).state != "missing"]
    if not people:
        raise NotFound(course.no_submissions(unit))
    kept = {person: records.stored(course, unit, person.id) for person in people}
    if not any(kept.values()):
        raise NotFound(f"nothing of {unit.name} is graded yet: gradfn grade {unit.name}")
    reports = {p: k for p, k in kept.items() if k and _is_of(k, unit.checks)}
    lines = [_line(p, found.of(unit.name, p.id), kept[p], reports.get(p), unit) for p in people]
    tried = [p for p, report in reports.items() if _was_tried(report)]
    return ClassReport(
        course=course.root.name,
        unit=unit.name,
        title=unit.declaration.title,
        max_score=found.assignments[0].max_score,
        by_hand=max(0.0, found.assignments[0].max_score - unit.points),
        exercises=tuple(unit.exercises),
        lines=tuple(sorted(lines, key=_rank)),
        items=tuple(analyse(_earned([reports[p] for p in tried], unit.checks), unit.checks)),
        tried=len(tried),
        named=tuple(_named(reports, unit)),
        alike=tuple(_alike(reports)),
        missing=tuple(person for person in found.people if person not in kept),
    )


def _rank(line: Line) -> tuple[float, str]:
    return (1.0 if line.mark.score is None else -line.mark.score, line.person.id)


def _is_of(kept: Kept, checks: Sequence[Check]) -> bool:
    """Whether a report was made, and of the checks as they are now."""
    now = {(check.exercise, check.name) for check in checks}
    return {(check["exercise"], check["check"]) for check in kept.get("checks", ())} == now


def _earned(reports: Sequence[Kept], checks: Sequence[Check]) -> Points:
    """The points by submission and check."""
    rows = ({(c["exercise"], c["check"]): c["points"] for c in report["checks"]} for report in reports)
    found = [[row[check.exercise, check.name] for check in checks] for row in rows]
    return np.array(found, float).reshape(len(found), len(checks))


def _was_tried(report: Kept) -> bool:
    """Whether anything in it was written and run: a stub says nothing of how hard a check is."""
    return any(_end([check]) not in ("not done", "not run") for check in report["checks"])


def _line(person: Person, mark: Mark, kept: Kept | None, report: Kept | None, unit: KitUnit) -> Line:
    """A student's line; `report` is what was kept, if it is of the checks as they are."""
    if report is None:
        reason = "stale" if kept and "checks" in kept else "failed"
        return Line(person, mark, (), {reason: REASONS[reason]})
    ends, cells = {}, []
    for exercise in unit.exercises:
        checks = [check for check in report["checks"] if check["exercise"] == exercise]
        ends[exercise] = _end(checks)
        points, most = (sum(check[key] for check in checks) for key in ("points", "max_points"))
        cells.append(Cell(points, most, ends[exercise]))
    return Line(person, mark, tuple(cells), dict(_looks(mark, ends, report)))


def _looks(mark: Mark, ends: Mapping[str, str], report: Kept) -> Iterator[tuple[str, str]]:
    """Why an instructor should look at a submission that was judged, in a few words each."""
    for reason, holds in (
        ("failed", mark.state == "failed"),
        ("waiting", mark.state == "waiting"),
        ("not run", set(ends.values()) == {"not run"}),
        ("nothing", "not done" in ends.values() and set(ends.values()) <= {"not done", "not run"}),
    ):
        if holds:
            yield reason, REASONS[reason]
    for reason, where in (
        ("timeout", [exercise for exercise, end in ends.items() if end == "timeout"]),
        ("ended", list(dict.fromkeys(check["exercise"] for check in report["checks"] if _ended(check)))),
    ):
        if where:
            yield reason, f"{REASONS[reason]}: {', '.join(where)}"
    if records.oddities(report):
        yield "odd", REASONS["odd"]


def _ended(check: Kept) -> bool:
    return check["status"] == "failed" and records.reason(check).startswith("its process ended")


def _end(checks: Sequence[Kept]) -> str:
    """What an exercise ended in; the most telling of its checks speaks for all."""
    wrong = [check for check in checks if check["status"] != "passed"]
    if not wrong:
        return "right"
    if any(check["mistake"] for check in wrong):
        return "known"
    kinds = [_kind(check) for check in wrong]
    return next(end for end in ("timeout", "error", "wrong", "not done", "not run") if end in kinds)


def _kind(check: Kept) -> str:
    """What a check without a known mistake's name ended in."""
    if check["status"] in ("timeout", "not run"):
        return str(check["status"])
    reason = records.reason(check)
    if reason == "not done yet":
        return "not done"
    return "error" if check["status"] == "error" or STOPPED.match(reason) else "wrong"


def _named(reports: Mapping[Person, Kept], unit: KitUnit) -> list[Named]:
    """The known mistakes, the commonest first."""
    advice = {(m.exercise, m.title): m.advice for m in unit.recorded.mistakes}
    who: dict[tuple[str, str], dict[Person, None]] = defaultdict(dict)
    for person, report in reports.items():
        for check in report["checks"]:
            if check["mistake"]:
                who[check["exercise"], check["mistake"]][person] = None
    found = [Named(*key, advice.get(key, ""), tuple(people)) for key, people in who.items()]
    return sorted(found, key=lambda named: (-len(named.who), named.exercise, named.title))


def _alike(reports: Mapping[Person, Kept]) -> list[Alike]:
    """Wrong answers without a name that several students share, the commonest first.

    The class is asked the same questions, so equal cards are equal answers. Exceptions are left out: they say
    where a program stopped, not what it answers.
    """
    cards: dict[tuple[Person, str], list[tuple[str, str]]] = defaultdict(list)
    for person, report in reports.items():
        for check in report["checks"]:
            if check["status"] == "failed" and not check["mistake"] and _kind(check) == "wrong":
                cards[person, check["exercise"]].append((check["check"], _body(check["message"])))
    who: dict[tuple[str, tuple[tuple[str, str], ...]], list[Person]] = defaultdict(list)
    for (person, exercise), answers in cards.items():
        who[exercise, tuple(answers)].append(person)
    found = [
        Alike(exercise, answers[0][0].replace("_", " "), answers[0][1], tuple(people))
        for (exercise, answers), people in who.items()
        if len(people) > 1
    ]
    return sorted(found, key=lambda alike: (-len(alike.who), alike.exercise, alike.words))


def _body(card: str) -> str:
    """A card without its headline and without what follows from the exercise alone, a sentence a line."""
    lines = card.replace("\n    ", " ").splitlines()[1:]
    return "\n".join(line.strip() for line in lines if not line.startswith("  next hint:"))
