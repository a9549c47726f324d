"""Reading and writing files: a student's own, an untrusted submission's, the kit's.

read_text(path)              a text file, whatever its line ends
read_untrusted(path, most)   the bytes of a regular file, at most `most`; no links, pipes or devices
read_untrusted_text(...)     the same as text
cannot_read(what, error)     the exception for what was handed in and cannot be read
replace_text(path, text)     write a student's file, after a backup of what would be lost
back_up(path)                a copy beside the file, under a new name
write_whole(path, data)      all of the data or nothing, even if the process is killed in between
writing(path)                a block that writes a file: what the system refuses becomes one sentence
write_out(path, data)        the same for a file that somebody has named: whole, or as it was before
os_words(error)              what the system refused, and what to do about it
digest(paths)                one text for the names and contents of files; it changes if any of them does
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from autograder.errors import BadSubmission, GradfnError, NotFound
from autograder.worker.outcome import harmless

FULL = "Make room on the disk, then do this again"
LOCKED = "Close the program that holds it, or get the right to read and write it, then do this again"
ADVICE = dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), FULL)
ADVICE |= {errno.EACCES: LOCKED, errno.EPERM: LOCKED, errno.EROFS: "Make it writable, or work in a copy"}
SAVE_AS_UTF8 = "save it as UTF-8 (in VS Code: at the bottom right) and hand in again"
BEGINNINGS = {
    b"PK": "is a zip archive",
    b"%PDF": "is a PDF",
    b"\x1f\x8b": "is a gzip archive",
    b"7z": "is a 7z archive",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


def read_text(path: Path) -> str:
    """The file's text with "\\n" at the end of each line and no byte order mark.

    Raises NotFound where it cannot be read, BadSubmission where it is not UTF-8.
    """
    return _text(path, path.read_bytes)


def read_untrusted_text(path: Path, most: int) -> str:
    """The text of a file that was handed in; raises BadSubmission also if it has more than `most` bytes."""
    return _text(path, lambda: _at_most(path, most))


def _text(path: Path, read: Callable[[], bytes]) -> str:
    try:
        text = read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadSubmission(f"{harmless(path.name)} {_not_text(error.object, error.start)}") from error
    except OSError as error:
        error.filename = str(path)
        raise NotFound(f"cannot read {harmless(os_words(error))}") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _not_text(data: bytes, byte: int) -> str:
    """What a file is that is not UTF-8 text, and what to do."""
    known = next((words for begin, words in BEGINNINGS.items() if data.startswith(begin)), "")
    if known.startswith("is a "):
        return f"{known}, not the file itself"
    line = data.count(b"\n", 0, byte) + 1
    return f"is {known or f'not UTF-8 text (line {line})'}: {SAVE_AS_UTF8}"


def _at_most(path: Path, most: int) -> bytes:
    data = read_untrusted(path, most + 1)
    if len(data) > most:
        raise BadSubmission(f"{harmless(path.name)} is larger than {most >> 20} MB: clear its outputs first")
    return data


def read_untrusted(path: Path, most: int) -> bytes:
    """The content of a regular file, cut after `most` bytes.

    Raises OSError for anything else: a link may lead to a file that was not handed in, and a pipe or a device
    may never end, or never begin.
    """
    if not stat.S_ISREG(path.lstat().st_mode):
        raise _not_regular(path)
    # Between lstat and open somebody may have put another file there: do not follow or wait, and look again.
    flags = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
    with open(os.open(path, os.O_RDONLY | flags), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise _not_regular(path)
        return stream.read(most)


def _not_regular(path: Path) -> OSError:
    return OSError(errno.EINVAL, "it is a link, a folder, a pipe or a device, not a file", str(path))


def cannot_read(what: str, error: OSError) -> GradfnError:
    """The exception for what cannot be read: BadSubmission only where its kind or its name is to blame."""
    kind = BadSubmission if error.errno in (errno.EINVAL, errno.ENAMETOOLONG, errno.ELOOP) else GradfnError
    return kind(f"{what} cannot be read: {error.strerror}")


def replace_text(path: Path, text: str) -> Path | None:
    """Write `text`, with the line ends that the file had; the backup, or None if nothing was lost."""
    before = path.read_bytes() if path.exists() else b""
    data = text.replace("\n", "\r\n" if b"\r\n" in before else "\n").encode("utf-8")
    if data == before:
        return None
    backup = back_up(path) if before.strip() else None
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666
    write_whole(path.resolve(), data, mode)
    return backup


def back_up(path: Path) -> Path:
    """Copy the file, byte for byte, to a new name beside it."""
    stamp = f"{datetime.now():%Y%m%d-%H%M%S}"
    number = 1
    while (copy := path.with_name(f"{path.name}.{stamp}{f'-{number}' * (number > 1)}.bak")).exists():
        number += 1
    write_whole(copy, path.read_bytes())
    return copy


def write_whole(path: Path, data: str | bytes, mode: int = 0o666) -> None:
    """Write a file beside it and rename that, which other processes see as one step; makes the folder too.

    Who may read it is the process's umask to say, as with open(): a course may be shared with a group.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")  # always the same name: killed runs leave one file, not many
    beside.unlink(missing_ok=True)
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
            stream.write(data.encode() if isinstance(data, str) else data)
        os.replace(beside, path)
    except OSError as error:
        error.filename = str(path)  # a full disk names none
        beside.unlink(missing_ok=True)
        raise


@contextmanager
def writing(path: Path, advice: str = "") -> Iterator[None]:
    """A block that writes a file or a folder; raises GradfnError where the system refuses, with `advice`."""
    try:
        yield
    except OSError as error:
        words = f"cannot write {path}: {error.strerror}"
        raise GradfnError(f"{words}. {advice}" if advice else words) from error


def write_out(path: Path, data: str | bytes, advice: str = "") -> None:
    """Write a file that somebody has named, or raise GradfnError; an earlier one is never left in pieces."""
    data = data.encode() if isinstance(data, str) else data
    with writing(path, advice):
        if path.parent.is_dir() and (path.is_file() or not path.exists()):
            write_whole(path.resolve(), data)
        else:  # /dev/stdout, or what the system refuses
            path.write_bytes(data)


def os_words(error: OSError) -> str:
    """What the system refused, and what to do about it."""
    if error.errno is None and (found := re.search(r"\[Errno (\d+)\] ([^:']+)", str(error))):
        error = OSError(int(found[1]), found[2])  # in a list of shutil's, or in nbgrader's words
    words = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
    return f"{words}. {ADVICE[error.errno]}" if error.errno in ADVICE else words


def digest(paths: Iterable[Path], *more: str) -> str:
    """A digest of some files, in the order given, and of some texts; a missing file counts too."""
    total = hashlib.sha256(repr(more).encode())
    for path in paths:
        try:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            content = str(error.errno)
        total.update(f"{path.name}\0{content}\0".encode())
    return total.hexdigest()
