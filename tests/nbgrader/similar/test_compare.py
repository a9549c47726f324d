"""Pairs that share what hardly anybody else has: copies are found, honest answers are left in peace."""

from __future__ import annotations

import ast
import importlib
import random
import re
import time
from contextlib import suppress

import pytest

from autograder.errors import BadUnit
from autograder.grading import oracle
from autograder.nbgrader.similar.compare import compare, features_of
from autograder.units import script
from autograder.units.kit import Kit, KitUnit
from tests.conftest import ROOT

CLASS = 300
NAMES = [
    "value",
    "result",
    "out",
    "tmp",
    "arr",
    "total",
    "item",
    "acc",
    "buf",
    "data",
    "mask",
    "left",
    "right",
    "first",
    "second",
    "num",
    "den",
    "ret",
    "y2",
    "z1",
]
PECULIAR = {
    "topo_order": """
def topo_order(root):
    # post order, and a number says whether the children were pushed
    agenda, finished, marks = [(root, 0)], [], {}
    while len(agenda) > 0:
        current, phase = agenda.pop(-1)
        if phase == 1:
            finished.insert(len(finished), current)
            continue
        if marks.get(current, None) is not None:
            continue
        marks[current] = "seen"
        agenda.append((current, 1))
        for index in range(len(current.parents)):
            agenda.append((current.parents[index], 0))
    return finished
""",
    "numeric_grad": """
def numeric_grad(f, x, eps):
    answers = [None] * len(x)
    for position, original in enumerate(list(x)):
        trial_up = x[:position] + [original + eps] + x[position + 1 :]
        trial_down = x[:position] + [original - eps] + x[position + 1 :]
        answers[position] = (f(trial_up) - f(trial_down)) / (eps + eps)
    return answers
""",
}


def pool(unit: KitUnit) -> dict[str, tuple[list[str], list[str]]]:
    """Right answers, written in several ways, and wrong ones, by exercise."""
    cells = {cell.name: cell.source for cell in script.split(unit.solution_file.read_text(encoding="utf-8"))}
    others = importlib.import_module(f"tests.alternatives.{unit.name}").ALTERNATIVES
    found = {name: ([cells[name], *others.get(name, [])], [cells[name]]) for name in unit.exercises}
    for mistake in oracle.mistakes_of(unit):
        if mistake.edits and mistake.name in cells:
            with suppress(BadUnit):  # it edits another cell
                found[mistake.name][1].append(mistake.edit(cells[mistake.name]))
    return found


def renamed(source: str, rng: random.Random) -> str:
    """The answer with other names for what it assigns."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    own = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    new = [f"{name}{rng.randrange(10)}" for name in rng.sample(NAMES, min(len(own), len(NAMES)))]
    for old, name in zip(sorted(own), new, strict=False):
        source = re.sub(rf"(?<![.\w]){old}\b", name, source)
    return source


def honest_class(unit: KitUnit, seed: int, prefix: str = "s") -> dict[str, dict[str, str]]:
    """Students who chose for themselves, a fifth of the answers wrong, each with names of their own."""
    rng, ways = random.Random(seed), pool(unit)
    return {
        f"{prefix}{number:03}": {
            name: renamed(rng.choice(wrong if rng.random() < 0.2 else right), rng)
            for name, (right, wrong) in ways.items()
        }
        for number in range(CLASS)
    }


def known(unit: KitUnit) -> list[str]:
    """The cells of stub and solution."""
    texts = (unit.recorded.stub, unit.solution_file.read_text(encoding="utf-8"))
    return [cell.source for text in texts for cell in script.split(text)]


@pytest.mark.parametrize("name", Kit(ROOT).names())
def test_three_hundred_honest_answers_raise_no_alarm(kit: Kit, name: str) -> None:
    """Of 45,000 pairs at most three stand out, though each answer is written in a handful of ways only."""
    unit = kit.unit(name)
    assert sum(pair.stands_out for pair in compare(honest_class(unit, 1), known(unit))) <= 3


def test_a_copy_is_found_whatever_its_names_and_order_of_lines(kit: Kit) -> None:
    """Two exercises copied, renamed, without the comment: the pair comes first, and alone."""
    unit, rng = kit.unit("graph"), random.Random(5)
    texts = honest_class(unit, 2)
    texts["ada"] = texts["s000"] | PECULIAR
    copy = {name: renamed(text, rng) for name, text in PECULIAR.items()}
    comment = next(line for line in copy["topo_order"].splitlines() if "#" in line)
    texts["eve"] = texts["s001"] | copy | {"topo_order": copy["topo_order"].replace(comment, "")}
    first, *others = compare(texts, known(unit))
    assert (first.first, first.second, first.stands_out) == ("ada", "eve", True)
    assert sum(pair.stands_out for pair in others) <= 3


def test_what_a_sixth_of_the_class_shares_is_no_evidence(kit: Kit) -> None:
    """Such as a text that stands in the lesson."""
    unit = kit.unit("graph")
    texts = honest_class(unit, 3)
    for student in list(texts)[:50]:
        texts[student] = texts[student] | PECULIAR
    assert [pair for pair in compare(texts, known(unit)) if pair.stands_out] == []


def test_names_docstrings_and_order_do_not_count() -> None:
    """The same features, whatever the names; other features for another structure."""
    one = features_of(["def f(x):\n    a = x * 2 + 1\n    b = a - x\n    return a / b\n"])
    two = features_of(['def f(q):\n    """Words."""\n    t = s - q\n    s = q * 2 + 1\n    return s / t\n'])
    other = features_of(["def f(x):\n    return (x * 2 + 1) / (x + 1)\n"])
    assert one == two
    assert one != other


HOSTILE = {
    "an open string": "'''",
    "brackets": "(" * 5000,
    "a NUL": "\x00",
    "no Python": "def f(:\n  x ==",
    "a long name": "x" * 10**6,
    "continued lines": "\\\n" * 10**5,
    "combining characters": "x = a" + "\u0301" * 10**5,
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_what_python_cannot_read_is_read_as_far_as_it_goes(source: str) -> None:
    """Nothing is raised, and nothing takes long."""
    start = time.process_time()
    features_of([source, "a = b + c"])
    assert time.process_time() - start < 2.0


def test_five_hundred_submissions_take_seconds(kit: Kit) -> None:
    """A minute of processor time is the most; it takes a few seconds."""
    unit = kit.unit("activations")
    texts = honest_class(unit, 4) | honest_class(unit, 5, "t")
    start = time.process_time()
    compare(dict(list(texts.items())[:500]), known(unit))
    assert time.process_time() - start < 60
