"""Grading one submission: its cells in a sandbox, every check on them, the judge's word on each.

    grade_submission(unit, submission, recorded)  -> Report
    grade_gpu(...)                                -> the same for its GPU tier, a process for each dtype
    unreachable(unit)                             why no such process can use the GPU, or nothing
    grade_file(unit, path, seed)                  -> Report of a file, as `gradfn judge` prints it
    outputs in Report                             what each of the submission's cells printed and showed

The submission runs in a `Sandbox`; what is judged here is the plain data that came out of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.answers.submission import Submission, label_of, read
from autograder.declare import CPU, Check, Setting
from autograder.errors import NotFound, WorkerFault
from autograder.grading.oracle import recorded_for
from autograder.grading.sandbox import LoadedCell, Sandbox
from autograder.judging.gpu_faults import fault_of
from autograder.judging.judge import judge, not_run
from autograder.judging.results import GpuReport, ManualQuestion, Report, Result
from autograder.units import gpu_tier, script
from autograder.units.kit import KitUnit
from autograder.units.recorded import PUBLIC_SEED, Recorded
from autograder.worker.outcome import Outcome, Raised

NOT_ASKED = "a CUDA device is here: --tier gpu runs them"


def grade_file(unit: KitUnit, path: Path, seed: int = PUBLIC_SEED, tier: str = "cpu") -> Report:
    """The report on the answers in a file, from one tier; raises as `read` and `recorded_for` do."""
    submission, recorded = read(path, unit), recorded_for(unit, seed)
    if tier == "gpu" and not recorded.gpu:
        raise NotFound(f"{unit.name} has no GPU tier: no check of it says in which dtypes it runs there")
    if tier == "cpu":
        return grade_submission(unit, submission, recorded)
    gpu = grade_gpu(unit, submission, recorded)
    return Report(unit.name, submission.file, seed, (), submission.notes, gpu=gpu)


def grade_submission(unit: KitUnit, submission: Submission, recorded: Recorded) -> Report:
    """Run and judge a submission. Whatever it does, every check has a result; raises KitFault for our own."""
    ran = _run(unit, submission, recorded, CPU)
    report = _report(unit, submission, recorded, ran.outcomes, ran.loaded, ran.notes)
    return replace(report, gpu=_not_asked(unit, recorded))


def grade_gpu(unit: KitUnit, submission: Submission, recorded: Recorded) -> GpuReport:
    """Run and judge a submission's GPU tier; without a GPU each of its checks is not run."""
    if reason := gpu_tier.missing() or unreachable(unit):
        return without_gpu(unit, reason)
    results: list[Result] = []
    for place in gpu_tier.settings(unit.all_checks):
        outcomes = _run(unit, submission, recorded, place).outcomes
        results += [
            r for name in outcomes for r in judge(unit, name, outcomes[name], recorded, setting=place)
        ]
    return GpuReport(gpu_tier.device(), tuple(results))


def unreachable(unit: KitUnit) -> str:
    """Why a worker of the unit cannot use the tier's device, tried by code of ours; empty where it can.

    So that a sandbox, a driver or a card that is at fault counts against nobody.
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
    if ran.raised is None or ran.raised.source == "timeout":  # slow to begin, but it came to an end
        return ""
    said = (ran.raised.message.strip().splitlines() or [""])[0]
    return f"{device} cannot be used in a worker: {ran.raised.type_name}: {said}"


def without_gpu(unit: KitUnit, reason: str) -> GpuReport:
    """The report of a GPU tier that was not run."""
    checks = [check for name in unit.exercises for check in unit.gpu_checks(name)]
    return GpuReport(gpu_tier.device(), tuple(not_run(check, reason) for check in checks), reason)


def _not_asked(unit: KitUnit, recorded: Recorded) -> GpuReport | None:
    """What a run on the CPU says of the GPU tier, where the unit has one."""
    return without_gpu(unit, gpu_tier.missing() or NOT_ASKED) if recorded.gpu else None


@dataclass(frozen=True)
class _Ran:
    """What a run in one setting gave: outcomes by exercise and check, and what the cells gave out."""

    outcomes: Mapping[str, Mapping[str, Outcome | str]]
    loaded: Sequence[LoadedCell]
    notes: Sequence[str]


def _run(unit: KitUnit, submission: Submission, recorded: Recorded, place: Setting) -> _Ran:
    """Load the submission in a fresh process and run the checks that belong to a setting."""
    notes = list(submission.notes)
    checks = {name: unit.checks_of(name, place) for name in unit.exercises}
    with Sandbox(unit, gpu=[] if place == CPU else gpu_tier.device_files()) as sandbox:
        cells = [(script.SETUP, setup_of(recorded)), *((label_of(c), c.source) for c in submission.cells)]
        try:
            loaded = sandbox.load([*cells, ("setting", _entering(place))], submission.notebook)[1:-1]
        except WorkerFault as fault:
            reason = f"running its cells ended the process: {fault}"
            refused = {name: dict.fromkeys((c.name for c in asked), reason) for name, asked in checks.items()}
            return _Ran(refused, [], [*notes, reason])
        outcomes = {name: _outcomes(sandbox, asked, recorded.seed) for name, asked in checks.items()}
    for cell, ran in zip(submission.cells, loaded, strict=True):
        if ran.raised is not None:
            notes.append(f"{label_of(cell)}: {ran.raised.type_name}: {ran.raised.message}")
            names = [cell.name] if cell.name else list(outcomes)
            outcomes |= {name: _explained(outcomes[name], ran.raised) for name in names}
    return _Ran(outcomes, loaded, notes)


def _entering(place: Setting) -> str:
    """A last cell, of ours, after which the worker's check programs make their tensors in a setting."""
    if place == CPU:
        return ""
    return (
        "import autograder.declare\n"
        f"autograder.declare.move_to(autograder.declare.Setting({place.device!r}, {place.dtype!r}))"
    )


def _outcomes(sandbox: Sandbox, checks: Sequence[Check], seed: int) -> dict[str, Outcome | str]:
    """What each check of an exercise came to; after one that ran out of time the rest would too.

    So it is after one that lost the GPU: the next exercise gets a new process.
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
        elif (fault := fault_of(outcome.raised)) and fault.ends:
            over = f"ended with {fault.name}"
            sandbox.close()
    return outcomes


def setup_of(recorded: Recorded) -> str:
    """The unit's own first cell, which every answer may count on."""
    return script.split(recorded.stub)[0].source


def _explained(outcomes: Mapping[str, Outcome | str], raised: Raised) -> dict[str, Outcome | str]:
    """The outcomes, with the exception that ended a cell in place of "not defined" for its names."""
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
    """The unit's questions, and whether a submission answers them; none does that cannot be read."""
    written = dict(submission.written) if submission else {}
    return tuple(ManualQuestion(q.name, q.points, q.name in written) for q in unit.questions.values())


def _shown(cell: LoadedCell) -> Sequence[Mapping[str, Any]]:
    """A cell's outputs, with the exception that ended it as Jupyter would show it below the cell."""
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
