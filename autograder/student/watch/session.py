"""What a save, a message and the clock lead to.

    session.begin(start)         the first judgement
    session.on_save(unit)        a unit's file was saved
    session.on_message(event)    a judging process sent a message, or ended
    session.on_clock()           time limits, and work for when nothing else happens
    session.go(exercise)         the student goes to another exercise; also again(), graph()

One judgement of the student's work runs at a time; a newer save ends an older one. The other units are judged
in the background while nothing else happens.
"""

from __future__ import annotations

import time

from autograder.judging.card import OTHER_INPUTS, points_text
from autograder.student.watch.judgement import Judgement
from autograder.student.watch.processes import Exit, Message, Spare
from autograder.student.watch.state import ExerciseId, State, changed
from autograder.student.watch.view import View

AGAIN = 0.3  # seconds until a missing or empty file is believed: editors replace a file in two steps
SLOW = 0.4  # seconds after which the page says that a check is still running
FINISHED = f"All public checks pass. {OTHER_INPUTS}"


class Session:
    """The state, and the judgements that are running."""

    def __init__(self, state: State, spare: Spare, view: View) -> None:
        self.state = state
        self.over = False
        self._spare = spare
        self._view = view
        self._current: Judgement | None = None
        self._background: Judgement | None = None  # of a unit that the student is not working on
        self._graph_job: Judgement | None = None
        self._fresh: set[tuple[str, str]] = set()  # the checks already judged by this judgement
        self._shown = True  # whether the student has seen its result for the exercise in focus
        self._saved: str | None = None  # the exercise that was saved: if it passes, say so
        self._answered: list[str] = []  # the questions in words that the last save answered
        self._passed = False  # it passes, and that is not said yet
        self._stay = False  # whether to stay at an exercise that passes: the student went to it
        self.solved: ExerciseId | None = None  # what passed last
        self._empty: dict[str, float] = {}  # units whose file is missing or empty, and when to look again
        self._missing: set[str] = set()  # units of which the student was told so

    def begin(self, start: ExerciseId) -> None:
        """Judge the first exercise."""
        self._view.welcome()
        self._judge(start)

    # A judgement

    def _judge(self, exercise: ExerciseId, saved: bool = False, stay: bool = False) -> None:
        """Judge a unit, this exercise first; ends the judgements that were running."""
        for job in (self._current, self._background):
            if job is not None and not job.over:
                job.stop()
        self.state.focus, self._saved, self._passed = exercise, exercise.exercise if saved else None, False
        self._fresh, self._shown, self._stay = set(), False, stay
        exercises = self.state.unit.from_exercise(exercise.exercise)
        self._current = Judgement(exercise.unit, exercises, self._spare.take)

    def on_save(self, unit: str, again: bool = False) -> None:
        """Judge the exercise that a save is about; a missing or empty file only when looked at `again`."""
        state = self.state.units[unit]
        text = state.read()
        if not (text or "").strip() and not again:
            self._empty.setdefault(unit, time.monotonic() + AGAIN)
            return
        self._empty.pop(unit, None)
        if text is None:
            if unit not in self._missing:
                self._report_missing(unit)
            self._missing.add(unit)
            self._empty[unit] = time.monotonic() + AGAIN  # another program may hold it for a moment
            return
        self._missing.discard(unit)
        before, state.text = state.text, text
        waiting = state.waiting
        self._answered = [
            name for name in changed(before, text) if name in state.unit.questions and name not in waiting
        ]
        if self._judging(unit) and before == text:
            return  # the second event of one save
        self._view.clear_news()
        exercise = self.state.exercise_of_save(unit, before, text)
        stay = not self._answered and exercise == self.state.focus and self.state.done(exercise)
        self._judge(exercise, saved=True, stay=stay)

    def _judging(self, unit: str) -> bool:
        return self._current is not None and not self._current.over and self._current.unit == unit

    def _report_missing(self, unit: str) -> None:
        state = self.state.units[unit]
        if self._current is not None and self._judging(unit):
            self._current.stop()
        state.results.clear()
        name = state.unit.stub_file.name
        gone = f"{name} is gone. gradfn reset {unit} puts the stub back."
        locked = f"{name} cannot be read now. It is checked as soon as it can."
        self._view.news(locked if state.unit.stub_file.exists() else gone)

    def on_message(self, event: Message | Exit) -> None:
        """Store the results in a message, and show what follows from them."""
        if self._current is not None and not self._current.over and self._store(self._current, event):
            self._show_results(self._current)
        if self._background is not None and not self._background.over:
            self._store(self._background, event)
            if self._background.over:  # also after a failure: it is not tried again
                self.state.units[self._background.unit].known = True
                self._view.draw()
        if self._graph_job is not None and not self._graph_job.over:
            self._graph_job.receive(event)
            if self._graph_job.over:
                self._show_graph(self._graph_job)

    def _store(self, job: Judgement, event: Message | Exit) -> bool:
        """Store the results that an event brings to a judgement; whether there is anything new."""
        judged = job.receive(event)
        for check in judged:
            key = check.result.exercise, check.result.check
            self.state.units[job.unit].results[key] = check
            if job is self._current:
                self._fresh.add(key)
        return bool(judged) or job.over

    def _show_results(self, job: Judgement) -> None:
        """Show the card of the exercise in focus as soon as it fails; move on if it passes."""
        while not job.fault and not self._stay and self._passes(self.state.focus.exercise):
            if not self._move_on(job):
                return
        if job.fault:
            self._view.news(f"It could not be judged: {job.fault}.")
        exercise = self.state.focus.exercise
        failing = self.state.unit.failing(exercise)
        if self._stay and self._passes(exercise):
            self._passed = exercise == self._saved
            self._show(job, "")
        elif (failing and (exercise, failing.result.check) in self._fresh) or job.over:
            self._show(job, f"On to {exercise}.")
        if job.over:
            self.state.unit.known = not job.fault
            self._view.standing()

    def _passes(self, exercise: str) -> bool:
        """Whether this judgement has shown that every check of the exercise passes."""
        checks = self.state.unit.unit.recorded.points[exercise]
        return all((exercise, check) in self._fresh for check in checks) and self.state.unit.done(exercise)

    def _move_on(self, job: Judgement) -> bool:
        """Move to the next exercise that may fail; whether it is in the unit being judged."""
        here, exercise = self.state.unit, self.state.focus.exercise
        self._passed = self._passed or exercise == self._saved
        rest = [name for name in here.from_exercise(exercise)[1:] if not self._passes(name)]
        if rest:
            self.state.focus = ExerciseId(here.unit.name, rest[0])
            return True
        here.known = True
        following = self.state.next_after(self.state.focus)
        self.state.focus = ExerciseId(here.unit.name, self._saved or exercise)
        finished = f"{here.unit.name} is finished: {points_text(*here.standing().points())}."
        if waiting := here.waiting:
            finished += f" Still to be answered in words: {', '.join(waiting)}."
        self._show(job, f"{finished} {f'On to {following}.' if following else FINISHED}", always=True)
        if following is not None:
            self._judge(following)
        return False

    def _show(self, job: Judgement, then: str, always: bool = False) -> None:
        """Show, once, the result of a judgement: what passes, what comes `then`, and the card.

        What comes then is said after a save, and `always` where it is in another unit or there is nothing.
        """
        if self._shown:
            return
        self._shown = True
        if self._passed:
            if self._saved and not self._answered:
                self.solved = ExerciseId(job.unit, self._saved)
            self._view.news(f"{self._passed_text()} {then}".strip())
        elif always:
            self._view.news(then)
        self._passed = False
        self._view.judged(time.monotonic() - job.began)

    def _passed_text(self) -> str:
        if self._answered:
            return f"{' and '.join(self._answered)} {'is' if len(self._answered) == 1 else 'are'} answered."
        exercise = self._saved or self.state.focus.exercise
        points = points_text(*self.state.unit.standing().points(exercise))
        return f"{exercise} passes all its checks: {points}."

    # The clock

    @property
    def busy(self) -> bool:
        """Whether a time limit is running."""
        return bool(self._empty) or any(not job.over for job in self._jobs())

    def _jobs(self) -> list[Judgement]:
        return [job for job in (self._current, self._background, self._graph_job) if job is not None]

    def on_clock(self) -> None:
        """Enforce time limits, look again at missing files, judge other units while nothing else happens."""
        now = time.monotonic()
        for job in self._jobs():
            job.enforce_limit()
        for unit in [unit for unit, when in self._empty.items() if now > when]:
            self.on_save(unit, again=True)
        if self._current is None or self._current.over:
            self._spare.warm(self.state.focus.unit)
            self._judge_in_background()
        elif now - self._current.began > SLOW:
            self._spare.warm(self.state.focus.unit)
            if not self._shown:
                self._view.checking(self._passed_text() if self._passed else "")
        if self._view.resized():
            self._view.draw()

    def _judge_in_background(self) -> None:
        """Start to judge a unit whose results are not known yet."""
        if self._background is None or self._background.over:
            unit = next((name for name, state in self.state.units.items() if not state.known), None)
            if unit is not None:
                self._background = Judgement(unit, self.state.units[unit].exercises, self._spare.fresh)

    # What keys ask for

    def go(self, exercise: ExerciseId) -> None:
        """Work on an exercise: show its card; it is judged before if nothing is known of it."""
        self._view.back_to_card()
        if self._current is not None and self._judging(exercise.unit):
            self.state.focus, self._saved, self._shown, self._stay = exercise, None, False, True
            self._show_results(self._current)
            self._view.draw()
            return
        unit = self.state.units[exercise.unit]
        if not unit.failing(exercise.exercise) and not unit.done(exercise.exercise):
            self._judge(exercise, stay=True)
            return
        if self._current is not None:
            self._current.stop()
        self.state.focus = exercise
        self._view.card()

    def graph(self) -> None:
        """Ask for the graph of the last Value in a failing check, else in another check.

        Where the exercise is not begun, there is none: then of the exercise that passed last.
        """
        if self._view.back_from("graph"):
            return
        begun = self.state.focus.exercise in self.state.unit.begun
        shown = self.state.focus if begun or not self.solved else self.solved
        judged = sorted(self.state.units[shown.unit].judged(shown.exercise), key=lambda check: check.passed)
        checks = [check.result.check for check in judged]
        if checks:
            self._graph_job = Judgement(shown.unit, [], self._spare.fresh, graph=(shown.exercise, checks))
        else:
            self._view.news(f"{shown} is not checked yet.")

    def _show_graph(self, job: Judgement) -> None:
        if job.graph_text is not None:
            self._view.see("graph", [("plain", line) for line in job.graph_text.split("\n")])
        else:
            why = job.fault or f"no Value goes through the functions of {job.graph_of}"
            self._view.news(f"There is no graph to show: {why}.")

    def again(self) -> None:
        """Read the file again, and judge the exercise in focus."""
        self.state.unit.text = self.state.unit.read() or ""
        self._judge(self.state.focus, saved=True, stay=self.state.done(self.state.focus))

    def quit(self) -> None:
        """End the watching."""
        self.over = True

    def close(self) -> None:
        """End the judgements that are running."""
        for job in self._jobs():
            job.stop()
