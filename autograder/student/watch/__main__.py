"""The judging process, `python -m autograder.student.watch ROOT UNIT`: requests on stdin, JSON lines out.

It loads what the unit's checks need, says "ready" and waits, so that a save finds a process that is warm.
Then

    {"unit": ..., "exercises": [...], "lost": [[exercise, check, raised], ...]}
        -> {"step": [exercise, check], "seconds": s}    ahead of each step; ["", ""] is loading the file
        -> {"result": {...}, "hints": [...]}            one check's Result, its hints where it did not pass
    {"unit": ..., "graph": [exercise, checks]}
        -> {"graph": text or null}                      of the last Value that went through the answers' hands

and {"done": true}, or {"fault": words} where the kit itself cannot go on. The other side has the clock and
ends this process where an answer hangs; when that side is gone it ends itself.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from autograder.errors import GradfnError
from autograder.student.attempt import Attempt, Step
from autograder.units.kit import Kit, KitUnit
from autograder.worker.modules import LOAD_SECONDS
from autograder.worker.outcome import raised_from_plain

#: Nothing takes longer: the end of a process that hangs in C and whose other side was killed.
LAST_SECONDS = 600.0

Tell = Callable[[dict[str, Any]], None]


def main() -> None:
    """Serve one request."""
    root, name = sys.argv[1:]
    requests, tell = _own_pipes()
    unit = Kit(Path(root)).unit(name)
    with suppress(Exception):  # what cannot be loaded is told to the one who asks for it
        warm(unit)
    tell({"ready": True})
    line = requests.readline()
    if not line:
        return
    threading.Thread(target=_end_with, args=[requests], daemon=True).start()
    faulthandler.dump_traceback_later(LAST_SECONDS, exit=True)
    request = json.loads(line)
    unit = unit if request["unit"] == name else Kit(Path(root)).unit(request["unit"])
    try:
        tell(answer(unit, request, tell))
    except GradfnError as error:
        tell({"fault": str(error)})
    except Exception as error:  # answers' exceptions are data: this one is the kit's own
        tell({"fault": f"{type(error).__name__}: {error}"})
    os._exit(0)  # whatever threads the answers have left


def _own_pipes() -> tuple[TextIO, Tell]:
    """Requests, and telling; what the answers read and print meets no pipe of ours."""
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)

    def tell(message: dict[str, Any]) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    return requests, tell


def _end_with(requests: TextIO) -> None:
    """End this process when the one that asked is gone."""
    requests.read()
    os._exit(1)


def warm(unit: KitUnit) -> None:
    """Load whatever judging this unit takes: its checks, its packages, what was recorded."""
    for package in unit.declaration.packages:
        importlib.import_module(package)
    for known in unit.recorded.mistakes:
        dict(known.outcomes)
    for outcomes in unit.recorded.answers.values():
        dict(outcomes)


def answer(unit: KitUnit, request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Do what is asked; the last message."""
    if "graph" in request:
        from autograder.student.watch.value_graph import graph_of  # tracing, which a save need not wait for

        exercise, names = request["graph"]
        for check in (unit.check(exercise, name) for name in names):
            tell({"step": [exercise, check.name], "seconds": LOAD_SECONDS + check.seconds})
            if (text := graph_of(unit, check)) is not None:
                return {"graph": f"{exercise} · {check.title}: the graph of the last Value\n\n{text}"}
        return {"graph": None}
    lost = {}
    for exercise, check, plain in request["lost"]:
        raised = raised_from_plain(plain)
        if raised is not None:
            lost[exercise, check] = raised
    attempt = Attempt(unit, before=lambda step: tell(_step(step)), lost=lost)
    for exercise in request["exercises"]:
        for declared in unit.exercise(exercise).checks:
            result = attempt.result(declared)
            hints = [] if result.status == "passed" else declared.hints
            tell({"result": asdict(result), "hints": hints})
    return {"done": True}


def _step(step: Step) -> dict[str, Any]:
    if step is None:
        return {"step": ["", ""], "seconds": LOAD_SECONDS}
    return {"step": [step.exercise, step.name], "seconds": step.seconds * (2 if step.repeat else 1)}


if __name__ == "__main__":
    main()
