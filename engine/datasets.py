"""Data to learn from, as lists of numbers and names; the files in `data` say where they are from.

digits   1,797 real handwritten digits: images of 64 pixels, row by row, from 0 to 16, and labels from 0 to 9
    names    some three hundred first names of three to eight small letters
"""

from __future__ import annotations

import zlib
from base64 import b85decode
from pathlib import Path

_DATA = Path(__file__).parent / "data"


def _lines(name: str) -> list[str]:
    """The lines of a file in `data`, but for its comments."""
    text = (_DATA / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("# ")]


def digits() -> tuple[list[list[int]], list[int]]:
    """(images, labels), always in the same order."""
    columns = zlib.decompress(b85decode("".join(_lines("digits.txt"))))
    count = len(columns) // 65
    *pixels, labels = (columns[start : start + count] for start in range(0, len(columns), count))
    return [list(image) for image in zip(*pixels, strict=True)], list(labels)


def names() -> list[str]:
    """The names, by the alphabet."""
    return " ".join(_lines("names.txt")).split()
