"""Deriving what students receive from the solutions: stubs, recorded answers and pictures.

    build(unit)               write the unit's derived files, and say what changed
    stub_of(unit)             the stub's text: the solution as nbgrader clears it
    reset(unit, exercise)     put the stub, or one exercise of it, back in place of the student's answer

Whoever changes a solution runs `gradfn dev build`; a test says when it was forgotten.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from autograder import percent
from autograder.errors import BadSubmission
from autograder.kit import KitUnit
from autograder.oracle import record
from autograder.pictures import pictures_of


def stub_of(unit: KitUnit) -> str:
    """The solution without its answers, as nbgrader's ClearSolutions would release it."""
    from autograder.notebooks import cleared, script_of, source_notebook

    return script_of(cleared(source_notebook(unit)))


def build(unit: KitUnit) -> list[Path]:
    """Write the unit's derived files; the files that changed.

    A stub file that a student has already worked in is not overwritten: kit authors keep it untouched.
    """
    stub = stub_of(unit)
    derived = {unit.stub_file: stub, unit.recorded_file: record(unit, stub=stub).to_json()}
    derived |= {unit.folder / path: text for path, text in pictures_of(unit.name).items()}
    changed = [path for path, text in derived.items() if not _holds(path, text)]
    for path in changed:
        path.parent.mkdir(exist_ok=True)
        path.write_text(derived[path], encoding="utf-8", newline="\n")
    return changed


def _holds(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def reset(unit: KitUnit, exercise: str | None = None) -> Path:
    """Put the stub back, whole or for one exercise; the file that keeps what was replaced.

    Raises BadSubmission where the student's file has lost the mark of the exercise's cell.
    """
    stub = unit.recorded.stub
    text = unit.stub_file.read_text(encoding="utf-8") if unit.stub_file.exists() else ""
    if exercise is not None:
        stub = _with_stub(unit, text, exercise)
    kept = unit.folder / f"{unit.name}.{datetime.now():%Y%m%d-%H%M%S}.bak"
    kept.write_text(text, encoding="utf-8", newline="\n")
    unit.stub_file.write_text(stub, encoding="utf-8", newline="\n")
    return kept


def _with_stub(unit: KitUnit, text: str, exercise: str) -> str:
    """The student's text with one exercise's cell as it was handed out."""
    fresh = {cell.name: cell for cell in percent.split(unit.recorded.stub)}
    cells = percent.split(text)
    if exercise not in {cell.name for cell in cells}:
        raise BadSubmission(
            f"{unit.stub_file.name} has no line '# %% {exercise}' any more, so its cell cannot be found. "
            f"gradfn reset {unit.name} puts the whole file back."
        )
    return percent.join(
        replace(cell, source=fresh[exercise].source) if cell.name == exercise else cell for cell in cells
    )
