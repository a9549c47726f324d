"""Keys as they are pressed, on Unix and on Windows; no keys where stdin is not a terminal.

    with Keys(notify): ...    calls notify(Key) for each key, from a thread, while the block runs

The terminal is switched to pass keys on at once and without echo. Its settings are restored at the end, and
while the process is suspended.
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
                    msvcrt.getwch()
                    continue
                self._notify(Key("q" if key == CTRL_C else key))

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
            with contextlib.suppress(OSError):
                while read := os.read(sys.stdin.fileno(), 64):
                    if not read.startswith(b"\x1b"):  # arrows and function keys do nothing here
                        for char in read.decode(errors="replace"):
                            self._notify(Key(char))
