"""A unit's lesson as a page in the browser.

write_lesson(unit, file)    write the page; the file
open_lesson(unit)           write it to .gradfn/lessons beside exercises/ and open it; whether a browser did
"""

from __future__ import annotations

import webbrowser
from pathlib import Path

from autograder.errors import GradfnError
from autograder.units.kit import KitUnit
from autograder.units.lesson_page import page_of


def write_lesson(unit: KitUnit, file: Path) -> Path:
    """Write the page; raises GradfnError where it cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page_of(unit), encoding="utf-8")
    except OSError as error:
        raise GradfnError(
            f"cannot write {file}: {error.strerror}. gradfn lesson {unit.name} --out FILE"
        ) from error
    return file


def open_lesson(unit: KitUnit) -> tuple[Path, bool]:
    """The page's file, and whether a browser was found to open it."""
    file = write_lesson(unit, unit.folder.parents[1] / ".gradfn" / "lessons" / f"{unit.name}.html")
    try:
        return file, webbrowser.open(file.resolve().as_uri())
    except webbrowser.Error:
        return file, False
