"""Files that are never half-written, and what they hold in short.

write_whole(path, data)     a file with all of its data, or as it was before: a process may end at any moment
digest(paths)               the same text as long as every file has the same name and content
"""

from __future__ import annotations

import hashlib
import os
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
