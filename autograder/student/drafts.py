"""What a student wrote, remembered apart from where it is written.

    remember(unit)      keep the file's text, if it is not as handed out, and the stub it was begun from
    remembered(unit)    the student's text and that stub: the file's own, or what was remembered where a newer
                        kit was unpacked over it; None where nothing was written
    outdated(unit)      whether `gradfn update` has something to do
    forget(unit)        as after a reset

It lies in .gradfn/answers beside exercises/. It is written whenever answers are checked, so that whoever
unpacks a newer kit over an older one has lost nothing.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from autograder.errors import BadSubmission, GradfnError
from autograder.units import script
from autograder.units.files import back_up, read_text
from autograder.units.kit import KitUnit


def _files(unit: KitUnit) -> tuple[Path, Path]:
    folder = unit.folder.parents[1] / ".gradfn" / "answers"
    return folder / f"{unit.name}.py", folder / f"{unit.name}.stub.py"


def remember(unit: KitUnit) -> None:
    """Keep what the file holds now; without a word where that is not possible, since nobody asked for it."""
    with suppress(OSError, GradfnError):
        text = read_text(unit.stub_file)
        if text == unit.recorded.stub:
            return
        file, stub = _files(unit)
        before = file.read_text(encoding="utf-8") if file.exists() else text
        if _loses(before, text, unit.recorded.stub):
            back_up(file)
        if before != text or not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        if not stub.exists():  # the stub it was begun from, until `gradfn update` brings another
            stub.write_text(unit.recorded.stub, encoding="utf-8", newline="\n")


def _loses(before: str, text: str, stub: str) -> bool:
    """Whether an answer that was there is a stub now: reset, or a kit was unpacked over it."""
    asked, old, now = ({c.name: c.source for c in script.split(t)} for t in (stub, before, text))
    return any(now.get(name) == source != old.get(name, source) for name, source in asked.items())


def remembered(unit: KitUnit) -> tuple[str, str] | None:
    """The student's text, and the stub it was begun from."""
    text, stub = (file.read_text(encoding="utf-8") if file.exists() else None for file in _files(unit))
    if text is None or stub is None:
        return None
    now = read_text(unit.stub_file) if unit.stub_file.exists() else ""
    return (text if now.strip() in ("", unit.recorded.stub.strip()) else now), stub


def outdated(unit: KitUnit) -> bool:
    """Whether a newer kit was unpacked over what is remembered, or the file emptied."""
    try:
        work = remembered(unit)
    except BadSubmission:  # a file that is no UTF-8 is a student's own
        return False
    if work is None:
        return False
    now = read_text(unit.stub_file) if unit.stub_file.exists() else ""
    return work[1] != unit.recorded.stub or now != work[0]


def forget(unit: KitUnit) -> None:
    """Nothing is remembered any more."""
    for file in _files(unit):
        file.unlink(missing_ok=True)
