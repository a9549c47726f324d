"""Wrong answers that no mistake names: each loses points."""

from __future__ import annotations

from importlib import import_module

import pytest

from autograder.units.kit import Kit
from autograder.units.recorded import PUBLIC_SEED
from tests.answered import results
from tests.conftest import ROOT

UNITS = sorted(path.stem for path in (ROOT / "tests" / "wrong_answers").glob("[a-z]*.py"))
SEEDS = (PUBLIC_SEED, 11)  # each answer on one of them
CASES = [
    pytest.param(unit, exercise, edit, SEEDS[number % 2], id=f"{unit}-{exercise}-{title}")
    for unit in UNITS
    for exercise, wrong in import_module(f"tests.wrong_answers.{unit}").WRONG.items()
    for number, (title, edit) in enumerate(wrong.items())
]


@pytest.mark.parametrize(("unit_name", "exercise", "edit", "seed"), CASES)
def test_a_wrong_answer_loses_points(
    kit: Kit, unit_name: str, exercise: str, edit: str | tuple[str, str], seed: int
) -> None:
    """In place of the solution's cell it fails a check of the exercise."""
    assert {result.status for result in results(kit, unit_name, exercise, edit, seed)} != {"passed"}
