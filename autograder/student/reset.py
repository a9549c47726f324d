"""Putting a stub back.

    reset(unit)              the whole file as it was handed out
    reset(unit, exercise)    one exercise's cell of it; the rest stays

What is replaced is kept beside the file.
"""

from __future__ import annotations

from pathlib import Path

from autograder.errors import BadSubmission
from autograder.student.drafts import forget
from autograder.units import script
from autograder.units.files import read_text, replace_text
from autograder.units.kit import KitUnit


def reset(unit: KitUnit, exercise: str | None = None) -> Path | None:
    """Put the stub back, whole or for one exercise; the copy of what it replaced, if it replaced anything.

    Raises BadSubmission where the student's file has lost the mark of the exercise's cell.
    """
    text = unit.recorded.stub if exercise is None else _with_stub(unit, exercise)
    if text == unit.recorded.stub:  # nothing is left that a later update could bring back
        forget(unit)
    return replace_text(unit.stub_file, text)


def _with_stub(unit: KitUnit, exercise: str) -> str:
    """The student's text with one exercise's cell as it was handed out, and not a blank changed elsewhere."""
    fresh = {cell.name: cell for cell in script.split(unit.recorded.stub)}[exercise].source
    text = script.replace_cell(read_text(unit.stub_file), exercise, fresh)
    if text is None:
        raise BadSubmission(
            f"{unit.stub_file.name} has no line '# %% {exercise}' any more, so its cell cannot be found. "
            f"gradfn reset {unit.name} puts the whole file back."
        )
    return text
