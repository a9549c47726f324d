"""A conversation with a submission's worker: every request has a time limit, every answer is distrusted.

    Sandbox(unit)               the worker of one submission, started at the first request and after a crash
    sandbox.load(cells)         run the submission's cells
    sandbox.check(check, seed)  run a check: an Outcome, also if the worker dies or hangs
    sandbox.try_again(...)      more time for checks that had less than their own
    read_submission(path, unit) the Submission in a file, which a worker parses
    parsed(unit, submission)    its cells with what they mention, and the worker that has parsed them

No other submission uses the same worker process (`autograder.grading.processes`).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from autograder.answers.submission import Submission, label_of, read
from autograder.declare import Check
from autograder.errors import BadSubmission, WorkerFault
from autograder.grading.byhand import look_at
from autograder.grading.confinement import Devices
from autograder.grading.isolation import start
from autograder.grading.processes import WorkerHandle
from autograder.judging.results import Account
from autograder.units.kit import KitUnit
from autograder.worker.channel import MAX_REQUEST
from autograder.worker.outcome import Outcome, Raised, from_plain, harmless, raised_from_plain
from autograder.worker.parsing import MAX_NAME, Parser, writable

T = TypeVar("T")

CELL_SECONDS = 10.0
LOAD_SECONDS = 30.0
WHOLE_SECONDS = 300.0
PARSE_SECONDS = 10.0
#: How much longer than a check's time limit the judge waits: the limit inside explains more than a kill.
GRACE = 2.0
#: A check's time limit after another has run out of time: the submission may loop in every function.
HURRIED_SECONDS = 2.0
#: What checks that run out of time may take together, beside the time limit of one of them.
PATIENCE = 20.0


@dataclass(frozen=True)
class LoadedCell:
    """What running one cell gave: outputs in nbformat's form, and the exception that ended it."""

    outputs: Sequence[Mapping[str, Any]]
    raised: Raised | None


class Sandbox:
    """A worker for one submission: `gpu` are a GPU's device files.

    `without`, if it is not None, says that the submission is asked again, and what is taken away for that.
    """

    def __init__(
        self,
        unit: KitUnit,
        load_seconds: float = LOAD_SECONDS,
        gpu: Devices = (),
        without: Sequence[str] | None = None,
    ) -> None:
        self._unit = unit
        self._gpu = gpu
        self._load_seconds = load_seconds
        self._worker: WorkerHandle | None = None
        self._until = time.monotonic() + WHOLE_SECONDS
        self._cells: tuple[bool, Sequence[tuple[str, str]]] | None = None
        self._without = without
        self._most = math.inf  # seconds for a check
        self._lost = 0.0  # seconds, in checks that ran out of time
        self.hurried: list[str] = []  # exercises with a check that ran out of a shorter time than its own
        self.account = Account()
        self._begun = 0.0

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def load(self, cells: Sequence[tuple[str, str]], notebook: bool) -> list[LoadedCell]:
        """Run cells, as (label, source), in order; raises WorkerFault if that ends or hangs the worker."""
        if self._cells is not None:
            self.close()
        self._cells = notebook, cells
        return self._load()

    def _load(self) -> list[LoadedCell]:
        notebook, cells = self._cells or (False, ())
        request = {
            "op": "load",
            "notebook": notebook,
            "cells": [[label, source] for label, source in cells],
            "seconds": CELL_SECONDS,
            "again": self._without is not None,
            "without": list(self._without or ()),
        }
        begun = time.monotonic()
        loaded = _read(_loaded_cells, self._ask(request, self._load_seconds))
        if len(loaded) != len(cells):
            raise WorkerFault("loading gave an answer for other cells")
        left = time.monotonic() - begun
        for number, cell in enumerate(loaded):
            raised = _witnessed(cell.raised, left, CELL_SECONDS)
            left -= CELL_SECONDS * (raised is not None and raised.source == "timeout")
            loaded[number] = replace(cell, raised=raised)
        return loaded

    def check(self, check: Check, seed: int) -> Outcome:
        """Run one check on the loaded answers; a worker that dies or hangs is an Outcome too."""
        runs, seconds = 2 if check.repeat else 1, min(check.seconds, self._most)
        try:
            if self._worker is None:
                self._load()
            asked = {"exercise": check.exercise, "check": check.name, "seed": seed}
            lines = [[e.source, e.exc_msg is not None] for e in check.examples]  # not what they should show
            request = {"op": "check", **asked, "examples": lines, "seconds": seconds}
            begun = time.monotonic()
            outcome = _read(from_plain, self._ask(request, runs * seconds + GRACE))
            raised = _witnessed(outcome.raised, time.monotonic() - begun, seconds)
            if raised is not None and raised.source == "timeout":
                self._ran_out(check, time.monotonic() - begun, seconds)
            return replace(outcome, raised=raised)
        except WorkerTimeout:
            self.close()
            self._ran_out(check, runs * seconds + GRACE, seconds)
            return Outcome(raised=Raised("timeout", "TimeUp", f"over {seconds:g} s"))
        except WorkerFault as fault:
            self.close()
            return Outcome(raised=Raised("lost", "Its process ended", str(fault)))

    def _ran_out(self, check: Check, lost: float, limit: float) -> None:
        """Note a time-out, after which other checks have less time."""
        self._lost, self._most = self._lost + lost, HURRIED_SECONDS
        if limit < check.seconds:
            self.close()  # it may have been interrupted while it imported a part of torch
            self.hurried.append(check.exercise)

    def try_again(self, longest: float, share: int) -> bool:
        """Whether checks that were hurried can have more time: their share of what is left."""
        self._most = round((longest + PATIENCE - self._lost) / share, 1)
        return self._most > HURRIED_SECONDS

    def cells(self, text: str, file: str) -> list[dict[str, Any]]:
        """The cells of a notebook, as `notebook_cells` gives them; raises BadSubmission as it does."""
        data = np.frombuffer(text.encode(), np.uint8)
        answer = self._ask({"op": "cells", "text": data, "file": file}, PARSE_SECONDS)
        if isinstance(answer, str):
            raise BadSubmission(harmless(answer))
        return _read(_cells, answer)

    def names(self, sources: Sequence[str]) -> list[tuple[str, ...]]:
        """The functions and classes that each source defines at its top level."""
        return self._of_each("names", sources)

    def mentions(self, sources: Sequence[str]) -> list[tuple[str, ...]]:
        """What each source mentions."""
        return self._of_each("mentions", sources)

    def _of_each(self, op: str, sources: Sequence[str]) -> list[tuple[str, ...]]:
        found = _read(_names, self._ask({"op": op, "sources": list(sources)}, PARSE_SECONDS))
        if len(found) != len(sources):
            raise WorkerFault("parsing gave an answer for other cells")
        return found

    def _ask(self, request: dict[str, Any], seconds: float) -> Any:
        left = self._until - time.monotonic()
        if left <= 0:
            raise WorkerFault(f"the submission took longer than {WHOLE_SECONDS:g} s")
        try:
            if self._worker is None:
                self._worker, self._begun = (
                    start(self._unit, self._gpu, bool(self._without)),
                    time.monotonic(),
                )
            self._worker.channel.send(request, most=MAX_REQUEST)
            return self._worker.channel.receive(min(seconds, left))
        except TimeoutError as error:
            self.close(words := f"no answer within {seconds:g} s")
            raise WorkerTimeout(words) from error
        except WorkerFault as fault:
            words = (self._worker.status() if self._worker else "") or str(fault)
            self.close(words)
            raise WorkerFault(words) from fault

    def close(self, why: str = "") -> None:
        """End the worker and everything it started, and add what it took to the account."""
        if self._worker is not None:
            worker, self._worker = self._worker, None
            worker.end()
            wall = time.monotonic() - self._begun
            self.account += replace(worker.account, wall=wall, ended=(why,) * bool(why))


class WorkerTimeout(WorkerFault):
    """The worker did not answer in time."""


@dataclass(frozen=True)
class Parsed:
    """A submission's cells, what each mentions, and the worker that has parsed them and run nothing."""

    unit: KitUnit
    sources: tuple[str, ...]
    mentions: Sequence[Sequence[str]]
    sandbox: Sandbox


_parsed: list[Parsed] = []  # the last one: it is likely to be graded next


def read_submission(path: Path, unit: KitUnit) -> Submission:
    """The submission in a file, as `read` gives it; raises BadSubmission also if parsing it takes too much.

    Python's parser has inputs for which it takes hours, or gigabytes: it runs in a worker, which is kept for
    running the same cells.
    """
    while _parsed:
        _parsed.pop().sandbox.close()
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox(unit))
        try:
            submission = read(path, unit, Parser(sandbox.cells, sandbox.names))
            sources = tuple(cell.source for cell in submission.cells)
            mentions = sandbox.mentions(sources)
        except WorkerFault as fault:
            name = harmless(path.name)
            raise BadSubmission(f"{name} could not be read: {fault}. Answers are far simpler") from fault
        stack.pop_all()
    _parsed.append(Parsed(unit, sources, mentions, sandbox))
    notes = look_at(unit, [label_of(cell) for cell in submission.cells], mentions)
    return replace(submission, notes=(*submission.notes, *notes))


def parsed(unit: KitUnit, submission: Submission, make: Callable[[KitUnit], Sandbox]) -> Parsed:
    """A submission's cells, parsed; a text that takes too much is "?"."""
    sources = tuple(cell.source for cell in submission.cells)
    if _parsed and (_parsed[0].unit, _parsed[0].sources) == (unit, sources):
        return _parsed.pop()
    sandbox = make(unit)
    try:
        return Parsed(unit, sources, sandbox.mentions(sources), sandbox)
    except WorkerFault:
        return Parsed(unit, sources, [("?",)] * len(sources), sandbox)


def _read(decode: Callable[[Any], T], answer: Any) -> T:
    """Decode an answer; raises WorkerFault for an answer that the submission has forged badly."""
    if isinstance(answer, str):
        raise WorkerFault(harmless(answer))
    try:
        return decode(answer)
    except WorkerFault:
        raise
    except Exception as error:
        raise WorkerFault("the worker's answer does not fit the question") from error


def _witnessed(raised: Raised | None, seconds: float, limit: float) -> Raised | None:
    """The exception that a worker reports, where the judge's own clock does not contradict it.

    Raises WorkerFault for a worker that says how its process ended: that is seen from outside only.
    """
    if raised is not None and raised.source == "lost":
        raise WorkerFault("its answer was forged: it says how its own process ended")
    if raised is not None and raised.source == "timeout" and seconds < limit:
        return replace(raised, source="answer", message=f"{raised.message}, says the answer")
    return raised


def _cells(answer: Any) -> list[dict[str, Any]]:
    return [
        {
            "cell_type": harmless(cell["cell_type"])[:MAX_NAME],
            "metadata": {"nbgrader": {"grade_id": harmless(cell["grade_id"])}},
            "source": writable(cell["source"]),
            "pictures": list(map(str, cell["pictures"])),
        }
        for cell in answer
    ]


def _names(answer: Any) -> list[tuple[str, ...]]:
    return [tuple(map(harmless, names)) for names in answer]


def _loaded_cells(answer: Any) -> list[LoadedCell]:
    return [LoadedCell(_outputs(item["outputs"]), raised_from_plain(item["raised"])) for item in answer]


def _outputs(items: Any) -> list[Mapping[str, Any]]:
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise TypeError("outputs are a list of dicts")
    return items
