"""The cards of check() in a real kernel: colour, a tick or a cross, and no number below them."""

from __future__ import annotations

import os
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.units.kit import KitUnit
from tests.conftest import ROOT, root_of


def ran(unit: KitUnit, *sources: str, **environment: str) -> list[list[Any]]:
    """The outputs of cells run in the kit's folder, below one that brings check in."""
    begin = 'from autograder.jupyter import unit\ncheck, hint = unit("tiny")'
    cells = [nbformat.v4.new_code_cell(source) for source in (begin, *sources)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": root_of(unit)}})
    client.execute(env=os.environ | {"PYTHONPATH": str(ROOT)} | environment)
    return [cell.outputs for cell in notebook.cells[1:]]


@pytest.fixture(scope="module")
def outputs(_built: Any) -> list[list[Any]]:
    """Of a check before the answer's cell was run, of a wrong answer, a right one, of two that wait."""
    return ran(
        KitUnit("tiny", _built / "exercises" / "tiny", _built / "solutions" / "tiny"),
        'check("double")',
        'def double(x):\n    print("a\\nb")\n    return x\ncheck("double")',
        'def double(x): return 2 * x\ncheck("double")',
        'def double(x): return float(input("x"))\ncheck("double")',
        'def double(x):\n    breakpoint()\n    return 2 * x\ncheck("double")',
    )


def test_there_is_one_output_and_no_number(outputs: list[list[Any]]) -> None:
    """The points are in the card; Out[2]: 0.0 would say the same again."""
    assert [[each.output_type for each in cell] for cell in outputs] == [["display_data"]] * 5


def test_cards_have_a_mark_and_its_colour(outputs: list[list[Any]]) -> None:
    """A cross for what fails, a tick for what passes; the text is the same without them."""
    pages = [cell[0].data["text/html"] for cell in outputs]
    assert ["\N{HEAVY CHECK MARK}" in page for page in pages] == [False, False, True, False, False]
    assert ["\N{HEAVY BALLOT X}" in page for page in pages] == [True, True, False, True, True]
    assert all(page.count("<pre") == page.count("border-left: 3px solid #") for page in pages)


def test_a_cell_that_was_not_run_is_said(outputs: list[list[Any]]) -> None:
    """The answer was neither renamed nor deleted."""
    text = outputs[0][0].data["text/plain"]
    assert "double is not defined: run the cell above first." in text
    assert "renamed" not in text


def test_a_breakpoint_is_not_passed_over(outputs: list[list[Any]]) -> None:
    """A kernel's hook would do nothing, and a course refuses the answer."""
    assert "breakpoint() is still there" in outputs[4][0].data["text/plain"]


def test_prints_are_below_the_cell(outputs: list[list[Any]]) -> None:
    """Line by line."""
    assert "  It printed:\n      a\n      b\n" in outputs[1][0].data["text/plain"]


def test_an_answer_that_asks_is_told_why_it_cannot(outputs: list[list[Any]]) -> None:
    """The kernel's error is a NotImplementedError, which is what a stub raises."""
    text = " ".join(outputs[3][0].data["text/plain"].split())
    assert "input() cannot work here" in text
    assert "Not done yet" not in text


def test_nbgrader_gets_the_number(tiny: KitUnit) -> None:
    """It reads the points from the cell's result."""
    (cell,) = ran(tiny, 'check("double")', NBGRADER_EXECUTION="autograde")
    assert [each.data["text/plain"] for each in cell if each.output_type == "execute_result"] == ["0.0"]
