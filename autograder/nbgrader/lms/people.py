"""Who is meant: the class list, with the ids by which each system knows a student.

Notes      what the course stores beside the gradebook, for which nbgrader has no field: .gradfn/lms.json
People     find the student whom a download or a row means: by ids first, else by a name that one person has

No id is guessed: where two students fit, or two ids disagree, nobody is found and the words say why.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import GradfnError
from autograder.nbgrader.course import Course, short_list
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.inbox import in_one_form
from autograder.nbgrader.lms.systems import SYSTEMS
from autograder.units.files import write_whole

#: A text that is an id of one of these kinds may be one of another: a login is often the id in the gradebook.
KINDS = dict.fromkeys(("id", "login", "github", "sid", "email"), "id") | {
    k: k for k in ("lms", "participant")
}
UNKNOWN = "no student of the gradebook has this name or id: gradfn roster FILE brings new ones"
NO_ROSTER = "the gradebook holds no students yet: gradfn roster FILE, with the class list; or add --add"
SEVERAL = "it fits several students: {}"


@dataclass
class Notes:
    """What `gradfn roster` and `gradfn deadline` have to remember."""

    #: By system and student: the cells of a row that identify the student, by their headers.
    people: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)  # by system: the headers of its scores
    participants: dict[str, list[str]] = field(default_factory=dict)  # Moodle's number: the student, the time
    late: dict[str, str] = field(default_factory=dict)  # by unit: the rule of its late penalty
    zone: str = ""  # the time zone of a system that writes local times
    shown: str = ""  # the time zone in which a due date was typed

    @classmethod
    def of(cls, course: Course) -> Notes:
        try:
            return cls(**json.loads(_file(course).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError, TypeError) as error:
            why = f"{error}. Restore it, or delete it and read the class lists again"
            raise GradfnError(f"{_file(course)} cannot be read: {why}") from error

    def write(self, course: Course) -> None:
        write_whole(_file(course), json.dumps(vars(self), ensure_ascii=False, indent=1), 0o660)


def _file(course: Course) -> Path:
    return course.private / "lms.json"


class People:
    """The students of the gradebook, by everything that identifies them."""

    def __init__(self, course: Course) -> None:
        self.notes = Notes.of(course)
        self.index: dict[tuple[str, str], set[str]] = defaultdict(set)  # by kind and text
        self.kinds: dict[str, set[str]] = defaultdict(set)  # which kinds of ids are known of each student
        with gradebook(course) as opened:
            for student in opened.students:
                fields = {"id": student.id, "email": student.email, "lms": student.lms_user_id}
                fields |= {"first": student.first_name, "last": student.last_name}
                self.add(student.id, {kind: text or "" for kind, text in fields.items()})
        for name, students in self.notes.people.items():
            for student, cells in students.items():
                self.add(student, {SYSTEMS[name].columns[header]: cell for header, cell in cells.items()})
        for number, (student, _) in self.notes.participants.items():
            self.index["participant", number].add(student)

    def add(self, student: str, ids: Mapping[str, str]) -> None:
        """Let a student be found by these ids, by kind."""
        for kind, text in ids.items():
            if kind in KINDS and text:
                self.index[KINDS[kind], plain(text)].add(student)
                self.kinds[student].add(kind)
        for name in names(ids):
            self.index["name", name].add(student)

    def find(self, ids: Mapping[str, str]) -> tuple[str, str]:
        """The student, or an empty text and the reason."""
        found = [self.index.get((KINDS[kind], plain(text))) for kind, text in ids.items() if kind in KINDS]
        fits = [who for who in found if who] or [self._inside(ids.get("any", ""))]
        if not any(fits):
            fits = [self._named(ids)]
        both = set.intersection(*fits)
        if len(both) == 1:
            return both.pop(), ""
        several = sorted(set.union(*fits))
        return "", SEVERAL.format(short_list(several)) if several else UNKNOWN

    def _inside(self, text: str) -> set[str]:
        """The students whose id is the text, or else its end or its beginning at a separator."""
        cuts = [found.span() for found in re.finditer(r"[_\-+. ]+", text)]
        pieces = [*(text[end:] for _, end in cuts), *(text[:start] for start, _ in cuts)]
        whole = self.index.get(("id", plain(text))) or self._named({"name": text})
        return whole or {s for piece in pieces for s in self.index.get(("id", plain(piece)), ())}

    def _named(self, ids: Mapping[str, str]) -> set[str]:
        """The students of this name; Moodle writes a group's name and "-" before a person's."""
        parts = ids.get("name", "").split("-")
        for start in range(len(parts)):
            candidates = names({**ids, "name": "-".join(parts[start:])})
            if found := {student for name in candidates for student in self.index.get(("name", name), ())}:
                return found
        return set()


def plain(text: str) -> str:
    """An id as it is compared: without Brightspace's "#" and differences of capitals."""
    return in_one_form(text).strip().removeprefix("#").casefold()


def names(ids: Mapping[str, str]) -> Iterator[str]:
    """A person's name in both orders, letters and digits only, without accents: systems drop the rest."""
    last, _, first = (
        ids["family"].partition(",") if "family" in ids else (ids.get("last", ""), "", ids.get("first", ""))
    )
    for text in (ids.get("name", ""), f"{first} {last}", f"{last} {first}"):
        letters = unicodedata.normalize("NFKD", text.casefold())
        if name := "".join(letter for letter in letters if letter.isalnum()):
            yield name
