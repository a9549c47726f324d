"""The percent format: a .py file in cells, as VS Code, Spyder and Jupytext read it.

    # %% softmax **
    def softmax(x, axis=-1):
        ...

The first cell has no mark: it holds the docstring and the imports. In every other cell the mark names the
exercise and its difficulty, and the functions and classes defined there are the exercise's names.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

MARK = re.compile(r"^# %%[ \t]*(?P<title>.*?)[ \t]*$", re.MULTILINE)
SETUP = "setup"


@dataclass(frozen=True)
class Cell:
    """One cell: its name, its stars, its source without the mark and the line its source starts on."""

    name: str
    stars: int
    source: str
    line: int

    @property
    def names(self) -> tuple[str, ...]:
        """What the cell defines at its top level; empty where the source is no Python."""
        return defined_names(self.source)


def split(text: str) -> list[Cell]:
    """The cells of a script, the setup cell first; a script without marks is one setup cell."""
    marks = list(MARK.finditer(text))
    ends = [*(mark.start() for mark in marks), len(text)]
    cells = [Cell(SETUP, 0, text[: ends[0]].strip("\n"), 1)]
    for mark, end in zip(marks, ends[1:], strict=True):
        name, _, stars = mark["title"].partition(" ")
        line = text.count("\n", 0, mark.end()) + 2
        cells.append(Cell(name, stars.count("*"), text[mark.end() : end].strip("\n"), line))
    return cells


def join(cells: Iterable[Cell]) -> str:
    """The script that `split` splits into these cells."""
    parts = []
    for cell in cells:
        mark = "" if cell.name == SETUP else f"# %% {cell.name} {'*' * cell.stars}".rstrip() + "\n"
        parts.append(mark + cell.source.strip("\n") + "\n")
    return "\n\n".join(parts)


def defined_names(source: str) -> tuple[str, ...]:
    """The functions and classes that `source` defines at its top level, or none where it is no Python."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(
        node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )
