"""Keys as they are pressed, on Unix and on Windows; nothing where nobody sits at a keyboard.

    with Keys(told): ...    tells each Key, from a thread of its own, while the block runs

The terminal gives keys at once and shows none of them; what it was before is put back at the end, and while
the process is suspended.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass

CTRL_C = "\x03"


@dataclass(frozen=True)
class Key:
    """A key was pressed."""

    char: str


class Keys:
    """The keyboard, as far as there is one; `there` says whether."""

    def __init__(self, told: Callable[[Key], None]) -> None:
        self._told = told
        self.there = sys.stdin is not None and sys.stdin.isatty()

    def __enter__(self) -> Keys:
        if self.there:
            self.take()
            threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.give_back()

    if sys.platform == "win32":

        def take(self) -> None:
            """Nothing to do: msvcrt reads keys as they come."""

        def give_back(self) -> None:
            """Nothing to do."""

        def _listen(self) -> None:
            import msvcrt

            while True:
                key = msvcrt.getwch()
                if key in "\x00\xe0":  # an arrow or a function key: what follows says which
                    msvcrt.getwch()
                    continue
                self._told(Key("q" if key == CTRL_C else key))

    else:

        def take(self) -> None:
            """Have keys at once and unseen; Ctrl-C and Ctrl-Z keep their meaning."""
            import termios
            import tty

            if self.there:
                self._before = termios.tcgetattr(sys.stdin)
                tty.setcbreak(sys.stdin)

        def give_back(self) -> None:
            """Put back what the terminal was."""
            import termios

            if self.there:
                with contextlib.suppress(termios.error):  # the terminal may be gone
                    termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)

        def _listen(self) -> None:
            with contextlib.suppress(OSError):
                while read := os.read(sys.stdin.fileno(), 64):
                    if not read.startswith(b"\x1b"):  # arrows and the like are no keys of ours
                        for char in read.decode(errors="replace"):
                            self._told(Key(char))
