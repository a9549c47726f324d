"""A student's files, changed without losing anything.

    read_text(path)         the text of a file, whatever its line ends; BadSubmission where it is no UTF-8
    replace(path, text)     write a file; the copy of what it held, or None where nothing is lost
    keep(path)              a copy beside the file, under a name of its own

What is written has the line ends that the file had, so that editors and git see only what changed.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from autograder.errors import BadSubmission, NotFound


def read_text(path: Path) -> str:
    """The file's text with "\\n" at each line's end, without a byte order mark."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadSubmission(f"{path.name} is not UTF-8 text (byte {error.start})") from error
    except OSError as error:
        raise NotFound(f"cannot read {path}: {error.strerror}") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def replace(path: Path, text: str) -> Path | None:
    """Make `text` the file's text; the copy of what it held before, None where it held nothing else."""
    before = path.read_bytes() if path.exists() else b""
    data = text.replace("\n", "\r\n" if b"\r\n" in before else "\n").encode("utf-8")
    if data == before:
        return None
    kept = keep(path) if before.strip() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return kept


def keep(path: Path) -> Path:
    """Copy the file, byte for byte, to a name that nothing has yet."""
    stamp = f"{datetime.now():%Y%m%d-%H%M%S}"
    number = 1
    while True:
        copy = path.with_name(f"{path.name}.{stamp}{f'-{number}' * (number > 1)}.bak")
        try:
            with copy.open("xb") as stream:
                stream.write(path.read_bytes())
            return copy
        except FileExistsError:
            number += 1
