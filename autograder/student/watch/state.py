"""What is known of a student's course, and which exercise is being worked on.

    Course(kit)                  every unit in learning order
    Place                        a unit and an exercise in it
    UnitState                    a unit's file as last read, and the results of its checks
    changed(before, after)       the cells that differ between two texts of a file

Nothing here runs an answer or loads a check: names and points are taken from what was recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from autograder.student.progress import Standing, untouched
from autograder.student.watch.judgement import Seen
from autograder.units import script
from autograder.units.kit import Exercise, Kit, KitUnit


@dataclass(frozen=True)
class Place:
    """An exercise of a unit."""

    unit: str
    exercise: str

    def __str__(self) -> str:
        return f"{self.unit}.{self.exercise}"


@dataclass
class UnitState:
    """One unit: its file as it was last read, and what each check said last."""

    unit: KitUnit
    text: str = ""
    results: dict[tuple[str, str], Seen] = field(default_factory=dict)  # by exercise and check
    known: bool = False  # whether every check has said something

    @property
    def exercises(self) -> list[str]:
        """The exercises' names, in the order of the file."""
        return list(self.unit.recorded.points)

    @cached_property
    def stars(self) -> dict[str, int]:
        """How difficult each exercise is."""
        return {cell.name: cell.stars for cell in script.split(self.unit.recorded.stub)}

    def read(self) -> str | None:
        """The file's text now, or None where there is none that can be read."""
        try:
            return self.unit.stub_file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def seen(self, exercise: str) -> list[Seen]:
        """What the exercise's checks said last, as far as they did."""
        checks = self.unit.recorded.points[exercise]
        return [self.results[exercise, check] for check in checks if (exercise, check) in self.results]

    def failing(self, exercise: str) -> Seen | None:
        """The first check that does not pass."""
        return next((seen for seen in self.seen(exercise) if not seen.passed), None)

    def done(self, exercise: str) -> bool:
        """Whether all its checks pass."""
        return sum(seen.passed for seen in self.seen(exercise)) == len(self.unit.recorded.points[exercise])

    def points(self, exercise: str) -> tuple[float, float]:
        """The exercise's points, and the most there are."""
        most = sum(self.unit.recorded.points[exercise].values())
        return sum(seen.result.points for seen in self.seen(exercise)), most

    def standing(self) -> Standing:
        """The unit's standing."""
        passed = {
            exercise: [seen.result.check for seen in self.seen(exercise) if seen.passed]
            for exercise in self.exercises
        }
        return Standing.of(self.unit, passed)

    def after(self, exercise: str) -> list[str]:
        """The unit's exercises from this one on, and then those before it."""
        place = self.exercises.index(exercise)
        return self.exercises[place:] + self.exercises[:place]


class Course:
    """Every unit, in learning order, and the place that is being worked on."""

    def __init__(self, kit: Kit) -> None:
        self.units = {unit.name: UnitState(unit) for unit in kit.units()}
        for state in self.units.values():
            state.text = state.read() or ""
            state.known = untouched(state.unit)
        self.focus = self.place(next(iter(self.units.values())).unit)

    @property
    def here(self) -> UnitState:
        """The unit at hand."""
        return self.units[self.focus.unit]

    def place(self, unit: KitUnit, exercise: Exercise | None = None) -> Place:
        """An exercise's place, or that of a unit's first."""
        return Place(unit.name, exercise.name if exercise else self.units[unit.name].exercises[0])

    def worked_on(self, unit: str, before: str, after: str) -> Place:
        """Which exercise a save of the unit's file is about: one whose cell changed, or the one at hand.

        Of several that changed it is the one at hand or else the first that is not done.
        """
        state = self.units[unit]
        here = self.focus.exercise if self.focus.unit == unit else None
        names = [name for name in changed(before, after) if name in state.exercises]
        if here and (here in names or not names):
            return Place(unit, here)
        names = names or state.exercises
        return Place(unit, next((name for name in names if not state.done(name)), names[0]))

    def next_after(self, place: Place) -> Place | None:
        """The next exercise that is not known to be done: of the unit, else of the units that follow."""
        return next((found for found in self._others(place) if self._open(found)), None)

    def _others(self, place: Place) -> Iterator[Place]:
        """All other exercises: the rest of the unit, the units after it, and those before."""
        for name in self.units[place.unit].after(place.exercise)[1:]:
            yield Place(place.unit, name)
        names = list(self.units)
        start = names.index(place.unit)
        for unit in names[start + 1 :] + names[:start]:
            for name in self.units[unit].exercises:
                yield Place(unit, name)

    def _open(self, place: Place) -> bool:
        return not self.units[place.unit].done(place.exercise)


def changed(before: str, after: str) -> list[str]:
    """The names of the cells that `after` has otherwise than `before`, in its order."""
    old = {cell.name: cell.source for cell in script.split(before)}
    return [cell.name for cell in script.split(after) if old.get(cell.name) != cell.source]
