"""The loop of `gradfn watch`: saves, keys and messages of judging processes come in, pages go out.

watch(kit, start, poll)    until q or Ctrl-C
"""

from __future__ import annotations

import os
import queue
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from autograder.student.watch.actions import Actions
from autograder.student.watch.keys import Key, Keys
from autograder.student.watch.processes import Exit, Message, Opened, Spare
from autograder.student.watch.saves import Save, follow
from autograder.student.watch.screen import Transcript, Window, open_screen
from autograder.student.watch.session import Session
from autograder.student.watch.state import State
from autograder.student.watch.view import View
from autograder.units.kit import Exercise, Kit, KitUnit

Event = Save | Key | Message | Exit | Opened

BUSY, IDLE = 0.05, 0.5  # seconds between two looks at the clock


def watch(kit: Kit, start: tuple[KitUnit, Exercise | None] | None = None, poll: bool = False) -> None:
    """Check each save, beginning with `start` or the first exercise, until the student quits."""
    events: queue.Queue[Event] = queue.Queue()
    stop = threading.Event()
    follow(kit, poll, events.put, stop)
    spare = Spare(kit.root, events.put)
    screen, keys = open_screen(), Keys(events.put)
    state = State(kit)
    view = View(state, screen, keys.available)
    session = Session(state, spare, view)
    actions = Actions(session, view, spare)
    try:
        with suppress(KeyboardInterrupt), _ended_as_by_ctrl_c(), keys, _suspendable(screen, keys):
            screen.start()
            session.begin(state.id_of(*start) if start else state.focus)
            _serve(session, actions, view, events)
    finally:
        stop.set()
        session.close()
        spare.close()
        screen.stop()
    print(view.farewell())


def _serve(session: Session, actions: Actions, view: View, events: queue.Queue[Event]) -> None:
    """Pass events on, and look at the clock in between."""
    while not session.over:
        try:
            event = events.get(timeout=BUSY if session.busy else IDLE)
        except queue.Empty:
            event = None
        match event:
            case Save(unit):
                session.on_save(unit)
            case Key(name):
                actions.press(name)
            case Opened(words):
                view.news(words)
            case None:
                pass
            case _:
                session.on_message(event)
        session.on_clock()


@contextmanager
def _ended_as_by_ctrl_c() -> Iterator[None]:
    """Closing the terminal, or SIGTERM, ends the watching as tidily as Ctrl-C does."""
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, signal.default_int_handler) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _suspendable(screen: Window | Transcript, keys: Keys) -> Iterator[None]:
    """On Ctrl-Z the shell gets its window and its keyboard back; `fg` continues."""
    if not hasattr(signal, "SIGTSTP"):
        yield
        return

    def suspend(number: int, frame: object) -> None:
        screen.stop()
        keys.restore()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)  # stops here until SIGCONT
        signal.signal(number, suspend)
        keys.take()
        screen.start()

    before = signal.signal(signal.SIGTSTP, suspend)
    try:
        yield
    finally:
        signal.signal(signal.SIGTSTP, before)
