"""A student's file as cells, read from a script or a notebook, and written as a script.

    of_script(text, unit)       the cells of a script, in its order
    of_notebook(text, unit)     the cells of a notebook, without those that the kit wrote
    complete(cells, unit)       in the unit's order, with stubs for what is missing
    as_script(cells, unit)      the script with these cells

A cell's source is what a notebook shows. What only a notebook can hold, a script spells so that it comes back
as it was: text as comments below "# %% [markdown]"; magics, shell commands and lines that look like marks
behind "# notebook only: ".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from autograder.answers.submission import adopt, in_order, question_of
from autograder.units import script
from autograder.units.kit import KitUnit
from autograder.units.lessons import is_from_kit, lesson_of
from autograder.units.script import SETUP, Cell
from autograder.worker import notebook_lines
from autograder.worker.notebook_lines import ONLY
from autograder.worker.parsing import notebook_cells

KITS_CODE = re.compile(r'check\("\w+"\)|from autograder\.jupyter import unit\s+check, hint = unit\("\w+"\)')
TEXTS = ("markdown", "raw")

Content = tuple[str, str, str]


def content(cell: Cell) -> Content:
    """What of a cell must not be lost."""
    return cell.kind, cell.name, cell.source.strip("\n")


def of_script(text: str, unit: KitUnit) -> list[Cell]:
    """The cells of a script, the set-up cell first; empty cells without a title are left out."""
    cells = [_as_in_notebook(cell, unit) for cell in script.split(text)]
    return _name([cell for cell in cells if cell.name or cell.title or cell.source.strip()], unit)


def _as_in_notebook(cell: Cell, unit: KitUnit) -> Cell:
    """A script's cell as a notebook shows it."""
    if cell.name in unit.questions:
        return replace(cell, kind="markdown", source=script.unquote(cell.source), written=cell.source)
    name = cell.name if cell.name in unit.exercises or not cell.title else ""
    for kind in () if name else TEXTS:
        if f"[{kind}]" in cell.title and (text := _uncomment(cell.source)) is not None:
            return replace(cell, name="", kind=kind, source=text, written=cell.source)
    code = "\n".join(map(notebook_lines.original, cell.source.split("\n")))
    return replace(cell, name=name, source=code, written=cell.source)


def of_notebook(text: str, unit: KitUnit, file: str) -> list[Cell]:
    """The cells of a notebook; raises BadSubmission where it is not one."""
    lesson = lesson_of(unit)
    setup = of_script(unit.recorded.stub, unit)[0].source.strip("\n")
    cells = []
    for found in notebook_cells(text, file):
        source = found["source"].replace("\r\n", "\n").replace("\r", "\n")
        ours = _entries(found, "gradfn")
        name = str(_entries(found, "nbgrader").get("grade_id", ""))
        kind = found["cell_type"] if found["cell_type"] in TEXTS else "code"
        if question := question_of(found, name, unit):
            cells.append(Cell(question, source.strip(), kind="markdown"))
        elif name in (SETUP, *unit.exercises):
            cells.append(Cell(name, source))
        elif kind == "code" and source.strip("\n") == setup:
            cells.append(Cell(SETUP, source))
        elif not (KITS_CODE.fullmatch(source.strip()) or is_from_kit(source, ours.get("lesson"), lesson)):
            title = _own_title(str(ours.get("title", "")), unit)
            if title or source.strip():
                cells.append(Cell("", source, title, kind))
    return _name(cells, unit)


def _entries(cell: dict[str, Any], key: str) -> dict[str, Any]:
    """A part of a cell's metadata; empty where it is missing or damaged."""
    found = cell["metadata"].get(key)
    return found if isinstance(found, dict) else {}


def _own_title(title: str, unit: KitUnit) -> str:
    """The title of an own cell; none where it would make the cell an exercise's."""
    line = title.partition("\n")[0].strip()
    return "" if line.split(" ")[0] in (*unit.exercises, *unit.questions) else line


def _name(cells: Sequence[Cell], unit: KitUnit) -> list[Cell]:
    """The cells: of several with one name the last keeps it, and a lost name is found by what is defined."""
    last = {cell.name: index for index, cell in enumerate(cells) if cell.name}
    own = [last.get(cell.name, index) != index for index, cell in enumerate(cells)]
    single = [replace(c, name="", title="") if copied else c for c, copied in zip(cells, own, strict=True)]
    return adopt(single, unit)[0]


def complete(cells: Sequence[Cell], unit: KitUnit) -> list[Cell]:
    """The cells in the unit's order, each with the own cells that followed it, and stubs for missing ones."""
    stubs = {cell.name: cell for cell in of_script(unit.recorded.stub, unit)}
    named = {cell.name for cell in cells}
    defined = {name for cell in cells if cell.kind == "code" for name in cell.names}
    elsewhere = {e.name for e in unit.exercises.values() if defined & set(e.names)}
    whole = [*cells, *(cell for name, cell in stubs.items() if name not in named | elsewhere)]
    return in_order(sorted(whole, key=lambda cell: cell.name != SETUP), stubs)


def as_script(cells: Sequence[Cell], unit: KitUnit, before: Iterable[Cell] = ()) -> str:
    """The cells as a script; what is the same in the script `before` is spelled as it was there."""
    known = {content(cell): cell for cell in before}
    titles = {cell.name: cell.title for cell in of_script(unit.recorded.stub, unit)}
    written = []
    for cell in complete(cells, unit):
        same = known.get(content(cell), cell)
        own = cell.title or same.title or (f"[{cell.kind}]" if cell.kind in TEXTS else "")
        source = _spell(cell) if same.written is None else same.written
        written.append(Cell(cell.name, source, titles[cell.name] if cell.name else own))
    return script.join(written)


def _spell(cell: Cell) -> str:
    """How a script spells a cell's source."""
    if cell.kind == "code":
        return as_python(cell.source.strip("\n"))
    risky = '"""' in cell.source or cell.source.endswith(('"', "\\")) or script.MARK.search(cell.source)
    return script.quote(cell.source) if cell.name and not risky else _comment(cell.source)


def as_python(text: str) -> str:
    """A code cell's text, with each line that only a notebook can hold as a comment."""
    lines = (
        ONLY + line if script.MARK.match(line) or line.startswith(ONLY) else line for line in text.split("\n")
    )
    return notebook_lines.as_python("\n".join(lines))


def _comment(text: str) -> str:
    """A text as comments; a line that would look like a cell's mark gets a backslash."""
    lines = (re.sub(r"^(?=\\*%%)", r"\\", line) for line in text.split("\n"))
    return "\n".join(f"# {line}" if line else "#" for line in lines)


def _uncomment(source: str) -> str | None:
    """The text in comments or in quotes; None where there is code too."""
    if quotes := script.QUOTES.match(source.strip()):
        text = source.strip()[quotes.end() :]
        return text.removesuffix(quotes[1]).strip("\n") if text.count(quotes[1]) == 1 else None
    lines = source.split("\n")
    if not all(line.startswith("#") for line in lines):
        return None
    texts = (line.removeprefix("#").removeprefix(" ") for line in lines)
    return "\n".join(re.sub(r"^\\(?=\\*%%)", "", line) for line in texts)
