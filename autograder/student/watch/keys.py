"""Keys as they are pressed, on Unix and on Windows; no keys where stdin is not a terminal.

    with Keys(notify): ...    calls notify(Key) for each key, from a thread, while the block runs

The terminal is switched to pass keys on at once and without echo. Its settings are restored at the end, and
while the process is suspended.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

CTRL_C = "\x03"
_ARROWS = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end"}
#: Keys that are no character: what a terminal sends behind \x1b[ or \x1bO, and Windows behind \x00 or \xe0.
_TERMINAL = _ARROWS | {"1~": "home", "4~": "end", "5~": "page-up", "6~": "page-down"}
_WINDOWS = {"H": "up", "P": "down", "M": "right", "K": "left", "G": "home", "O": "end"}
_WINDOWS |= {"I": "page-up", "Q": "page-down"}
_SEQUENCE = re.compile(r"\x1b[\[O]([\d;]*[A-Za-z~])|(.)", re.DOTALL)
_NAMES = {"\r": "enter", "\n": "enter", "\x1b": "escape", " ": "space"}


@dataclass(frozen=True)
class Key:
    """A key was pressed: a character, or a key's name such as "up"."""

    name: str


class Keys:
    """The keyboard; `available` is False where stdin is not a terminal."""

    def __init__(self, notify: Callable[[Key], None]) -> None:
        self._notify = notify
        self.available = sys.stdin is not None and sys.stdin.isatty()

    def __enter__(self) -> Keys:
        if self.available:
            self.take()
            threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.restore()

    if sys.platform == "win32":

        def take(self) -> None:
            """Nothing to do: msvcrt passes keys on at once."""

        def restore(self) -> None:
            """Nothing to do."""

        def _listen(self) -> None:
            import msvcrt

            while True:
                key = msvcrt.getwch()
                if key in "\x00\xe0":  # an arrow or a function key: the next character says which
                    self._notify(Key(_WINDOWS.get(msvcrt.getwch(), "")))
                    continue
                self._notify(Key("q" if key == CTRL_C else _NAMES.get(key, key)))

    else:

        def take(self) -> None:
            """Switch the terminal to keys without Enter and echo; Ctrl-C and Ctrl-Z keep their meaning."""
            import termios
            import tty

            if self.available:
                self._before = termios.tcgetattr(sys.stdin)
                tty.setcbreak(sys.stdin)

        def restore(self) -> None:
            """Restore the terminal's settings."""
            import termios

            if self.available:
                with contextlib.suppress(termios.error):  # the terminal may be gone
                    termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)

        def _listen(self) -> None:
            import select

            stdin = sys.stdin.fileno()
            with contextlib.suppress(OSError):
                while read := os.read(stdin, 64):
                    if read.endswith((b"\x1b", b"\x1b[")) and select.select([stdin], [], [], 0.05)[0]:
                        read += os.read(stdin, 64)  # the rest of an arrow key, over a slow line
                    for key in keys_in(read.decode(errors="replace")):
                        self._notify(key)


def keys_in(text: str) -> Iterator[Key]:
    """The keys in what a terminal sent; those without a name here are left out."""
    for found in _SEQUENCE.finditer(text):
        name = _NAMES.get(found[2], found[2]) if found[2] else _TERMINAL.get(found[1])
        if name:
            yield Key(name)
