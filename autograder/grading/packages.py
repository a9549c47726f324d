"""The installed packages that a worker gets: some distributions and everything they require.

packages(names)     their folders and files
required(names)     the distributions themselves
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name


@lru_cache(maxsize=16)
def packages(names: tuple[str, ...]) -> tuple[Path, ...]:
    """The installed folders and files of some distributions and of everything they require."""
    paths: dict[str, Path] = {}
    for distribution in required(names):
        home = Path(str(distribution.locate_file("")))
        paths |= {top: home / top for top in _top_level(distribution) if (home / top).exists()}
    return tuple(paths[top] for top in sorted(paths))


def required(names: Iterable[str]) -> Iterator[metadata.Distribution]:
    """Some installed distributions and everything they require, each once."""
    wanted, seen = [*names], set()
    while wanted:
        name = canonicalize_name(wanted.pop())
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # required on other systems only, or an extra that is not installed
        yield distribution
        wanted += _requirements(distribution)


def _requirements(distribution: metadata.Distribution) -> Iterator[str]:
    """The names of what it needs here. The header is read as text: email's parser is slow."""
    header = (distribution.read_text("METADATA") or "").partition("\n\n")[0]
    for line in header.splitlines():
        field, _, value = line.partition(": ")
        words, _, marker = value.partition(";")
        if field == "Requires-Dist" and (not marker or Marker(marker).evaluate({"extra": ""})):
            yield re.split(r"[^\w.-]", words, maxsplit=1)[0]


def _top_level(distribution: metadata.Distribution) -> Iterable[str]:
    """The first part of every installed file's path. RECORD is read as text: torch has 10,000 files."""
    record = distribution.read_text("RECORD") or ""
    tops = {line.partition(",")[0].partition("/")[0].strip('"') for line in record.splitlines()}
    return tops - {"..", "", "__pycache__"}
