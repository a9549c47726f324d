"""The judging process, `python -m autograder.student.watch ROOT UNIT`: requests on stdin, JSON lines out.

It loads what the unit's checks need, says "ready" and waits for one request, so that a save need not wait for
imports. A request and its answers:

    {"unit": ..., "exercises": [...], "lost": [[exercise, check, raised], ...]}
        -> {"step": [exercise, check], "seconds": s}    before each step; ["", ""] is loading the file
        -> {"result": {...}, "hints": [...]}            one check's Result, with hints if it did not pass
    {"unit": ..., "graph": [exercise, checks]}
        -> {"graph": text or null}                      of the last Value that an answer returned or was given

The last message is {"done": true}, or {"fault": words} for an error of the kit itself. The asking process
watches the time limits and kills this one if an answer hangs. If the asking process ends, so does this one.
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

#: Ends the process even if it hangs in C code and the asking process was killed; every request is faster.
LAST_SECONDS = 600.0

Send = Callable[[dict[str, Any]], None]


def main() -> None:
    """Serve one request."""
    root, name = sys.argv[1:]
    requests, send = _own_pipes()
    unit = Kit(Path(root)).unit(name)
    with suppress(Exception):  # the request will fail with the same error, and report it
        warm(unit)
    send({"ready": True})
    line = requests.readline()
    if not line:
        return
    threading.Thread(target=_end_with, args=[requests], daemon=True).start()
    faulthandler.dump_traceback_later(LAST_SECONDS, exit=True)
    request = json.loads(line)
    unit = unit if request["unit"] == name else Kit(Path(root)).unit(request["unit"])
    try:
        send(answer(unit, request, send))
    except GradfnError as error:
        send({"fault": str(error)})
    except Exception as error:  # an answer's exception is in its Result: this one is the kit's own
        send({"fault": f"{type(error).__name__}: {error}"})
    os._exit(0)  # even if the answers left threads running


def _own_pipes() -> tuple[TextIO, Send]:
    """Where requests come from, and how to send messages; answers get /dev/null as stdin and stdout."""
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)

    def send(message: dict[str, Any]) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    return requests, send


def _end_with(requests: TextIO) -> None:
    """End this process when the asking process is gone."""
    requests.read()
    os._exit(1)


def warm(unit: KitUnit) -> None:
    """Load what judging this unit needs: its checks, its packages, its recorded answers."""
    for package in unit.declaration.packages:
        importlib.import_module(package)
    for known in unit.recorded.mistakes:
        dict(known.outcomes)
    for outcomes in unit.recorded.answers.values():
        dict(outcomes)


def answer(unit: KitUnit, request: dict[str, Any], send: Send) -> dict[str, Any]:
    """Carry out a request; the last message."""
    if "graph" in request:
        from autograder.student.watch.value_graph import graph_of  # imports the engine: not needed for a save

        exercise, names = request["graph"]
        for check in (unit.check(exercise, name) for name in names):
            send({"step": [exercise, check.name], "seconds": LOAD_SECONDS + check.seconds})
            if (text := graph_of(unit, check)) is not None:
                return {"graph": f"{exercise} · {check.title}: the graph of the last Value\n\n{text}"}
        return {"graph": None}
    lost = {}
    for exercise, check, plain in request["lost"]:
        raised = raised_from_plain(plain)
        if raised is not None:
            lost[exercise, check] = raised
    attempt = Attempt(unit, before=lambda step: send(_step(step)), lost=lost)
    for exercise in request["exercises"]:
        for declared in unit.exercise(exercise).checks:
            result = attempt.result(declared)
            hints = [] if result.status == "passed" else declared.hints
            send({"result": asdict(result), "hints": hints})
    return {"done": True}


def _step(step: Step) -> dict[str, Any]:
    if step is None:
        return {"step": ["", ""], "seconds": LOAD_SECONDS}
    return {"step": [step.exercise, step.name], "seconds": step.seconds * (2 if step.repeat else 1)}


if __name__ == "__main__":
    main()
