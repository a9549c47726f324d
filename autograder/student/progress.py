"""Where a student is: points, exercises, and what is next.

    show(kit)                    print the progress of every unit, and the next exercise's first failing card
    list_lines(units)            the lines of `gradfn list`: every exercise, its stars, points and state
    unit_rows(unit, ...)         those of one unit, with the exercise that each is about
    Standing                     what a unit's checks have come to; every sum of points is made here
    first_open(units)            the exercise that is next, in learning order
    untouched(unit)              whether the student has not changed the file yet
    begun(unit)                  the exercises that the student has changed
    unanswered(unit)             the questions for a person to grade that have no answer yet
    questions_text(unit, ...)    how many questions have one

A file that the student has not changed is not run, so that no one waits for a unit they have not begun.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.judging.card import OTHER_INPUTS
from autograder.judging.results import Result
from autograder.student.attempt import Attempt
from autograder.student.terminal import columns, for_terminal, shorten_bar
from autograder.units import script
from autograder.units.kit import Exercise, Kit, KitUnit

BAR = 20
WIDE = 90  # columns that the longest line may take
NOT_CHECKED = "not checked yet"


@dataclass(frozen=True)
class Standing:
    """What the checks of a unit, or those of them that were run, have come to."""

    unit: str
    worth: Mapping[str, Mapping[str, float]]  # each check's points, by exercise and check
    passed: frozenset[tuple[str, str]]  # exercise and check

    @classmethod
    def of(cls, unit: KitUnit, results: Iterable[Result]) -> Standing:
        """Of a whole unit; a check without a result has not passed."""
        return cls(unit.name, unit.recorded.points, _passed(results))

    @classmethod
    def of_run(cls, unit: str, results: Sequence[Result]) -> Standing:
        """Of the checks that were run."""
        worth: dict[str, dict[str, float]] = {}
        for result in results:
            worth.setdefault(result.exercise, {})[result.check] = result.max_points
        return cls(unit, worth, _passed(results))

    def points(self, *exercises: str) -> tuple[float, float]:
        """The points so far and the most there are, of these exercises or of all."""
        checks = [(name, *check) for name in exercises or self.worth for check in self.worth[name].items()]
        got = sum(points for exercise, check, points in checks if (exercise, check) in self.passed)
        return got, sum(points for _, _, points in checks)

    def count(self, exercise: str) -> int:
        """How many checks of an exercise pass."""
        return sum((exercise, check) in self.passed for check in self.worth[exercise])

    def done(self, exercise: str) -> bool:
        """Whether all checks of an exercise pass."""
        return self.count(exercise) == len(self.worth[exercise])

    @property
    def open(self) -> list[str]:
        """The exercises that are not done."""
        return [exercise for exercise in self.worth if not self.done(exercise)]

    def line(self, name_width: int, bar: int = BAR) -> str:
        """The unit's name, padded to `name_width`, its bar, points and exercises."""
        got, most = self.points()
        count = len(self.worth)
        return (
            f"{self.unit:<{name_width}}  {_bar(got / most, bar)}"
            f"  {got:g} / {most:g} points  {count - len(self.open)} of {count} exercises"
        )


def _passed(results: Iterable[Result]) -> frozenset[tuple[str, str]]:
    return frozenset((r.exercise, r.check) for r in results if r.status == "passed")


def _bar(share: float, width: int = BAR) -> str:
    full = int(share * width)
    return f"[{'#' * full}{'.' * (width - full)}]"


# `gradfn`


def show(kit: Kit) -> None:
    """Print each unit's bar and points, and the card to look at next."""
    units = list(kit.units())
    width, wide = max(len(unit.name) for unit in units), columns(sys.stdout)
    todo: tuple[KitUnit, Iterable[Result]] | None = None
    unwritten: list[str] = []
    for unit in units:
        results = () if untouched(unit) else tuple(_results(unit))
        standing = Standing.of(unit, results)
        waiting = unanswered(unit)
        line = standing.line(width) + questions_text(unit, waiting)
        print(shorten_bar(line) if wide is not None and wide < WIDE else line)
        if standing.open:
            todo = todo or (unit, results or _results(unit))
        else:  # what a finished unit still lacks is easily forgotten
            unwritten += [f"{unit.name}.{question}" for question in waiting]
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
        print(f"Its lesson, to read before: gradfn lesson {unit.name}")
    print(f"\n{for_terminal(card.message, sys.stdout)}")


def first_open(units: Iterable[KitUnit]) -> tuple[KitUnit, Exercise] | None:
    """The first exercise whose public checks do not all pass; None where all pass."""
    for unit in units:
        for result in _results(unit):
            if result.status != "passed":
                return unit, unit.exercises[result.exercise]
    return None


def _results(unit: KitUnit) -> Iterator[Result]:
    """The results of the unit's checks, in their order, each run when it is asked for."""
    attempt = Attempt(unit)
    return (attempt.result(check) for exercise in unit.exercises.values() for check in exercise.checks)


# `gradfn list`


def list_lines(units: Iterable[KitUnit]) -> Iterator[str]:
    """A headline for each unit, a line for each of its exercises and questions, and an empty line between."""
    for index, unit in enumerate(units):
        if index:
            yield ""
        run = unit.stub_file.exists() and not untouched(unit)
        standing = Standing.of(unit, _results(unit) if run else ())
        yield from (line for _, line in unit_rows(unit, standing, begun(unit), unanswered(unit)))


def unit_rows(
    unit: KitUnit, standing: Standing, changed: Collection[str], waiting: Collection[str], known: bool = True
) -> Iterator[tuple[str, str]]:
    """Lines: the unit's points, its exercises in the order of the file, each with its name, its questions.

    `changed` are the exercises that are begun, `waiting` the questions without an answer; `known` is False
    before the checks have run.
    """
    got, most = standing.points()
    count = len(standing.worth)
    words = f"{count - len(standing.open)} of {count} exercises done, {got:g} / {most:g} points"
    yield "", f"{unit.name}: {words if known else NOT_CHECKED}"
    width = max(map(len, [*standing.worth, *unit.questions]))
    # Stars come from the stub, not from unit.exercises: that would import what the checks import.
    for cell in script.split(unit.recorded.stub):
        if cell.name in standing.worth:
            got, most = standing.points(cell.name)
            worth = f"{got:g} / {most:g}"
            state = _state(standing, cell.name, cell.name in changed) if known else NOT_CHECKED
            yield cell.name, f"  {cell.name:<{width}}  {'*' * cell.stars:<3}  {worth:>7} points  {state}"
    for question in unit.questions.values():
        worth = f"{question.points:g}"
        state = "not answered yet" if question.name in waiting else "answered"
        yield (
            "",
            f"  {question.name:<{width}}  {'':3}  {worth:>7} points  a text, graded by a person: {state}",
        )


def _state(standing: Standing, exercise: str, changed: bool) -> str:
    if standing.done(exercise):
        return "done"
    if not changed:
        return "not begun"
    return f"{standing.count(exercise)} of {len(standing.worth[exercise])} checks pass"


# The student's file


def untouched(unit: KitUnit) -> bool:
    """Whether the student has not changed the file yet: then it need not be run, nor torch be imported."""
    return unit.stub_file.exists() and _text(unit) == unit.recorded.stub


def begun(unit: KitUnit) -> set[str]:
    """The exercises whose cell the student has changed; all of them where the cells' marks are gone."""
    if not unit.stub_file.exists():
        return set()
    stubs = {cell.name: cell.source for cell in script.split(unit.recorded.stub)}
    now = {cell.name: cell.source for cell in script.split(_text(unit))}
    return {name for name in unit.recorded.points if now.get(name) != stubs[name]}


def unanswered(unit: KitUnit, text: str | None = None) -> list[str]:
    """The unit's questions that have no answer yet in the text, or else in the student's file."""
    if not unit.questions:
        return []
    cells = script.split(text if text is not None else _text(unit) if unit.stub_file.exists() else "")
    texts = {cell.name: script.unquote(cell.source) for cell in cells}
    return [name for name, question in unit.questions.items() if not question.answer_in(texts.get(name, ""))]


def questions_text(unit: KitUnit, waiting: Sequence[str]) -> str:
    """How many questions have an answer, to follow a unit's line; whether it is right, a person decides."""
    count = len(unit.questions)
    return f", {count - len(waiting)} of {count} question{'s' * (count > 1)}" if count else ""


def _text(unit: KitUnit) -> str:
    """The file's text, invalid bytes replaced: the cards of its checks report them."""
    return unit.stub_file.read_text(encoding="utf-8-sig", errors="replace")
