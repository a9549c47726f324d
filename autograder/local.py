"""A student's own process: their answers on the public checks, against what was recorded.

    Attempt(unit)           the answers in the unit's file, loaded when first needed
    Attempt(unit, module)   the answers in a module that is there already, as in a notebook
    attempt.result(check)   the Result of one check; attempt.results(exercise) of all of an exercise

Nothing here needs torch or a solution, and nothing a student's code raises passes through.
"""

from __future__ import annotations

import types

from autograder import card
from autograder.answers import attempt_to_load
from autograder.declare import Check
from autograder.judge import Result, judge_check
from autograder.kit import Exercise, KitUnit
from autograder.recorded import PUBLIC_SEED
from autograder.worker.outcome import Outcome, Raised
from autograder.worker.programs import run


class Attempt:
    """One look at a student's answers; each check program is run at most once."""

    def __init__(self, unit: KitUnit, module: types.ModuleType | None = None) -> None:
        self.unit = unit
        self._module = module
        self._load_error: Raised | None = None
        self._told = False
        self._outcomes: dict[str, dict[str, Outcome]] = {}

    def results(self, exercise: Exercise) -> tuple[Result, ...]:
        """The results of all the exercise's checks."""
        return tuple(self.result(check) for check in exercise.checks)

    def result(self, check: Check) -> Result:
        """The result of one check."""
        if self._module is None:
            self._module, self._load_error = attempt_to_load(
                self.unit.stub_file, f"exercises.{self.unit.name}"
            )
        if self._load_error is not None:
            return self._did_not_load(check, self._load_error)
        outcome = self._outcome(check, self._module)
        ran = {check.name: outcome}
        if outcome.raised is None or outcome.raised.source != "stub":
            # A mistake is told from its neighbours by all checks of its exercise.
            siblings = self.unit.checks_of(check.exercise)
            ran = {c.name: self._outcome(c, self._module) for c in siblings}
        return judge_check(self.unit, check, ran, self.unit.recorded)

    def _outcome(self, check: Check, module: types.ModuleType) -> Outcome:
        known = self._outcomes.setdefault(check.exercise, {})
        if check.name not in known:
            known[check.name] = run(check, module, PUBLIC_SEED)
        return known[check.name]

    def _did_not_load(self, check: Check, raised: Raised) -> Result:
        """The first check tells in full why the file does not load, the others point to it."""
        if self._told:
            message = card.not_run(check, f"{self.unit.stub_file.name} does not load, see above")
        else:
            message = card.failed(check, Outcome(raised=raised), [], None, self.unit.name)
        self._told = True
        return Result(check.exercise, check.name, 0.0, check.points, "not run", message)
