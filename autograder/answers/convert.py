"""Converting a student's work between the script and the notebook of a unit, with nothing lost.

    to_notebook(unit)          exercises/<unit>/<unit>.ipynb from the .py
    to_script(unit, source)    the .py from the .ipynb, or from a notebook elsewhere
    differences(unit)          the exercises and questions to which the two give different answers
    notebook_text(unit, file)  the notebook of any script of the unit
    script_of, filled          the same on texts, which need no Jupyter: the browser's

A file that would be overwritten is backed up first, also where it is the newer one; in a notebook, cells that
stay the same keep their outputs.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.answers import cells
from autograder.errors import GradfnError
from autograder.units.files import read_text, replace_text
from autograder.units.kit import KitUnit
from autograder.units.script import SETUP, Cell
from autograder.worker.imports import install_extra


@dataclass(frozen=True)
class Conversion:
    """What was written, from what; the backup of the target before, and whether that was newer."""

    source: Path
    target: Path
    backup: Path | None
    newer: bool
    changed: bool
    notes: tuple[str, ...] = ()


def notebook_file(unit: KitUnit) -> Path:
    """The notebook beside the script."""
    return unit.stub_file.with_suffix(".ipynb")


def to_script(unit: KitUnit, source: Path | None = None) -> Conversion:
    """Write the script with the notebook's cells; raises NotFound or BadSubmission where there is none."""
    source, target = source or notebook_file(unit), unit.stub_file
    found = cells.of_notebook(read_text(source), unit, source.name)
    before = cells.of_script(read_text(target), unit) if target.exists() else []
    text = cells.as_script(found, unit, before)
    return _write(source, target, text, _same(found, before, unit), _syntax_error(text, unit))


def to_notebook(unit: KitUnit) -> Conversion:
    """Write the notebook with the script's cells; raises GradfnError where nbformat is not installed."""
    source, target = unit.stub_file, notebook_file(unit)
    found = cells.of_script(read_text(source), unit)
    before = _notebook_cells(target, unit)
    return _write(source, target, _notebook(found, unit, target), _same(found, before, unit), ())


def notebook_text(unit: KitUnit, script: Path) -> str:
    """A script's work as the text of a notebook; raises GradfnError where nbformat is not installed."""
    return _notebook(cells.of_script(read_text(script), unit), unit)


def script_of(unit: KitUnit, notebook: str) -> str:
    """The script of a notebook's text; raises BadSubmission where it is not one."""
    return cells.as_script(cells.of_notebook(notebook, unit, f"{unit.name}.ipynb"), unit)


class _Node(dict[str, Any]):
    """A part of a notebook whose entries are attributes too, as those of nbformat."""

    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__


def filled(unit: KitUnit, script: str, notebook: str) -> str:
    """The text of a notebook as it was handed out, with a script's work in it."""
    blank = json.loads(notebook, object_hook=_Node)
    _fill(blank, cells.complete(cells.of_script(script, unit), unit))
    return json.dumps(blank, ensure_ascii=False, indent=1)


def differences(unit: KitUnit) -> list[str]:
    """What script and notebook answer differently; empty where only one of them exists."""
    notebook = _notebook_cells(notebook_file(unit), unit)
    if not notebook or not unit.stub_file.exists():
        return []
    script = cells.of_script(read_text(unit.stub_file), unit)
    first, second = (
        {cell.name: cells.content(cell) for cell in cells.complete(found, unit)}
        for found in (script, notebook)
    )
    return [name for name in first if name and first[name] != second.get(name)]


def _notebook_cells(notebook: Path, unit: KitUnit) -> list[Cell]:
    """The cells of a notebook; none where the file is missing or not a notebook."""
    try:
        return cells.of_notebook(read_text(notebook), unit, notebook.name)
    except GradfnError:
        return []


def _same(found: Sequence[Cell], before: Sequence[Cell], unit: KitUnit) -> bool:
    """Whether the target holds all that would be written to it, and nothing else."""
    new, old = (list(map(cells.content, cells.complete(some, unit))) for some in (found, before))
    return bool(before) and new == old


def _write(source: Path, target: Path, text: str, same: bool, notes: tuple[str, ...]) -> Conversion:
    newer = target.exists() and target.stat().st_mtime > source.stat().st_mtime
    backup = None if same else replace_text(target, text)
    return Conversion(source, target, backup, newer, not same, notes)


def _syntax_error(text: str, unit: KitUnit) -> tuple[str, ...]:
    """Why Python cannot read the script: an error that stops one cell of a notebook stops a whole script."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        return (f"{unit.stub_file.name} cannot be run yet: line {error.lineno}: {error.msg}",)
    except (ValueError, RecursionError, MemoryError) as error:
        return (f"{unit.stub_file.name} cannot be run yet: {error}",)
    return ()


def _notebook(found: Sequence[Cell], unit: KitUnit, before: Path | None = None) -> str:
    """The text of the unit's notebook with these cells, and with the outputs of the notebook `before`."""
    try:
        import nbformat

        from autograder.answers.notebooks import notebook_of
    except ImportError as error:
        install = install_extra("jupyter")
        raise GradfnError(f"writing a notebook needs Jupyter. Install it: {install}") from error
    notebook = notebook_of(unit, unit.recorded.stub)
    _fill(notebook, cells.complete(found, unit))
    # The file may be damaged, or not a notebook: then there are no outputs to keep.
    with suppress(OSError, ValueError, KeyError, AttributeError, nbformat.ValidationError):
        if before:
            _keep_outputs(nbformat.reads(before.read_text(encoding="utf-8"), as_version=4), notebook)
    for index, cell in enumerate(notebook.cells):
        if cell.id in {other.id for other in notebook.cells[:index]}:
            cell.id = f"own-{index}"
    return str(nbformat.writes(notebook)).rstrip("\n") + "\n"


def _fill(notebook: Any, found: Sequence[Cell]) -> None:
    """Put the cells into the notebook as it was handed out, and take out answer cells that stay empty."""
    from autograder.answers.notebooks import KIT, TEST, grade_id, is_answer

    named = {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}
    anchor = named[KIT]
    for number, cell in enumerate(found):
        if cell.name:
            named[cell.name].source = cell.source
            anchor = named.get(TEST + cell.name, named[KIT if cell.name == SETUP else cell.name])
            continue
        metadata = {"gradfn": {"title": cell.title}} if cell.title else {}
        own = type(notebook)(cell_type=cell.kind, id=f"own-{number}", metadata=metadata, source=cell.source)
        if cell.kind == "code":
            own |= {"execution_count": None, "outputs": []}
        notebook.cells.insert(notebook.cells.index(anchor) + 1, own)
        anchor = own
    answered = {cell.name for cell in found}
    notebook.cells = [cell for cell in notebook.cells if not is_answer(cell) or grade_id(cell) in answered]


def _keep_outputs(before: Any, notebook: Any) -> None:
    """Take over from the notebook `before` the outputs of unchanged cells, its kernel and other metadata."""
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
