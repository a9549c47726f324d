"""What each key does.

actions.press(name)    do what a key stands for; other keys do nothing
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from autograder.student.solution import solution_text
from autograder.student.watch.processes import Spare
from autograder.student.watch.session import Session
from autograder.student.watch.view import MOVES, View


class Actions:
    """What keys do, on the card and in the list."""

    def __init__(self, session: Session, view: View, spare: Spare) -> None:
        self._session, self._state, self._view, self._spare = session, session.state, view, spare
        both = {"o": partial(self._open, "lesson"), "p": partial(self._open, "play")}
        back = dict.fromkeys(("l", "q", "escape"), view.card)
        moves = {key: partial(view.move, key) for key in MOVES}
        self._in_list: dict[str, Callable[[], None]] = both | back | moves | {"enter": self._choose}
        self._on_card: dict[str, Callable[[], None]] = both | {
            "h": view.hint,
            "n": self._next,
            "b": self._back,
            "l": view.show_list,
            "g": session.graph,
            "s": self._solution,
            "r": session.again,
            "q": session.quit,
            "space": view.more,
            "escape": view.card,
        }

    def press(self, name: str) -> None:
        """Do what a key stands for; other keys do nothing."""
        actions = self._in_list if self._view.cursor else self._on_card
        if action := actions.get(name.lower()):
            self._view.clear_news()
            action()

    def _open(self, command: str) -> None:
        """Open the unit's lesson, or its play, in the browser."""
        self._view.news("Opening the page ...")
        self._spare.open_page(command, (self._view.cursor or self._state.focus).unit)

    def _choose(self) -> None:
        if self._view.cursor:
            self._session.go(self._view.cursor)

    def _next(self) -> None:
        if following := self._state.next_after(self._state.focus):
            self._session.go(following)
        else:
            self._view.news("No other exercise is open.")

    def _back(self) -> None:
        """To the exercise before, whether it is done or not."""
        if index := self._state.ids.index(self._state.focus):
            self._session.go(self._state.ids[index - 1])
        else:
            self._view.news("This is the first exercise.")

    def _solution(self) -> None:
        """Show the kit's answer to the exercise in focus, or else to the one that passed last."""
        if self._view.back_from("solution"):
            return
        candidates = (self._state.focus, self._session.solved)
        solved = next((each for each in candidates if each and self._state.done(each)), None)
        if not self._state.unit.unit.solution_file.exists():
            self._view.news("There are no solutions in this copy.")
        elif solved is None:
            self._view.news(f"The kit's answer to {self._state.focus} is shown once its checks pass.")
        else:
            text = solution_text(self._state.units[solved.unit].unit, solved.exercise)
            self._view.see("solution", [("plain", line) for line in text.split("\n")])
