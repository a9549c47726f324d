"""Pages for the browser: a unit's lesson, or what `gradfn play` shows.

write(page, file)          write a page; raises GradfnError where it cannot be written
show(page, unit, name)     write it to .gradfn/pages beside exercises/ and open it; the file, and if it opened
"""

from __future__ import annotations

import webbrowser
from pathlib import Path

from autograder.units.files import write_out, writing
from autograder.units.kit import KitUnit


def write(page: str, file: Path) -> Path:
    """Write the page; its file."""
    advice = "Name another file: --out FILE"
    with writing(file, advice):
        file.parent.mkdir(parents=True, exist_ok=True)
    write_out(file, page, advice)
    return file


def show(page: str, unit: KitUnit, name: str) -> tuple[Path, bool]:
    """The page's file, and whether a browser was found to open it."""
    file = write(page, unit.folder.parents[1] / ".gradfn" / "pages" / f"{unit.name}-{name}.html")
    try:
        return file, webbrowser.open(file.resolve().as_uri())
    except webbrowser.Error:
        return file, False
