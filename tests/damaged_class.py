"""A class with damaged submissions of the tiny unit: what each student hands in, and the expected result.

CLASS                               by name: the submission, its points out of 3, and what went wrong in words
hand_in(course, unit, name, case)   write a submission
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from autograder.nbgrader.course import Course
from autograder.units.kit import KitUnit
from tests.demo.students import STUDENTS, Desk, cell, doubled, without

Notebook = nbformat.NotebookNode
RIGHT = {"double": "def double(x):\n    return 2 * x", "halve": "def halve(x):\n    return x / 2"}
SCRIPT_TAG = "<script>alert(1)</script>"


def solved(released: Notebook, **answers: str) -> Notebook:
    """The released notebook with right answers, or others where they are given."""
    notebook = nbformat.from_dict(released)
    for name, source in (RIGHT | answers).items():
        cell(notebook, name).source = source
    return notebook


def with_own(notebook: Notebook, behind: str, source: str) -> Notebook:
    """The notebook with a cell of the student's own."""
    place = notebook.cells.index(cell(notebook, behind)) + 1
    notebook.cells.insert(place, nbformat.v4.new_code_cell(source))
    return notebook


def edited(notebook: Notebook, name: str, **changes: Any) -> Notebook:
    """The notebook with other fields or marks in one cell."""
    target = cell(notebook, name)
    for key, value in changes.items():
        if key in ("source", "cell_type", "outputs"):
            target[key] = value
        else:
            target.metadata.nbgrader[key] = value
    return notebook


def forged(notebook: Notebook) -> Notebook:
    """A stub whose file already holds the outputs and marks of a full score."""
    notebook = nbformat.from_dict(notebook)
    result = nbformat.v4.new_output("execute_result", {"text/plain": "2.0"}, execution_count=1)
    edited(notebook, "test_double", outputs=[result], points=100)
    notebook.metadata["gradfn"] = {"unit": "tiny", "stands_for": "../../ada/tiny/tiny.ipynb"}
    return notebook


@dataclass(frozen=True)
class Case:
    """A submission, its points out of 3, and what went wrong in words.

    `make` turns the released notebook into what is handed in, or is the name of a student of the demo.
    """

    make: Callable[[Notebook], Notebook | str | bytes] | str
    points: float
    words: str
    name: str = "tiny.ipynb"


CLASS = {
    "right": Case("ada", 3, ""),
    "stub": Case("gwen", 0, "no exercise answered"),
    "mistake": Case("ben", 1, "double: squared"),
    "wrong": Case(
        lambda n: solved(n, double="def double(x):\n    return x + 1"), 1, 'double: fails "values double"'
    ),
    "raises": Case(
        lambda n: solved(n, halve="def halve(x):\n    return x / None"),
        2,
        "halve: TypeError: unsupported operand type(s) for /: 'float' and 'NoneType'",
    ),
    "syntax": Case("kim", 1, "double: SyntaxError: expected ':'"),
    "loop": Case("ida", 2, "halve: stopped after 1 s"),
    "exit": Case("jon", 2, "halve: its process ended: exit status 0"),
    "exit-loading": Case(
        lambda n: solved(n, halve="import os; os._exit(7)"),
        0,
        "running its cells ended the process: exit status 7",
    ),
    "script": Case("hugo", 3, "", "tiny.py"),
    "other-name": Case(solved, 3, "", "Untitled (2).ipynb"),
    "deleted": Case("leo", 3, "test_double deleted, the released cell counts"),
    "edited": Case("mia", 1, "double: not done yet; test_double edited, the released cell counts"),
    "doubled": Case("nils", 3, "test_double doubled, the released cell counts"),
    "answer-gone": Case(lambda n: without(solved(n), "double"), 1, "double: its cell is missing (deleted?)"),
    "answer-twice": Case(
        lambda n: doubled(solved(n), "double", "def double(x):\n    return x + x"),
        3,
        "found twice, the last one counts: double",
    ),
    "retyped": Case(
        lambda n: edited(solved(n), "double", cell_type="raw"),
        3,
        "the cell of double was turned into raw; read as code",
    ),
    "stripped": Case("olga", 3, "cell marks lost, recognised by what the cells define: all"),
    "old-schema": Case(lambda n: edited(solved(n), "test_double", schema_version=1), 3, ""),
    "renamed": Case(
        lambda n: edited(solved(n), "test_halve", grade_id="test_half"),
        3,
        "test_halve deleted, the released cell counts",
    ),
    "helper": Case(
        lambda n: with_own(solved(n, halve="def halve(x):\n    return x / two"), "test_double", "two = 2"),
        3,
        "",
    ),
    "warns": Case("paul", 3, ""),
    "megabytes": Case("rosa", 3, ""),
    "html": Case(
        lambda n: solved(
            n,
            double=f"from IPython.display import HTML, display\ndisplay(HTML('{SCRIPT_TAG}'))\n"
            f"print('{SCRIPT_TAG}')\n{RIGHT['double']}",
            halve=f"raise ValueError('{SCRIPT_TAG}')",
        ),
        2,
        f"halve: ValueError: {SCRIPT_TAG}",
    ),
    "forged": Case(forged, 0, "no exercise answered"),
    "garbage": Case("sam", 0, "tiny.ipynb is a web page, probably a login page: download the file itself"),
    "binary": Case(
        lambda n: b"\xff\xfe",
        0,
        "tiny.ipynb is UTF-16: save it as UTF-8 (in VS Code: at the bottom right) and hand in again",
    ),
    "other-unit": Case(
        lambda n: edited(
            edited(n, "double", grade_id="gelu", source="1"), "halve", grade_id="relu", source="1"
        ),
        0,
        "tiny.ipynb holds no answers of tiny: is it another unit's file?",
    ),
    "photo": Case("tess", 0, "only photo.jpg was handed in, no .ipynb or .py file"),
}
#: What cannot be read has no score, rather than 0.
FAILURES = {"garbage", "binary", "other-unit", "photo"}


def hand_in(course: Course, unit: KitUnit, student: str, case: Case) -> Path:
    """Write a submission; the file that was written."""
    released = nbformat.read(course.released_file(unit), as_version=4)
    folder = course.submitted_folder(unit, student)
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(case.make, str):
        STUDENTS[case.make].work(Desk(unit, released, folder))
        return next(folder.iterdir())
    made = case.make(released)
    file = folder / case.name
    if isinstance(made, bytes):
        file.write_bytes(made)
    else:
        file.write_text(made if isinstance(made, str) else json.dumps(made), encoding="utf-8")
    return file
