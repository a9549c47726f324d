"""What is to be seen while watching, as plain words: no terminal, no colours.

    Page                            the title, the news, the body, the bars and the keys
    page.lines(width, height)       the page cut to a window, each line with what it is
    card_of, list_of                the body for an exercise's card, and for the list

A card that does not fit is shown in parts, and the page says so; the bars of the other units give way first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from autograder.judging import card
from autograder.student.progress import questions_text, unanswered
from autograder.student.terminal import narrowed, without_half_the_bar
from autograder.student.watch.state import Course, UnitState

#: What keys do; a key and its word are not parted where lines are broken.
KEYS = " · ".join(
    words.replace(" ", "\N{NO-BREAK SPACE}")
    for words in ("h hint", "n next exercise", "l list", "g graph", "r run again", "q quit")
)
MORE = "space"

#: What a line is, for the one who gives it a colour; the words say the same.
Kind = Literal["title", "rule", "good", "bad", "note", "plain", "faint", "bar", "keys"]
Line = tuple[Kind, str]


@dataclass(frozen=True)
class Page:
    """Everything to be seen; `part` counts how often the reader asked for more of the body."""

    title: str
    path: str
    state: str
    news: tuple[str, ...]
    body: tuple[Line, ...]
    bars: tuple[str, ...]  # every unit's, in learning order
    here: int  # which of them is the unit at hand's
    keys: str
    wrap: bool = True
    part: int = 0

    def lines(self, width: int, height: int) -> list[Line]:
        """Exactly what fills a window."""
        head = self._head(width)
        body = [line for kind, text in self.body for line in self._fitted(kind, text, width)]
        foot = self._foot(width, self.bars)
        if len(head) + len(body) + len(foot) > height:
            foot = self._foot(width, self.bars[self.here : self.here + 1])
        room = max(height - len(head) - len(foot), 1)
        lines = [*head, *_part(body, room, self.part), *foot][:height]
        return [(kind, text[:width]) for kind, text in lines]

    def _head(self, width: int) -> list[Line]:
        titles = (f"{self.title}  {self.path}", self.title)
        title = next((words for words in titles if len(words) + len(self.state) + 2 <= width), "")
        if title:
            lines: list[Line] = [("title", f"{title}{self.state:>{width - len(title)}}")]
        else:
            lines = [("title", self.title), ("faint", self.state)]
        lines.append(("rule", "─" * width))
        for words in self.news:
            lines += [("good", line) for line in narrowed(words, width).split("\n")]
        return [*lines, ("plain", "")] if self.news else lines

    def _fitted(self, kind: Kind, text: str, width: int) -> Iterator[Line]:
        if not self.wrap:
            yield kind, text if len(text) <= width else f"{text[: width - 1]}…"
            return
        for number, line in enumerate(narrowed(text, min(width, card.WIDTH)).split("\n")):
            yield (kind if number == 0 else "plain"), line

    def _foot(self, width: int, bars: tuple[str, ...]) -> list[Line]:
        keys = narrowed(self.keys, width).split("\n")
        if max(map(len, bars)) > width:
            bars = tuple(map(without_half_the_bar, bars))
        return [
            ("rule", "─" * width),
            *(("bar", _bar(bar, width)) for bar in bars),
            *(("keys", line.strip().replace("\N{NO-BREAK SPACE}", " ")) for line in keys),
        ]


def _bar(line: str, width: int) -> str:
    """A unit's line; in a narrow window without the bar, whose points say the same, and then without more."""
    if len(line) <= width:
        return line
    name, _, rest = line.partition("[")
    words = f"{name.rstrip()}  {rest.partition(']  ')[2]}"
    return words if len(words) <= width else words.rpartition("  ")[0]


def _part(body: list[Line], room: int, part: int) -> list[Line]:
    """As much of the body as there is room for, filled up with empty lines."""
    if len(body) <= room:
        return body + [("plain", "")] * (room - len(body))
    shown = max(room - 1, 1)
    parts = -(-len(body) // shown)
    start = min(part % parts * shown, len(body) - shown)
    below = len(body) - start - shown
    words = f"... {below} more lines: {MORE}" if below else f"... the end; {MORE}: the beginning"
    return [*body[start : start + shown], ("faint", words)]


def card_of(state: UnitState, exercise: str, hints: Iterable[str], keys: bool) -> list[Line]:
    """The first failing card of an exercise, or that there is none, and the hints that were asked for."""
    seen = state.failing(exercise)
    if seen is None:
        got, most = state.points(exercise)
        words = f"All checks of {exercise} pass: {card.points_text(got, most)}."
        return [("good", words) if state.done(exercise) else ("plain", "Not checked yet.")]
    message = seen.result.message
    if keys:
        message = message.replace(f"gradfn hint {state.unit.name}.{exercise}", "press h")
    lines: list[Line] = [("bad", message)]
    if state.text == state.unit.recorded.stub and state.unit.lesson_file.exists():
        lesson = state.unit.lesson_file.relative_to(state.unit.folder.parents[1])
        lines += [("plain", ""), ("plain", f"The unit's lesson, to read before: {lesson}")]
    for hint in hints:
        lines += [("plain", ""), ("note", hint)]
    return lines


def list_of(course: Course) -> list[Line]:
    """What the unit at hand asks: exercises with stars, points and how far they are, then questions."""
    state = course.here
    width = max(map(len, [*state.exercises, *state.unit.questions]))
    lines: list[Line] = []
    for name in state.exercises:
        got, most = state.points(name)
        here = ">" if name == course.focus.exercise else " "
        worth = f"{got:g} / {most:g}"
        text = f"{here} {name:<{width}}  {'*' * state.stars[name]:<3}  {worth:>7} points"
        lines.append(("good" if state.done(name) else "plain", f"{text}  done" if state.done(name) else text))
    waiting = unanswered(state.unit)
    for name in state.unit.questions:
        how = "not answered yet" if name in waiting else "answered"
        lines.append(("plain", f"  {name:<{width}}  a text, graded by hand: {how}"))
    return lines


def bars_of(course: Course) -> tuple[str, ...]:
    """Every unit's line, in learning order."""
    width = max(map(len, course.units))
    return tuple(
        state.standing().line(width) + questions_text(state.unit, unanswered(state.unit))
        if state.known or state.results
        else f"{name:<{width}}  not checked yet"
        for name, state in course.units.items()
    )
