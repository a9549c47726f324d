"""Files that are never half-written, what they hold in short, and files of others.

write_whole(path, data)     a file with all of its data, or as it was before: a process may end at any moment
read_ordinary(path, most)   what somebody handed in: nothing that is no file is opened, nor read without end
digest(paths)               the same text as long as every file has the same name and content
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path


def write_whole(path: Path, data: str | bytes, mode: int = 0o644) -> None:
    """Write beside the file and rename, which is one step to everyone who looks; makes its folder too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")  # one name, so that many a kill leaves no more than one file
    beside.unlink(missing_ok=True)
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
        stream.write(data.encode() if isinstance(data, str) else data)
    os.replace(beside, path)


def read_ordinary(path: Path, most: int) -> bytes:
    """The content of an ordinary file, cut behind `most` bytes.

    Raises OSError for anything else: a link leads to what was not handed in, and a pipe or a device may have
    no end, or no beginning.
    """
    if not stat.S_ISREG(path.lstat().st_mode):
        raise _no_file(path)
    # Another may stand there by now.
    flags = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
    with open(os.open(path, os.O_RDONLY | flags), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise _no_file(path)
        return stream.read(most)


def _no_file(path: Path) -> OSError:
    return OSError(errno.EINVAL, "a link, a folder, a pipe or a device, and no file", str(path))


def digest(paths: Iterable[Path], *more: str) -> str:
    """A digest of some files, in the order given, and of some texts; a file that is not there counts too."""
    total = hashlib.sha256(repr(more).encode())
    for path in paths:
        try:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            content = str(error.errno)
        total.update(f"{path.name}\0{content}\0".encode())
    return total.hexdigest()
