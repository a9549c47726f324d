"""Each system's formats as data; `collect`, `roster` and `export` are derived from them.

System      how a download names people, which columns of an export identify them, what an import wants
SYSTEMS     by name, as --from and --format take it; read from systems.toml

A kind of id is one of id, login, github, sid (a matriculation or SIS number), email, lms (the system's own
number), participant (Moodle's number in one assignment), name, family ("Last, First"), first, last.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import NotFound


@dataclass(frozen=True)
class System:
    """A system's formats; what it does not have is empty."""

    title: str
    #: A path in a download. Groups named as kinds of ids say who; `any` holds an id somewhere, `key` stands
    #: for one; also time, late, order (larger for a later try), file, and about: a text on the submission.
    entry: str = ""
    zone: bool = False  # whether its times say no time zone
    columns: Mapping[str, str] = field(default_factory=dict)  # of an export: header and kind of id
    signs: Sequence[Sequence[str]] = ()  # an export has all the headers of one of these, in small letters
    ids: Sequence[str] = ("login", "sid", "email")  # the first that is filled becomes the id in the gradebook
    grades: str = ""  # the header of a score in an export: its `name`, and what to `keep` of it
    who: Mapping[str, str] = field(default_factory=dict)  # of an import: header, and kinds of ids to write
    grade: str = "{}"  # of an import: the header of a unit that has no column yet
    possible: str = ""  # the first cell of a row with the points to get
    nothing: str = ""  # the cell of a missing score
    end: Sequence[str] = ()  # the last column: header and cell
    quote: bool = False  # whether every cell is quoted
    next: str = ""  # what to do with the file

    def match(self, path: str) -> dict[str, str] | None:
        """What a path in a download says; None if it is not this system's.

        It is matched from its beginning: further in, students have chosen the names, which may be others'.
        """
        found = re.fullmatch(self.entry, path, re.DOTALL) if self.entry else None
        return {name: text for name, text in found.groupdict().items() if text} if found else None


SYSTEMS = {
    name: System(**fields)
    for name, fields in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")).items()
}


def system_named(name: str) -> System:
    """Raises NotFound with the nearest name."""
    if name not in SYSTEMS:
        raise NotFound.named("system", name, SYSTEMS)
    return SYSTEMS[name]
