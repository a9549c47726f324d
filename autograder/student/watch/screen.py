"""The page on a terminal, or its news appended to what cannot be drawn on: a file, a pipe, a dumb terminal.

open_screen()    the one that fits where stdout goes
Drawn            the whole window, drawn anew at each change and given back at the end
Appended         plain text, one piece below the other, without a control sequence

show(page)       the page as it is now; only Drawn shows it
say(text)        what is new; only Appended says it
"""

from __future__ import annotations

import os
import sys

from rich.console import Console
from rich.live import Live
from rich.text import Text

from autograder.judging import card
from autograder.student.terminal import narrowed
from autograder.student.watch.page import Kind, Page

STYLES: dict[Kind, str] = {
    "title": "bold",
    "rule": "dim",
    "good": "green",
    "bad": "bold red",
    "note": "yellow",
    "plain": "",
    "faint": "dim",
    "bar": "cyan",
    "keys": "dim",
}


class Appended:
    """Plain text at the end of what was said before."""

    def start(self) -> None:
        """Nothing to prepare."""

    def stop(self) -> None:
        """Nothing to give back."""

    def show(self, page: Page) -> None:
        """Nothing: what is new was said."""

    def say(self, text: str) -> None:
        """Append a piece, and an empty line; narrow terminals get narrow cards."""
        columns = os.get_terminal_size().columns if sys.stdout.isatty() else 0
        width = min(columns or card.WIDTH, card.WIDTH)
        pieces = [narrowed(piece, width) for piece in text.split("\n\n")]
        print("\n\n".join(pieces).replace("\N{NO-BREAK SPACE}", " "), end="\n\n", flush=True)

    def resized(self) -> bool:
        """Never: what was printed stays."""
        return False


class Drawn:
    """The whole window of a terminal. rich writes a page in one piece, so that nothing flickers."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._size = console.size
        self._live: Live | None = None
        self._page: Page | None = None

    def start(self) -> None:
        """Take the window; again after `stop`, with the page it had."""
        self._live = Live(
            console=self._console,
            screen=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()
        if self._page is not None:
            self.show(self._page)

    def stop(self) -> None:
        """Give the window back as it was found."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def show(self, page: Page) -> None:
        """Draw the page."""
        self._page, self._size = page, self._console.size
        if self._live is None:
            return
        text = Text("\n", no_wrap=True, overflow="crop").join(
            Text(line, style=STYLES[kind]) for kind, line in page.lines(*self._size)
        )
        self._live.update(text, refresh=True)

    def say(self, text: str) -> None:
        """Nothing: the page shows it."""

    def resized(self) -> bool:
        """Whether the window has another size than the page that is drawn."""
        return self._console.size != self._size


def open_screen() -> Drawn | Appended:
    """The screen that fits where stdout goes."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not sys.stdout.isatty() or console.is_dumb_terminal or not console.is_terminal:
        return Appended()
    return Drawn(console)
