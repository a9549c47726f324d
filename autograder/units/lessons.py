"""A unit's lesson, cut into the texts of its notebook's cells.

    lesson_of(unit)                    the lesson as an introduction, a text for each exercise and an end
    mark_of(text)                      a hash that a notebook's cell keeps of the text it was made with
    is_from_kit(text, mark, lesson)    whether a text is in the lesson, or unchanged since an older one

A text that no longer has its cell's mark was edited by a student, and is kept.
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
    """A lesson, cut at the headings that name an exercise; `before` maps an exercise to the text above it."""

    introduction: str = ""
    before: dict[str, str] = field(default_factory=dict)
    end: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """All of its texts."""
        return tuple(filter(None, (self.introduction, *self.before.values(), self.end)))


def lesson_of(unit: KitUnit) -> Lesson:
    """The unit's README.md, cut up; empty if it has none.

    A section whose heading names no exercise stays in front of the exercise that follows it.
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
    """The text above the first "## " heading, then each section; "## " in a code block is not a heading."""
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
    """A short hash of the text."""
    return hashlib.sha256(text.strip().encode("utf-8", "replace")).hexdigest()[:16]


def is_from_kit(text: str, mark: object, lesson: Lesson) -> bool:
    """Whether no student edited the text: it still has its mark, or is one of the lesson's."""
    return mark_of(text) == mark or text.strip() in {part.strip() for part in lesson.parts}
