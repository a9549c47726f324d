"""What `gradfn watch` shows, as lines of plain text with a kind, but without colours.

    Page                            title, news, body, bars and keys
    page.lines(width, height)       the page cut to a window
    card_lines(state, ...)          the body with an exercise's card
    list_rows(state)                the list of every exercise, from which one is chosen
    unit_lines(state)               every unit's bar

If a card does not fit, the bars of the other units are left out; if that is not enough, the card is shown in
parts, and the page says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from autograder.judging import card
from autograder.student.progress import NOT_CHECKED, questions_text, unit_rows
from autograder.student.terminal import narrowed, shorten_bar
from autograder.student.watch.state import ExerciseId, State, UnitState


def keys_text(*words: str) -> str:
    """What keys do; no line is broken between a key and its word."""
    return " · ".join(each.replace(" ", "\N{NO-BREAK SPACE}") for each in words if each)


LIST_KEYS = keys_text("↑ ↓ exercise", "← → unit", "enter work on it", "o lesson", "p play", "l back")
MORE = "space"

#: What a line is, to colour it; the words say the same.
Kind = Literal["title", "rule", "good", "bad", "note", "plain", "faint", "chosen", "bar", "keys"]
ViewLine = tuple[Kind, str]


@dataclass(frozen=True)
class Page:
    """All that is shown. `part` counts how often the student asked for more of the body; of a list the line
    that is `chosen` is shown, with those around it.
    """

    title: str
    path: str
    status: str
    news: tuple[str, ...]
    body: tuple[ViewLine, ...]
    bars: tuple[str, ...]  # every unit's, in learning order
    focus: int  # the index of the unit being worked on
    keys: str
    wrap: bool = True
    part: int = 0
    chosen: int | None = None

    def lines(self, width: int, height: int) -> list[ViewLine]:
        """Lines that fill a window exactly."""
        head = self._head(width)
        body = [line for kind, text in self.body for line in self._fitted(kind, text, width)]
        foot = self._foot(width, self.bars)
        if len(head) + len(body) + len(foot) > height:
            foot = self._foot(width, self.bars[self.focus : self.focus + 1])
        room = max(height - len(head) - len(foot), 1)
        if self.chosen is not None and len(body) > room:
            start = min(max(self.chosen - room // 2, 0), len(body) - room)
            body = body[start : start + room]
        lines = [*head, *_part(body, room, self.part), *foot][:height]
        return [(kind, text[:width]) for kind, text in lines]

    def _head(self, width: int) -> list[ViewLine]:
        titles = (f"{self.title}  {self.path}", self.title)
        title = next((words for words in titles if len(words) + len(self.status) + 2 <= width), "")
        if title:
            lines: list[ViewLine] = [("title", f"{title}{self.status:>{width - len(title)}}")]
        else:
            lines = [("title", self.title), ("faint", self.status)]
        lines.append(("rule", "─" * width))
        for words in self.news:
            lines += [("good", line) for line in narrowed(words, width).split("\n")]
        return [*lines, ("plain", "")] if self.news else lines

    def _fitted(self, kind: Kind, text: str, width: int) -> Iterator[ViewLine]:
        if not self.wrap:
            yield kind, text if len(text) <= width else f"{text[: width - 1]}…"
            return
        for number, line in enumerate(narrowed(text, min(width, card.WIDTH)).split("\n")):
            yield (kind if number == 0 else "plain"), line

    def _foot(self, width: int, bars: tuple[str, ...]) -> list[ViewLine]:
        keys = narrowed(self.keys, width).split("\n")
        if max(map(len, bars), default=0) > width:
            bars = tuple(map(shorten_bar, bars))
        return [
            ("rule", "─" * width),
            *(("bar", _bar(bar, width)) for bar in bars),
            *(("keys", line.strip().replace("\N{NO-BREAK SPACE}", " ")) for line in keys),
        ]


def _bar(line: str, width: int) -> str:
    """A unit's line; in a narrow window without the bar, then without the count of exercises too."""
    if len(line) <= width:
        return line
    name, _, rest = line.partition("[")
    words = f"{name.rstrip()}  {rest.partition(']  ')[2]}"
    return words if len(words) <= width else words.rpartition("  ")[0]


def _part(body: list[ViewLine], room: int, part: int) -> list[ViewLine]:
    """The part of the body that there is room for, filled up with empty lines."""
    if len(body) <= room:
        return body + [("plain", "")] * (room - len(body))
    shown = max(room - 1, 1)
    parts = -(-len(body) // shown)
    start = min(part % parts * shown, len(body) - shown)
    below = len(body) - start - shown
    words = f"... {below} more lines: {MORE}" if below else f"... the end; {MORE}: the beginning"
    return [*body[start : start + shown], ("faint", words)]


def card_lines(state: UnitState, exercise: str, hints: Iterable[str], keys: bool) -> list[ViewLine]:
    """The card of an exercise's first failing check, and hints; or that all its checks pass."""
    failing = state.failing(exercise)
    if failing is None:
        standing = state.standing()
        words = f"All checks of {exercise} pass: {card.points_text(*standing.points(exercise))}."
        if not standing.done(exercise):
            return [("plain", "Not checked yet.")]
        notes = (each.result.message.partition("\n")[2] for each in state.judged(exercise))
        return [("good", words), *[("plain", f"\n{text}") for text in notes if text][:1]]
    message = failing.result.message
    if keys:
        message = message.replace(f"gradfn hint {state.unit.name}.{exercise}", "press h")
    lines: list[ViewLine] = [("bad", message)]
    if state.text == state.unit.recorded.stub and state.unit.lesson_file.exists():
        words = "press o" if keys else f"gradfn lesson {state.unit.name}"
        lines += [("plain", ""), ("plain", f"The unit's lesson, to read before: {words}")]
    for hint in hints:
        lines += [("plain", ""), ("note", hint)]
    return lines


def list_rows(state: State, chosen: ExerciseId) -> Iterator[tuple[ExerciseId | None, ViewLine]]:
    """The lines of the list: exercises with stars, points and state, below their unit, with its questions."""
    for unit, each in state.units.items():
        rows = unit_rows(
            each.unit, each.standing(), each.begun, each.waiting, bool(each.known or each.results)
        )
        for name, text in rows:
            row = ExerciseId(unit, name) if name else None
            kind: Kind = "chosen" if row == chosen else "good" if row and state.done(row) else "plain"
            yield row, (kind, f">{text[1:]}" if row == chosen else text)


def unit_lines(state: State) -> tuple[str, ...]:
    """Every unit's line with its bar, in learning order."""
    width = max(map(len, state.units))
    return tuple(
        each.standing().line(width) + questions_text(each.unit, each.waiting)
        if each.known or each.results
        else f"{name:<{width}}  {NOT_CHECKED}"
        for name, each in state.units.items()
    )
