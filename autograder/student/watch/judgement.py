"""One judgement: a unit's answers on the public checks, in one process, or in several if answers kill it.

    Judgement(unit, exercises, take)   start it; the exercises are judged in this order
    judgement.receive(event)           a Message or Exit of its process; the results that it brought
    judgement.enforce_limit()          kill the process if its step takes too long

After a process died or hung, another is started and told which step killed it: it writes that step's card and
goes on with the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from autograder.judging.results import Result
from autograder.student.watch.processes import Exit, Message, Process, words_of
from autograder.worker.outcome import Raised, raised_to_plain

#: Added to a step's time limit: the process's own limit comes first and explains more than a kill.
GRACE = 1.0
START_SECONDS = 60.0
#: After so many processes that ended before their first step, give up: the kit or the machine is broken.
FALSE_STARTS = 2


Take = Callable[[str], Process]  # gives a process for a unit


@dataclass(frozen=True)
class JudgedCheck:
    """One check's result, and its hints if it did not pass."""

    result: Result
    hints: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.result.status == "passed"


class Judgement:
    """One judgement of a unit, or one graph; `over` once it is complete."""

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
        self.graph_of = f"{unit}.{graph[0]}" if graph else ""
        self._lost: dict[tuple[str, str], Raised] = {}
        self._false_starts = 0
        self._start_process()

    def _start_process(self) -> None:
        self._step: tuple[str, str] | None = None
        self._too_long = 0.0
        self._limit, self._deadline = START_SECONDS, time.monotonic() + START_SECONDS
        self._process: Process = self._take(self.unit)
        lost = [[*step, raised_to_plain(raised)] for step, raised in self._lost.items()]
        checks: dict[str, Any] = {"exercises": self._left, "lost": lost}
        self._process.ask({"unit": self.unit} | ({"graph": self._graph} if self._graph else checks))

    def receive(self, event: Message | Exit) -> list[JudgedCheck]:
        """The results that an event brings; none if it is another process's event."""
        if event.process is not self._process or self.over:
            return []
        if isinstance(event, Exit):
            self._go_on_after(event.status)
            return []
        return self._read(event.content)

    def _read(self, content: dict[str, Any]) -> list[JudgedCheck]:
        match content:
            case {"step": [exercise, check], "seconds": seconds}:
                self._step, self._limit = (exercise, check), seconds
                self._deadline = time.monotonic() + seconds + GRACE
            case {"result": fields, "hints": hints}:
                judged = JudgedCheck(Result(**fields), tuple(hints))
                # The exercises before it are done: a next process has only the rest to judge.
                self._left = self._left[self._left.index(judged.result.exercise) :]
                return [judged]
            case {"graph": text}:
                self.graph_text = text
                self.stop()
            case {"fault": words}:
                self.fault = words
                self.stop()
            case {"done": _}:
                self.stop()
        return []

    def enforce_limit(self) -> None:
        """Kill the process if its step takes too long; its Exit event does the rest."""
        if not self.over and not self._too_long and time.monotonic() > self._deadline:
            self._too_long = self._limit
            self._process.end()

    def stop(self) -> None:
        """End the judgement, its process and all that the answers started."""
        self.over = True
        self._process.end()

    def _go_on_after(self, status: int) -> None:
        """The process ended too early: note which step killed it, and start another for the rest."""
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
        self._start_process()
