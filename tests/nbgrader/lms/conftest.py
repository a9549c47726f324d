"""A course whose gradebook holds the made-up class, as its system's export says it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.lms.roster import enrol
from tests.nbgrader.lms.samples import ROSTERS


@pytest.fixture
def course(paper: Course) -> Course:
    """A course of the tiny unit, released, without students."""
    unit = paper.kit.unit("tiny")
    paper.released_file(unit).parent.mkdir(parents=True)
    paper.released_file(unit).touch()
    with gradebook(paper) as opened:
        opened.add_assignment("tiny")
    return paper


@pytest.fixture
def enrolled(course: Course, tmp_path: Path) -> Callable[[str], Course]:
    """The course with the class that a system's export brings."""

    def make(system: str) -> Course:
        (tmp_path / "roster.csv").write_bytes(ROSTERS[system])
        assert enrol(course, tmp_path / "roster.csv").problems == []
        return course

    return make
