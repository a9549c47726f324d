"""One judgement: what a unit's answers say to the public checks, over as many processes as they break.

    Run(unit, exercises, take)   begins it; the exercises are judged in that order
    run.heard(event)             a Said or Ended of its process; the results that came with it
    run.late()                   ends a process that has passed its limit

A process that died or hung is followed by another, which is told what was lost with the last: it writes the
card of the step that broke it and goes on with the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from autograder.judging.results import Result
from autograder.student.watch.processes import Ended, Process, Said, words_of
from autograder.worker.outcome import Raised, raised_to_plain

#: How much longer than a step's own limit is waited: the limit inside explains more than an end from outside.
GRACE = 1.0
START_SECONDS = 60.0
#: Processes that end before they have begun are the kit's fault or the machine's: nothing more is tried.
FALSE_STARTS = 2


Take = Callable[[str], Process]  # gives a process for a unit


@dataclass(frozen=True)
class Seen:
    """One check's result, and the hints to be had where it did not pass."""

    result: Result
    hints: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.result.status == "passed"


class Run:
    """One judgement of a unit, or one graph; `over` when nothing more is to come."""

    def __init__(
        self, unit: str, exercises: Iterable[str], take: Take, graph: tuple[str, list[str]] | None = None
    ) -> None:
        self.unit = unit
        self.graph_text: str | None = None
        self.fault = ""
        self.over = False
        self.began = time.monotonic()
        self._take = take
        self._left = list(exercises)
        self._graph = graph
        self._lost: dict[tuple[str, str], Raised] = {}
        self._false_starts = 0
        self._ask()

    def _ask(self) -> None:
        self._step: tuple[str, str] | None = None
        self._too_long = 0.0
        self._limit, self._deadline = START_SECONDS, time.monotonic() + START_SECONDS
        self._process: Process = self._take(self.unit)
        lost = [[*step, raised_to_plain(raised)] for step, raised in self._lost.items()]
        asked: dict[str, Any] = {"exercises": self._left, "lost": lost}
        self._process.ask({"unit": self.unit} | ({"graph": self._graph} if self._graph else asked))

    def heard(self, event: Said | Ended) -> list[Seen]:
        """What an event brings; nothing where it is another process's."""
        if event.process is not self._process or self.over:
            return []
        if isinstance(event, Ended):
            self._went_on_without(event.status)
            return []
        return self._said(event.message)

    def _said(self, message: dict[str, Any]) -> list[Seen]:
        match message:
            case {"step": [exercise, check], "seconds": seconds}:
                self._step, self._limit = (exercise, check), seconds
                self._deadline = time.monotonic() + seconds + GRACE
            case {"result": fields, "hints": hints}:
                seen = Seen(Result(**fields), tuple(hints))
                # Those before it are judged; a process that follows has only the rest to do.
                self._left = self._left[self._left.index(seen.result.exercise) :]
                return [seen]
            case {"graph": text}:
                self.graph_text = text
                self.stop()
            case {"fault": words}:
                self.fault = words
                self.stop()
            case {"done": _}:
                self.stop()
        return []

    def late(self) -> None:
        """End the process where it has passed its limit; what follows comes with its end."""
        if not self.over and not self._too_long and time.monotonic() > self._deadline:
            self._too_long = self._limit
            self._process.end()

    def stop(self) -> None:
        """Nothing more is wanted: what its answers have started ends with it."""
        self.over = True
        self._process.end()

    def _went_on_without(self, status: int) -> None:
        """The process ended before its work did: note what broke it, and ask another for the rest."""
        if self._step is None:
            self._false_starts += 1
            if self._false_starts == FALSE_STARTS:
                self.fault, self.over = f"the judging process did not start ({words_of(status)})", True
                return
        elif self._graph:
            self.over = True
            return
        elif self._too_long:
            self._lost[self._step] = Raised("timeout", "TimeUp", f"over {self._too_long:g} s")
        else:
            self._lost[self._step] = Raised("lost", "Its process ended", words_of(status))
        self._ask()
