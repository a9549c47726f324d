"""Where a student is: points by unit, what is next, and one more hint each time.

    show(kit)                    the progress of every unit, and the next exercise's first failing card
    Standing                     one unit's points and exercises; its line with the bar
    unanswered(unit)             the questions for a person to grade that are still open
    questions_text(unit, ...)    how many are answered
    begun(unit)                  the exercises that somebody worked on
    untouched(unit)              whether the file is as it was handed out
    first_open(units)            the exercise that is next, in learning order
    next_hint(unit, exercise)    one more hint for the exercise's first check that fails
    one_more(unit, ...)          the same where the check that fails is known

How many hints were given is kept in .gradfn/hints.json beside exercises/; losing it only gives hints again.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.judging.card import OTHER_INPUTS
from autograder.judging.results import Result
from autograder.student.attempt import Attempt
from autograder.student.terminal import columns, for_terminal, without_half_the_bar
from autograder.units import script
from autograder.units.kit import Exercise, Kit, KitUnit

BAR = 20
WIDE = 90  # columns that the longest line may take
NO_USE = "No hint helps before the file loads."


@dataclass(frozen=True)
class Standing:
    """Where one unit stands."""

    unit: str
    points: float
    max_points: float
    done: int
    exercises: int

    @classmethod
    def of(cls, unit: KitUnit, passed: Mapping[str, Collection[str]]) -> Standing:
        """The standing of a student whose checks `passed`, by exercise."""
        points = unit.recorded.points
        got = sum(points[exercise][check] for exercise, checks in passed.items() for check in checks)
        most = sum(sum(checks.values()) for checks in points.values())
        done = sum(len(passed.get(exercise, ())) == len(checks) for exercise, checks in points.items())
        return cls(unit.name, got, most, done, len(points))

    def line(self, name_width: int, bar: int = BAR) -> str:
        """The bar, the points and the exercises, one below the other for names of that width."""
        return (
            f"{self.unit:<{name_width}}  {_bar(self.points / self.max_points, bar)}"
            f"  {self.points:g} / {self.max_points:g} points  {self.done} of {self.exercises} exercises"
        )


def show(kit: Kit) -> None:
    """Print each unit's bar and points, and the card to look at next."""
    units = list(kit.units())
    width, wide = max(len(unit.name) for unit in units), columns(sys.stdout)
    todo: tuple[KitUnit, Iterable[Result]] | None = None
    unwritten: list[str] = []
    for unit in units:
        results = () if untouched(unit) else tuple(_results(unit))
        standing = Standing.of(unit, _passed(results))
        waiting = unanswered(unit)
        line = standing.line(width) + questions_text(unit, waiting)
        print(without_half_the_bar(line) if wide is not None and wide < WIDE else line)
        if standing.done == standing.exercises:  # what a finished unit still lacks is easily forgotten
            unwritten += [f"{unit.name}.{question}" for question in waiting]
        else:
            todo = todo or (unit, results or _results(unit))
    if todo is None:
        print(f"\nAll public checks pass. {OTHER_INPUTS}")
    if unwritten:
        before = "" if todo is None else "\n"
        print(f"{before}Still to be answered in words, for a person to read: {', '.join(unwritten)}")
    if todo is not None:
        _show_next(kit, *todo)


def _show_next(kit: Kit, unit: KitUnit, results: Iterable[Result]) -> None:
    """Print which exercise is next, where, and its first card; before a unit's first line also its lesson."""
    card = next(result for result in results if result.status != "passed")
    print(f"\nNext: {unit.name}.{card.exercise}, in {unit.stub_file.relative_to(kit.root)}")
    if untouched(unit) and unit.lesson_file.exists():
        print(f"Its lesson, to read before: {unit.lesson_file.relative_to(kit.root)}")
    print(f"\n{for_terminal(card.message, sys.stdout)}")


def untouched(unit: KitUnit) -> bool:
    """Whether the file is as it was handed out: nothing to run, and no torch to wait for."""
    return unit.stub_file.exists() and _text(unit) == unit.recorded.stub


def begun(unit: KitUnit) -> set[str]:
    """The exercises whose cell is not as it was handed out; where no cell is marked, all of them."""
    if not unit.stub_file.exists():
        return set()
    handed_out = {cell.name: cell.source for cell in script.split(unit.recorded.stub)}
    now = {cell.name: cell.source for cell in script.split(_text(unit))}
    return {name for name in unit.recorded.points if now.get(name) != handed_out[name]}


def unanswered(unit: KitUnit) -> list[str]:
    """The unit's questions below which nothing stands yet in the student's file."""
    if not unit.questions or untouched(unit) or not unit.stub_file.exists():
        return list(unit.questions)
    cells = script.split(_text(unit))
    texts = {cell.name: script.unquote(cell.source) for cell in cells}
    return [name for name, question in unit.questions.items() if not question.answer_in(texts.get(name, ""))]


def _text(unit: KitUnit) -> str:
    """The file's text as far as it can be read: what is no UTF-8 is told by its checks."""
    return unit.stub_file.read_text(encoding="utf-8-sig", errors="replace")


def questions_text(unit: KitUnit, waiting: Sequence[str]) -> str:
    """How many questions are answered, to stand behind a unit's line; whether well, a person says."""
    count = len(unit.questions)
    return f", {count - len(waiting)} of {count} question{'s' * (count > 1)}" if count else ""


def _results(unit: KitUnit) -> Iterator[Result]:
    """The results of the unit's checks, in their order, each run when it is asked for."""
    attempt = Attempt(unit)
    return (attempt.result(check) for exercise in unit.exercises.values() for check in exercise.checks)


def _passed(results: Iterable[Result]) -> dict[str, list[str]]:
    """The names of the checks that pass, by exercise."""
    passed: dict[str, list[str]] = {}
    for result in results:
        if result.status == "passed":
            passed.setdefault(result.exercise, []).append(result.check)
    return passed


def _bar(share: float, width: int = BAR) -> str:
    full = int(share * width)
    return f"[{'#' * full}{'.' * (width - full)}]"


def first_open(units: Iterable[KitUnit]) -> tuple[KitUnit, Exercise] | None:
    """The first exercise whose public checks do not all pass; None where there is none."""
    for unit in units:
        for result in _results(unit):
            if result.status != "passed":
                return unit, unit.exercises[result.exercise]
    return None


def next_hint(unit: KitUnit, exercise: Exercise, attempt: Attempt | None = None) -> str:
    """One more hint for the exercise's first check that fails; the last again when all are given."""
    attempt = attempt or Attempt(unit)
    failing = next((r for r in map(attempt.result, exercise.checks) if r.status != "passed"), None)
    if failing is None:
        return f"{unit.name}.{exercise.name} passes all its public checks: no hint is needed."
    if failing.status == "not run":
        return f"{NO_USE}\n\n{failing.message}"
    check = next(check for check in exercise.checks if check.name == failing.check)
    return one_more(unit, exercise.name, check.name, check.hints)


def one_more(unit: KitUnit, exercise: str, check: str, hints: Sequence[str]) -> str:
    """One more of a check's hints, and a note that it was given."""
    notes = unit.folder.parents[1] / ".gradfn" / "hints.json"
    given = _read(notes)
    key = f"{unit.name}.{exercise}.{check}"
    before = given.get(key, 0)
    count = min(before + 1, len(hints))
    notes.parent.mkdir(exist_ok=True)
    notes.write_text(json.dumps(given | {key: count}, indent=1), encoding="utf-8")
    title = check.replace("_", " ")
    which = f"hint {count} of {len(hints)}{', the last, again' if before >= len(hints) else ''}"
    return f"{exercise} · {title}, {which}:\n  {hints[count - 1]}"


def _read(notes: Path) -> dict[str, int]:
    """How many hints were given so far; a damaged file counts as none."""
    try:
        kept = json.loads(notes.read_text(encoding="utf-8"))
        return {str(key): int(count) for key, count in kept.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
