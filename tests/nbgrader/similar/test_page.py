"""The page about answers that are alike: made from graded notebooks, readable, and nothing in it runs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from autograder.answers.notebooks import source_notebook
from autograder.cli import main
from autograder.nbgrader.course import Course
from autograder.nbgrader.similar.page import cells_of, write_page
from tests.nbgrader.similar.test_compare import PECULIAR

STUDENTS = ("ada", "bob", "cyd", "dee", "eve", "fay")


@pytest.fixture
def course(paper: Course) -> Course:
    """A course in which two of six students have the same peculiar cells of their own."""
    unit = paper.unit("tiny")
    for number, student in enumerate(STUDENTS):
        paper.submitted_folder(unit, student).mkdir(parents=True, exist_ok=True)
        file = paper.autograded_file(unit, student)
        file.parent.mkdir(parents=True, exist_ok=True)
        notebook = source_notebook(unit)
        answer = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "double")
        answer.source = f"def double(x):\n    return {number} + x * 2 - {number}"
        if student in ("bob", "eve"):
            answer.source, text = PECULIAR.values()
            notebook.cells.append(nbformat.v4.new_code_cell(f"{text}\n# <b>\u202e a very peculiar comment"))
        nbformat.write(notebook, file)
    return paper


def test_a_pair_that_stands_out_is_shown_side_by_side(course: Course, tmp_path: Path) -> None:
    """With what is shared marked, control characters visible, and markup as text."""
    file, words = write_page(course, course.unit("tiny"), tmp_path / "page.html")
    page = file.read_text(encoding="utf-8")
    assert words.startswith("1 pair of ")
    assert "<bdi>bob</bdi> and <bdi>eve</bdi>" in page
    assert page.count("<mark>") >= 20
    assert "&lt;b&gt;\\u202e" in page
    assert "<b>" not in page
    assert "default-src 'none'" in page


def test_the_cells_of_a_graded_notebook_are_the_students(course: Course) -> None:
    """Answers by exercise and own cells; no test cell, no cell of the kit."""
    unit = course.unit("tiny")
    assert set(cells_of(course.autograded_file(unit, "bob"), unit)) == {"double", "halve", "own cells"}
    assert set(cells_of(course.autograded_file(unit, "ada"), unit)) == {"double", "halve"}


def test_the_command_says_what_it_found(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page is in the course's reports; without graded submissions one line says so."""
    monkeypatch.chdir(course.root)
    assert main(["similar", "tiny"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "The page is in reports/tiny-similar.html"
    for file in (course.root / "autograded").rglob("*.ipynb"):
        file.unlink()
    assert main(["similar", "tiny"]) == 2
    assert "two are needed to compare" in capsys.readouterr().err
