"""Update a students' copy to a newer kit; every answer stays.

    update(kit, zipped)           write the newer students' copy over this one and carry every answer over
    renew(kit)                    carry the answers over after a newer copy was unpacked over this one by hand
    renew_file(text, stub, unit)  one file: the student's cells in the newer unit

A cell that the student changed stays as it is; an unchanged cell is replaced by the newer kit's. An answer
whose exercise is gone stays as a cell of the student's own. Everything is read before the first file is
written, and a backup of each changed file stays beside it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath

from autograder.answers import cells
from autograder.declare import Check
from autograder.errors import GradfnError
from autograder.student.drafts import forget, keep, outdated, remember, remembered
from autograder.units import script
from autograder.units.files import os_words, read_text, replace_text
from autograder.units.kit import Kit, KitUnit
from autograder.units.script import Cell

MAX_BYTES = 200 << 20


class Outline(KitUnit):
    """A unit known by its stub alone: a newer kit's checks cannot be loaded with this kit's code."""

    @cached_property
    def all_checks(self) -> tuple[Check, ...]:
        return ()


@dataclass(frozen=True)
class Renewal:
    """One unit's file after the update: its text, and its exercises by what happened to them."""

    unit: str
    text: str
    answers: tuple[str, ...]
    new: tuple[str, ...]
    changed: tuple[str, ...]
    dropped: tuple[str, ...]

    def lines(self, backup: Path | None) -> Iterator[str]:
        """What the student should know about it."""
        yield f"{self.unit}: {len(self.answers)} answer{'s' * (len(self.answers) != 1)} carried over"
        for words, names in (
            ("New exercise", self.new),
            ("The exercise changed; your answer was kept", self.changed),
            ("No longer an exercise; your answer was kept as a cell of your own", self.dropped),
        ):
            if names:
                yield f"  {words}: {', '.join(names)}"
        if backup is not None:
            yield f"  The file before: {backup.name}"


def renew_file(text: str, stub: str, unit: KitUnit) -> Renewal:
    """A student's `text`, started from an older `stub`, brought to the newer `unit`."""
    old = {cell.name: cell.source for cell in script.split(stub)}
    now = {cell.name: cell.source for cell in script.split(unit.recorded.stub)}
    mine: list[Cell] = []
    for cell in cells.of_script(text, unit):
        name = cell.title.split(" ")[0] or cell.name
        if cell.written in (old.get(name), now.get(name)):
            continue  # unchanged
        mine.append(cell if cell.name != script.SETUP else replace(cell, name="", title="my own set-up"))
    answered = {cell.name for cell in mine if cell.name}
    exercises = [name for name in now if name != script.SETUP]
    return Renewal(
        unit.name,
        cells.as_script(mine, unit),
        answers=tuple(name for name in exercises if name in answered),
        new=tuple(name for name in exercises if name not in old and name not in answered),
        changed=tuple(
            name for name in exercises if name in answered and now[name] != old.get(name, now[name])
        ),
        dropped=tuple(c.title.split(" ")[0] for c in mine if not c.name and c.title.split(" ")[0] in old),
    )


def update(kit: Kit, zipped: Path) -> list[str]:
    """Write the students' copy in a zip over this one; lines that say what changed in each unit.

    Raises GradfnError for a zip that is not a students' copy, and in an instructor's kit.
    """
    if (kit.root / "solutions").is_dir():
        raise GradfnError("this kit has solutions: a students' copy would replace only a part of it")
    files = _files(zipped)
    with tempfile.TemporaryDirectory() as temporary:
        _write(Path(temporary), files)
        found = Kit(Path(temporary))
        for unit in kit.units():
            if unit.stub_file.exists():
                keep(unit)  # with its stub: if this update stops halfway, the next still knows it
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
    """Carry over the answers that a newer copy was unpacked over; lines as from `update`."""
    stale = {unit.name for unit in kit.units() if outdated(unit)}
    return _finish(kit, [renewal for renewal in _renewals(kit, kit) if renewal.unit in stale])


def _renewals(kit: Kit, newer: Kit) -> Iterator[Renewal]:
    """The renewal of each unit in the newer kit that this kit has too."""
    for name in newer.names():
        unit = Outline(name, newer.root / "exercises" / name, newer.root / "solutions" / name)
        work = remembered(KitUnit(name, kit.root / "exercises" / name, kit.root / "solutions" / name))
        if work is None:
            work = _untouched(kit, name)
        if work is not None:
            yield renew_file(*work, unit)


def _untouched(kit: Kit, name: str) -> tuple[str, str] | None:
    """The file of a unit without a backup, and its stub; None for a new unit."""
    if name not in kit.names():
        return None
    unit = kit.unit(name)
    text = read_text(unit.stub_file) if unit.stub_file.exists() else unit.recorded.stub
    return text, unit.recorded.stub


def _finish(kit: Kit, renewals: list[Renewal]) -> list[str]:
    """Write the files that change; lines that say what changed."""
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
    """The files in a zip of a students' copy, by path below its folder."""
    try:
        with zipfile.ZipFile(zipped) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            entries = [entry for entry in entries if not entry.filename.startswith("__MACOSX/")]
            if sum(entry.file_size for entry in entries) > MAX_BYTES:
                raise GradfnError(
                    f"{zipped.name} is too large for a students' copy: over {MAX_BYTES >> 20} MB"
                )
            files = {entry.filename: archive.read(entry) for entry in entries}
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        raise GradfnError(f"cannot read {zipped}: {getattr(error, 'strerror', None) or error}") from error
    folders = {path.partition("/")[0] for path in files}
    units = [path for path in files if PurePosixPath(path).match("*/exercises/*/checks.py")]
    if len(folders) != 1 or not units or any(map(_leads_out, files)):
        raise GradfnError(f"{zipped.name} is not a students' copy of the kit (gradfn bundle makes one)")
    return {path.partition("/")[2]: data for path, data in files.items()}


def _leads_out(path: str) -> bool:
    """Whether a zip's entry would be written outside its folder."""
    return "//" in path or "\\" in path or ":" in path or ".." in PurePosixPath(path).parts


def _write(root: Path, files: dict[str, bytes]) -> None:
    """Write files below a folder: all of them beside it first, so that a full disk changes nothing."""
    fresh, done = root / ".gradfn" / "new", "Nothing was changed"
    try:
        for path, data in files.items():
            (fresh / path).parent.mkdir(parents=True, exist_ok=True)
            (fresh / path).write_bytes(data)
        for path in files:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(fresh / path, root / path)
            done = "Only a part of the newer kit is in place; your answers are as they were"
    except OSError as error:
        raise GradfnError(f"not updated: {os_words(error)}. {done}") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
