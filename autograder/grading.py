"""Grading one submission: its cells in a sandbox, every check on them, the judge's word on each.

    grade(unit, submission, recorded) -> Report
    grade_file(unit, path, seed)      -> Report of a file, as `gradfn judge` prints it
    outputs in Report                 what each of the submission's pieces printed and showed, in their order

The submission runs in a `Sandbox`; what is judged here is the plain data that came out of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder import percent
from autograder.errors import WorkerFault
from autograder.judge import ByHand, Report, judge
from autograder.kit import Exercise, KitUnit
from autograder.oracle import recorded_for
from autograder.recorded import PUBLIC_SEED, Recorded
from autograder.sandbox import LoadedPiece, Sandbox
from autograder.submission import Submission, read
from autograder.worker.outcome import Outcome, Raised


def grade_file(unit: KitUnit, path: Path, seed: int = PUBLIC_SEED) -> Report:
    """The report on the answers in a file; raises as `read` and `recorded_for` do."""
    return grade(unit, read(path, unit), recorded_for(unit, seed))


def grade(unit: KitUnit, submission: Submission, recorded: Recorded) -> Report:
    """Run and judge a submission. Whatever it does, every check has a result; raises KitFault for our own."""
    notes = list(submission.notes)
    with Sandbox(unit) as sandbox:
        pieces = [(piece.label, piece.source) for piece in submission.pieces]
        try:
            loaded = sandbox.load([(percent.SETUP, setup_of(recorded)), *pieces], submission.notebook)[1:]
        except WorkerFault as fault:
            reason = f"running its cells ended the process: {fault}"
            notes.append(reason)
            refused = {
                name: dict.fromkeys((check.name for check in exercise.checks), reason)
                for name, exercise in unit.exercises.items()
            }
            return _report(unit, submission, recorded, refused, [], notes)
        outcomes: dict[str, dict[str, Outcome | str]] = {
            name: _outcomes(sandbox, exercise, recorded.seed) for name, exercise in unit.exercises.items()
        }
    for piece, ran in zip(submission.pieces, loaded, strict=True):
        if ran.raised is not None:
            notes.append(f"{piece.label}: {ran.raised.type_name}: {ran.raised.message}")
            names = [piece.exercise] if piece.exercise else list(outcomes)
            outcomes |= {name: _explained(outcomes[name], ran.raised) for name in names}
    return _report(unit, submission, recorded, outcomes, loaded, notes)


def _outcomes(sandbox: Sandbox, exercise: Exercise, seed: int) -> dict[str, Outcome | str]:
    """What each check of an exercise came to; after one that ran out of time the rest would too."""
    outcomes: dict[str, Outcome | str] = {}
    late = False
    for check in exercise.checks:
        if late:
            outcomes[check.name] = f"an earlier check of {exercise.name} ran out of time"
            continue
        outcome = outcomes[check.name] = sandbox.check(check, seed)
        late = outcome.raised is not None and outcome.raised.source == "timeout"
    return outcomes


def setup_of(recorded: Recorded) -> str:
    """The unit's own first cell, which every answer may count on."""
    return percent.split(recorded.stub)[0].source


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
    loaded: Sequence[LoadedPiece],
    notes: Sequence[str],
) -> Report:
    results = [
        r
        for name in unit.exercises
        for r in judge(unit, name, outcomes[name], recorded, outcomes.__getitem__)
    ]
    shown = tuple(_shown(piece) for piece in loaded)
    return Report(
        unit.name,
        submission.file,
        recorded.seed,
        tuple(results),
        tuple(notes),
        shown,
        by_hand(unit, submission),
    )


def by_hand(unit: KitUnit, submission: Submission | None) -> tuple[ByHand, ...]:
    """The unit's questions, and whether a submission answers them; none does that cannot be read."""
    written = dict(submission.written) if submission else {}
    return tuple(ByHand(q.name, q.points, q.name in written) for q in unit.questions.values())


def _shown(piece: LoadedPiece) -> Sequence[Mapping[str, Any]]:
    """A cell's outputs, with the exception that ended it as Jupyter would show it below the cell."""
    if piece.raised is None:
        return piece.outputs
    raised = piece.raised
    lines = [
        f"{f.place}, line {f.line}{f' in {f.function}' * bool(f.function)}:  {f.code}" for f in raised.frames
    ]
    last = f"{raised.type_name}: {raised.message}".rstrip(": ")
    error = {
        "output_type": "error",
        "ename": raised.type_name,
        "evalue": raised.message,
        "traceback": [*lines, last],
    }
    return [*piece.outputs, error]
