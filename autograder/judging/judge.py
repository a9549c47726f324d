"""The judge: compare outcomes with the reference's, recognise the mistake, give the points and the card.

    judge(unit, exercise, outcomes, recorded)   the Results of one exercise's checks
    judge_check(...)                            the Result of one check
    is_right(check, outcome, recorded)          whether an outcome is the expected one

The judge holds the expected values; answers reach it as plain data only. Whatever is not proved right scores
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from autograder.declare import CPU, Check, Setting
from autograder.errors import KitFault
from autograder.judging import card
from autograder.judging.compare import Difference, differences
from autograder.judging.diagnose import recognise
from autograder.judging.explain import Context, Verdict, to_blame
from autograder.judging.gpu_faults import fault_of
from autograder.judging.results import Result, Status
from autograder.judging.signatures import signatures_in
from autograder.units.kit import Kit, KitUnit
from autograder.units.recorded import Recorded
from autograder.worker.outcome import Outcome

#: Gives the outcomes of another exercise by its name; called only if that exercise may be to blame.
Others = Callable[[str], Mapping[str, Outcome | str]]


def judge(
    unit: KitUnit,
    exercise: str,
    outcomes: Mapping[str, Outcome | str],
    recorded: Recorded,
    others: Others = lambda exercise: {},
    setting: Setting = CPU,
    *,
    trusted: bool = True,
) -> tuple[Result, ...]:
    """Results for every check of an exercise; an outcome that is a text says why the check was not run.

    `trusted` is false of outcomes that a submission can forge: its word on the machine's GPU is not taken.
    """
    on_gpu = trusted and setting != CPU
    fair = {name: _unless_machine_failed(o) if on_gpu else o for name, o in outcomes.items()}
    ran = {name: outcome for name, outcome in fair.items() if isinstance(outcome, Outcome)}

    def result(check: Check) -> Result:
        if check.name in ran:
            return judge_check(unit, check, ran, recorded, others)
        return not_run(check, str(fair.get(check.name, "no reason is known")))

    return tuple(result(check) for check in unit.checks_of(exercise, setting))


def _unless_machine_failed(outcome: Outcome | str) -> Outcome | str:
    """The outcome, or what happened if the machine's GPU failed and not the answer."""
    fault = None if isinstance(outcome, str) else fault_of(outcome.raised)
    return fault.words if fault is not None and fault.machine else outcome


def not_run(check: Check, reason: str) -> Result:
    """The result of a check that was not run: no points."""
    return _result(check, "not run", card.not_run_card(check, reason))


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
        return _result(check, "passed", card.passed_card(check, outcome, Context(unit.name, usual=usual)))
    wrong = _differences(check, outcome, recorded)
    siblings = [check if c.name == check.name else c for c in unit.checks_of(check.exercise, check.setting)]
    passed = [c for c in siblings if c.name in outcomes and is_right(c, outcomes[c.name], recorded)]
    context = _context(unit, check, recorded, others)
    blamed = to_blame(check, outcome, context)
    mistakes, right = recorded.of(check.exercise), recorded.answers[check.exercise]
    source, known = outcome.raised and outcome.raised.source, None
    if not blamed and source != "stub":
        known = recognise(check, siblings, outcomes, mistakes, right, passed)
    message = card.failed_card(check, outcome, wrong, known, context)
    status: Status = "timeout" if source == "timeout" else "failed"
    return _result(check, status, message, known.title if known else None)


def is_right(check: Check, outcome: Outcome, recorded: Recorded) -> bool:
    """Whether an outcome is the right answer; raises KitFault where none was recorded."""
    fault = outcome.raised or outcome.modified or outcome.unstable or outcome.taken
    return not (fault or _differences(check, outcome, recorded))


def _differences(check: Check, outcome: Outcome, recorded: Recorded) -> list[Difference]:
    right = _right_answer(check, recorded)
    return [] if outcome.returned is None else differences(check, right.returned, outcome.returned)


def _right_answer(check: Check, recorded: Recorded) -> Outcome:
    right = recorded.answers.get(check.exercise, {}).get(check.name)
    if right is None or right.returned is None:
        raise KitFault(f"no right answer to {check.exercise}.{check.name} is recorded: run gradfn dev build")
    return right


def _context(unit: KitUnit, check: Check, recorded: Recorded, others: Others) -> Context:
    """What the sentences on a check may say beyond it."""
    owners = {name: exercise.name for exercise in unit.exercises.values() for name in exercise.names}

    def verdict(name: str) -> Verdict:
        outcomes = others(owners[name])
        found = [(c, outcomes.get(c.name)) for c in unit.checks_of(owners[name])]
        # An exercise may have several functions: only checks that used this one tell whether it is right.
        used = [(c, o) for c, o in found if isinstance(o, Outcome) and name in _names_used(o)]
        wrong = [outcome for c, outcome in used if not is_right(c, outcome, recorded)]
        if not wrong:
            return "right"
        return "not done" if all(o.raised and o.raised.source == "stub" for o in wrong) else "wrong"

    right = _right_answer(check, recorded)
    elsewhere = Kit(unit.folder.parents[1]).unit_that_asks_for
    stub = signatures_in(recorded.stub)
    return Context(unit.name, stub, owners, verdict, elsewhere, right.warnings, right.returned)


def _names_used(outcome: Outcome) -> set[str]:
    """The functions and classes that a check used."""
    return {name.partition(".")[0] for name in outcome.parameters}


def _result(check: Check, status: Status, message: str, mistake: str | None = None) -> Result:
    points = check.points if status == "passed" else 0.0
    return Result(check.exercise, check.label, points, check.points, status, message, mistake, check.tier)
