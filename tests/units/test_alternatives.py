"""Alternative answers: a right answer gets full points, however it is written."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import pytest

from autograder.grading import oracle
from autograder.judging.judge import judge
from autograder.units import script
from autograder.units.kit import Kit
from autograder.units.recorded import PUBLIC_SEED
from autograder.worker.modules import module_of
from tests.conftest import ROOT

UNITS = sorted(path.stem for path in (ROOT / "tests" / "alternatives").glob("[a-z]*.py"))
CASES = [
    pytest.param(unit, exercise, source, id=f"{unit}-{exercise}-{number}")
    for unit in UNITS
    for exercise, sources in import_module(f"tests.alternatives.{unit}").ALTERNATIVES.items()
    for number, source in enumerate(sources, 1)
]
SEEDS = (PUBLIC_SEED, 11)


def test_every_exercise_has_two_alternative_answers(kit: Kit) -> None:
    """So that a new exercise is not forgotten in tests/alternatives."""
    found = [(case.values[0], case.values[1]) for case in CASES]
    every = [(unit.name, exercise) for unit in kit.units() for exercise in unit.exercises]
    assert [pair for pair in every if found.count(pair) < 2] == []


@pytest.mark.parametrize(("unit_name", "exercise", "source"), CASES)
def test_an_alternative_answer_gets_all_points(kit: Kit, unit_name: str, exercise: str, source: str) -> None:
    """In place of the solution's cell it passes every check of the exercise, on two seeds."""
    unit = kit.unit(unit_name)
    cells = script.split(unit.solution_file.read_text(encoding="utf-8"))
    cells = [replace(cell, source=source) if cell.name == exercise else cell for cell in cells]
    module = module_of(script.join(cells), f"alternative.{unit_name}")
    for seed in SEEDS:
        checks = unit.checks_of(exercise)
        right = oracle.outcomes(checks, oracle.solution_of(unit), seed)
        recorded = replace(unit.recorded, seed=seed, answers={exercise: right})
        results = judge(unit, exercise, oracle.outcomes(checks, module, seed), recorded)
        assert [result.message for result in results if result.status != "passed"] == []
