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

    split(text), join(cells)             a script as Cells, and Cells as a script
    replace_cell(text, name, source)     a script with other code in one cell
    quote(text), unquote(source)         a question's text as a cell's source, and back
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from autograder.worker.parsing import bound_names

MARK = re.compile(r"^# %%(?P<title>.*)$", re.MULTILINE)
POINTS = re.compile(r"\[markdown\] points=(\d+(?:\.\d+)?)")
QUOTES = re.compile(r"""[rR]?(\"{3}|'{3})""")
SETUP = "setup"


@dataclass(frozen=True)
class Cell:
    """One cell of a student's file, a script or a notebook.

    name     the exercise or question it answers, "setup", or "" for the student's own; as `split` gives it,
             the first word of the mark
    source   its text, without the mark
    title    all that the mark says, in a script
    kind     code, markdown or raw, as in a notebook
    written  how the script spells a source that only a notebook can hold as it is
    defined  its names, if they are known already
    """

    name: str
    source: str
    title: str = ""
    kind: str = "code"
    written: str | None = field(default=None, compare=False)
    defined: tuple[str, ...] | None = field(default=None, compare=False, repr=False)

    @property
    def stars(self) -> int:
        """The difficulty."""
        return self.title.partition(" ")[2].count("*")

    @property
    def points(self) -> float | None:
        """What a question is worth; None for all else, since an exercise's points are those of its checks."""
        found = POINTS.search(self.title.partition(" ")[2])
        return float(found[1]) if found else None

    @property
    def names(self) -> tuple[str, ...]:
        """The functions and classes that the cell defines at its top level."""
        return tuple(name for name in self._bound() if not name.startswith("="))

    @property
    def bound(self) -> frozenset[str]:
        """What the cell defines: functions and classes, and also variables and imports."""
        return frozenset(name.removeprefix("=") for name in self._bound())

    def _bound(self) -> tuple[str, ...]:
        return bound_names(self.source) if self.defined is None else self.defined


def split(text: str) -> list[Cell]:
    """The cells of a script, the set-up cell first; a script without marks is one set-up cell."""
    setup, *others = _spans(text)
    return [
        Cell(SETUP, text[setup[1] : setup[2]].strip("\n")),
        *(Cell(title.split(" ")[0], text[start:end].strip("\n"), title) for title, start, end in others),
    ]


def _spans(text: str) -> Iterator[tuple[str, int, int]]:
    """Each cell's title, and where its source starts and ends; of the set-up cell the title is empty."""
    title, start = "", 0
    for mark in MARK.finditer(text):
        yield title, start, mark.start()
        title, start = mark["title"].strip(" \t"), mark.end()
    yield title, start, len(text)


def join(cells: Iterable[Cell]) -> str:
    """The script that `split` splits into these cells."""
    return "\n\n".join(_marked(cell) + cell.source.strip("\n") + "\n" for cell in cells)


def _marked(cell: Cell) -> str:
    return "" if cell.name == SETUP else f"# %% {cell.title or cell.name}".rstrip() + "\n"


def replace_cell(text: str, name: str, source: str) -> str | None:
    """The script with `source` in each cell called `name`, unchanged elsewhere; None if there is none."""
    spans = [(start, end) for title, start, end in _spans(text) if title.split(" ")[0] == name]
    for start, end in reversed(spans):
        gap = "\n\n\n" if text[end:] else "\n"
        text = f"{text[:start]}\n{source}{gap}{text[end:]}"
    return text if spans else None


def quote(text: str) -> str:
    """A question's text as a cell's source; raw, so that formulas may be typed as in LaTeX."""
    return f'r"""\n{text}\n"""'


def unquote(source: str) -> str:
    """The text in a question's cell: in quotes, in comments, or bare if a student removed both."""
    text = source.strip()
    if quotes := QUOTES.match(text):
        return text[quotes.end() :].removesuffix(quotes[1]).strip()
    lines = text.splitlines()
    if lines and all(line.startswith("#") for line in lines):
        return "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines).strip()
    return text
