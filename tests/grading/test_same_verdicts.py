"""The sandbox changes no verdict: what passes at home passes when graded, and fails by the same name."""

from __future__ import annotations

import linecache
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from itertools import zip_longest
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


def answers(unit: KitUnit) -> Iterator[tuple[Iterable[str], str, str]]:
    """Some exercises, a title, and a script that answers them: all that are declared, and the solution.

    Right answers to several exercises share a script, a mistake is alone in its own.
    """
    cells = script.split(unit.solution_file.read_text(encoding="utf-8"))
    owner = {name: e.name for e in unit.exercises.values() for name in e.names}

    def with_cells(sources: Mapping[str, str]) -> str:
        return script.join(replace(cell, source=sources.get(cell.name, cell.source)) for cell in cells)

    yield unit.exercises, "the solution", script.join(cells)
    for mistake in oracle.mistakes_of(unit):
        exercise = owner[mistake.name]
        yield [exercise], mistake.title, with_cells({exercise: _mistaken(unit, mistake, cells)})
    alternatives = import_module(f"tests.alternatives.{unit.name}").ALTERNATIVES
    for number, sources in enumerate(zip_longest(*alternatives.values()), 1):
        chosen = {name: source for name, source in zip(alternatives, sources, strict=True) if source}
        yield chosen, f"alternative {number}", with_cells(chosen)


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


def in_the_sandbox(unit: KitUnit, exercises: Iterable[str], text: str) -> dict[str, Verdicts]:
    """As it is graded, by exercise."""
    cells = [(cell.name, cell.source) for cell in script.split(text)]
    with Sandbox(unit) as sandbox:
        assert [cell.raised for cell in sandbox.load(cells, notebook=False)] == [None] * len(cells)

        def outcomes(name: str) -> Mapping[str, Outcome]:
            return {check.name: sandbox.check(check, PUBLIC_SEED) for check in unit.checks_of(name)}

        return {
            name: verdicts(judge(unit, name, outcomes(name), unit.recorded, outcomes)) for name in exercises
        }


@pytest.mark.parametrize("name", Kit(ROOT).names())
def test_a_verdict_is_the_same_at_home_and_in_the_sandbox(kit: Kit, name: str, tmp_path: Path) -> None:
    """For the solution, each declared mistake and each alternative answer: check by check, with its name."""
    unit = kit.unit(name)
    differing = []
    for exercises, title, text in answers(unit):
        for exercise, graded in in_the_sandbox(unit, exercises, text).items():
            if title.startswith(RIGHT):
                home: Verdicts = [(check.label, True, None) for check in unit.checks_of(exercise)]
            else:
                home = at_home(unit, exercise, text, tmp_path)
            pairs = zip(home, graded, strict=True)
            differing += [(exercise, title, *pair) for pair in pairs if pair[0] != pair[1]]
    assert differing == []
