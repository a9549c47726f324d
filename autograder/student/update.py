"""A newer kit in place of this one, with the student's answers.

    update(kit, zipped)        lay a newer students' copy over this one and carry every answer over
    renew(kit)                 the same where a newer copy was unpacked over this one by hand
    renewed(text, stub, unit)  a student's file as the newer unit wants it

A cell that a student wrote in stays as it is; what was as it had been handed out is as the newer kit has it.
An answer to an exercise that is gone stays in the file as a cell of the student's own. Everything is read
before the first file is written, and a file that changes is kept beside the new one.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath

from autograder.answers import cells
from autograder.declare import Check
from autograder.errors import GradfnError
from autograder.student.drafts import forget, outdated, remember, remembered
from autograder.units import script
from autograder.units.files import read_text, replace_text
from autograder.units.kit import Kit, KitUnit
from autograder.units.script import Cell

MAX_BYTES = 200 << 20


class Outline(KitUnit):
    """A unit by its stub alone: the checks of a newer kit need the newer kit's code to be loaded."""

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        return ()


@dataclass(frozen=True)
class Renewal:
    """What becomes of one unit's file: its text, and the names of exercises by what happened to them."""

    unit: str
    text: str
    answers: tuple[str, ...]
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]

    def lines(self, copy: Path | None) -> Iterator[str]:
        """What a student has to know of it."""
        said = [f"{len(self.answers)} answer{'s' * (len(self.answers) != 1)} carried over"]
        said += [f"new: {', '.join(self.new)}"] if self.new else []
        said += (
            [f"asks otherwise now, your answer is kept: {', '.join(self.changed)}"] if self.changed else []
        )
        said += [f"not asked any more, kept as your own: {', '.join(self.gone)}"] if self.gone else []
        yield f"{self.unit}: {'; '.join(said)}"
        if copy is not None:
            yield f"  the file before: {copy.name}"


def renewed(text: str, stub: str, unit: KitUnit) -> Renewal:
    """A student's `text`, begun from an older `stub`, as `unit` wants it now."""
    old = {cell.name: cell.source for cell in script.split(stub)}
    now = {cell.name: cell.source for cell in script.split(unit.recorded.stub)}
    mine: list[Cell] = []
    for cell in cells.of_script(text, unit):
        name = cell.title.split(" ")[0] or cell.name
        if cell.written in (old.get(name), now.get(name)):
            continue  # as it was handed out
        mine.append(cell if cell.name != script.SETUP else replace(cell, name="", title="my own set-up"))
    there = {cell.name for cell in mine if cell.name}
    asked = [name for name in now if name != script.SETUP]
    return Renewal(
        unit.name,
        cells.as_script(mine, unit),
        answers=tuple(name for name in asked if name in there),
        new=tuple(name for name in asked if name not in old and name not in there),
        changed=tuple(name for name in asked if name in there and now[name] != old.get(name, now[name])),
        gone=tuple(c.title.split(" ")[0] for c in mine if not c.name and c.title.split(" ")[0] in old),
    )


def update(kit: Kit, zipped: Path) -> list[str]:
    """Lay the copy in a zip over this one; lines that say what became of each unit.

    Raises GradfnError for a zip that is no students' copy, and where this kit is none but has solutions.
    """
    if (kit.root / "solutions").is_dir():
        raise GradfnError("this kit has solutions: update it as you got it, not by a students' copy")
    files = _files(zipped)
    with tempfile.TemporaryDirectory() as temporary:
        _write(Path(temporary), files)
        found = Kit(Path(temporary))
        for unit in kit.units():
            remember(unit)
        renewals = list(_renewals(kit, found))
        stubs = {f"exercises/{name}/{name}.py" for name in found.names()}
        _write(kit.root, {path: data for path, data in files.items() if path not in stubs})
        lines = _finish(kit, renewals)
        for unit in map(kit.unit, found.names()):
            if not unit.stub_file.exists():
                replace_text(unit.stub_file, unit.recorded.stub)
                lines.append(f"{unit.name}: a new unit")
    return lines


def renew(kit: Kit) -> list[str]:
    """Bring the answers back that a newer copy was unpacked over; lines as of `update`."""
    stale = {unit.name for unit in kit.units() if outdated(unit)}
    return _finish(kit, [renewal for renewal in _renewals(kit, kit) if renewal.unit in stale])


def _renewals(kit: Kit, newer: Kit) -> Iterator[Renewal]:
    """The renewal of each unit that a student has worked in, and that is otherwise in the newer kit."""
    for name in newer.names():
        unit = Outline(name, newer.root / "exercises" / name, newer.root / "solutions" / name)
        work = remembered(KitUnit(name, kit.root / "exercises" / name, kit.root / "solutions" / name))
        if work is None:
            work = _untouched(kit, name)
        if work is not None:
            yield renewed(*work, unit)


def _untouched(kit: Kit, name: str) -> tuple[str, str] | None:
    """The stub as its own work, so that the newer one takes its place; None for a new unit."""
    if name not in kit.names():
        return None
    unit = kit.unit(name)
    text = read_text(unit.stub_file) if unit.stub_file.exists() else unit.recorded.stub
    return text, unit.recorded.stub


def _finish(kit: Kit, renewals: list[Renewal]) -> list[str]:
    """Write the files that change, and say what became of them."""
    lines: list[str] = []
    for renewal in renewals:
        unit = KitUnit(
            renewal.unit, kit.root / "exercises" / renewal.unit, kit.root / "solutions" / renewal.unit
        )
        if not unit.stub_file.exists() or read_text(unit.stub_file) != renewal.text:
            lines += renewal.lines(replace_text(unit.stub_file, renewal.text))
        forget(unit)
        remember(unit)
    return lines


def _files(zipped: Path) -> dict[str, bytes]:
    """The files of a students' copy, by path below its folder."""
    try:
        with zipfile.ZipFile(zipped) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            entries = [entry for entry in entries if not entry.filename.startswith("__MACOSX/")]
            if sum(entry.file_size for entry in entries) > MAX_BYTES:
                raise GradfnError(f"{zipped.name} is far too large for a kit")
            files = {entry.filename: archive.read(entry) for entry in entries}
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        raise GradfnError(f"cannot read {zipped}: {getattr(error, 'strerror', None) or error}") from error
    folders = {path.partition("/")[0] for path in files}
    units = [path for path in files if PurePosixPath(path).match("*/exercises/*/checks.py")]
    if len(folders) != 1 or not units or any(map(_leads_out, files)):
        raise GradfnError(f"{zipped.name} is no students' copy of a kit (gradfn bundle makes one)")
    return {path.partition("/")[2]: data for path, data in files.items()}


def _leads_out(path: str) -> bool:
    """Whether a zip's entry would be written anywhere but below its folder."""
    return "//" in path or "\\" in path or ":" in path or ".." in PurePosixPath(path).parts


def _write(root: Path, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
