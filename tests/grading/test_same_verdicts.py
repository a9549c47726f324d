"""The sandbox changes no verdict: what passes at home passes when graded, and fails by the same name."""

from __future__ import annotations

import linecache
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from autograder.declare import Mistake
from autograder.grading import oracle
from autograder.grading.confinement import lacking
from autograder.grading.sandbox import Sandbox
from autograder.judging.judge import judge
from autograder.judging.results import Result
from autograder.student.attempt import Attempt
from autograder.units import script
from autograder.units.kit import Kit, KitUnit
from autograder.units.recorded import PUBLIC_SEED
from autograder.worker.modules import attempt_to_load
from autograder.worker.outcome import Outcome
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(bool(lacking()), reason=f"no sandbox here: {lacking()}")

Verdicts = list[tuple[str, bool, str | None]]  # a check, whether it is passed, and the mistake's name

#: That these pass at home is held by `dev verify` and tests/units/test_alternatives.py.
RIGHT = ("the solution", "alternative ")

#: A cell that puts a mistake's own function in place of the answer's, with what that function needs.
BORROWED = """

_known = {{"__name__": "mistakes"}}
exec({source!r}, _known)
_found = [m for value in _known.values() for m in getattr(value, "mistakes", [value])]
{name} = next(m for m in _found if getattr(m, "title", "") == {title!r} and m.name == {name!r}).replacement
"""


def answers(unit: KitUnit) -> Iterator[tuple[str, str, str]]:
    """The exercise, a title, and a script that holds the answer: all that are declared, and the solution."""
    cells = script.split(unit.solution_file.read_text(encoding="utf-8"))
    owner = {name: e.name for e in unit.exercises.values() for name in e.names}

    def with_cell(exercise: str, source: str) -> str:
        return script.join(replace(cell, source=source) if cell.name == exercise else cell for cell in cells)

    for exercise in unit.exercises:
        yield exercise, "the solution", script.join(cells)
    for mistake in oracle.mistakes_of(unit):
        yield (
            owner[mistake.name],
            mistake.title,
            with_cell(owner[mistake.name], _mistaken(unit, mistake, cells)),
        )
    for exercise, sources in import_module(f"tests.alternatives.{unit.name}").ALTERNATIVES.items():
        for number, source in enumerate(sources, 1):
            yield exercise, f"alternative {number}", with_cell(exercise, source)


def _mistaken(unit: KitUnit, mistake: Mistake, cells: list[script.Cell]) -> str:
    """The source of the exercise's cell with a mistake in it."""
    if mistake.edits:
        return oracle.mistaken_cell(unit, mistake)
    source = (unit.solutions / "mistakes.py").read_text(encoding="utf-8")
    (cell,) = (cell for cell in cells if mistake.name in cell.names)
    return cell.source + BORROWED.format(source=source, name=mistake.name, title=mistake.title)


def verdicts(results: tuple[Result, ...]) -> Verdicts:
    """What of the results must be the same wherever the answer runs."""
    return [(result.check, result.status == "passed", result.mistake) for result in results]


def at_home(unit: KitUnit, exercise: str, text: str, folder: Path) -> Verdicts:
    """As pytest runs it, in this process."""
    file = folder / f"{unit.name}.py"
    file.write_text(text, encoding="utf-8")
    linecache.clearcache()
    module, raised = attempt_to_load(file, f"exercises.{unit.name}", unit.declaration.packages)
    assert raised is None, raised
    return verdicts(Attempt(unit, module).results(unit.exercise(exercise)))


def in_the_sandbox(unit: KitUnit, exercise: str, text: str) -> Verdicts:
    """As it is graded."""
    cells = [(cell.name, cell.source) for cell in script.split(text)]
    with Sandbox(unit) as sandbox:
        assert [cell.raised for cell in sandbox.load(cells, notebook=False)] == [None] * len(cells)

        def outcomes(name: str) -> Mapping[str, Outcome]:
            return {check.name: sandbox.check(check, PUBLIC_SEED) for check in unit.checks_of(name)}

        return verdicts(judge(unit, exercise, outcomes(exercise), unit.recorded, outcomes))


@pytest.mark.parametrize("name", Kit(ROOT).names())
def test_a_verdict_is_the_same_at_home_and_in_the_sandbox(kit: Kit, name: str, tmp_path: Path) -> None:
    """For the solution, each declared mistake and each alternative answer: check by check, with its name."""
    unit = kit.unit(name)
    differing = []
    for exercise, title, text in answers(unit):
        graded = in_the_sandbox(unit, exercise, text)
        if title.startswith(RIGHT):
            home: Verdicts = [(check.label, True, None) for check in unit.checks_of(exercise)]
        else:
            home = at_home(unit, exercise, text, tmp_path)
        differing += [
            (exercise, title, *pair) for pair in zip(home, graded, strict=True) if pair[0] != pair[1]
        ]
    assert differing == []
