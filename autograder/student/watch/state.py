"""What is known of every unit, and which exercise is being worked on.

    State(kit)                   every unit in learning order, and the exercise in focus
    ExerciseId                   a unit's name and an exercise's
    UnitState                    a unit's file as last read, and the results of its checks
    changed(before, after)       the cells that differ between two texts of a file

Nothing here runs an answer or loads a check: names and points come from recorded.json.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from autograder.student.progress import Standing, unanswered
from autograder.student.watch.judgement import JudgedCheck
from autograder.units import script
from autograder.units.kit import Exercise, Kit, KitUnit


@dataclass(frozen=True)
class ExerciseId:
    """An exercise of a unit, by their names."""

    unit: str
    exercise: str

    def __str__(self) -> str:
        return f"{self.unit}.{self.exercise}"


@dataclass
class UnitState:
    """One unit: its file as last read, and the last result of each check."""

    unit: KitUnit
    text: str = ""
    results: dict[tuple[str, str], JudgedCheck] = field(default_factory=dict)  # by exercise and check
    known: bool = False  # whether every check has a result

    @property
    def exercises(self) -> list[str]:
        """The exercises' names, in the order of the file."""
        return list(self.unit.recorded.points)

    @cached_property
    def stars(self) -> dict[str, int]:
        """How difficult each exercise is."""
        return {cell.name: cell.stars for cell in script.split(self.unit.recorded.stub)}

    def read(self) -> str | None:
        """The file's text now; None where it cannot be read."""
        try:
            return self.unit.stub_file.read_text(encoding="utf-8-sig", errors="replace")
        except OSError:
            return None

    @property
    def begun(self) -> list[str]:
        """The cells that differ from the stub in the text as last read."""
        return changed(self.unit.recorded.stub, self.text)

    @property
    def waiting(self) -> list[str]:
        """The questions without an answer in the text as last read."""
        return unanswered(self.unit, self.text)

    def judged(self, exercise: str) -> list[JudgedCheck]:
        """The last results of the exercise's checks, of those that have one."""
        checks = self.unit.recorded.points[exercise]
        return [self.results[exercise, check] for check in checks if (exercise, check) in self.results]

    def failing(self, exercise: str) -> JudgedCheck | None:
        """The first failing check."""
        return next((check for check in self.judged(exercise) if not check.passed), None)

    def standing(self) -> Standing:
        """The unit's points and exercises."""
        return Standing.of(self.unit, [check.result for check in self.results.values()])

    def done(self, exercise: str) -> bool:
        """Whether all its checks pass."""
        return self.standing().done(exercise)

    def from_exercise(self, exercise: str) -> list[str]:
        """The unit's exercises from this one on, then those before it."""
        index = self.exercises.index(exercise)
        return self.exercises[index:] + self.exercises[:index]


class State:
    """Every unit, in learning order, and the exercise in focus: the one being worked on."""

    def __init__(self, kit: Kit) -> None:
        self.units = {unit.name: UnitState(unit) for unit in kit.units()}
        for state in self.units.values():
            state.text = state.read() or ""
            state.known = state.text == state.unit.recorded.stub
        self.focus = self.id_of(next(iter(self.units.values())).unit)

    @property
    def unit(self) -> UnitState:
        """The unit of the exercise in focus."""
        return self.units[self.focus.unit]

    def id_of(self, unit: KitUnit, exercise: Exercise | None = None) -> ExerciseId:
        """An exercise, or a unit's first."""
        return ExerciseId(unit.name, exercise.name if exercise else self.units[unit.name].exercises[0])

    def exercise_of_save(self, unit: str, before: str, after: str) -> ExerciseId:
        """Which exercise a save of the unit's file is about: one whose cell changed, else the one in focus.

        If several changed, it is the one in focus if that is among them, else the first that is not done.
        """
        state = self.units[unit]
        here = self.focus.exercise if self.focus.unit == unit else None
        names = [name for name in changed(before, after) if name in state.exercises]
        if here and (here in names or not names):
            return ExerciseId(unit, here)
        names = names or state.exercises
        return ExerciseId(unit, next((name for name in names if not state.done(name)), names[0]))

    @cached_property
    def ids(self) -> list[ExerciseId]:
        """Every exercise of every unit, in learning order."""
        return [ExerciseId(unit, name) for unit, state in self.units.items() for name in state.exercises]

    def done(self, exercise: ExerciseId) -> bool:
        """Whether all checks of an exercise pass."""
        return self.units[exercise.unit].done(exercise.exercise)

    def next_after(self, exercise: ExerciseId) -> ExerciseId | None:
        """The next exercise not known to be done; after the last one comes the first."""
        index = self.ids.index(exercise)
        others = self.ids[index + 1 :] + self.ids[:index]
        return next((other for other in others if not self.done(other)), None)


def changed(before: str, after: str) -> list[str]:
    """The names of the cells in `after` that are new or different from `before`, in order."""
    old = {cell.name: cell.source for cell in script.split(before)}
    return [cell.name for cell in script.split(after) if old.get(cell.name) != cell.source]
