"""The list of what there is to do: every exercise with its stars, its points and how far it is.

    lines(units)    the lines that `gradfn list` prints

A unit whose file is as it was handed out is not run, so that nobody waits for a unit they have not begun.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autograder.student.attempt import Attempt
from autograder.student.progress import begun, unanswered, untouched
from autograder.units import script
from autograder.units.kit import KitUnit


def lines(units: Iterable[KitUnit]) -> Iterator[str]:
    """A headline for each unit, a line for each exercise below it, and an empty line between units."""
    for index, unit in enumerate(units):
        if index:
            yield ""
        yield from _unit_lines(unit)


def _unit_lines(unit: KitUnit) -> Iterator[str]:
    """The unit's title and sums, then its exercises in their order and what a person grades."""
    points = unit.recorded.points
    passed = _passed(unit)
    touched = begun(unit)
    done = sum(passed.get(name, set()) == set(checks) for name, checks in points.items())
    got = sum(points[name][check] for name, checks in passed.items() for check in checks)
    most = sum(sum(checks.values()) for checks in points.values())
    yield f"{unit.name}: {done} of {len(points)} exercises done, {got:g} / {most:g} points"
    width = max(map(len, [*points, *unit.questions]))
    for name, stars in _stars(unit).items():
        checks = points[name]
        got = sum(checks[check] for check in passed.get(name, ()))
        worth = f"{got:g} / {sum(checks.values()):g}"
        state = _state(len(passed.get(name, ())), len(checks), name in touched)
        yield f"  {name:<{width}}  {'*' * stars:<3}  {worth:>7} points  {state}"
    waiting = unanswered(unit)
    for question in unit.questions.values():
        worth = f"{question.points:g}"
        state = "not answered yet" if question.name in waiting else "answered"
        yield f"  {question.name:<{width}}  {'':3}  {worth:>7} points  a text, graded by hand: {state}"


def _stars(unit: KitUnit) -> dict[str, int]:
    """Each exercise's stars, read from the stub alone: what the checks import is not waited for."""
    return {
        cell.name: cell.stars
        for cell in script.split(unit.recorded.stub)
        if cell.name in unit.recorded.points
    }


def _state(passed: int, checks: int, begun: bool) -> str:
    if passed == checks:
        return "done"
    return f"{passed} of {checks} checks pass" if begun else "not begun"


def _passed(unit: KitUnit) -> dict[str, set[str]]:
    """The checks that pass, by exercise."""
    if untouched(unit) or not unit.stub_file.exists():
        return {}
    attempt = Attempt(unit)
    return {
        name: {result.check for result in attempt.results(exercise) if result.status == "passed"}
        for name, exercise in unit.exercises.items()
    }
