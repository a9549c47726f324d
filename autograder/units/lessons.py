"""A unit's lesson, cut into the texts that stand in a notebook.

    lesson_of(unit)                the lesson as an introduction, a text for each exercise and an end
    is_kits(text, mark, lesson)    whether a text is the kit's: this lesson's, or an earlier one's by its mark
    mark_of(text)                  what a notebook's cell says of the text it was made with

A text that its cell's mark does not fit any more was written over by a student, so it is theirs to keep.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from autograder.units.kit import KitUnit

_HEADING = re.compile(r"^## +(?:`(?P<exercise>\w+)`)?")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")


@dataclass
class Lesson:
    """A lesson cut at the headings that name an exercise; `before` maps an exercise to what it opens with."""

    introduction: str = ""
    before: dict[str, str] = field(default_factory=dict)
    end: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """All of its texts."""
        return tuple(filter(None, (self.introduction, *self.before.values(), self.end)))


def lesson_of(unit: KitUnit) -> Lesson:
    """The unit's README as the parts of a notebook; a unit without one gets headings only.

    A section without an exercise in its heading stays where it is: in front of the exercise that follows.
    """
    if not unit.lesson_file.exists():
        return Lesson()
    introduction, *sections = _sections(unit.lesson_file.read_text(encoding="utf-8"))
    lesson, waiting = Lesson(), introduction
    for section in sections:
        heading = _HEADING.match(section)
        exercise = heading["exercise"] if heading else None
        if exercise is None:
            waiting = f"{waiting}\n\n{section}".strip()
        elif lesson.before:
            lesson.before[exercise] = f"{waiting}\n\n{section}".strip()
            waiting = ""
        else:
            lesson.introduction, lesson.before[exercise], waiting = waiting, section, ""
    lesson.end = waiting if lesson.before else ""
    lesson.introduction = lesson.introduction if lesson.before else waiting
    return lesson


def _sections(text: str) -> Iterator[str]:
    """The text in front of the first "## " heading, then each section; code blocks are left whole."""
    lines: list[str] = []
    fenced = False
    for line in text.splitlines():
        fenced ^= bool(_FENCE.match(line))
        if line.startswith("## ") and not fenced:
            yield "\n".join(lines).strip()
            lines = []
        lines.append(line)
    yield "\n".join(lines).strip()


def mark_of(text: str) -> str:
    """A few characters that hardly any other text has."""
    return hashlib.sha256(text.strip().encode("utf-8", "replace")).hexdigest()[:16]


def is_kits(text: str, mark: object, lesson: Lesson) -> bool:
    """Whether nobody wrote in this text: it has its mark, or it is one of the lesson's own."""
    return mark_of(text) == mark or text.strip() in {part.strip() for part in lesson.parts}
