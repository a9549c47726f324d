"""Hints, one more each time.

    next_hint(unit, exercise)    one more hint for the exercise's first failing check
    one_more(unit, ...)          the same where the failing check is known

.gradfn/hints.json beside exercises/ counts the hints given; without it they start again from the first.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from autograder.student.attempt import Attempt
from autograder.units.files import write_whole
from autograder.units.kit import Exercise, KitUnit

DOES_NOT_LOAD = "No hint helps before the file loads."


def next_hint(unit: KitUnit, exercise: Exercise, attempt: Attempt | None = None) -> str:
    """One more hint for the exercise's first failing check; after the last hint, the last again."""
    attempt = attempt or Attempt(unit)
    failing = next((r for r in map(attempt.result, exercise.checks) if r.status != "passed"), None)
    if failing is None:
        return f"{unit.name}.{exercise.name} passes all its public checks: no hint is needed."
    if failing.status == "not run":
        return f"{DOES_NOT_LOAD}\n\n{failing.message}"
    check = next(check for check in exercise.checks if check.name == failing.check)
    return one_more(unit, exercise.name, check.name, check.hints)


def one_more(unit: KitUnit, exercise: str, check: str, hints: Sequence[str]) -> str:
    """One more of a check's hints; counts it as given."""
    counts_file = unit.folder.parents[1] / ".gradfn" / "hints.json"
    counts = _read(counts_file)
    key = f"{unit.name}.{exercise}.{check}"
    before = counts.get(key, 0)
    count = min(before + 1, len(hints))
    with suppress(OSError):  # a hint that is not counted is better than none
        write_whole(counts_file, json.dumps(counts | {key: count}, indent=1))
    title = check.replace("_", " ")
    which = f"hint {count} of {len(hints)}{', the last, again' if before >= len(hints) else ''}"
    return f"{exercise} · {title}, {which}:\n  {hints[count - 1]}"


def _read(counts_file: Path) -> dict[str, int]:
    """How many hints of each check were given; none where the file is damaged."""
    try:
        counts = json.loads(counts_file.read_text(encoding="utf-8"))
        return {str(key): int(count) for key, count in counts.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
