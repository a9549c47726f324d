"""A unit's solution with other source in the place of one exercise, judged."""

from __future__ import annotations

import linecache
from dataclasses import replace
from functools import cache

from autograder.grading import oracle
from autograder.judging.judge import judge
from autograder.judging.results import Result
from autograder.units import script
from autograder.units.kit import Kit
from autograder.worker.modules import module_of
from autograder.worker.outcome import Outcome


def results(kit: Kit, unit_name: str, exercise: str, edit: str | tuple[str, str], seed: int) -> list[Result]:
    """The results of the exercise's checks, where `edit` is its cell, or a text of it and another one."""
    unit = kit.unit(unit_name)
    cells = script.split(unit.solution_file.read_text(encoding="utf-8"))
    (cell,) = (cell for cell in cells if cell.name == exercise)
    if isinstance(edit, tuple):
        assert cell.source.count(edit[0]) == 1, f"{edit[0]!r} has to stand once in the answer"
        edit = cell.source.replace(*edit)
    cells = [replace(each, source=edit) if each is cell else each for each in cells]
    text, name = script.join(cells), f"answered.{unit_name}"
    linecache.cache[f"<{name}>"] = (len(text), None, text.splitlines(keepends=True), f"<{name}>")
    module = module_of(text, name)
    checks = unit.checks_of(exercise)
    recorded = replace(unit.recorded, seed=seed, answers={exercise: _right(kit, unit_name, exercise, seed)})
    return list(judge(unit, exercise, oracle.outcomes(checks, module, seed), recorded))


@cache
def _right(kit: Kit, unit_name: str, exercise: str, seed: int) -> dict[str, Outcome]:
    """The solution's outcomes: a training takes seconds, and one serves all answers to its exercise."""
    unit = kit.unit(unit_name)
    return oracle.outcomes(unit.checks_of(exercise), oracle.solution_of(unit), seed)
