"""The files of a download, from a folder or a zip and the zips in it; nothing is written.

entries(source)     every file as an Entry: its path, and its content, read only when it is asked for

A download holds what students handed in: zips in zips, bombs, links, paths that lead elsewhere. Such an entry
raises GradfnError with the reason when it is read. One student's zip cannot use up what the others need.
"""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from autograder.errors import GradfnError, NotFound
from autograder.units.files import read_untrusted
from autograder.worker.outcome import harmless

MOST_BYTES = 100 << 20  # of a file
MOST, MOST_IN_A_ZIP = (100_000, 4 << 30), (5_000, 300 << 20)  # files and bytes
DEEPEST = 3  # zips in zips
CLUTTER = {"__MACOSX", ".ipynb_checkpoints", ".git", "__pycache__", ".venv", ".DS_Store", "node_modules"}
_LONG_NAME = re.compile("([^/]{100})[^/]{55,}([^/]{100})(?=/|$)")  # no folder can hold it: a zip can
ARCHIVES = {".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz"}


@dataclass(frozen=True)
class Entry:
    """A file of a download."""

    path: str
    read: Callable[[], bytes]


def entries(source: Path) -> Iterator[Entry]:
    """The files of a download; raises NotFound if it is no folder or zip, GradfnError if it is too large."""
    if source.is_dir():
        return _in_folder(source, [*MOST])
    if source.is_file() and zipfile.is_zipfile(source):
        return _in_zip(source, "", [*MOST], 0)
    raise NotFound(f"{source} is neither a folder nor a zip, as a download from Moodle, Canvas, ... is")


def _in_folder(source: Path, left: list[int]) -> Iterator[Entry]:
    for folder, below, names in os.walk(source):
        below[:] = sorted(set(below) - CLUTTER)
        for path in (Path(folder, name) for name in sorted({*names, *below} - CLUTTER)):
            if path.is_symlink() or not path.is_dir():
                read = partial(read_untrusted, path, MOST_BYTES + 1)
                yield from _file(path.relative_to(source).as_posix(), read, left, 0)


def _in_zip(data: Path | io.BytesIO, above: str, left: list[int], depth: int) -> Iterator[Entry]:
    archive = zipfile.ZipFile(data)
    for member in archive.infolist():
        name = member.filename
        if not member.flag_bits & 0x800:  # not said to be UTF-8, but it may be; else it is DOS's
            with suppress(UnicodeError):
                name = name.encode("cp437").decode()
        name = _LONG_NAME.sub(r"\1…\2", name.replace("\\", "/"))
        parts = PurePosixPath(name).parts
        if not (member.is_dir() or any(part in CLUTTER or part.startswith("._") for part in parts)):
            yield from _file(above + name, partial(_of_zip, archive, member, name), left, depth)


def _of_zip(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> bytes:
    if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":":
        raise GradfnError("its path leads out of the zip")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise GradfnError("it is a link, not a file")
    with archive.open(member) as stream:
        return stream.read(MOST_BYTES + 1)  # there may be more of it than the zip says


def _file(where: str, read: Callable[[], bytes], left: list[int], depth: int) -> Iterator[Entry]:
    """The entry of a file, or those of a zip; `left` is how many files and bytes there may still be."""
    left[0] -= 1
    if left[0] < 0:
        raise GradfnError(f"more than {MOST_IN_A_ZIP[0] if depth else MOST[0]} files: take them in parts")
    checked = partial(_checked, PurePosixPath(where).suffix.lower(), read, left, depth)
    if where.lower().endswith(".zip"):
        try:
            inside = left if depth else [*MOST_IN_A_ZIP]
            if found := [*_in_zip(io.BytesIO(checked()), f"{where}/", inside, depth + 1)]:
                yield from found
                return
            checked = partial(_refuse, "the zip is empty")
        except Exception as error:
            why = str(error) if isinstance(error, GradfnError) else "the zip is damaged"
            checked = partial(_refuse, why)
    yield Entry(where, checked)


def _checked(suffix: str, read: Callable[[], bytes], left: list[int], depth: int) -> bytes:
    if suffix in ARCHIVES or (suffix == ".zip" and depth >= DEEPEST):
        what = f"a {suffix} archive" if suffix in ARCHIVES else f"a zip in {depth} zips"
        raise GradfnError(f"{what} cannot be opened: unpack it, and make it a zip")
    try:
        data = read() if left[1] >= 0 else b""  # no more is unpacked than can be taken
    except GradfnError:
        raise
    except Exception as error:  # zipfile, zlib, lzma and bz2 have errors of their own
        words = getattr(error, "strerror", None) or error
        raise GradfnError(f"it cannot be read: {harmless(str(words))}") from error
    left[1] -= len(data)
    if len(data) > MOST_BYTES or left[1] < 0:
        raise GradfnError(
            f"it is larger than {MOST_BYTES >> 20} MB, or with those before it than can be taken"
        )
    return data


def _refuse(why: str) -> bytes:
    raise GradfnError(why)
