"""The kit on disk: its units in learning order, their exercises, questions, checks and recorded answers.

Kit.here()          the kit around the working directory, or the installed one; for a student's commands
Kit.to_grade(DIR)   the kit that grades: the installed one, or the one in DIR
kit.units()         every unit, in learning order
kit.unit("xor")     one of them; raises NotFound with the nearest name
KitUnit             a unit's declaration, checks, exercises, questions and files
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from doctest import Example
from functools import cached_property
from inspect import unwrap
from pathlib import Path

from autograder.declare import CPU, Check, Setting, Unit
from autograder.errors import BadUnit, GradfnError, NotFound
from autograder.units import gpu_tier, script
from autograder.units.places import homes, installed_units, own_units, units_in
from autograder.units.recorded import Recorded
from autograder.worker.examples import examples_in, mentions
from autograder.worker.modules import load_module


@dataclass(frozen=True)
class Exercise:
    """One exercise: the names it asks for and the checks it must pass.

    `gpu_rehearsals` are the checks that run only in the GPU tier, adapted to the CPU to record their answers.
    """

    name: str
    stars: int
    names: tuple[str, ...]
    checks: tuple[Check, ...]
    gpu_rehearsals: tuple[Check, ...] = ()

    @property
    def points(self) -> float:
        """What a right answer is worth."""
        return sum(check.points for check in self.checks)


INSTALLED = Path(__file__).resolve().parents[2]  # the folder that this package lies in
EMPTY = "YOUR ANSWER HERE"  # nbgrader's placeholder for a text answer
_ANSWER = re.compile(f"^({EMPTY}|### BEGIN SOLUTION)", re.MULTILINE)


@dataclass(frozen=True)
class Question:
    """One question that a person grades: its text and its points."""

    name: str
    text: str
    points: float

    def answer_in(self, text: str) -> str:
        """The answer below the question, "" if there is none; an edited question counts as part of it."""
        return text.strip().removeprefix(self.text).strip().removeprefix(EMPTY).strip()


def _changed(check: Check, **fields: object) -> Check:
    """The check with other fields, such as 0 points, which its author cannot declare."""
    result = copy(check)
    for name, value in fields.items():
        object.__setattr__(result, name, value)
    return result


@dataclass(frozen=True)
class KitUnit:
    """A unit's files; what is in them is read when it is first used.

    `worth` are points that a course sets in place of the author's: of an exercise, or "" for the whole unit.
    """

    name: str
    folder: Path
    solutions: Path
    worth: tuple[tuple[str, float], ...] = ()

    @property
    def stub_file(self) -> Path:
        """The file the student writes in."""
        return self.folder / f"{self.name}.py"

    @property
    def lesson_file(self) -> Path:
        return self.folder / "README.md"

    @property
    def checks_files(self) -> list[Path]:
        """checks.py, and the files beside it that it may import: checks_*.py."""
        return [self.folder / "checks.py", *sorted(self.folder.glob("checks_*.py"))]

    @property
    def recorded_file(self) -> Path:
        return self.folder / "recorded.json"

    @property
    def solution_file(self) -> Path:
        """The solution; a students' copy has none."""
        return self.solutions / f"{self.name}.py"

    @cached_property
    def _module(self) -> dict[str, object]:
        try:
            return vars(load_module(self.folder / "checks.py", f"exercises.{self.name}.checks"))
        except GradfnError:
            raise
        except Exception as error:
            words = f"{type(error).__name__}: {error}"
            raise BadUnit(f"exercises/{self.name}/checks.py does not load: {words}") from error

    @cached_property
    def declaration(self) -> Unit:
        """The unit as checks.py declares it; raises BadUnit unless it declares exactly one Unit."""
        found = [value for value in self._module.values() if isinstance(value, Unit)]
        if len(found) != 1:
            raise BadUnit(f"exercises/{self.name}/checks.py must declare one Unit (it declares {len(found)})")
        return found[0]

    @cached_property
    def all_checks(self) -> tuple[Check, ...]:
        """Every check of the unit as checks.py declares it; those of an exercise are what is run."""
        checks = tuple(value for value in self._module.values() if isinstance(value, Check))
        worth = dict(self.worth)
        for name in sorted(worth, reverse=True):  # the whole unit comes last
            one = [check for check in checks if not name or check.exercise == name]
            if not (total := sum(check.points for check in one)):
                raise NotFound.named(f"exercise of {self.name}", name, sorted({c.exercise for c in checks}))
            factor = worth[name] / total
            checks = tuple(_changed(c, points=round(c.points * factor, 6)) if c in one else c for c in checks)
        return checks

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """The checks that give the unit's points, in the order of its exercises."""
        return tuple(check for exercise in self.exercises.values() for check in exercise.checks)

    def checks_of(self, exercise: str, setting: Setting = CPU, stub: str | None = None) -> tuple[Check, ...]:
        """The checks of one exercise, as they run in a setting; those on the CPU with the stub's examples."""
        checks = [
            gpu_tier.adapt(check, setting)
            for check in self.all_checks
            if check.exercise == exercise and gpu_tier.runs_in(check, setting)
        ]
        setup, *cells = script.split(self._stub if stub is None else stub)
        for cell in cells if setting == CPU and checks else ():
            if cell.name == exercise:
                _add_examples(checks, setup, cell)
        return tuple(checks)

    @property
    def _stub(self) -> str:
        """The stub that the recorded answers belong to; "" where none were recorded yet."""
        try:
            return self.recorded.stub
        except BadUnit:
            return ""

    def gpu_checks(self, exercise: str) -> tuple[Check, ...]:
        """The checks of one exercise in the GPU tier, in each of their dtypes."""
        settings = gpu_tier.settings(self.all_checks)
        return tuple(check for setting in settings for check in self.checks_of(exercise, setting))

    @cached_property
    def recorded(self) -> Recorded:
        """The right answers to the public checks; raises BadUnit where they were never recorded."""
        return Recorded.read(self.recorded_file)

    @cached_property
    def exercises(self) -> dict[str, Exercise]:
        """The exercises by name, in the order of the stub."""
        return self.exercises_of(self.recorded.stub)

    def exercises_of(self, text: str) -> dict[str, Exercise]:
        """The exercises in a script in the percent format."""
        return {
            (n := cell.name): Exercise(
                n, cell.stars, cell.names, self.checks_of(n, stub=text), self._gpu_rehearsals(n)
            )
            for cell in script.split(text)
            if cell.name != script.SETUP and cell.points is None
        }

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The questions that a person grades by name, in the order of the stub."""
        return questions_of(self.recorded.stub)

    def _gpu_rehearsals(self, exercise: str) -> tuple[Check, ...]:
        alone = {check.name for check in self.all_checks if check.tier == "gpu"}
        return tuple(c for c in self.checks_of(exercise, gpu_tier.REHEARSAL) if c.name in alone)

    def exercise(self, name: str) -> Exercise:
        """The exercise called `name`; raises NotFound with the nearest name."""
        if name in self.questions:
            raise NotFound(
                f"{self.name}.{name} is a question that a person grades: it has no checks, no hints"
            )
        if name not in self.exercises:
            raise NotFound.named(f"exercise of {self.name}", name, self.exercises)
        return self.exercises[name]

    def check(self, exercise: str, name: str) -> Check:
        """One check by its label; raises BadUnit where checks.py does not declare it."""
        for check in (*self.checks_of(exercise), *self.gpu_checks(exercise)):
            if check.label == name:
                return check
        raise BadUnit(f"{self.name}: checks.py has no {exercise}.{name}. Run gradfn dev build.")

    @property
    def number(self) -> int:
        """The unit's number in the learning order, from the recorded answers if possible, which is faster."""
        try:
            return self.recorded.number
        except BadUnit:
            return self.declaration.number

    @property
    def points(self) -> float:
        """What its checks are worth; its questions are worth `manual_points`."""
        return sum(check.points for check in self.checks)

    @property
    def manual_points(self) -> float:
        """What its questions are worth: a person grades them."""
        return sum(question.points for question in self.questions.values())


def _add_examples(checks: list[Check], setup: script.Cell, cell: script.Cell) -> None:
    """Let the first check that uses a function run the examples in its docstring too.

    They are no check of their own: their answers stand in the stub, so points for them alone could be copied.
    """
    for name, examples in examples_in(cell.source).items():
        users = (i for i, check in enumerate(checks) if mentions(unwrap(check.program).__code__, name))
        first = next(users, 0)
        if examples:
            before = checks[first].examples or (Example(setup.source, ""),)
            checks[first] = _changed(checks[first], examples=(*before, *examples))


def questions_of(text: str) -> dict[str, Question]:
    """The questions in a script in the percent format."""
    return {
        cell.name: Question(cell.name, _ANSWER.split(script.unquote(cell.source))[0].strip(), cell.points)
        for cell in script.split(text)
        if cell.points is not None
    }


@dataclass(frozen=True)
class Kit:
    """A folder with exercises/ and, on an instructor's machine, solutions/; `more` are such folders too."""

    root: Path
    more: tuple[Path, ...] = ()

    @classmethod
    def here(cls) -> Kit:
        """The kit around the working directory, or else the one this package belongs to."""
        if found := cls.around(Path.cwd()) or cls._installed():
            return found
        raise NotFound("no exercises here: run this inside a folder that holds exercises/")

    @classmethod
    def to_grade(cls, folder: Path | None = None, units: Sequence[Path] = ()) -> Kit:
        """The kit in `folder`, or else the installed one, with the units in more folders and of packages.

        A kit's checks run with all rights of the user. Raises GradfnError inside another kit, which a student
        may have handed in, unless `folder` or `units` name one.
        """
        more = (*own_units(units), *installed_units())
        if folder is not None:
            return cls(own_units([folder])[0], more)
        installed, here = cls._installed(), cls.around(Path.cwd())
        known = (*more, installed.root) if installed else more
        if here is not None and not any(map(here.root.samefile, known)):
            other = f"; with the installed one: --kit {installed.root}" if installed else ""
            raise GradfnError(
                f"{here.root} holds a kit that is not the installed one, and grading would run its code with "
                f"your rights. To grade with it: --kit {here.root}{other}; with both: --units {here.root}"
            )
        if installed is None:
            raise NotFound("no kit is installed beside this command: name its folder with --kit DIR")
        return cls(installed.root, more)

    @classmethod
    def _installed(cls) -> Kit | None:
        return cls(INSTALLED) if units_in(INSTALLED) else None

    @classmethod
    def around(cls, folder: Path) -> Kit | None:
        """The kit that a folder is in."""
        return next((cls(f) for f in (folder, *folder.parents) if any(f.glob("exercises/*/checks.py"))), None)

    @cached_property
    def _folders(self) -> tuple[Path, ...]:
        return tuple(dict.fromkeys((self.root, *self.more)))

    def names(self) -> list[str]:
        """The units' names, sorted; raises BadUnit where two have the same."""
        return list(homes(self._folders))

    def units(self) -> Iterable[KitUnit]:
        """Every unit, in learning order."""
        return sorted((self._unit(*each) for each in homes(self._folders).items()), key=lambda u: u.number)

    def unit(self, name: str) -> KitUnit:
        """The unit called `name`; raises NotFound with the nearest name."""
        if name not in (found := homes(self._folders)):
            raise NotFound.named("unit", name, found)
        return self._unit(name, found[name])

    def _unit(self, name: str, home: Path) -> KitUnit:
        answers = [folder / "solutions" / name for folder in (home, *self._folders)]
        there = (folder for folder in answers if (folder / f"{name}.py").exists())
        return KitUnit(name, home / "exercises" / name, next(there, answers[0]))

    def unit_that_asks_for(self, name: str) -> str:
        """The name of the first unit that asks for a function or class of that name, or ""."""
        cells = ((unit.name, cell) for unit in self.units() for cell in script.split(unit._stub))
        return next((unit for unit, cell in cells if name in cell.names), "")
