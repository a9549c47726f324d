"""Where a student is: points by unit, what is next, and one more hint each time.

    show(kit)                    the progress of every unit, and the next exercise's first failing card
    next_hint(unit, exercise)    one more hint for the exercise's first check that fails

How many hints were given is kept in .gradfn/hints.json beside exercises/; losing it only gives hints again.
"""

from __future__ import annotations

import json
from pathlib import Path

from autograder.kit import Exercise, Kit, KitUnit
from autograder.local import Attempt

BAR = 20


def show(kit: Kit) -> None:
    """Print each unit's bar and points, and the card to look at next."""
    units = list(kit.units())
    width = max(len(unit.name) for unit in units)
    todo: KitUnit | None = None
    for unit in units:
        points = unit.recorded.points
        most = sum(sum(checks.values()) for checks in points.values())
        passed = {} if _untouched(unit) else _passed(unit)
        got = sum(points[exercise][check] for exercise, checks in passed.items() for check in checks)
        done = sum(len(passed.get(exercise, ())) == len(checks) for exercise, checks in points.items())
        print(
            f"{unit.name:<{width}}  {_bar(got / most)}  {got:g} / {most:g} points"
            f"  {done} of {len(points)} exercises"
        )
        todo = todo or (unit if done < len(points) else None)
    if todo is None:
        print("\nAll public checks pass. Graded runs use other inputs.")
        return
    attempt = Attempt(todo)
    results = (result for exercise in todo.exercises.values() for result in attempt.results(exercise))
    card = next(result for result in results if result.status != "passed")
    print(f"\nNext: {todo.name}.{card.exercise}, in {todo.stub_file.relative_to(kit.root)}\n")
    print(card.message)


def _untouched(unit: KitUnit) -> bool:
    """Whether the file is as it was handed out: nothing to run, and no torch to wait for."""
    return unit.stub_file.exists() and unit.stub_file.read_text(encoding="utf-8") == unit.recorded.stub


def _passed(unit: KitUnit) -> dict[str, list[str]]:
    """The names of the checks that pass, by exercise."""
    attempt = Attempt(unit)
    return {
        name: [result.check for result in attempt.results(exercise) if result.status == "passed"]
        for name, exercise in unit.exercises.items()
    }


def _bar(share: float) -> str:
    full = int(share * BAR)
    return f"[{'#' * full}{'.' * (BAR - full)}]"


def next_hint(unit: KitUnit, exercise: Exercise, attempt: Attempt | None = None) -> str:
    """One more hint for the exercise's first check that fails; the last again when all are given."""
    results = (attempt or Attempt(unit)).results(exercise)
    failing = next((r for r in results if r.status != "passed"), None)
    if failing is None:
        return f"{unit.name}.{exercise.name} passes all its public checks: no hint is needed."
    check = next(check for check in exercise.checks if check.name == failing.check)
    notes = unit.folder.parents[1] / ".gradfn" / "hints.json"
    given = _read(notes)
    key = f"{unit.name}.{exercise.name}.{check.name}"
    count = min(given.get(key, 0) + 1, len(check.hints))
    notes.parent.mkdir(exist_ok=True)
    notes.write_text(json.dumps(given | {key: count}, indent=1), encoding="utf-8")
    return f"{exercise.name} · {check.title}, hint {count} of {len(check.hints)}:\n  {check.hints[count - 1]}"


def _read(notes: Path) -> dict[str, int]:
    """How many hints were given so far; a damaged file counts as none."""
    try:
        kept = json.loads(notes.read_text(encoding="utf-8"))
        return {str(key): int(count) for key, count in kept.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
