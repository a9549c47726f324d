"""A student's answers, backed up, and the stub put back.

    remember(unit)           back up the file's text and the stub it started from, if that can be written
    keep(unit)               the same; an OSError where it cannot
    remembered(unit)         both: the text from the file, or from the backup where the file was overwritten
    outdated(unit)           whether `gradfn update` has something to do
    forget(unit)             delete the backup
    reset(unit)              put the whole stub back
    reset(unit, exercise)    put one exercise's stub back; the rest of the file stays

Backups lie in .gradfn/answers beside exercises/. They are written whenever answers are checked, so that
unpacking a newer kit over an older one loses nothing.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from autograder.errors import BadSubmission, GradfnError
from autograder.units import script
from autograder.units.files import back_up, read_text, replace_text, write_whole
from autograder.units.kit import KitUnit


def _files(unit: KitUnit) -> tuple[Path, Path]:
    """Where the text and its stub are backed up."""
    folder = unit.folder.parents[1] / ".gradfn" / "answers"
    return folder / f"{unit.name}.py", folder / f"{unit.name}.stub.py"


def remember(unit: KitUnit) -> None:
    """Back up the file's text; silent where that fails, since the student asked for something else."""
    with suppress(OSError, GradfnError):
        if read_text(unit.stub_file) != unit.recorded.stub:
            keep(unit)


def keep(unit: KitUnit) -> None:
    """Back up the file's text, but not a stub over answers."""
    text, (file, stub) = read_text(unit.stub_file), _files(unit)
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    if before and text == unit.recorded.stub:
        return
    if before and _loses_answers(before, text, unit.recorded.stub):
        back_up(file)
    if before != text:
        write_whole(file, text)
    if not stub.exists():  # the stub it started from, until `gradfn update` brings a new one
        write_whole(stub, unit.recorded.stub)


def _loses_answers(before: str, text: str, stub: str) -> bool:
    """Whether an answer in `before` is a stub in `text`: it was reset, or a kit was unpacked over it."""
    stubs, old, now = ({c.name: c.source for c in script.split(t)} for t in (stub, before, text))
    return any(now.get(name) == source != old.get(name, source) for name, source in stubs.items())


def remembered(unit: KitUnit) -> tuple[str, str] | None:
    """The student's text, and the stub it started from; None where nothing was backed up."""
    text, stub = (file.read_text(encoding="utf-8") if file.exists() else None for file in _files(unit))
    if text is None or stub is None:
        return None
    now = _text(unit)
    return (text if now.strip() in ("", unit.recorded.stub.strip()) else now), stub


def outdated(unit: KitUnit) -> bool:
    """Whether a newer kit was unpacked over the student's answers, or the file was emptied."""
    try:
        work = remembered(unit)
    except BadSubmission:  # the student broke the file's encoding: an update would not help
        return False
    return work is not None and (work[1] != unit.recorded.stub or _text(unit) != work[0])


def _text(unit: KitUnit) -> str:
    """The file's text; empty where it was deleted."""
    return read_text(unit.stub_file) if unit.stub_file.exists() else ""


def forget(unit: KitUnit) -> None:
    """Delete the backup."""
    for file in _files(unit):
        file.unlink(missing_ok=True)


def reset(unit: KitUnit, exercise: str | None = None) -> Path | None:
    """Put the stub back, whole or for one exercise; the backup of the file, where it held anything else.

    Raises BadSubmission where the mark of the exercise's cell is gone from the file.
    """
    text = unit.recorded.stub if exercise is None else _with_stub(unit, exercise)
    backup = replace_text(unit.stub_file, text)
    if text == unit.recorded.stub:  # no answer is left that an update should bring back
        forget(unit)
    return backup


def _with_stub(unit: KitUnit, exercise: str) -> str:
    """The student's text with one exercise's cell replaced by its stub, unchanged everywhere else."""
    fresh = {cell.name: cell for cell in script.split(unit.recorded.stub)}[exercise].source
    text = script.replace_cell(read_text(unit.stub_file), exercise, fresh)
    if text is None:
        raise BadSubmission(
            f"{unit.stub_file.name} has no line '# %% {exercise}' any more, so its cell cannot be found. "
            f"gradfn reset {unit.name} puts the whole file back."
        )
    return text
