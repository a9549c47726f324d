"""Alternative answers: a right answer gets full points, however it is written."""

from __future__ import annotations

from importlib import import_module

import pytest

from autograder.units.kit import Kit
from autograder.units.recorded import PUBLIC_SEED
from tests.answered import results
from tests.conftest import ROOT

UNITS = sorted(path.stem for path in (ROOT / "tests" / "alternatives").glob("[a-z]*.py"))
SEEDS = (PUBLIC_SEED, 11)  # each answer on one of them
CASES = [
    pytest.param(unit, exercise, source, SEEDS[number % 2], id=f"{unit}-{exercise}-{number}")
    for unit in UNITS
    for exercise, sources in import_module(f"tests.alternatives.{unit}").ALTERNATIVES.items()
    for number, source in enumerate(sources, 1)
]


def test_every_exercise_has_two_alternative_answers(kit: Kit) -> None:
    """So that a new exercise is not forgotten in tests/alternatives."""
    found = [(case.values[0], case.values[1]) for case in CASES]
    every = [(unit.name, exercise) for unit in kit.units() for exercise in unit.exercises]
    assert [pair for pair in every if found.count(pair) < 2] == []


@pytest.mark.parametrize(("unit_name", "exercise", "source", "seed"), CASES)
def test_an_alternative_answer_gets_all_points(
    kit: Kit, unit_name: str, exercise: str, source: str, seed: int
) -> None:
    """In place of the solution's cell it passes every check of the exercise."""
    found = results(kit, unit_name, exercise, source, seed)
    assert [result.message for result in found if result.status != "passed"] == []
