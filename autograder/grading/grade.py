"""Grade one submission: run its cells in a sandbox, run every check, judge the outcomes.

    grade_submission(unit, submission, recorded)    the Report on a submission
    grade_gpu(...)                                  the GpuReport on its GPU tier, one process for each dtype
    grade_file(unit, path, seed)                    the Report on a file, as `gradfn judge` prints it
    unreachable(unit)                               why a worker cannot use the GPU; empty if it can

The submission runs in a `Sandbox`; only the plain data that comes out of it is judged here. `Report.outputs`
holds what each of the submission's cells printed and displayed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from operator import methodcaller
from pathlib import Path
from typing import Any

from autograder.answers.submission import Submission, label_of
from autograder.declare import CPU, Check, Setting
from autograder.errors import NotFound, WorkerFault
from autograder.grading.oracle import recorded_for
from autograder.grading.sandbox import LoadedCell, Sandbox, read_submission
from autograder.judging.gpu_faults import fault_of
from autograder.judging.judge import judge, not_run
from autograder.judging.results import GpuReport, ManualQuestion, Report, Result
from autograder.units import gpu_tier, script
from autograder.units.kit import KitUnit
from autograder.units.recorded import PUBLIC_SEED, Recorded
from autograder.worker.outcome import Outcome, Raised

NOT_RUN = "a CUDA device is here: --tier gpu runs them"


def grade_file(unit: KitUnit, path: Path, seed: int = PUBLIC_SEED, tier: str = "cpu") -> Report:
    """The report of one tier on the answers in a file; raises what reading it and `recorded_for` raise."""
    submission, recorded = read_submission(path, unit), recorded_for(unit, seed)
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
    with Sandbox(unit, gpu=[] if setting == CPU else gpu_tier.device_files()) as sandbox:
        own = [(label_of(cell), cell.source) for cell in submission.cells]
        cells = [(script.SETUP, setup_of(recorded)), *own]
        load = methodcaller("load", [*cells, ("setting", _enter(setting))], submission.notebook)
        try:
            loaded = load(sandbox)[1:-1]
        except WorkerFault as fault:
            reason = f"running its cells ended the process: {fault}"
            nothing = {name: dict.fromkeys((c.name for c in own), reason) for name, own in checks.items()}
            return _Run(nothing, [], [*notes, reason], sandbox)
        declared = unit.declaration.without if setting == CPU else {}
        every = [name for names in declared.values() for name in names]
        bare = _asked_without(unit, sandbox, load, recorded.seed, declared, every) if declared else {}
        outcomes = {
            name: bare[name]
            if name in bare and all(map(_has_returned, bare[name].values()))
            else _outcomes(sandbox, unit, own, recorded.seed)
            for name, own in checks.items()
        }
    for name, theirs in declared.items():
        # It may have hidden in the first process that it calls that code, or miss another exercise's.
        if outcomes[name] is not bare[name] and all(map(_has_returned, outcomes[name].values())):
            again = _asked_without(unit, sandbox, load, recorded.seed, [name], theirs)[name]
            right = all(map(_has_returned, again.values()))
            first = outcomes[name]
            outcomes[name] = again if right else {c: _taken(first[c], again[c], theirs) for c in first}
    for cell, ran in zip(submission.cells, loaded, strict=True):
        if ran.raised is not None:
            notes.append(f"{label_of(cell)}: {ran.raised.type_name}: {ran.raised.message}")
            names = [cell.name] if cell.name else list(outcomes)
            outcomes |= {name: _explain_missing(outcomes[name], ran.raised) for name in names}
    return _Run(outcomes, loaded, notes, sandbox)


def _asked_without(
    unit: KitUnit,
    sandbox: Sandbox,
    load: Callable[[Sandbox], object],
    seed: int,
    exercises: Iterable[str],
    names: Sequence[str],
) -> dict[str, dict[str, Outcome | str]]:
    """The outcomes of what is to be written by hand, in a process in which the ready-made code is gone.

    What it takes is added to the account of `sandbox`.
    """
    with Sandbox(unit, without=names) as bare:
        with suppress(WorkerFault):
            load(bare)
        found = {name: _outcomes(bare, unit, unit.checks_of(name, CPU), seed) for name in exercises}
    sandbox.account += bare.account
    return found


def _has_returned(outcome: Outcome | str) -> bool:
    return isinstance(outcome, Outcome) and outcome.returned is not None and not outcome.taken


def _taken(first: Outcome | str, second: Outcome | str, names: Sequence[str]) -> Outcome | str:
    """The outcome of a check that ended well with ready-made code, and otherwise without."""
    raised = second.raised if isinstance(second, Outcome) else None
    if raised is None or raised.source in ("timeout", "lost") or isinstance(first, str):
        return second
    return replace(first, taken=tuple(names))


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


def setup_of(recorded: Recorded) -> str:
    """The unit's own first cell, which every answer may rely on."""
    return script.split(recorded.stub)[0].source


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
