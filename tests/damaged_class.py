"""A class of damaged submissions of the tiny unit: what each hands in, and what must become of it.

CLASS                               by name: the file, its points out of 3, the words for it
hand_in(course, unit, name, case)   write one
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from autograder.answers.notebooks import grade_id
from autograder.nbgrader.course import Course
from autograder.units.kit import KitUnit

Notebook = nbformat.NotebookNode
RIGHT = {"double": "def double(x):\n    return 2 * x", "halve": "def halve(x):\n    return x / 2"}
SCRIPT_TAG = "<script>alert(1)</script>"


def solved(released: Notebook, **answers: str) -> Notebook:
    """The released notebook with right answers, or others where they are given."""
    notebook = nbformat.from_dict(released)
    for name, source in (RIGHT | answers).items():
        cell(notebook, name).source = source
    return notebook


def cell(notebook: Notebook, name: str) -> Any:
    """The cell with a grade_id."""
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def without(notebook: Notebook, name: str) -> Notebook:
    notebook.cells.remove(cell(notebook, name))
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


def doubled(notebook: Notebook, name: str, source: str | None = None) -> Notebook:
    copy = nbformat.from_dict({**cell(notebook, name), "id": "copy"})
    copy.source = source or copy.source
    notebook.cells.insert(notebook.cells.index(cell(notebook, name)) + 1, copy)
    return notebook


def stripped(notebook: Notebook) -> Notebook:
    for each in notebook.cells:
        each.metadata = nbformat.from_dict({})
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
    """A submission, what it must score out of 3, and the words for it."""

    make: Callable[[Notebook], Notebook | str | bytes]
    points: float
    words: str
    name: str = "tiny.ipynb"


CLASS = {
    "right": Case(solved, 3, ""),
    "stub": Case(lambda n: n, 0, "all of tiny: not done yet"),
    "mistake": Case(lambda n: solved(n, double="def double(x):\n    return x * x"), 1, "double: squared"),
    "wrong": Case(
        lambda n: solved(n, double="def double(x):\n    return x + 1"), 1, 'double: fails "values double"'
    ),
    "raises": Case(
        lambda n: solved(n, halve="def halve(x):\n    return x / None"),
        2,
        "halve: TypeError: unsupported operand type(s) for /: 'float' and 'NoneType'",
    ),
    "syntax": Case(
        lambda n: solved(n, double="def double(x)\n    return 2 * x"), 1, "double: SyntaxError: expected ':'"
    ),
    "loop": Case(
        lambda n: solved(n, halve="def halve(x):\n    while True: pass"), 2, "halve: stopped after 1 s"
    ),
    "exit": Case(
        lambda n: solved(n, halve="def halve(x):\n    import os; os._exit(0)"),
        2,
        "halve: its process ended: exit status 0",
    ),
    "exit-loading": Case(
        lambda n: solved(n, halve="import os; os._exit(7)"),
        0,
        "running its cells ended the process: exit status 7",
    ),
    "script": Case(lambda n: "\n\n".join(["# %% double", RIGHT["double"], RIGHT["halve"]]), 3, "", "tiny.py"),
    "other-name": Case(solved, 3, "", "Untitled (2).ipynb"),
    "deleted": Case(
        lambda n: without(solved(n), "test_double"), 3, "test_double deleted, the released cell counts"
    ),
    "edited": Case(
        lambda n: edited(n, "test_double", source="2.0"),
        0,
        "all of tiny: not done yet; test_double edited, the released cell counts",
    ),
    "doubled": Case(
        lambda n: doubled(solved(n), "test_double"), 3, "test_double doubled, the released cell counts"
    ),
    "answer-gone": Case(
        lambda n: without(solved(n), "double"), 1, "double: double is not defined; no cell for: double"
    ),
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
    "stripped": Case(
        lambda n: stripped(solved(n)), 3, "cell marks lost, recognised by what the cells define: all"
    ),
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
    "warns": Case(
        lambda n: solved(
            n,
            double="import sys, warnings\nwarnings.warn('!')\nprint(1, file=sys.stderr)\n" + RIGHT["double"],
        ),
        3,
        "",
    ),
    "megabytes": Case(lambda n: solved(n, double="print('x' * 5_000_000)\n" + RIGHT["double"]), 3, ""),
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
    "forged": Case(forged, 0, "all of tiny: not done yet"),
    "garbage": Case(lambda n: "<html>", 0, "tiny.ipynb is not a notebook: it has no readable list of cells"),
    "binary": Case(
        lambda n: b"\xff\xfe",
        0,
        "tiny.ipynb is not UTF-8 text (byte 0): save it as UTF-8 (in VS Code: at the bottom right)",
    ),
    "other-unit": Case(
        lambda n: edited(
            edited(n, "double", grade_id="gelu", source="1"), "halve", grade_id="relu", source="1"
        ),
        0,
        "tiny.ipynb holds no answers of tiny: is it another unit's file?",
    ),
    "photo": Case(lambda n: b"\xff\xd8", 0, "neither tiny.ipynb nor a .py file was handed in", "photo.jpg"),
}
FAILURES = {"photo"}


def hand_in(course: Course, unit: KitUnit, student: str, case: Case) -> Path:
    """Write a submission; the file that was written."""
    made = case.make(nbformat.read(course.released_file(unit), as_version=4))
    file = course.submitted_folder(unit, student) / case.name
    file.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(made, bytes):
        file.write_bytes(made)
    else:
        file.write_text(made if isinstance(made, str) else json.dumps(made), encoding="utf-8")
    return file
