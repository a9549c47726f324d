"""The demo's class: what each student hands in, from the right answers to a photo.

STUDENTS                           by name: what they do, in words and as a function
hand_in(course, unit, student)     write one student's submission
cell, without, doubled, stripped   find and damage a notebook's cells
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from autograder.answers.notebooks import TEST, grade_id, is_answer, script_of, source_notebook
from autograder.declare import Mistake
from autograder.grading.oracle import mistaken_cell, mistakes_of
from autograder.nbgrader.course import Course
from autograder.units.kit import Exercise, KitUnit

_MARKS = re.compile(r"\n *### (BEGIN|END) SOLUTION$", re.MULTILINE)


@dataclass(frozen=True)
class Desk:
    """What a student works with: the released notebook, the right answers, and the submission's folder."""

    unit: KitUnit
    released: nbformat.NotebookNode
    folder: Path

    def solved(self) -> nbformat.NotebookNode:
        """The released notebook with every answer right."""
        right = {grade_id(cell): cell.source for cell in source_notebook(self.unit).cells}
        notebook = nbformat.from_dict(self.released)
        for answer in filter(is_answer, notebook.cells):
            answer.source = _MARKS.sub("", right[grade_id(answer)])
        return notebook

    def solved_but(self, name: str, change: Callable[[str], str]) -> None:
        """Hand in the right answers with one cell's source changed."""
        notebook = self.solved()
        answer = cell(notebook, name)
        answer.source = change(answer.source)
        self.hand_in(notebook)

    def hand_in(self, notebook: nbformat.NotebookNode) -> None:
        nbformat.write(notebook, self.folder / f"{self.unit.name}.ipynb")

    @property
    def first(self) -> Exercise:
        return next(iter(self.unit.exercises.values()))

    @property
    def short(self) -> Exercise:
        """The exercise with the fewest checks and points, where an endless loop costs the least time."""
        return min(self.unit.exercises.values(), key=lambda e: (len(e.checks), e.points))


@dataclass(frozen=True)
class Student:
    """What a student does, in words for the table, and as a function."""

    words: str
    work: Callable[[Desk], None]


def hand_in(course: Course, unit: KitUnit, student: str) -> None:
    """Write one student's submission of a released unit."""
    folder = course.submitted_folder(unit, student)
    folder.mkdir(parents=True)
    STUDENTS[student].work(Desk(unit, nbformat.read(course.released_file(unit), as_version=4), folder))


def _right(desk: Desk) -> None:
    desk.hand_in(desk.solved())


def _mistake(share: float) -> Callable[[Desk], None]:
    """Everything right except one classic mistake, the one at that share of the unit's list."""

    def work(desk: Desk) -> None:
        usable = [mistake for mistake in mistakes_of(desk.unit) if _stands_alone(mistake)]
        mistake = usable[int(share * len(usable))]
        exercise = next(e for e in desk.unit.exercises.values() if mistake.name in e.names)
        desk.solved_but(exercise.name, lambda source: _with_mistake(desk.unit, source, mistake))

    return work


def _half_done(desk: Desk) -> None:
    notebook = desk.solved()
    for exercise in list(desk.unit.exercises)[len(desk.unit.exercises) // 2 :]:
        cell(notebook, exercise).source = cell(desk.released, exercise).source
    desk.hand_in(notebook)


def _untouched(desk: Desk) -> None:
    desk.hand_in(desk.released)


def _script(desk: Desk) -> None:
    (desk.folder / f"{desk.unit.name}.py").write_text(script_of(desk.solved()), encoding="utf-8")


def _endless(desk: Desk) -> None:
    desk.solved_but(desk.short.name, lambda source: _opening(source, "while True:\n    pass"))


def _exits(desk: Desk) -> None:
    desk.solved_but(desk.short.name, lambda source: _opening(source, "import os\nos._exit(0)"))


def _syntax_error(desk: Desk) -> None:
    desk.solved_but(desk.first.name, lambda source: source.replace(":\n", "\n", 1))


def _test_deleted(desk: Desk) -> None:
    desk.hand_in(without(desk.solved(), TEST + desk.first.name))


def _test_edited(desk: Desk) -> None:
    notebook = desk.solved()
    cell(notebook, desk.first.name).source = cell(desk.released, desk.first.name).source
    cell(notebook, TEST + desk.first.name).source = "pass"
    desk.hand_in(notebook)


def _test_doubled(desk: Desk) -> None:
    desk.hand_in(doubled(desk.solved(), TEST + desk.first.name))


def _metadata_lost(desk: Desk) -> None:
    desk.hand_in(stripped(desk.solved()))


def _warns(desk: Desk) -> None:
    warning = "import sys, warnings\nwarnings.warn('this is deprecated')\nprint('debug', file=sys.stderr)"
    desk.solved_but(desk.first.name, lambda source: _opening(source, warning))


def _prints(desk: Desk) -> None:
    desk.solved_but(
        desk.first.name,
        lambda source: _opening(source, "print('x' * 2_000_000)") + "\nprint('y\\n' * 500_000)",
    )


def _no_notebook(desk: Desk) -> None:
    (desk.folder / f"{desk.unit.name}.ipynb").write_text("<html>Please log in</html>", encoding="utf-8")


def _nothing(desk: Desk) -> None:
    (desk.folder / "photo.jpg").write_bytes(b"\xff\xd8\xff")


STUDENTS = {
    "ada": Student("the right answers", _right),
    "ben": Student("one mistake", _mistake(0.15)),
    "cleo": Student("one mistake", _mistake(0.4)),
    "dan": Student("one mistake", _mistake(0.65)),
    "eva": Student("one mistake", _mistake(0.9)),
    "finn": Student("half of it", _half_done),
    "gwen": Student("the stub, untouched", _untouched),
    "hugo": Student("a .py, no notebook", _script),
    "ida": Student("an endless loop", _endless),
    "jon": Student("os._exit(0)", _exits),
    "kim": Student("a syntax error", _syntax_error),
    "leo": Student("a test cell deleted", _test_deleted),
    "mia": Student("a test cell: pass", _test_edited),
    "nils": Student("a test cell twice", _test_doubled),
    "olga": Student("all metadata lost", _metadata_lost),
    "paul": Student("right, but it warns", _warns),
    "rosa": Student("prints megabytes", _prints),
    "sam": Student("a login page", _no_notebook),
    "tess": Student("a photo", _nothing),
}


def cell(notebook: nbformat.NotebookNode, name: str) -> Any:
    """The cell with a grade_id."""
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def without(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """The notebook with one cell deleted."""
    notebook.cells.remove(cell(notebook, name))
    return notebook


def doubled(notebook: nbformat.NotebookNode, name: str, source: str = "") -> nbformat.NotebookNode:
    """The notebook with a copy of one cell behind it, which may have another source."""
    original = cell(notebook, name)
    copy = nbformat.from_dict({**original, "id": "copy", "source": source or original.source})
    notebook.cells.insert(notebook.cells.index(original) + 1, copy)
    return notebook


def stripped(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook without any cell's metadata."""
    for each in notebook.cells:
        each.metadata = nbformat.from_dict({})
    return notebook


def _opening(source: str, statements: str) -> str:
    """The source with statements at the beginning of its first function or method, after the docstring."""
    function = next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    first = function.body[1 if ast.get_docstring(function) else 0]
    lines = source.split("\n")
    lines.insert(first.lineno - 1, textwrap.indent(statements, " " * first.col_offset))
    return "\n".join(lines)


def _stands_alone(mistake: Mistake) -> bool:
    """Whether a mistake can be written into a cell: it needs no helper of its own file."""
    code = getattr(mistake.replacement, "__code__", None)
    return bool(mistake.edits) or (code is not None and not any(n.startswith("_") for n in code.co_names))


def _with_mistake(unit: KitUnit, source: str, mistake: Mistake) -> str:
    """The source of a cell with the mistake in it: edited, or with its function in place of the answer's."""
    if mistake.edits:
        return _MARKS.sub("", mistaken_cell(unit, mistake))
    wrong = textwrap.dedent(inspect.getsource(mistake.replacement))
    definition = next(node for node in ast.parse(wrong).body if isinstance(node, ast.FunctionDef))
    text = wrong.rstrip().split("\n")
    if ast.get_docstring(definition):  # the advice
        del text[definition.body[0].lineno - 1 : definition.body[0].end_lineno]
    text = text[definition.lineno - 1 :]
    text[0] = text[0].replace(definition.name, mistake.name, 1)
    replaced = next(
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == mistake.name
    )
    lines = source.split("\n")
    lines[replaced.lineno - 1 : replaced.end_lineno] = text
    return "\n".join(lines)
