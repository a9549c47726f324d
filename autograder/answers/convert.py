"""Carrying a student's work over between the script and the notebook of a unit, with nothing lost.

    to_notebook(unit)          exercises/<unit>/<unit>.ipynb from the .py
    to_script(unit, source)    the .py from the .ipynb, or from a notebook elsewhere
    differing(unit)            the exercises and questions to which the two give different answers
    notebook_text(unit, file)  the notebook that any script of the unit would become

What is in the way is kept beside the file that replaces it, whichever of the two is newer; in a notebook,
cells that stay the same keep their outputs.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.answers import cells
from autograder.answers.cells import Part
from autograder.errors import GradfnError
from autograder.units.files import read_text, replace_text
from autograder.units.kit import KitUnit


@dataclass(frozen=True)
class Carried:
    """What was written, from what; the copy of what stood there, and whether that was newer."""

    source: Path
    target: Path
    copy: Path | None
    newer: bool
    changed: bool
    notes: tuple[str, ...] = ()


def notebook_file(unit: KitUnit) -> Path:
    """The notebook beside the script."""
    return unit.stub_file.with_suffix(".ipynb")


def to_script(unit: KitUnit, source: Path | None = None) -> Carried:
    """Write the script with what the notebook holds; raises NotFound or BadSubmission where there is none."""
    source = source or notebook_file(unit)
    target = unit.stub_file
    found = cells.of_notebook(read_text(source), unit, source.name)
    before = cells.of_script(read_text(target), unit) if target.exists() else []
    text = cells.as_script(found, unit, before)
    return _write(source, target, text, _same(found, before, unit), _unreadable(text, unit))


def to_notebook(unit: KitUnit) -> Carried:
    """Write the notebook with what the script holds; raises GradfnError where nbformat is not installed."""
    source, target = unit.stub_file, notebook_file(unit)
    found = cells.of_script(read_text(source), unit)
    before = _readable(target, unit)
    return _write(source, target, _notebook(found, unit, target), _same(found, before, unit), ())


def notebook_text(unit: KitUnit, script: Path) -> str:
    """A script's work as the text of a notebook; raises GradfnError where nbformat is not installed."""
    return _notebook(cells.of_script(read_text(script), unit), unit)


def differing(unit: KitUnit) -> list[str]:
    """What script and notebook answer differently; nothing where there is one of them only."""
    if not unit.stub_file.exists():
        return []
    written = _readable(notebook_file(unit), unit)
    scripted = cells.of_script(read_text(unit.stub_file), unit)
    first, second = (
        {part.name: part.content for part in cells.settled(p, unit)} for p in (scripted, written)
    )
    return [name for name in first if written and name and first[name] != second.get(name)]


def _readable(notebook: Path, unit: KitUnit) -> list[Part]:
    """The parts of a notebook; none where there is none, or something else by its name."""
    try:
        return cells.of_notebook(read_text(notebook), unit, notebook.name)
    except GradfnError:
        return []


def _same(found: Sequence[Part], before: Sequence[Part], unit: KitUnit) -> bool:
    """Whether the target holds all that it would be given, and nothing else."""
    return bool(before) and [p.content for p in cells.settled(found, unit)] == [
        p.content for p in cells.settled(before, unit)
    ]


def _write(source: Path, target: Path, text: str, same: bool, notes: tuple[str, ...]) -> Carried:
    newer = target.exists() and target.stat().st_mtime > source.stat().st_mtime
    copy = None if same else replace_text(target, text)
    return Carried(source, target, copy, newer, not same, notes)


def _unreadable(text: str, unit: KitUnit) -> tuple[str, ...]:
    """What keeps Python from reading the script; in a notebook it stops one cell, in a script everything."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = f"line {error.lineno}: " if isinstance(error, SyntaxError) else ""
        words = error.msg if isinstance(error, SyntaxError) else str(error)
        return (f"{unit.stub_file.name} cannot be run yet: {line}{words}",)
    return ()


def _notebook(found: Sequence[Part], unit: KitUnit, before: Path | None = None) -> str:
    """The text of the unit's notebook with these parts, and with what the one before has to keep."""
    try:
        import nbformat

        from autograder.answers.notebooks import notebook_of
    except ImportError as error:
        raise GradfnError("writing a notebook needs Jupyter: python -m pip install jupyterlab") from error
    notebook = notebook_of(unit, unit.recorded.stub)
    _fill(notebook, cells.settled(found, unit))
    # What stands there may be no notebook that anything could be kept of.
    with suppress(OSError, ValueError, KeyError, AttributeError, nbformat.ValidationError):
        if before:
            _keep(nbformat.reads(before.read_text(encoding="utf-8"), as_version=4), notebook)
    for index, cell in enumerate(notebook.cells):
        if cell.id in {other.id for other in notebook.cells[:index]}:
            cell.id = f"own-{index}"
    return str(nbformat.writes(notebook)).rstrip("\n") + "\n"


def _fill(notebook: Any, found: Sequence[Part]) -> None:
    """Put the parts into the notebook as it was handed out; an answer that stands elsewhere has no cell."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

    from autograder.answers.notebooks import KIT, TEST, grade_id, is_answer

    new = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
    named = {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}
    there = {part.name for part in found}
    anchor = named[KIT]
    for number, part in enumerate(found):
        if part.name:
            named[part.name].source = part.text
            anchor = named.get(TEST + part.name, named[KIT] if part.name == "setup" else named[part.name])
            continue
        about = {"gradfn": {"title": part.title}} if part.title else {}
        cell = new[part.kind](part.text, id=f"own-{number}", metadata=about)
        notebook.cells.insert(notebook.cells.index(anchor) + 1, cell)
        anchor = cell
    notebook.cells = [cell for cell in notebook.cells if not is_answer(cell) or grade_id(cell) in there]


def _keep(before: Any, notebook: Any) -> None:
    """Take from the notebook before what its unchanged cells showed, and how it was run."""
    from autograder.answers.notebooks import grade_id

    old = {(cell.cell_type, grade_id(cell), cell.source.strip("\n")): cell for cell in before.cells}
    for index, cell in enumerate(notebook.cells):
        same = old.get((cell.cell_type, grade_id(cell), cell.source.strip("\n")))
        if same is None:
            continue
        if not cell.metadata.get("nbgrader") and not cell.metadata.get("gradfn", {}).get("lesson"):
            notebook.cells[index] = same
        for key in ("outputs", "execution_count", "attachments"):
            if key in same:
                notebook.cells[index][key] = same[key]
    notebook.metadata = {**before.metadata, "gradfn": notebook.metadata["gradfn"]}
