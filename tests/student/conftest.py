"""A window with `gradfn watch` on a small unit, which many tests share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.units.kit import KitUnit
from tests.conftest import root_of
from tests.terminal import HOME, Terminal, save
from tests.tiny import open_unit, replace_in

SECONDS = 0.5  # the time limit of the tiny unit's checks


@pytest.fixture(scope="module")
def unit(_built: Path, tmp_path_factory: pytest.TempPathFactory) -> KitUnit:
    """A copy of the tiny unit, with short limits."""
    root = tmp_path_factory.mktemp("watched")
    shutil.copytree(_built, root, dirs_exist_ok=True)
    for points in ("2", "1"):
        short = f"points={points})"
        timed = f"points={points}, seconds={SECONDS})"
        replace_in(open_unit(root).folder / "checks.py", short, timed)
    return open_unit(root)


@pytest.fixture(scope="module")
def _open(unit: KitUnit) -> Iterator[Terminal]:
    with Terminal(root_of(unit)) as terminal:
        yield terminal


@pytest.fixture
def terminal(_open: Terminal, unit: KitUnit) -> Terminal:
    """A window that many tests share, at the first exercise, whose answer raises an error."""
    (root_of(unit) / ".gradfn" / "hints.json").unlink(missing_ok=True)
    _open.process.setwinsize(30, 100)
    mark = f"start {len(_open.output)}"
    save(unit, double=f"raise ValueError('{mark}')", halve=f"raise ValueError('{mark}')")
    if not _open.wait(f"ValueError: {mark}").startswith("tiny.double"):
        _open.press("n")
        _open.wait("double · values double")
    _open.output = _open.output[_open.output.rindex(HOME) :]
    return _open
