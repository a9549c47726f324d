"""What the reader sees of the course: the card at hand, hints, news, or what they asked for in its place.

    shown.card()          the first failing card of the exercise at hand, and the hints that were asked for
    shown.tell(words)     a piece of news
    shown.hint()          one more hint
    shown.see(...)        other lines in the card's place
    shown.more()          the part of it that did not fit
    shown.draw()          the page as it is now

A screen that cannot be drawn on is told each thing as it is new.
"""

from __future__ import annotations

from datetime import datetime

from autograder.judging.card import points_text
from autograder.student.progress import NO_USE, one_more
from autograder.student.watch.page import KEYS, Line, Page, bars_of, card_of, list_of
from autograder.student.watch.screen import Appended, Drawn
from autograder.student.watch.state import Course, Place

CHECKING = "checking ..."


class Shown:
    """One reader's view of the course."""

    def __init__(self, course: Course, screen: Drawn | Appended, keys: bool) -> None:
        self._course = course
        self._screen = screen
        self._keys = keys
        self._state = ""
        self._news: tuple[str, ...] = ()
        self._hints: tuple[str, ...] = ()
        self._hinted: tuple[Place, str] | None = None  # the check that they are for
        self._view: list[Line] | None = None  # in place of the card ...
        self._view_of = ""  # ... and what it is: "list" or "graph"
        self._part = 0

    def welcome(self) -> None:
        """What is going on, and how to end it."""
        self._screen.say(f"Watching exercises/: a file that is saved is checked.\n{self._key_words()}")

    def _key_words(self) -> str:
        return KEYS if self._keys else "Ctrl-C: quit"

    def turn(self) -> None:
        """To the card, from its beginning."""
        self._view, self._view_of, self._part = None, "", 0

    def old_news(self) -> None:
        """What was told is known by now."""
        self._news = ()

    def tell(self, words: str) -> None:
        """A piece of news, until the next save."""
        self._news = (words,)
        self._screen.say(words)
        self.draw()

    def checking(self, news: str) -> None:
        """Say, once, that a check takes its time, and what is known before it ends."""
        if self._state != CHECKING:
            self._state = CHECKING
            self._news = (news,) if news else self._news
            self.draw()

    def judged(self, seconds: float) -> None:
        """The exercise at hand has a card, or has none because it passes."""
        self._state = f"{datetime.now():%H:%M:%S}, {seconds:.2f} s"
        self._screen.say(f"{datetime.now():%H:%M:%S} {self._course.focus}")
        self.card()

    def card(self) -> None:
        """The card of the exercise at hand."""
        self.turn()
        self._screen.say("\n".join(text for _, text in self._card()))
        self.draw()

    def _card(self) -> list[Line]:
        failing = self._course.here.failing(self._course.focus.exercise)
        loads = failing is not None and failing.result.status != "not run"
        hints = self._given(failing.result.check if failing and loads else None)
        return card_of(self._course.here, self._course.focus.exercise, hints, self._keys)

    def standing(self) -> None:
        """The points of the unit at hand."""
        self._screen.say(self._course.here.standing().line(0))
        self.draw()

    def hint(self) -> None:
        """One more hint for the first check that fails."""
        focus, here = self._course.focus, self._course.here
        failing = here.failing(focus.exercise)
        self.turn()
        if failing is not None and failing.result.status == "not run":
            self.tell(NO_USE)
            return
        if failing is None or not failing.hints:
            self.tell(f"{focus} {'needs no hint' if here.done(focus.exercise) else 'is not checked yet'}.")
            return
        check = failing.result.check
        words = one_more(here.unit, focus.exercise, check, failing.hints)
        self._hints = (*(hint for hint in self._given(check) if hint != words), words)
        self._hinted = focus, check
        self._part = -1  # hints stand below the card
        self._screen.say(words)
        self.draw()

    def _given(self, check: str | None) -> tuple[str, ...]:
        """The hints that were asked for while this very check failed."""
        return self._hints if check is not None and self._hinted == (self._course.focus, check) else ()

    def toggle_list(self) -> None:
        """The exercises of the unit, or the card again."""
        if not self.back_from("list"):
            self.see("list", list_of(self._course))

    def back_from(self, view: str) -> bool:
        """To the card again, where this view is in its place."""
        if self._view_of != view:
            return False
        self.card()
        return True

    def see(self, view: str, lines: list[Line]) -> None:
        """Lines in place of the card."""
        self._view, self._view_of, self._part = lines, view, 0
        self._screen.say("\n".join(text for _, text in lines))
        self.draw()

    def more(self) -> None:
        """The next part of what does not fit."""
        self._part += 1
        self.draw()

    def resized(self) -> bool:
        """Whether the window has another size by now."""
        return self._screen.resized()

    def draw(self) -> None:
        """The page as it is now."""
        focus, here = self._course.focus, self._course.here
        self._screen.show(
            Page(
                title=f"{focus} {'*' * here.stars[focus.exercise]}",
                path=str(here.unit.stub_file.relative_to(here.unit.folder.parents[1])),
                state=self._state,
                news=self._news,
                body=tuple(self._view or self._card()),
                bars=bars_of(self._course),
                here=list(self._course.units).index(focus.unit),
                keys=self._key_words(),
                wrap=self._view is None,
                part=self._part,
            )
        )

    def farewell(self) -> str:
        """Where the student stands, in one line."""
        focus, standing = self._course.focus, self._course.here.standing()
        points = points_text(standing.points, standing.max_points)
        done = self._course.here.done(focus.exercise)
        return f"{focus.unit}: {points}" + ("" if done else f" · next: {focus}")
