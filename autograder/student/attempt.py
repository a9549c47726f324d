"""A student's answers, run in this process on the public checks and compared with the recorded answers.

    Attempt(unit)              the answers in the unit's file, loaded when first needed
    Attempt(unit, module)      the answers in a module that is already loaded, as in a notebook
    attempt.result(check)      the Result of one check
    attempt.results(exercise)  the Results of an exercise's checks
    attempt.gpu_results()      those of the unit's GPU tier

Neither torch nor a solution is needed here. What a student's code raises becomes a Result.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from functools import partial

from autograder.declare import Check
from autograder.errors import NotFound
from autograder.judging import card
from autograder.judging.explain import Context
from autograder.judging.gpu_faults import fault_of
from autograder.judging.judge import judge_check, not_run
from autograder.judging.results import Result
from autograder.student.drafts import remember
from autograder.units import gpu_tier
from autograder.units.files import LOCKED
from autograder.units.kit import Exercise, KitUnit
from autograder.units.recorded import PUBLIC_SEED
from autograder.worker.modules import attempt_to_load, import_ahead
from autograder.worker.outcome import Outcome, Raised
from autograder.worker.run import run

#: A step of an attempt: loading the file (None), or running one check.
Step = Check | None

#: Failures after which an exercise's other checks say nothing new: not begun, hung, or the process died.
CONCLUSIVE = ("stub", "timeout", "lost")


class Attempt:
    """One run of a student's answers; each check is run at most once.

    `before` is called ahead of each step, for a caller that may have to kill this process. `lost` holds the
    steps that killed an earlier process, by exercise and check, or ("", "") for loading the file.
    """

    def __init__(
        self,
        unit: KitUnit,
        module: types.ModuleType | None = None,
        before: Callable[[Step], None] = lambda step: None,
        lost: Mapping[tuple[str, str], Raised] | None = None,
    ) -> None:
        self.unit = unit
        self._module = module
        self._before = before
        self._lost = lost or {}
        self._load_error = self._lost.get(("", ""))
        self._load_error_shown = False
        self._gpu_lost = ""
        self._outcomes: dict[str, dict[str, Outcome]] = {}

    def results(self, exercise: Exercise) -> tuple[Result, ...]:
        """The results of all the exercise's checks."""
        return tuple(self.result(check) for check in exercise.checks)

    @property
    def module(self) -> types.ModuleType | None:
        """The answers, once a check has run; None if the file does not load."""
        return self._module

    def gpu_results(self) -> tuple[Result, ...]:
        """The results of the unit's GPU tier."""
        return tuple(self.result(c) for name in self.unit.exercises for c in self.unit.gpu_checks(name))

    def result(self, check: Check) -> Result:
        """The result of one check; without a GPU, those of the GPU tier are not run."""
        if check.tier == "gpu" and (reason := gpu_tier.missing() or self._gpu_lost):
            return not_run(check, reason)
        if self._module is None and self._load_error is None:
            import_ahead(self.unit.stub_file, self.unit.declaration.packages)
            self._before(None)
            remember(self.unit)
            self._load()
        if self._module is None or self._load_error is not None:
            return self._did_not_load(check)
        outcome = self._outcome(check, self._module)
        ran = {check.name: outcome}
        if outcome.raised is None or outcome.raised.source not in CONCLUSIVE:
            # Two mistakes may differ on another check of the exercise only: recognising one takes them all.
            siblings = self.unit.checks_of(check.exercise, check.setting)
            ran = {c.name: self._outcome(c, self._module) for c in siblings}
        return judge_check(
            self.unit, check, ran, self.unit.recorded, partial(self._outcomes_of, self._module)
        )

    def printed(self, check: Check) -> str:
        """What the answers printed while a check ran, if it was run."""
        outcome = self._outcomes.get(check.exercise, {}).get(check.label)
        return outcome.printed if outcome else ""

    def _load(self) -> None:
        """Run the student's file; a file that is gone or locked counts as one that does not load."""
        file = self.unit.stub_file
        try:
            packages = self.unit.declaration.packages
            self._module, self._load_error = attempt_to_load(file, f"exercises.{self.unit.name}", packages)
        except NotFound as error:
            gone = f"{file.name} is gone", f"gradfn reset {self.unit.name} puts the stub back"
            locked = "It cannot be read", f"{error}. {LOCKED}"
            self._load_error = Raised("lost", *(locked if file.exists() else gone))

    def _outcome(self, check: Check, module: types.ModuleType) -> Outcome:
        known = self._outcomes.setdefault(check.exercise, {})
        if (raised := self._lost.get((check.exercise, check.label))) is not None:
            known[check.label] = Outcome(raised=raised)
        if check.label not in known:
            self._before(check)
            outcome = known[check.label] = run(check, module, PUBLIC_SEED)
            if (fault := fault_of(outcome.raised)) and fault.ends and check.tier == "gpu":
                self._gpu_lost = (
                    f"{fault.name} in {check.exercise} · {check.title} ended this process's use of it"
                )
        return known[check.label]

    def _outcomes_of(self, module: types.ModuleType, exercise: str) -> Mapping[str, Outcome]:
        """The outcomes of an exercise that another one calls, up to the first conclusive failure."""
        found: dict[str, Outcome] = {}
        for check in self.unit.checks_of(exercise):
            outcome = found[check.name] = self._outcome(check, module)
            if outcome.raised is not None and outcome.raised.source in CONCLUSIVE:
                break
        return found

    def _did_not_load(self, check: Check) -> Result:
        """The first card says in full why the file does not load, the others point to it."""
        if self._load_error_shown:
            message = card.not_run_card(check, f"{self.unit.stub_file.name} does not load, see above")
        else:
            context = Context(self.unit.name, loads=False)
            message = card.failed_card(check, Outcome(raised=self._load_error), [], None, context)
        self._load_error_shown = True
        return Result(check.exercise, check.label, 0.0, check.points, "not run", message, tier=check.tier)
