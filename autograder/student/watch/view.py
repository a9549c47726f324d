"""What the student looks at: the card and hints, news, or the list, a graph or the kit's answer instead.

    view.card()          the card of the exercise in focus, and the hints that were asked for
    view.news(words)     a piece of news
    view.hint()          one more hint
    view.see(...)        other lines in place of the card
    view.show_list()          every exercise; `view.cursor` is the one that view.move(key) has chosen
    view.more()          the next part of a body that does not fit
    view.draw()          draw the page

A Transcript instead prints each thing when it is new.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from autograder.judging.card import points_text
from autograder.student.hints import DOES_NOT_LOAD, one_more
from autograder.student.watch.page import (
    LIST_KEYS,
    Page,
    ViewLine,
    card_lines,
    keys_text,
    list_rows,
    unit_lines,
)
from autograder.student.watch.screen import Transcript, Window
from autograder.student.watch.state import ExerciseId, State

CHECKING = "checking ..."
PAGE = 10  # exercises that page up and page down skip in the list
#: The keys that move in the list: from the cursor's index, the last index, and where units begin.
MOVES: dict[str, Callable[[int, int, list[int]], int]] = {
    "up": lambda here, last, units: max(here - 1, 0),
    "down": lambda here, last, units: min(here + 1, last),
    "page-up": lambda here, last, units: max(here - PAGE, 0),
    "page-down": lambda here, last, units: min(here + PAGE, last),
    "left": lambda here, last, units: max((unit for unit in units if unit < here), default=0),
    "right": lambda here, last, units: min((unit for unit in units if unit > here), default=last),
    "home": lambda here, last, units: 0,
    "end": lambda here, last, units: last,
}
MOVES |= {"k": MOVES["up"], "j": MOVES["down"]}  # as in vi


class View:
    """What one student looks at."""

    def __init__(self, state: State, screen: Window | Transcript, keys: bool) -> None:
        self._state = state
        self._screen = screen
        self._keys = keys
        self._status = ""
        self._news: tuple[str, ...] = ()
        self._hints: tuple[str, ...] = ()
        self._hinted: tuple[ExerciseId, str] | None = None  # the exercise and check of these hints
        self._body: list[ViewLine] | None = None  # in place of the card ...
        self._body_kind = ""  # ... and what it is: "graph" or "solution"
        self._part = 0
        self.cursor: ExerciseId | None = None  # the exercise chosen in the list, while that is shown

    def welcome(self) -> None:
        """Say what is going on, and how to end it."""
        self._screen.say(f"Watching exercises/: each file is checked when you save it.\n{self._key_words()}")

    def _key_words(self) -> str:
        if not self._keys:
            return "Ctrl-C: quit"
        if self.cursor:
            return LIST_KEYS
        unit = self._state.unit.unit
        play = "p play" if (unit.folder / "play.py").exists() else ""
        solution = "s solution" if unit.solution_file.exists() else ""
        words = (
            "h hint",
            "n next",
            "b back",
            "l list",
            "g graph",
            solution,
            "o lesson",
            play,
            "r run",
            "q quit",
        )
        return keys_text(*words)

    def back_to_card(self) -> None:
        """Show the card, from its beginning."""
        self._body, self._body_kind, self._part, self.cursor = None, "", 0, None

    def clear_news(self) -> None:
        """Drop the last piece of news: it is old now."""
        self._news = ()

    def news(self, words: str) -> None:
        """Show a piece of news, until the next save or key."""
        self._news = (words,)
        self._screen.say(words)
        self.draw()

    def checking(self, news: str) -> None:
        """Say, once, that a check takes long, and what is known before it ends."""
        if self._status != CHECKING:
            self._status = CHECKING
            self._news = (news,) if news else self._news
            self.draw()

    def judged(self, seconds: float) -> None:
        """Show that the exercise in focus was judged just now, and its card."""
        self._status = f"{datetime.now():%H:%M:%S}, {seconds:.2f} s"
        self._screen.say(f"{datetime.now():%H:%M:%S} {self._state.focus}")
        self.card()

    def card(self) -> None:
        """Show the card of the exercise in focus."""
        self.back_to_card()
        self._screen.say("\n".join(text for _, text in self._card()))
        self.draw()

    def _card(self) -> list[ViewLine]:
        exercise = self._state.focus.exercise
        failing = self._state.unit.failing(exercise)
        loads = failing is not None and failing.result.status != "not run"
        hints = self._hints_of(failing.result.check if failing and loads else None)
        return card_lines(self._state.unit, exercise, hints, self._keys)

    def standing(self) -> None:
        """Show the points of the unit in focus."""
        self._screen.say(self._state.unit.standing().line(0))
        self.draw()

    def hint(self) -> None:
        """Show one more hint for the first failing check."""
        focus, unit = self._state.focus, self._state.unit
        failing = unit.failing(focus.exercise)
        self.back_to_card()
        if failing is not None and failing.result.status == "not run":
            self.news(DOES_NOT_LOAD)
            return
        if failing is None or not failing.hints:
            self.news(f"{focus} {'needs no hint' if unit.done(focus.exercise) else 'is not checked yet'}.")
            return
        check = failing.result.check
        words = one_more(unit.unit, focus.exercise, check, failing.hints)
        self._hints = (*(hint for hint in self._hints_of(check) if hint != words), words)
        self._hinted = focus, check
        self._part = -1  # hints stand below the card
        self._screen.say(words)
        self.draw()

    def _hints_of(self, check: str | None) -> tuple[str, ...]:
        """The hints given while this check failed."""
        return self._hints if check is not None and self._hinted == (self._state.focus, check) else ()

    def show_list(self) -> None:
        """Show every exercise; the one in focus is chosen."""
        self.back_to_card()
        self.cursor = self._state.focus
        self._screen.say("\n".join(text for _, (_, text) in list_rows(self._state, self.cursor)))
        self.draw()

    def move(self, key: str) -> None:
        """Choose another exercise in the list."""
        assert self.cursor is not None
        ids = self._state.ids
        units = [index for index, each in enumerate(ids) if not index or each.unit != ids[index - 1].unit]
        self.cursor = ids[MOVES[key](ids.index(self.cursor), len(ids) - 1, units)]
        self._screen.say(f"> {self.cursor}")
        self.draw()

    def back_from(self, kind: str) -> bool:
        """Show the card again if this kind of body is shown; whether it was."""
        if self._body_kind != kind:
            return False
        self.card()
        return True

    def see(self, kind: str, lines: list[ViewLine]) -> None:
        """Show lines in place of the card."""
        self.back_to_card()
        self._body, self._body_kind = lines, kind
        self._screen.say("\n".join(text for _, text in lines))
        self.draw()

    def more(self) -> None:
        """Show the next part of a body that does not fit."""
        self._part += 1
        self.draw()

    def resized(self) -> bool:
        """Whether the window has another size than the page."""
        return self._screen.resized()

    def draw(self) -> None:
        """Draw the page."""
        focus = self.cursor or self._state.focus
        unit = self._state.units[focus.unit]
        rows = [*list_rows(self._state, self.cursor)] if self.cursor else []
        self._screen.show(
            Page(
                title=f"{focus} {'*' * unit.stars[focus.exercise]}",
                path=str(unit.unit.stub_file.relative_to(unit.unit.folder.parents[1])),
                status=self._status,
                news=self._news,
                body=tuple([line for _, line in rows] or self._body or self._card()),
                bars=() if rows else unit_lines(self._state),
                focus=[*self._state.units].index(focus.unit),
                keys=self._key_words(),
                wrap=not rows and self._body_kind != "graph",
                part=self._part,
                chosen=[row for row, _ in rows].index(self.cursor) if rows else None,
            )
        )

    def farewell(self) -> str:
        """The unit's points and the next exercise, in one line."""
        focus, standing = self._state.focus, self._state.unit.standing()
        next_one = "" if standing.done(focus.exercise) else f" · next: {focus}"
        return f"{focus.unit}: {points_text(*standing.points())}{next_one}"
