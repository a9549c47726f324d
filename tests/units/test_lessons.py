"""Lessons: their numbers are right, their pictures are there, and stubs say what they mean."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import numpy as np
import pytest

from autograder.grading import oracle
from autograder.units.kit import Kit
from tests.conftest import ROOT

LESSONS = sorted((ROOT / "exercises").glob("*/README.md"))
FENCE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PICTURE = re.compile(r"!\[(?P<words>[^\]]*)\]\((?P<path>[^)]+)\)")
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def failures(text: str, names: dict[str, object], title: str) -> list[str]:
    """The examples in a text whose output differs from what the text says."""
    found: list[str] = []
    test = doctest.DocTestParser().get_doctest(text, dict(names), title, title, 0)
    doctest.DocTestRunner(optionflags=OPTIONS, verbose=False).run(test, out=found.append)
    return found


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.parent.name)
def test_the_numbers_of_a_lesson_are_right(path: Path) -> None:
    """Every example in a lesson prints what the lesson says; an example may use names of earlier ones."""
    examples = FENCE.findall(path.read_text(encoding="utf-8"))
    assert failures("\n".join(examples), {}, path.parent.name) == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.parent.name)
def test_the_examples_of_a_stub_are_right(kit: Kit, path: Path) -> None:
    """The solution does what the docstrings show."""
    unit = kit.unit(path.parent.name)
    module = oracle.solution_of(unit)
    found = doctest.DocTestFinder(exclude_empty=True).find(
        module, unit.name, module=False, globs=vars(module)
    )
    told: list[str] = []
    for test in found:
        doctest.DocTestRunner(optionflags=OPTIONS, verbose=False).run(test, out=told.append)
    assert told == []
    assert sum(len(test.examples) for test in found) >= len(unit.exercises) // 2


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.parent.name)
def test_pictures_are_there_and_light(path: Path) -> None:
    """Each picture has an alternative text and is small."""
    for picture in PICTURE.finditer(path.read_text(encoding="utf-8")):
        assert len(picture["words"]) >= 20, f"{picture['path']}: say what it shows"
        assert (path.parent / picture["path"]).stat().st_size < 40_000


def test_lines_that_broadcast_wrongly_run_and_their_repairs_differ() -> None:
    """Each line of the table in the lesson of forward runs and is wrong, and its repair is right."""
    lesson = (ROOT / "exercises" / "forward" / "README.md").read_text(encoding="utf-8")
    text = lesson.partition("These five lines run and are wrong")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)`[^|]*\|[^|]*\| `([^`]+)` \|$", text, re.MULTILINE)
    rng, n = np.random.default_rng(1), 3
    X, scores, outputs = (rng.normal(size=shape) for shape in ((n, n), (n, n), (n, 1)))
    y, b = rng.normal(size=n), rng.normal(size=n)
    names = {"X": X, "scores": scores, "outputs": outputs, "y": y, "b": b}
    right = [
        [outputs[i, 0] - y[i] for i in range(n)],
        [X[i] - sum(X[i]) / n for i in range(n)],
        [X[i] - max(X[i]) for i in range(n)],
        [scores[i] + b for i in range(n)],
        [y[i] * X[i] for i in range(n)],
    ]
    for (wrong, repaired), expected in zip(rows, right, strict=True):
        assert np.allclose(eval(repaired, names), expected), repaired
        given = eval(wrong, names)
        assert given.shape != np.shape(expected) or not np.allclose(given, expected), wrong
