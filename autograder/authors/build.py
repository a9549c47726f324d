"""Derive what students receive from the solutions: stubs, recorded answers and pictures.

    build(unit)      write the unit's derived files; those that changed
    stub_of(unit)    the stub's text: the solution as nbgrader clears it

After a change to a solution, run `gradfn dev build`; a test fails if that was forgotten.
"""

from __future__ import annotations

from pathlib import Path

from autograder.authors.pictures import pictures_of
from autograder.grading.oracle import record
from autograder.units.kit import KitUnit


def stub_of(unit: KitUnit) -> str:
    """The solution without its answers, as nbgrader's ClearSolutions would release it."""
    from autograder.answers.notebooks import clear_answers, script_of, source_notebook

    return script_of(clear_answers(source_notebook(unit)))


def build(unit: KitUnit) -> list[Path]:
    """Write the unit's derived files; the files that changed.

    A stub file that a student has already worked in is not overwritten: kit authors keep it untouched.
    """
    stub = stub_of(unit)
    derived = {unit.stub_file: stub, unit.recorded_file: record(unit, stub=stub).to_json()}
    derived |= {unit.folder / path: text for path, text in pictures_of(unit).items()}
    changed = [path for path, text in derived.items() if not _holds(path, text)]
    for path in changed:
        path.parent.mkdir(exist_ok=True)
        path.write_text(derived[path], encoding="utf-8", newline="\n")
    return changed


def _holds(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text
