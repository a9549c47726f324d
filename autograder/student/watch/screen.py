"""Where `gradfn watch` prints: a terminal's window, or plain text for a file, a pipe or a dumb terminal.

open_screen()    a Window if stdout is a terminal that can be drawn on, else a Transcript
Window           the whole window, drawn again at each change and restored at the end
Transcript       plain text without control sequences, each piece below the last
styled(lines)    lines of a page with their colours

show(page)       the current page; only a Window shows it
say(text)        what is new; only a Transcript prints it
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from rich.console import Console
from rich.live import Live
from rich.text import Text

from autograder.judging import card
from autograder.student.terminal import narrowed
from autograder.student.watch.page import Kind, Page, ViewLine

STYLES: dict[Kind, str] = {
    "title": "bold",
    "rule": "dim",
    "good": "green",
    "bad": "bold red",
    "note": "yellow",
    "plain": "",
    "faint": "dim",
    "chosen": "reverse",
    "bar": "cyan",
    "keys": "dim",
}


class Transcript:
    """Plain text, each piece below the last."""

    def start(self) -> None:
        """Nothing to prepare."""

    def stop(self) -> None:
        """Nothing to restore."""

    def show(self, page: Page) -> None:
        """Nothing: `say` has printed what is new."""

    def say(self, text: str) -> None:
        """Print a text and an empty line; cards are wrapped to a narrow terminal."""
        columns = os.get_terminal_size().columns if sys.stdout.isatty() else 0
        width = min(columns or card.WIDTH, card.WIDTH)
        pieces = [narrowed(piece, width) for piece in text.split("\n\n")]
        print("\n\n".join(pieces).replace("\N{NO-BREAK SPACE}", " "), end="\n\n", flush=True)

    def resized(self) -> bool:
        """Never: printed text stays as it is."""
        return False


class Window:
    """The whole window of a terminal. rich writes a page in one piece, so that it does not flicker."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._size = console.size
        self._live: Live | None = None
        self._page: Page | None = None

    def start(self) -> None:
        """Take over the window; after a `stop`, with the last page."""
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
        """Restore the window."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def show(self, page: Page) -> None:
        """Draw the page."""
        self._page, self._size = page, self._console.size
        if self._live is None:
            return
        self._live.update(styled(page.lines(*self._size)), refresh=True)

    def say(self, text: str) -> None:
        """Nothing: `show` draws it."""

    def resized(self) -> bool:
        """Whether the window has another size than the page that is drawn."""
        return self._console.size != self._size


def styled(lines: Iterable[ViewLine]) -> Text:
    """Lines of a page, each in the colour of its kind."""
    texts = (Text(line, style=STYLES[kind]) for kind, line in lines)
    return Text("\n", no_wrap=True, overflow="crop").join(texts)


def open_screen() -> Window | Transcript:
    """A Window if stdout is a terminal that can be drawn on, else a Transcript."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not sys.stdout.isatty() or console.is_dumb_terminal or not console.is_terminal:
        return Transcript()
    return Window(console)
