"""Gather what the class report shows, from the gradebook and the records.

gather(course, unit) -> ClassReport    raises NotFound if nothing is graded yet

StudentLine     a student: mark, points and end of each exercise, reasons to look at the submission
ExerciseEnd     the points of one exercise and its end, one of the ENDS
NamedMistake    a classic mistake, and who made it
SharedAnswer    a wrong answer without a known mistake that several students gave, equal to the digit
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
from autograder.nbgrader import figures, records
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import not_in_gradebook
from autograder.nbgrader.marks import Mark, Person, marks
from autograder.nbgrader.report.item_analysis import Item, Points, analyse
from autograder.units.kit import KitUnit

#: How an exercise can end, the best first, and how the page says it.
ENDS = {
    "right": "all checks passed",
    "known": "a known mistake",
    "wrong": "another wrong answer",
    "error": "stopped by an error",
    "timeout": "out of time",
    "not done": "not done yet",
    "not run": "could not be run",
}
#: Why an instructor should look at a submission, the most urgent first.
REASONS = {
    "failed": "not graded",
    "stale": "graded by other checks than the kit has now: grade it again",
    "not now": "not graded again: an earlier score",
    "waiting": "an answer to grade manually",
    "not run": "could not be run",
    "nothing": "nothing done",
    "timeout": "out of time",
    "ended": "ended its process",
    "odd": "an unusual file",
}
STOPPED = re.compile(r"its process ended|(\w+ is not defined$)|\w+(Error|Exit|Exception|Interrupt)\b")
Stored = Mapping[str, Any]


@dataclass(frozen=True)
class ExerciseEnd:
    """One exercise of one student."""

    points: float
    max_points: float
    end: str


@dataclass(frozen=True)
class StudentLine:
    """A student: `ends` are in the order of the exercises, and empty if nothing could be graded."""

    person: Person
    mark: Mark
    ends: tuple[ExerciseEnd, ...]
    reasons: Mapping[str, str]  # why an instructor should look: some of the REASONS, in words

    @property
    def counts(self) -> bool:
        """Whether the student has a score."""
        return self.mark.score is not None


@dataclass(frozen=True)
class NamedMistake:
    """A classic mistake, its advice, and the students who made it."""

    exercise: str
    title: str
    advice: str
    who: tuple[Person, ...]


@dataclass(frozen=True)
class SharedAnswer:
    """The same wrong answers to the same checks, equal to the digit, without a known mistake."""

    exercise: str
    check: str
    words: str
    who: tuple[Person, ...]


@dataclass(frozen=True)
class ClassReport:
    """Everything that the page shows."""

    course: str
    unit: str
    title: str
    max_score: float
    manual: float  # the part of max_score that a person grades
    exercises: tuple[str, ...]
    lines: tuple[StudentLine, ...]  # the best score first, those without a score last
    items: tuple[Item, ...]
    attempts: int  # submissions from which the items are computed
    mistakes: tuple[NamedMistake, ...]
    shared: tuple[SharedAnswer, ...]
    missing: tuple[Person, ...]  # in the gradebook, but without a submission
    took: str  # what running the submissions took, in words

    @property
    def to_look_at(self) -> list[StudentLine]:
        """The lines with reasons to look at them, the most urgent first."""
        order = list(REASONS)
        found = (line for line in self.lines if [*line.reasons] not in ([], ["waiting"]))
        return sorted(found, key=lambda line: order.index(next(iter(line.reasons))))

    @property
    def waiting(self) -> list[StudentLine]:
        """The lines that only wait for a person to grade an answer."""
        return [line for line in self.lines if list(line.reasons) == ["waiting"]]

    @property
    def scores(self) -> list[float]:
        """The scores of all who have one, the best first."""
        return [line.mark.score for line in self.lines if line.mark.score is not None]

    def end_counts(self, exercise: str) -> dict[str, int]:
        """How many submissions have each of the ENDS in an exercise."""
        index = self.exercises.index(exercise)
        found = [line.ends[index].end for line in self.lines if line.ends]
        return {end: found.count(end) for end in ENDS}


def gather(course: Course, unit: KitUnit) -> ClassReport:
    """The report on all who handed the unit in.

    Raises NotFound if the unit is not released, has no submissions, or none of them is graded yet.
    """
    found = marks(course, unit)
    if not found.assignments and course.released_file(unit).exists():
        raise NotFound(not_in_gradebook(unit))
    if not found.assignments:
        raise NotFound(f"{unit.name} is not released in this course: gradfn release {unit.name}")
    people = [p for p in found.people if found.of(unit.name, p.id).state != "missing"]
    if not people:
        raise NotFound(course.no_submissions(unit))
    stored = {person: records.stored(course, unit, person.id) for person in people}
    if not any(stored.values()):
        raise NotFound(f"nothing of {unit.name} is graded yet: gradfn grade {unit.name}")
    reports = {p: record for p, record in stored.items() if record and _is_of(record, unit.checks)}
    lines = [_line(p, found.of(unit.name, p.id), stored[p], reports.get(p), unit) for p in people]
    attempts = [report for report in reports.values() if _is_attempt(report)]
    return ClassReport(
        course=course.root.name,
        unit=unit.name,
        title=unit.declaration.title,
        max_score=found.assignments[0].max_score,
        manual=max(0.0, found.assignments[0].max_score - unit.points),
        exercises=tuple(unit.exercises),
        lines=tuple(sorted(lines, key=_rank)),
        items=tuple(analyse(_earned(attempts, unit.checks), unit.checks)),
        attempts=len(attempts),
        mistakes=tuple(_mistakes(reports, unit)),
        shared=tuple(_shared(reports)),
        missing=tuple(person for person in found.people if person not in stored),
        took=f"{_took(reports)} {figures.words(course, unit)}".strip(),
    )


def _rank(line: StudentLine) -> tuple[float, str]:
    return (1.0 if line.mark.score is None else -line.mark.score, line.person.id)


def _is_of(record: Stored, checks: Sequence[Check]) -> bool:
    """Whether a record is a report on the checks as they are now."""
    now = {(check.exercise, check.name) for check in checks}
    return {(check["exercise"], check["check"]) for check in record.get("checks", ())} == now


def _earned(reports: Sequence[Stored], checks: Sequence[Check]) -> Points:
    """The points by submission and check."""
    rows = ({(c["exercise"], c["check"]): c["points"] for c in report["checks"]} for report in reports)
    found = [[row[check.exercise, check.name] for check in checks] for row in rows]
    return np.array(found, float).reshape(len(found), len(checks))


def _is_attempt(report: Stored) -> bool:
    """Whether an answer was written and run: a stub says nothing about how hard a check is."""
    return any(_end([check]) not in ("not done", "not run") for check in report["checks"])


def _line(
    person: Person, mark: Mark, record: Stored | None, report: Stored | None, unit: KitUnit
) -> StudentLine:
    """A student's line; `report` is the record, if it is about the checks as they are now."""
    if report is None:
        reason = "stale" if record and "checks" in record else "failed"
        return StudentLine(person, mark, (), {reason: REASONS[reason]})
    ends, lines = {}, []
    for exercise in unit.exercises:
        checks = [check for check in report["checks"] if check["exercise"] == exercise]
        ends[exercise] = _end(checks)
        points, most = (sum(check[key] for check in checks) for key in ("points", "max_points"))
        lines.append(ExerciseEnd(points, most, ends[exercise]))
    return StudentLine(person, mark, tuple(lines), dict(_reasons(mark, ends, report)))


def _reasons(mark: Mark, ends: Mapping[str, str], report: Stored) -> Iterator[tuple[str, str]]:
    """Why an instructor should look at a judged submission, in a few words each."""
    for reason, holds in (
        ("failed", mark.state == "failed"),
        ("not now", bool(mark.not_now)),
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


def _ended(check: Stored) -> bool:
    return check["status"] == "failed" and records.reason(check).startswith("its process ended")


def _end(checks: Sequence[Stored]) -> str:
    """How an exercise ended: the most telling of its checks decides."""
    wrong = [check for check in checks if check["status"] != "passed"]
    if not wrong:
        return "right"
    if any(check["mistake"] for check in wrong):
        return "known"
    kinds = [_kind(check) for check in wrong]
    return next(end for end in ("timeout", "error", "wrong", "not done", "not run") if end in kinds)


def _kind(check: Stored) -> str:
    """How a check ended that shows no known mistake."""
    if check["status"] in ("timeout", "not run"):
        return str(check["status"])
    reason = records.reason(check)
    if reason == "not done yet":
        return "not done"
    return "error" if check["status"] == "error" or STOPPED.match(reason) else "wrong"


def _mistakes(reports: Mapping[Person, Stored], unit: KitUnit) -> list[NamedMistake]:
    """The known mistakes, the most common first."""
    advice = {(m.exercise, m.title): m.advice for m in unit.recorded.mistakes}
    who: dict[tuple[str, str], dict[Person, None]] = defaultdict(dict)
    for person, report in reports.items():
        for check in report["checks"]:
            if check["mistake"]:
                who[check["exercise"], check["mistake"]][person] = None
    found = [NamedMistake(*key, advice.get(key, ""), tuple(people)) for key, people in who.items()]
    return sorted(found, key=lambda mistake: (-len(mistake.who), mistake.exercise, mistake.title))


def _shared(reports: Mapping[Person, Stored]) -> list[SharedAnswer]:
    """Wrong answers without a known mistake that several students share, the most common first.

    The whole class gets the same inputs, so equal cards are equal answers. Exceptions are left out: they say
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
        SharedAnswer(exercise, answers[0][0].replace("_", " "), answers[0][1], tuple(people))
        for (exercise, answers), people in who.items()
        if len(people) > 1
    ]
    return sorted(found, key=lambda shared: (-len(shared.who), shared.exercise, shared.words))


def _body(card: str) -> str:
    """A card's body, one sentence per line, without the headline and the hint command."""
    lines = card.replace("\n    ", " ").splitlines()[1:]
    return "\n".join(line.strip() for line in lines if not line.startswith("  next hint:"))


def _took(reports: Mapping[Person, Stored]) -> str:
    """The longest and the largest run, and what was refused: the accounts of all, in a few sentences."""
    accounts = {person: report["account"] for person, report in reports.items() if "account" in report}
    if not accounts:
        return ""
    most = {key: max(accounts, key=lambda person: accounts[person][key]) for key in ("wall", "cpu", "memory")}
    wall, cpu, memory = (
        f"{accounts[who][key] / (1 << 20 * (key == 'memory')):.3g}" for key, who in most.items()
    )
    ids = [person.id for person in most.values()]
    said = f"At most a run took {wall} s ({ids[0]}), {cpu} s of CPU time ({ids[1]}), {memory} MB ({ids[2]})."
    calls: dict[str, list[str]] = defaultdict(list)
    for person, account in accounts.items():
        for name in account["refused"] or ():
            calls[name].append(person.id)
    named = [f"{name} ({', '.join(who[:3])}{', …' * (len(who) > 3)})" for name, who in sorted(calls.items())]
    return f"{said} Refused system calls: {', '.join(named[:20]) or 'none'}."
