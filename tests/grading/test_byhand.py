"""What is asked a second time: answers whose text mentions means to hide something, and few others."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import pytest

from autograder.answers.submission import Submission, from_script
from autograder.grading import grade
from autograder.grading.byhand import asked_again, without
from autograder.grading.grade import grade_submission
from autograder.units import script
from autograder.units.kit import Kit, KitUnit
from autograder.worker.parsing import mentions


def handed_in(unit: KitUnit, answers: dict[str, str] | None = None) -> Submission:
    """A unit's solution with other answers to some exercises."""
    cells = script.split(unit.solution_file.read_text(encoding="utf-8"))
    own = [replace(cell, source=(answers or {}).get(cell.name, cell.source)) for cell in cells]
    return from_script(script.join(own), unit, f"{unit.name}.py")


def again(unit: KitUnit, submission: Submission) -> dict[str, tuple[str, ...]]:
    """The exercises that are asked again."""
    return asked_again(unit, submission, mentions([cell.source for cell in submission.cells]))


def test_solutions_and_their_alternatives_are_asked_once(kit: Kit) -> None:
    """A second worker costs time, which honest answers do not."""
    found = []
    for unit in kit.units():
        others = import_module(f"tests.alternatives.{unit.name}").ALTERNATIVES
        tried = [{}, *({name: source} for name, sources in others.items() for source in sources)]
        found += [again(unit, handed_in(unit, answers)) for answers in tried]
    assert len(found) > 100
    assert sum(map(bool, found)) <= len(found) / 20  # one keeps a list on a class, say


@pytest.mark.parametrize(
    "line",
    [
        "import autograder.worker.run",
        "from numpy import lib",
        "run = getattr(np, name)",
        "np.array_equal = print",
        "Value.__eq__ = print",
        "def patch(self):\n    self.array_equal = print\npatch(np)",
        "from functools import singledispatch",
        "class A:\n    def gi_frame(self):\n        self = (x for x in [])\n        return self.gi_frame",
        "x.ctypes",
        "Value.data = property(print)",
        "np.f2py.sys",
        "import engine.value\nengine.value.sys",
        "lin = np.linalg",
        "x.__array_interface__",
        "get_ipython()",
        "type.__setattr__",
        "def f(np):\n    return np._core",
        "typing.sys.modules",
        "match np:\n    case object(lib=found):\n        pass",
        "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    e.__traceback__.tb_frame",
        "(x for x in []).gi_frame",
        "print.__self__",
        "import inspect\ninspect.stack()",
        "import random\nrandom._os",
        "np.f2py",
        "del np.array",
        "not python",
        "__builtins__",
        "from engine import functional",
        "import engine",
        "from engine import *",
        "def helper(v):\n    return Value(v)",
    ],
)
def test_what_mentions_means_to_hide_is_asked_again(kit: Kit, line: str) -> None:
    """Or what mentions the engine where NumPy is to be used."""
    unit = kit.unit("activations")
    right = script.split(unit.solution_file.read_text(encoding="utf-8"))
    own = next(cell.source for cell in right if cell.name == "relu")
    changed = handed_in(unit, {"relu": f"{own}\n{'def f(:' if line == 'not python' else line}"})
    assert "relu" in again(unit, changed)


@pytest.mark.parametrize("name", ["activations", "graph"])
def test_solutions_keep_their_points_when_asked_again(
    kit: Kit, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """With the engine, or what stands in it ready-made, taken away."""
    monkeypatch.setattr(grade, "asked_again", lambda unit, *rest: dict(without(unit)))
    unit = kit.unit(name)
    report = grade_submission(unit, handed_in(unit), unit.recorded)
    assert [r.message for r in report.checks if not r.points] == []
    assert report.account.wall > 0
