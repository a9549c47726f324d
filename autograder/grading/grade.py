"""Grade one submission: run its cells in a sandbox, run every check, judge the outcomes.

    grade_submission(unit, submission, recorded)    the Report on a submission
    grade_gpu(...)                                  the GpuReport on its GPU tier, one process for each dtype
    judge_file(unit, path, seed)                    the Report on a file, as `gradfn judge` prints it
    load_unit(name, *folders)                       a unit to judge with
    unreachable(unit)                               why a worker cannot use the GPU; empty if it can

The submission runs in a `Sandbox`; only the plain data that comes out of it is judged here. `Report.outputs`
holds what each of the submission's cells printed and displayed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from operator import methodcaller
from pathlib import Path
from typing import Any

from autograder.answers.submission import Submission, label_of
from autograder.declare import CPU, Check, Setting
from autograder.errors import NotFound, WorkerFault
from autograder.grading.byhand import asked_again, setup_of
from autograder.grading.imports import forget_working_directory
from autograder.grading.oracle import recorded_for
from autograder.grading.sandbox import LoadedCell, Sandbox, parsed, read_submission
from autograder.judging.gpu_faults import fault_of
from autograder.judging.judge import is_right, judge, not_run
from autograder.judging.results import GpuReport, ManualQuestion, Report, Result
from autograder.units import gpu_tier, script
from autograder.units.kit import Kit, KitUnit
from autograder.units.recorded import PUBLIC_SEED, Recorded
from autograder.worker.fence import NotHere
from autograder.worker.outcome import Outcome, Raised

NOT_RUN = "a CUDA device is here: --tier gpu runs them"


def load_unit(name: str, *folders: Path | str) -> KitUnit:
    """A unit of the installed kit, of an installed package, or of folders of one's own; whatever lies here.

    Raises NotFound with the nearest name, GradfnError inside a kit that none of them is.
    """
    forget_working_directory()
    return Kit.to_grade(units=[Path(folder) for folder in folders]).unit(name)


def judge_file(unit: KitUnit, path: Path | str, seed: int = PUBLIC_SEED, tier: str = "cpu") -> Report:
    """The report of one tier on the answers in a file; raises what reading it and `recorded_for` raise."""
    recorded, submission = recorded_for(unit, seed), read_submission(Path(path), unit)
    if tier == "gpu" and not recorded.gpu:
        raise NotFound(f"{unit.name} has no GPU tier: no check of it says in which dtypes it runs there")
    if tier == "cpu":
        return grade_submission(unit, submission, recorded)
    gpu = grade_gpu(unit, submission, recorded)
    return Report(unit.name, submission.file, seed, (), submission.notes, gpu=gpu)


def grade_submission(unit: KitUnit, submission: Submission, recorded: Recorded) -> Report:
    """Run and judge a submission: every check gets a result. Raises KitFault for errors of the kit."""
    ran = _run(unit, submission, recorded, CPU)
    report = _report(unit, submission, recorded, ran.outcomes, ran.loaded, ran.notes)
    return replace(report, gpu=_gpu_not_run(unit, recorded), account=ran.sandbox.account)


def grade_gpu(unit: KitUnit, submission: Submission, recorded: Recorded) -> GpuReport:
    """Run and judge a submission's GPU tier; without a GPU every check of it is "not run"."""
    if reason := gpu_tier.missing() or unreachable(unit):
        return without_gpu(unit, reason)
    results: list[Result] = []
    for setting in gpu_tier.settings(unit.all_checks):
        outcomes = _run(unit, submission, recorded, setting).outcomes
        results += [
            r
            for name in outcomes
            for r in judge(unit, name, outcomes[name], recorded, setting=setting, trusted=False)
        ]
    return GpuReport(gpu_tier.device(), tuple(results))


def unreachable(unit: KitUnit) -> str:
    """Why a worker of the unit cannot use the tier's device, tried with code of our own; empty if it can.

    A fault of the sandbox, the driver or the card must not count against a submission.
    """
    if "torch" not in unit.declaration.packages:
        return ""
    device = gpu_tier.device()
    multiply = f"import torch\nX = torch.ones(2, 2, device={device!r})\nX.mm(X).tolist()"
    try:
        with Sandbox(unit, gpu=gpu_tier.device_files()) as sandbox:
            (ran,) = sandbox.load([("device", multiply)], notebook=False)
    except WorkerFault as fault:
        return f"{device} cannot be used in a worker: {fault}"
    if ran.raised is None or ran.raised.source == "timeout":  # slow to start, but it works
        return ""
    said = (ran.raised.message.strip().splitlines() or [""])[0]
    return f"{device} cannot be used in a worker: {ran.raised.type_name}: {said}"


def without_gpu(unit: KitUnit, reason: str) -> GpuReport:
    """The report of a GPU tier that was not run."""
    checks = [check for name in unit.exercises for check in unit.gpu_checks(name)]
    return GpuReport(gpu_tier.device(), tuple(not_run(check, reason) for check in checks), reason)


def _gpu_not_run(unit: KitUnit, recorded: Recorded) -> GpuReport | None:
    """The GPU part of the report on a run on the CPU; None if the unit has no GPU tier."""
    return without_gpu(unit, gpu_tier.missing() or NOT_RUN) if recorded.gpu else None


@dataclass(frozen=True)
class _Run:
    """A run in one setting: outcomes by exercise and check, and what the cells printed and displayed."""

    outcomes: Mapping[str, Mapping[str, Outcome | str]]
    loaded: Sequence[LoadedCell]
    notes: Sequence[str]
    sandbox: Sandbox  # which is closed


def _run(unit: KitUnit, submission: Submission, recorded: Recorded, setting: Setting) -> _Run:
    """Load the submission in a fresh process and run the checks of one setting."""
    notes = list(submission.notes)
    checks = {name: unit.checks_of(name, setting) for name in unit.exercises}
    cells_parsed = parsed(unit, submission, Sandbox) if setting == CPU else None
    again = asked_again(unit, submission, cells_parsed.mentions) if cells_parsed else {}
    with cells_parsed.sandbox if cells_parsed else Sandbox(unit, gpu=gpu_tier.device_files()) as sandbox:
        own = [(label_of(cell), cell.source) for cell in submission.cells]
        cells = [(script.SETUP, setup_of(recorded)), *own]
        load = methodcaller("load", [*cells, ("setting", _enter(setting))], submission.notebook)
        try:
            loaded = load(sandbox)[1:-1]
        except WorkerFault as fault:
            reason = f"running its cells ended the process: {fault}"
            nothing = {name: dict.fromkeys((c.name for c in own), reason) for name, own in checks.items()}
            return _Run(nothing, [], [*notes, reason], sandbox)
        outcomes = {name: _outcomes(sandbox, unit, own, recorded.seed) for name, own in checks.items()}
        longest = max((check.seconds for own in checks.values() for check in own), default=0.0)
        hurried = [*sandbox.hurried]
        for number, name in enumerate(hurried):
            if sandbox.try_again(longest, len(hurried) - number):
                outcomes[name] = _outcomes(sandbox, unit, checks[name], recorded.seed)
    if again:
        _ask_again(unit, sandbox, load, recorded, again, outcomes)
    for cell, ran in zip(submission.cells, loaded, strict=True):
        if ran.raised is not None:
            notes.append(f"{label_of(cell)}: {ran.raised.type_name}: {ran.raised.message}")
            names = [cell.name] if cell.name else list(outcomes)
            outcomes |= {name: _explain_missing(outcomes[name], ran.raised) for name in names}
    return _Run(outcomes, loaded, notes, sandbox)


def _ask_again(
    unit: KitUnit,
    first: Sandbox,
    load: Callable[[Sandbox], object],
    recorded: Recorded,
    again: Mapping[str, tuple[str, ...]],
    outcomes: dict[str, dict[str, Outcome | str]],
) -> None:
    """Put into `outcomes` what a second worker says of right answers that may deceive the first.

    Its exercises lack what they are to do without: first all of it together, which is faster. Before each
    check it gets other inputs, so that an answer that changes from call to call shows.
    """
    together = tuple(dict.fromkeys(name for names in again.values() for name in names))
    waiting = [name for name in again if any(_is_right(unit, recorded, name, outcomes[name]))]
    for names, exercises in [(together, waiting), *((again[name], [name]) for name in waiting)]:
        left = [name for name in exercises if name in waiting]
        if not left:
            continue
        with Sandbox(unit, without=names) as sandbox:
            with suppress(WorkerFault):
                load(sandbox)
            for name in left:
                checks = unit.checks_of(name, CPU)
                _outcomes(sandbox, unit, checks, recorded.seed + 1)
                second = _outcomes(sandbox, unit, checks, recorded.seed)
                right = {*_is_right(unit, recorded, name, outcomes[name])}
                wrong = right - {*_is_right(unit, recorded, name, second)}
                if not wrong or {*names} == {*again[name]}:
                    waiting.remove(name)
                    outcomes[name] |= {c: _second(outcomes[name][c], second[c], names) for c in wrong}
        first.account += sandbox.account


def _is_right(
    unit: KitUnit, recorded: Recorded, exercise: str, outcomes: Mapping[str, Outcome | str]
) -> Iterator[str]:
    """The checks of an exercise whose outcome is right."""
    for check in unit.checks_of(exercise, CPU):
        outcome = outcomes[check.name]
        if isinstance(outcome, Outcome) and is_right(check, outcome, recorded):
            yield check.name


def _second(first: Outcome | str, second: Outcome | str, names: Sequence[str]) -> Outcome | str:
    """The outcome of a check whose first one is right: what the second worker shows of it."""
    if isinstance(first, str) or isinstance(second, str):
        return second
    if second.raised is not None and second.raised.type_name == NotHere.__name__:
        return replace(first, taken=tuple(names))
    if second.raised is not None or second.modified or second.unstable or second.taken:
        return second
    return replace(first, unstable=tuple(first.returned or ()))


def _enter(setting: Setting) -> str:
    """The source of a last cell, after which the worker's checks make their tensors in a setting."""
    if setting == CPU:
        return ""
    return (
        "import autograder.declare\n"
        f"autograder.declare.move_to(autograder.declare.Setting({setting.device!r}, {setting.dtype!r}))"
    )


def _outcomes(
    sandbox: Sandbox, unit: KitUnit, checks: Sequence[Check], seed: int
) -> dict[str, Outcome | str]:
    """The outcome of each check of an exercise.

    After a check that ran out of time the rest is not run: it would run out of time too. The same holds after
    a check that lost the GPU; the next exercise then gets a new process. That the machine's GPU is at fault
    is believed only if it fails with code of our own too.
    """
    outcomes: dict[str, Outcome | str] = {}
    over = ""
    for check in checks:
        if over:
            outcomes[check.name] = f"an earlier check of {check.exercise} {over}"
            continue
        outcome = outcomes[check.name] = sandbox.check(check, seed)
        if outcome.raised is not None and outcome.raised.source == "timeout":
            over = "ran out of time"
        elif check.setting != CPU and (fault := fault_of(outcome.raised)) and fault.ends:
            over = f"ended with {fault.name}"
            sandbox.close()
            if fault.machine and (reason := unreachable(unit)):
                outcomes[check.name] = reason
    return outcomes


def _explain_missing(outcomes: Mapping[str, Outcome | str], raised: Raised) -> dict[str, Outcome | str]:
    """Replace "not defined" by the exception that ended the cell which should have defined the name."""
    return {
        name: Outcome(raised=raised)
        if isinstance(outcome, Outcome) and outcome.raised and outcome.raised.source == "missing"
        else outcome
        for name, outcome in outcomes.items()
    }


def _report(
    unit: KitUnit,
    submission: Submission,
    recorded: Recorded,
    outcomes: Mapping[str, Mapping[str, Outcome | str]],
    loaded: Sequence[LoadedCell],
    notes: Sequence[str],
) -> Report:
    results = [
        r
        for name in unit.exercises
        for r in judge(unit, name, outcomes[name], recorded, outcomes.__getitem__)
    ]
    shown = tuple(_shown(cell) for cell in loaded)
    return Report(
        unit.name,
        submission.file,
        recorded.seed,
        tuple(results),
        tuple(notes),
        shown,
        manual_questions(unit, submission),
    )


def manual_questions(unit: KitUnit, submission: Submission | None) -> tuple[ManualQuestion, ...]:
    """The unit's questions, and whether a submission answers them; None is an unreadable submission."""
    written = dict(submission.written) if submission else {}
    return tuple(ManualQuestion(q.name, q.points, q.name in written) for q in unit.questions.values())


def _shown(cell: LoadedCell) -> Sequence[Mapping[str, Any]]:
    """A cell's outputs, with the exception that ended it as Jupyter would show it."""
    if cell.raised is None:
        return cell.outputs
    raised = cell.raised
    lines = [
        f"{f.filename}, line {f.line}{f' in {f.function}' * bool(f.function)}:  {f.code}"
        for f in raised.frames
    ]
    last = f"{raised.type_name}: {raised.message}".rstrip(": ")
    error = {
        "output_type": "error",
        "ename": raised.type_name,
        "evalue": raised.message,
        "traceback": [*lines, last],
    }
    return [*cell.outputs, error]
