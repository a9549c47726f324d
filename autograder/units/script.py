"""The percent format: a .py file in cells, as VS Code, Spyder and Jupytext read it.

    # %% softmax **
    def softmax(x, axis=-1):
        ...

    # %% why_shift [markdown] points=2
    # **Why is the largest score subtracted first?** One sentence.
    #
    # YOUR ANSWER HERE

The first cell has no mark: it holds the docstring and the imports. In every other cell the mark names the
exercise and its difficulty, and the functions and classes defined there are the exercise's names. A cell with
points is a question that a person grades: it holds a text, in quotes or in comments.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

# Possessive throughout: a line of a million blanks must not be tried from each of them.
MARK = re.compile(r"^# %%[ \t]*+(?P<title>(?:[ \t]*+[^ \t\n]++)*+)[ \t]*$", re.MULTILINE)
POINTS = re.compile(r"\[markdown\] points=(\d+(?:\.\d+)?)")
QUOTES = re.compile(r"""[rR]?(\"{3}|'{3})""")
SETUP = "setup"


@dataclass(frozen=True)
class Cell:
    """One cell: its name, its stars, its source without the mark and the line its source starts on.

    `points` are a question's; an exercise's belong to its checks.
    """

    name: str
    stars: int
    source: str
    line: int
    points: float | None = None

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
        name, _, rest = mark["title"].partition(" ")
        line = text.count("\n", 0, mark.end()) + 2
        points = POINTS.search(rest)
        source = text[mark.end() : end].strip("\n")
        cells.append(Cell(name, rest.count("*"), source, line, float(points[1]) if points else None))
    return cells


def join(cells: Iterable[Cell]) -> str:
    """The script that `split` splits into these cells."""
    parts = []
    for cell in cells:
        mark = "" if cell.name == SETUP else f"{_mark(cell)}\n"
        parts.append(mark + cell.source.strip("\n") + "\n")
    return "\n\n".join(parts)


def _mark(cell: Cell) -> str:
    kind = "" if cell.points is None else f"[markdown] points={cell.points:g}"
    return " ".join(filter(None, ["# %%", cell.name, "*" * cell.stars, kind]))


def quoted(text: str) -> str:
    """A question's text as a cell's source; raw, so that formulas may be typed as in LaTeX."""
    return f'r"""\n{text}\n"""'


def unquoted(source: str) -> str:
    """The text in a question's cell: in quotes, in comments, or as it stands where somebody lost them."""
    text = source.strip()
    if quotes := QUOTES.match(text):
        return text[quotes.end() :].removesuffix(quotes[1]).strip()
    lines = text.splitlines()
    if lines and all(line.startswith("#") for line in lines):
        return "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines).strip()
    return text


def defined_names(source: str) -> tuple[str, ...]:
    """The functions and classes that `source` defines at its top level, or none where it is no Python."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(
        node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )
