"""The files of a download, from a folder or a zip and the zips in it; nothing is written.

entries(source)     every file as an Entry: its path, and its content, read only when it is asked for

A download holds what students handed in: zips in zips, bombs, links, paths that lead elsewhere. Such an entry
raises GradfnError with the reason when it is read.
"""

from __future__ import annotations

import io
import os
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
MOST_OF_ALL = 4 << 30
MOST_FILES = 100_000
DEEPEST = 3  # zips in zips
CLUTTER = {"__MACOSX", ".ipynb_checkpoints", ".git", "__pycache__", ".venv", ".DS_Store", "node_modules"}
ARCHIVES = {".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz"}


@dataclass(frozen=True)
class Entry:
    """A file of a download."""

    path: str
    read: Callable[[], bytes]


class _Download:
    """The entries of a source, and how much of it may still be read."""

    def __init__(self) -> None:
        self.files, self.bytes = MOST_FILES, MOST_OF_ALL

    def folder(self, source: Path) -> Iterator[Entry]:
        for folder, below, names in os.walk(source):
            below[:] = sorted(set(below) - CLUTTER)
            for path in (Path(folder, name) for name in sorted({*names, *below} - CLUTTER)):
                if path.is_symlink() or not path.is_dir():
                    where = path.relative_to(source).as_posix()
                    yield from self.file(where, partial(read_untrusted, path, MOST_BYTES + 1))

    def zip(self, data: Path | io.BytesIO, above: str, depth: int) -> Iterator[Entry]:
        archive = zipfile.ZipFile(data)
        for member in archive.infolist():
            name = _name(member)
            parts = PurePosixPath(name).parts
            if member.is_dir() or any(part in CLUTTER or part.startswith("._") for part in parts):
                continue

            def read(member: zipfile.ZipInfo = member, name: str = name) -> bytes:
                if name.startswith("/") or ".." in PurePosixPath(name).parts or ":" in name[:2]:
                    raise GradfnError("its path leads out of the zip")
                if stat.S_ISLNK(member.external_attr >> 16):
                    raise GradfnError("it is a link, not a file")
                with archive.open(member) as stream:
                    return stream.read(MOST_BYTES + 1)  # its size may be more than the zip says

            yield from self.file(above + name, read, depth)

    def file(self, where: str, read: Callable[[], bytes], depth: int = 0) -> Iterator[Entry]:
        """The entry of a file, or the entries of a zip."""
        self.files -= 1
        if self.files < 0:
            raise GradfnError(f"the download holds more than {MOST_FILES} files: collect from it in parts")
        suffix = PurePosixPath(where).suffix.lower()

        def checked() -> bytes:
            if suffix in ARCHIVES:
                raise GradfnError(f"a {suffix} archive cannot be opened: unpack it, and make it a zip")
            try:
                data = read()
            except GradfnError:
                raise
            except Exception as error:  # zipfile, zlib, lzma and bz2 have errors of their own
                raise GradfnError(f"it cannot be read: {harmless(str(error))}") from error
            self.bytes -= len(data)
            if len(data) > MOST_BYTES:
                raise GradfnError(f"it is larger than {MOST_BYTES >> 20} MB")
            if self.bytes < 0:
                raise GradfnError(f"the files before it are {MOST_OF_ALL >> 30} GB: collect in parts")
            return data

        if suffix == ".zip" and depth < DEEPEST:
            with suppress(GradfnError, zipfile.BadZipFile, NotImplementedError, ValueError):
                yield from self.zip(io.BytesIO(checked()), f"{where}/", depth + 1)
                return
        yield Entry(where, checked)


def _name(member: zipfile.ZipInfo) -> str:
    """The member's path; one that is not marked as UTF-8 may be UTF-8 all the same, else it is DOS's."""
    name = member.filename
    if not member.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return name.replace("\\", "/")


def entries(source: Path) -> Iterator[Entry]:
    """The files of a download; raises NotFound if it is no folder or zip, GradfnError if it is too large."""
    if source.is_dir():
        return _Download().folder(source)
    if source.is_file() and zipfile.is_zipfile(source):
        return _Download().zip(source, "", 0)
    raise NotFound(f"{source} is neither a folder nor a zip, as a download from Moodle, Canvas, ... is")
