"""The judge: what a run of a check is worth, and the words for it.

    judge(unit, exercise, outcomes, recorded)   the Results of one exercise's checks
    judge_check(...)                            of one check
    is_right(check, outcome, recorded)          whether what came back is what is expected
    Result, Report                              a check's and a whole submission's result
    GpuReport                                   the results of the GPU tier, which is beside the points
    ByHand                                      a question's place in it, which a person grades

The judge holds the expected values; answers reach it as plain data only. Whatever is not proved right scores
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from autograder.declare import CPU, Check, Setting
from autograder.errors import KitFault
from autograder.judging import card
from autograder.judging.compare import Difference, differences
from autograder.judging.diagnose import recognise
from autograder.judging.explain import Around, Standing
from autograder.judging.gpu_faults import fault_of
from autograder.judging.signatures import asked_in
from autograder.units.gpu_tier import EXTRA
from autograder.units.kit import KitUnit
from autograder.units.recorded import Recorded
from autograder.worker.outcome import Outcome

Status = Literal["passed", "failed", "error", "timeout", "not run"]


@dataclass(frozen=True)
class Result:
    """One check's result; `message` is the card, `mistake` the recognised name or None."""

    exercise: str
    check: str
    points: float
    max_points: float
    status: Status
    message: str
    mistake: str | None = None
    tier: str = "cpu"


def _as_json(result: Result) -> dict[str, Any]:
    """A result as JSON has it, where the GPU tier has a place of its own."""
    return {key: value for key, value in asdict(result).items() if key != "tier"}


@dataclass(frozen=True)
class GpuReport:
    """The results of the GPU tier: extra points for an exercise whose checks there all pass.

    `missing` says why nothing was run. A rehearsal on another device earns nothing.
    """

    device: str
    checks: tuple[Result, ...]
    missing: str = ""

    @property
    def max_extra(self) -> float:
        return EXTRA * len({result.exercise for result in self.checks})

    @property
    def extra(self) -> float:
        """The extra points; nothing that was not run earns any."""
        short = {result.exercise for result in self.checks if result.status != "passed"}
        whole = {result.exercise for result in self.checks} - short
        return EXTRA * len(whole) if self.device == "cuda" else 0.0

    @property
    def words(self) -> str:
        """The total in one line."""
        ran = [result for result in self.checks if result.status != "not run"]
        passed = sum(result.status == "passed" for result in ran)
        left = len(self.checks) - len(ran)
        if not ran:
            return f"GPU tier: {left} checks not run ({self.missing or 'the reason is with each of them'})"
        rest = f", {left} not run" if left else ""
        if self.device != "cuda":
            return f"GPU tier, rehearsed on {self.device}: {passed} of {len(ran)} checks passed{rest}"
        points = f"{self.extra:g} / {self.max_extra:g} extra points"
        return f"GPU tier: {passed} of {len(ran)} checks passed{rest}, {points}"

    def to_dict(self) -> dict[str, Any]:
        """Its part of what `gradfn judge --json` prints."""
        return {
            "device": self.device,
            "missing": self.missing,
            "words": self.words,
            "extra_points": self.extra,
            "max_extra_points": self.max_extra,
            "checks": [_as_json(result) for result in self.checks],
        }


@dataclass(frozen=True)
class ByHand:
    """A question that a person grades: it counts in no sum here, neither for nor against."""

    question: str
    max_points: float
    answered: bool


@dataclass(frozen=True)
class Report:
    """A submission's results; `notes` say what was odd about the file, in plain words."""

    unit: str
    file: str
    seed: int
    checks: tuple[Result, ...]
    notes: tuple[str, ...] = ()
    outputs: tuple[Sequence[Mapping[str, Any]], ...] = ()  # of each piece, in nbformat's form
    by_hand: tuple[ByHand, ...] = ()
    gpu: GpuReport | None = None  # where the unit has a GPU tier

    @property
    def points(self) -> float:
        return sum(result.points for result in self.checks)

    @property
    def max_points(self) -> float:
        return sum(result.max_points for result in self.checks)

    def of(self, exercise: str) -> tuple[Result, ...]:
        """The results of one exercise."""
        return tuple(result for result in self.checks if result.exercise == exercise)

    def to_dict(self) -> dict[str, Any]:
        """The object that `gradfn judge --json` prints."""
        return {
            "unit": self.unit,
            "file": self.file,
            "seed": self.seed,
            "points": self.points,
            "max_points": self.max_points,
            "checks": [_as_json(result) for result in self.checks],
            "by_hand": [asdict(question) for question in self.by_hand],
            "notes": list(self.notes),
        } | ({"gpu": self.gpu.to_dict()} if self.gpu else {})


#: The outcomes of an exercise by its name, looked at where another one may be to blame.
Others = Callable[[str], Mapping[str, Outcome | str]]


def judge(
    unit: KitUnit,
    exercise: str,
    outcomes: Mapping[str, Outcome | str],
    recorded: Recorded,
    others: Others = lambda exercise: {},
    setting: Setting = CPU,
) -> tuple[Result, ...]:
    """Results for every check of an exercise; an outcome that is a text says why the check was not run."""
    told = {name: _unless_the_machine(outcome) for name, outcome in outcomes.items()}
    ran = {name: outcome for name, outcome in told.items() if isinstance(outcome, Outcome)}

    def result(check: Check) -> Result:
        if check.name in ran:
            return judge_check(unit, check, ran, recorded, others)
        return not_run(check, str(told.get(check.name, "no reason is known")))

    return tuple(result(check) for check in unit.checks_of(exercise, setting))


def _unless_the_machine(outcome: Outcome | str) -> Outcome | str:
    """The outcome, or why there is none where the machine's GPU failed and not the answer."""
    fault = None if isinstance(outcome, str) else fault_of(outcome.raised)
    return fault.words if fault is not None and fault.machine else outcome


def not_run(check: Check, reason: str) -> Result:
    """The result of a check that was not run: it proves nothing."""
    return _result(check, "not run", card.not_run(check, reason))


def judge_check(
    unit: KitUnit,
    check: Check,
    outcomes: Mapping[str, Outcome],
    recorded: Recorded,
    others: Others = lambda exercise: {},
) -> Result:
    """The result of one check; the exercise's other outcomes help to recognise a mistake.

    Raises KitFault where no right answer was recorded.
    """
    outcome = outcomes[check.name]
    if is_right(check, outcome, recorded):
        usual = _right_answer(check, recorded).warnings
        return _result(check, "passed", card.passed(check, outcome, Around(unit.name, usual=usual)))
    wrong = _wrong(check, outcome, recorded)
    siblings = unit.checks_of(check.exercise, check.setting)
    passed = [c for c in siblings if c.name in outcomes and is_right(c, outcomes[c.name], recorded)]
    known = recognise(check, siblings, outcomes, recorded.of(check.exercise), passed)
    timed_out = outcome.raised is not None and outcome.raised.source == "timeout"
    message = card.failed(check, outcome, wrong, known, _around(unit, check, recorded, others))
    return _result(check, "timeout" if timed_out else "failed", message, known.title if known else None)


def is_right(check: Check, outcome: Outcome, recorded: Recorded) -> bool:
    """Whether an outcome proves its check; raises KitFault where no right answer was recorded."""
    harm = outcome.raised or outcome.modified or outcome.unstable or outcome.taken
    return not (harm or _wrong(check, outcome, recorded))


def _wrong(check: Check, outcome: Outcome, recorded: Recorded) -> list[Difference]:
    right = _right_answer(check, recorded)
    return [] if outcome.returned is None else differences(check, right.returned, outcome.returned)


def _right_answer(check: Check, recorded: Recorded) -> Outcome:
    right = recorded.answers.get(check.exercise, {}).get(check.name)
    if right is None or right.returned is None:
        raise KitFault(f"no right answer to {check.exercise}.{check.name} is recorded: run gradfn dev build")
    return right


def asked_for(outcome: Outcome) -> set[str]:
    """The functions and classes that a check asked for."""
    return {name.partition(".")[0] for name in outcome.parameters}


def _around(unit: KitUnit, check: Check, recorded: Recorded, others: Others) -> Around:
    """What the words on a check may speak of beside it."""

    owners = {name: exercise.name for exercise in unit.exercises.values() for name in exercise.names}

    def standing(name: str) -> Standing:
        there = others(owners[name])
        found = [(c, there[c.name]) for c in unit.checks_of(owners[name]) if c.name in there]
        # Of an exercise of several functions, those checks speak of this one that have asked for it.
        told = [(c, o) for c, o in found if isinstance(o, Outcome) and name in asked_for(o)]
        wrong = [outcome for c, outcome in told if not is_right(c, outcome, recorded)]
        if not wrong:
            return "right"
        return "not done" if all(o.raised and o.raised.source == "stub" for o in wrong) else "wrong"

    usual = _right_answer(check, recorded).warnings
    return Around(unit.name, asked_in(recorded.stub), owners, standing, usual)


def _result(check: Check, status: Status, message: str, mistake: str | None = None) -> Result:
    points = check.points if status == "passed" else 0.0
    return Result(check.exercise, check.label, points, check.points, status, message, mistake, check.tier)
