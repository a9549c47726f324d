"""What the tests share: the kit itself, and a kit of one tiny unit to break."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.kit import Kit, KitUnit
from tests.tiny import open_unit, write_kit

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def kit() -> Kit:
    """The kit under test."""
    return Kit(ROOT)


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("kit")
    write_kit(root)
    return root


@pytest.fixture
def tiny(_built: Path, tmp_path: Path) -> KitUnit:
    """A fresh copy of the tiny unit, which a test may break."""
    shutil.copytree(_built, tmp_path, dirs_exist_ok=True)
    return open_unit(tmp_path)


def root_of(unit: KitUnit) -> Path:
    """The folder of the kit that a unit belongs to."""
    return unit.folder.parents[1]
