"""The loop of `gradfn watch`: saves, keys and what judging processes say come in, pages go out.

watch(kit, start, poll)    until q or Ctrl-C
"""

from __future__ import annotations

import os
import queue
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from autograder.student.watch.keys import Key, Keys
from autograder.student.watch.processes import Spares
from autograder.student.watch.saves import Saved, follow
from autograder.student.watch.screen import Appended, Drawn, open_screen
from autograder.student.watch.session import Event, Watching
from autograder.student.watch.state import Course
from autograder.student.watch.view import Shown
from autograder.units.kit import Exercise, Kit, KitUnit

BUSY, IDLE = 0.05, 0.5  # seconds between looks at the clock


def watch(kit: Kit, start: tuple[KitUnit, Exercise | None] | None = None, poll: bool = False) -> None:
    """Check what is saved, from `start` or the first unfinished exercise on, until told to stop."""
    events: queue.Queue[Event] = queue.Queue()
    stop = threading.Event()
    follow(kit, poll, events.put, stop)
    spares = Spares(kit.root, events.put)
    screen, keys = open_screen(), Keys(events.put)
    course = Course(kit)
    shown = Shown(course, screen, keys.there)
    watching = Watching(course, spares, shown)
    try:
        with suppress(KeyboardInterrupt), _ended_as_by_ctrl_c(), keys, _suspended_politely(screen, keys):
            screen.start()
            watching.begin(course.place(*start) if start else course.focus)
            _serve(watching, events)
    finally:
        stop.set()
        watching.close()
        spares.close()
        screen.stop()
    print(shown.farewell())


def _serve(watching: Watching, events: queue.Queue[Event]) -> None:
    """Pass events on, and look at the clock in between."""
    while not watching.over:
        try:
            event = events.get(timeout=BUSY if watching.busy else IDLE)
        except queue.Empty:
            event = None
        match event:
            case Saved(unit):
                watching.saved(unit)
            case Key(char):
                watching.pressed(char)
            case None:
                pass
            case _:
                watching.heard(event)
        watching.clock()


@contextmanager
def _ended_as_by_ctrl_c() -> Iterator[None]:
    """Whoever closes the terminal or ends the process gets it in the order that Ctrl-C does."""
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, signal.default_int_handler) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _suspended_politely(screen: Drawn | Appended, keys: Keys) -> Iterator[None]:
    """On Ctrl-Z the shell gets its window and its keyboard back; `fg` goes on where it was."""
    if not hasattr(signal, "SIGTSTP"):
        yield
        return

    def suspend(number: int, frame: object) -> None:
        screen.stop()
        keys.give_back()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)  # here it stands still until SIGCONT
        signal.signal(number, suspend)
        keys.take()
        screen.start()

    before = signal.signal(signal.SIGTSTP, suspend)
    try:
        yield
    finally:
        signal.signal(signal.SIGTSTP, before)
