"""What the tests share: the kit itself, and a kit of one tiny unit to break.

Where there is no sandbox the suite grades without one, and its header says why.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.grading.confinement import UNCONFINED, lacking
from autograder.nbgrader.course import Course, make_course, open_course
from autograder.nbgrader.gradebook import gradebook
from autograder.units.kit import Kit, KitUnit
from tests.tiny import open_unit, write_kit

ROOT = Path(__file__).resolve().parents[1]


def pytest_report_header() -> str:
    """Whether submissions are confined in this run."""
    if reason := lacking():
        os.environ[UNCONFINED] = "1"
        return f"submissions run without a sandbox: {reason}"
    return "submissions run in the sandbox"


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """Commands of a course change what others may read; the next test starts as every process does."""
    yield
    os.umask(0o022)


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


@pytest.fixture(scope="session")
def _paper(_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = make_course(tmp_path_factory.mktemp("paper") / "course", Kit(_built))
    with gradebook(course):
        pass  # makes the database, which takes seconds
    return course.root


@pytest.fixture
def paper(_paper: Path, tmp_path: Path) -> Course:
    """A course of the tiny unit with an empty gradebook, for tests.paper_course to write a class into."""
    shutil.copytree(_paper, tmp_path / "paper")
    return open_course(tmp_path / "paper")


def root_of(unit: KitUnit) -> Path:
    """The folder of the kit that a unit belongs to."""
    return unit.folder.parents[1]
