"""What goes on while watching: what a save, a key, an answer and the clock bring about.

    watching.begin(start)         the first judgement
    watching.saved(unit)          a unit's file was saved
    watching.pressed(char)        a key
    watching.heard(event)         something of a judging process
    watching.clock()              limits, patience, what waits for a quiet moment

One judgement is asked for at a time; the latest save ends an earlier one. Units that nobody works on are
judged in quiet moments.
"""

from __future__ import annotations

import time

from autograder.judging.card import OTHER_INPUTS, points_text
from autograder.student.progress import unanswered
from autograder.student.watch.judgement import Run
from autograder.student.watch.keys import Key
from autograder.student.watch.processes import Ended, Said, Spares
from autograder.student.watch.saves import Saved
from autograder.student.watch.state import Course, Place
from autograder.student.watch.view import Shown

Event = Saved | Key | Said | Ended

AGAIN = 0.3  # seconds until a file that is gone or empty is believed to be: editors replace files
SLOW = 0.4  # seconds after which the page says that a check is still running
FINISHED = f"All public checks pass. {OTHER_INPUTS}"


class Watching:
    """The course, and the judgements that are running."""

    def __init__(self, course: Course, spares: Spares, shown: Shown) -> None:
        self.course = course
        self.over = False
        self._spares = spares
        self._shown = shown
        self._run: Run | None = None
        self._quiet_run: Run | None = None  # of a unit that nobody works on
        self._graph_run: Run | None = None
        self._fresh: set[tuple[str, str]] = set()  # the checks that this run has told, by exercise and name
        self._told = True  # whether the reader has seen what this run says of the exercise at hand
        self._saved: str | None = None  # the exercise that was saved: its passing is worth a word
        self._passed = False  # ... that is still to be said
        self._empty: dict[str, float] = {}  # units whose file is gone or empty, and when to look again

    def begin(self, start: Place) -> None:
        """Judge where the student is."""
        self._shown.welcome()
        self._check(start)

    # A judgement

    def _check(self, place: Place, saved: bool = False) -> None:
        """Judge a unit, this exercise first; what ran before is of no interest any more."""
        for run in (self._run, self._quiet_run):
            if run is not None and not run.over:
                run.stop()
        self.course.focus, self._saved, self._passed = place, place.exercise if saved else None, False
        self._fresh, self._told = set(), False
        self._run = Run(place.unit, self.course.here.after(place.exercise), self._spares.take)

    def saved(self, unit: str, believed: bool = False) -> None:
        """Judge the exercise that a save is about."""
        state = self.course.units[unit]
        text = state.read()
        if not (text or "").strip() and not believed:
            self._empty.setdefault(unit, time.monotonic() + AGAIN)
            return
        self._empty.pop(unit, None)
        if text is None:
            self._gone(unit)
            return
        before, state.text = state.text, text
        if self._busy_with(unit) and before == text:
            return  # one save, told in two pieces
        self._shown.old_news()
        self._check(self.course.worked_on(unit, before, text), saved=True)

    def _busy_with(self, unit: str) -> bool:
        return self._run is not None and not self._run.over and self._run.unit == unit

    def _gone(self, unit: str) -> None:
        state = self.course.units[unit]
        if self._run is not None and self._busy_with(unit):
            self._run.stop()
        state.results.clear()
        name = state.unit.stub_file.name
        self._shown.tell(f"{name} is gone, or cannot be read. gradfn reset {unit} puts the stub back.")

    def heard(self, event: Said | Ended) -> None:
        """Note what a judging process said."""
        if self._run is not None and not self._run.over and self._noted(self._run, event):
            self._went_on(self._run)
        if self._quiet_run is not None and not self._quiet_run.over:
            self._noted(self._quiet_run, event)
            if self._quiet_run.over:  # where it failed nothing more is tried
                self.course.units[self._quiet_run.unit].known = True
                self._shown.draw()
        if self._graph_run is not None and not self._graph_run.over:
            self._graph_run.heard(event)
            if self._graph_run.over:
                self._show_graph(self._graph_run)

    def _noted(self, run: Run, event: Said | Ended) -> bool:
        """Keep the results that an event brings to a run; whether there is anything new."""
        seen = run.heard(event)
        for one in seen:
            key = one.result.exercise, one.result.check
            self.course.units[run.unit].results[key] = one
            if run is self._run:
                self._fresh.add(key)
        return bool(seen) or run.over

    def _went_on(self, run: Run) -> None:
        """See whether the exercise at hand passes, fails or is not known yet."""
        while not run.fault and self._passes(self.course.focus.exercise):
            if not self._move_on(run):
                return
        if run.fault:
            self._shown.tell(f"It could not be judged: {run.fault}.")
        exercise = self.course.focus.exercise
        failing = self.course.here.failing(exercise)
        if (failing and (exercise, failing.result.check) in self._fresh) or run.over:
            self._tell(run, f"On to {exercise}.")
        if run.over:
            self.course.here.known = not run.fault
            self._shown.standing()

    def _passes(self, exercise: str) -> bool:
        """Whether this run has shown that every check of the exercise passes."""
        checks = self.course.here.unit.recorded.points[exercise]
        return self.course.here.done(exercise) and all((exercise, check) in self._fresh for check in checks)

    def _move_on(self, run: Run) -> bool:
        """On to the next exercise that may not pass; whether it is of the unit that is being judged."""
        here, exercise = self.course.here, self.course.focus.exercise
        self._passed = self._passed or exercise == self._saved
        rest = [name for name in here.after(exercise)[1:] if not self._passes(name)]
        if rest:
            self.course.focus = Place(here.unit.name, rest[0])
            return True
        here.known = True
        place = self.course.next_after(self.course.focus)
        self.course.focus = Place(here.unit.name, self._saved or exercise)
        standing = here.standing()
        finished = f"{here.unit.name} is finished: {points_text(standing.points, standing.max_points)}."
        if waiting := unanswered(here.unit):
            finished += f" Still to be answered in words: {', '.join(waiting)}."
        self._tell(run, f"{finished} {f'On to {place}.' if place else FINISHED}", always=True)
        if place is not None:
            self._check(place)
        return False

    def _tell(self, run: Run, then: str, always: bool = False) -> None:
        """Show, once, what a run has come to: what passes, where to go on, and the card.

        Where to go on is said after a save, and `always` where that is in another unit, or nowhere.
        """
        if self._told:
            return
        self._told = True
        if self._passed:
            self._shown.tell(f"{self._words_of_passing()} {then}")
        elif always:
            self._shown.tell(then)
        self._passed = False
        self._shown.judged(time.monotonic() - run.began)

    def _words_of_passing(self) -> str:
        exercise = self._saved or self.course.focus.exercise
        return f"{exercise} passes all its checks: {points_text(*self.course.here.points(exercise))}."

    # In quiet moments

    @property
    def busy(self) -> bool:
        """Whether the clock matters at the moment."""
        return bool(self._empty) or any(not run.over for run in self._runs())

    def _runs(self) -> list[Run]:
        return [run for run in (self._run, self._quiet_run, self._graph_run) if run is not None]

    def clock(self) -> None:
        """End what takes too long, look again at what was missing, and use a quiet moment."""
        now = time.monotonic()
        for run in self._runs():
            run.late()
        for unit in [unit for unit, when in self._empty.items() if now > when]:
            self.saved(unit, believed=True)
        if self._run is None or self._run.over:
            self._spares.warm(self.course.focus.unit)
            self._judge_quietly()
        elif now - self._run.began > SLOW:
            self._spares.warm(self.course.focus.unit)
            if not self._told:
                self._shown.checking(self._words_of_passing() if self._passed else "")
        if self._shown.resized():
            self._shown.draw()

    def _judge_quietly(self) -> None:
        """Begin to judge a unit that nobody works on and whose answers are not known."""
        if self._quiet_run is None or self._quiet_run.over:
            unit = next((name for name, state in self.course.units.items() if not state.known), None)
            if unit is not None:
                exercises = self.course.units[unit].exercises
                self._quiet_run = Run(unit, exercises, self._spares.fresh)

    # Keys

    def pressed(self, char: str) -> None:
        """Do what a key stands for; another key does nothing."""
        does = {
            "h": self._shown.hint,
            "n": self._next,
            "l": self._shown.toggle_list,
            "g": self._graph,
            "r": self._again,
            "q": self._quit,
            " ": self._shown.more,
        }
        if char.lower() in does:
            self._shown.old_news()
            does[char.lower()]()

    def _next(self) -> None:
        place = self.course.next_after(self.course.focus)
        if place is None:
            self._shown.tell("No other exercise is open.")
            return
        if self._busy_with(place.unit):
            self.course.focus, self._told = place, False
        elif self.course.units[place.unit].failing(place.exercise):
            self.course.focus = place
            self._shown.card()
        else:
            self._check(place)

    def _graph(self) -> None:
        """Ask for the graph that a check makes: the first that fails, or else another."""
        focus, here = self.course.focus, self.course.here
        checks = [
            seen.result.check for seen in sorted(here.seen(focus.exercise), key=lambda seen: seen.passed)
        ]
        if not checks:
            self._shown.tell(f"{focus} is not checked yet.")
        elif not self._shown.back_from("graph"):
            self._graph_run = Run(focus.unit, [], self._spares.fresh, graph=(focus.exercise, checks))

    def _show_graph(self, run: Run) -> None:
        if run.graph_text is not None:
            self._shown.see("graph", [("plain", line) for line in run.graph_text.split("\n")])
        elif run.fault:
            self._shown.tell(f"There is no graph to show: {run.fault}.")
        else:
            self._shown.tell(f"No Value goes through {self.course.focus}: there is no graph to show.")

    def _again(self) -> None:
        """Read the file again, and judge the exercise at hand."""
        self.course.here.text = self.course.here.read() or ""
        self._check(self.course.focus, saved=True)

    def _quit(self) -> None:
        self.over = True

    def close(self) -> None:
        """End what is running."""
        for run in self._runs():
            run.stop()
