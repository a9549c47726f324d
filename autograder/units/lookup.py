"""Names as people type them: a unit, an exercise, a file or a test of one.

    find(kit, "activations.softmax")      the unit and the exercise
    find(kit, "activations")              the unit and None
    find_unit, find_exercise              where a command needs the one or the other

"softmax" alone, "activations/softmax", "exercises/activations/activations.py" (also with backslashes) and
pytest's "exercises/activations/checks.py::softmax" are understood too. Everything else raises NotFound with
the nearest name.
"""

from __future__ import annotations

import re

from autograder.errors import NotFound
from autograder.units.kit import Exercise, Kit, KitUnit

_SEPARATOR = re.compile(r"[/\\]|::")
_SUFFIX = re.compile(r"\.(py|ipynb)$", re.IGNORECASE)
NOT_NAMES = ("", ".", "checks", "README.md", "recorded.json")


def find(kit: Kit, typed: str) -> tuple[KitUnit, Exercise | None]:
    """What `typed` names; raises NotFound with the nearest name."""
    name = _plain(typed)
    if name in kit.names():
        return kit.unit(name), None
    owners = _owners(kit)
    if "." not in name:
        units = owners.get(name, [])
        if len(units) == 1:
            return units[0], units[0].exercise(name)
        if units:
            raise NotFound(
                f"{name} is in several units: {', '.join(f'{unit.name}.{name}' for unit in units)}"
            )
        for unit in kit.units():
            if name in unit.questions:
                unit.exercise(name)  # raises NotFound: a question has neither checks nor hints
        raise _unknown(typed, name, owners, kit.names())
    first, _, exercise = name.partition(".")
    if first not in kit.names() and (near := NotFound.nearest(first, kit.names())):
        also = f".{exercise}" if exercise in kit.unit(near).exercises else ""
        raise NotFound(f"no unit is called {first!r}. Did you mean {near}{also}?")
    if first in kit.names() and exercise not in kit.unit(first).exercises and exercise in owners:
        where = ", ".join(f"{owner.name}.{exercise}" for owner in owners[exercise])
        raise NotFound(f"{first} has no exercise {exercise!r}. Did you mean {where}?")
    part, _, exercise = name.partition(".")
    unit = kit.unit(part)
    return unit, unit.exercise(exercise)


def find_unit(kit: Kit, typed: str) -> KitUnit:
    """The unit that `typed` names; raises NotFound for an exercise or an unknown name."""
    unit, exercise = find(kit, typed)
    if exercise is not None:
        raise NotFound(f"which unit? {typed!r} is an exercise. Did you mean {unit.name}?")
    return unit


def find_exercise(kit: Kit, typed: str) -> tuple[KitUnit, Exercise]:
    """The exercise that `typed` names; raises NotFound for a whole unit or an unknown name."""
    unit, exercise = find(kit, typed)
    if exercise is None:
        known = ", ".join(f"{unit.name}.{name}" for name in unit.exercises)
        raise NotFound(f"which exercise? Write UNIT.EXERCISE. There are: {known}")
    return unit, exercise


def _plain(typed: str) -> str:
    """UNIT or UNIT.EXERCISE, from that, from a path or from pytest's name of a test."""
    name = typed.strip()
    if _SEPARATOR.search(name) or _SUFFIX.search(name):
        parts = [_SUFFIX.sub("", part) for part in _SEPARATOR.split(name)]
        if "exercises" in parts:
            parts = parts[len(parts) - parts[::-1].index("exercises") :]
        name = ".".join(list(dict.fromkeys(part for part in parts if part not in NOT_NAMES))[:2])
    return name.rstrip(".")


def _owners(kit: Kit) -> dict[str, list[KitUnit]]:
    """The units that have an exercise, by the exercise's name."""
    owners: dict[str, list[KitUnit]] = {}
    for unit in kit.units():
        for name in unit.exercises:
            owners.setdefault(name, []).append(unit)
    return owners


def _unknown(typed: str, name: str, owners: dict[str, list[KitUnit]], units: list[str]) -> NotFound:
    """The error for a name without a dot, which may be meant as a unit or as an exercise."""
    known = {exercise: f"{found[0].name}.{exercise}" for exercise, found in owners.items()}
    known |= {unit: unit for unit in units}
    near = NotFound.nearest(name, known)
    hint = f"Did you mean {known[near]}?" if near else f"There are: {', '.join(units)}."
    return NotFound(f"no unit or exercise is called {typed!r}. {hint}")
