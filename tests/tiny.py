"""A kit of one small unit, made in a folder: what the tests break on purpose."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from autograder.authors.build import build
from autograder.units.kit import Kit, KitUnit

SOLUTION = '''\
"""Doubling and halving."""

import numpy as np


# %% double *
def double(x: np.ndarray) -> np.ndarray:
    """2 x, element by element."""
    ### BEGIN SOLUTION
    return np.add(x, x)
    ### END SOLUTION


# %% halve **
def halve(x: np.ndarray) -> np.ndarray:
    """x / 2, element by element."""
    ### BEGIN SOLUTION
    return np.asarray(x) * 0.5
    ### END SOLUTION
'''

BY_TORCH = """\
import torch


def double(x):
    return (torch.from_numpy(x) * 2).numpy()


def halve(x):
    return (torch.from_numpy(x) / 2).numpy()
"""

MISTAKES = '''\
from autograder.declare import slips

double = slips("double")


@double("squared")
def squared(x):
    """Twice a number is not its square."""
    return x * x


@double("sign lost")
def sign_lost(x):
    """Doubling keeps the sign."""
    return abs(2 * x)


halve = slips("halve")


@halve("doubled")
def doubled(x):
    """Half is less, not more."""
    return 2 * x


@halve("in place")
def in_place(x):
    """The caller still needs x."""
    x *= 0.5
    return x
'''

CHECKS = '''\
import numpy as np

from autograder.declare import Unit, check

unit = Unit("Tiny", number=1, unasked={"halve.x": "not in a test", "double.x": "not in a test"})


@check("double", points=2)
def values_double(answer, rng):
    """double(x) is 2 x.

    1. one
    2. two
    3. three
    """
    return {"double(x)": answer.double(np.append(rng.normal(size=(2, 3)), [-1.0, 3.0]))}


@check("halve", points=1)
def values_halve(answer, rng):
    """halve(x) is x / 2.

    1. one
    2. two
    3. three
    """
    return {"halve(x)": answer.halve(rng.normal(size=(2, 3)))}
'''

LESSON = """\
# Tiny

Numbers, twice and half.

## `double`: twice as much

Add a number to itself.

## `halve`: half as much

Give one half away.
"""


def write_kit(root: Path) -> KitUnit:
    """The tiny unit's sources under `root`, and its derived files; opened anew with `open_unit`."""
    exercises, solutions = root / "exercises" / "tiny", root / "solutions" / "tiny"
    exercises.mkdir(parents=True)
    solutions.mkdir(parents=True)
    (solutions / "tiny.py").write_text(SOLUTION, encoding="utf-8")
    (solutions / "by_torch.py").write_text(BY_TORCH, encoding="utf-8")
    (solutions / "mistakes.py").write_text(MISTAKES, encoding="utf-8")
    (exercises / "checks.py").write_text(CHECKS, encoding="utf-8")
    (exercises / "README.md").write_text(LESSON, encoding="utf-8")
    build(open_unit(root))
    return open_unit(root)


def open_unit(root: Path) -> KitUnit:
    """The unit as it is on disk now."""
    return Kit(root).unit("tiny")


def replace_in(path: Path, old: str, new: str) -> None:
    """Replace one text by another, which must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} does not hold {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def answered(unit: KitUnit, **bodies: str) -> str:
    """The unit's stub with the bodies of some functions filled in."""
    text = unit.recorded.stub
    for name, body in bodies.items():
        start = text.index(f"def {name}(")
        todo = "    # YOUR CODE HERE\n    raise NotImplementedError()"
        place = text.index(todo, start)
        text = text[:place] + "    " + dedent(body).replace("\n", "\n    ") + text[place + len(todo) :]
    return text
