"""The worker process: `python -m autograder.worker FD CHECKS UNIT`; FD is a socket to the judge.

It gets one request at a time and answers with plain data:

    {"op": "load", "notebook": bool, "cells": [[label, source], ...], "seconds": s, "again": bool,
     "without": [name, ...]}
        -> [{"outputs": [...], "raised": ... or None}, ...]
    {"op": "check", "exercise": ..., "check": ..., "seed": n, "seconds": s,
     "examples": [[source, raises], ...]}
        -> an Outcome
    {"op": "cells", "text": its UTF-8 bytes as an array, "file": ...}
        -> a notebook's [{"cell_type": ..., "grade_id": ..., "source": ..., "pictures": [...]}, ...]
    {"op": "names", "sources": [...]}
        -> [the names that each defines, ...]
    {"op": "mentions", "sources": [...]}
        -> [what each mentions, ...]

A worker that asks again imports the kit's code anew behind the cells: what they changed of it has no effect.
The last three run no line of a submission: they parse it where that can take as long and as much as it likes.
"""

from __future__ import annotations

import builtins
import importlib
import socket
import sys
from dataclasses import replace
from doctest import Example
from pathlib import Path
from typing import Any, NoReturn

from autograder.declare import Check, here, move_to
from autograder.errors import BadSubmission
from autograder.worker.cells import Cells
from autograder.worker.channel import MAX_REQUEST, Channel, TooLarge
from autograder.worker.door import Door
from autograder.worker.fence import take_away
from autograder.worker.modules import load_module
from autograder.worker.outcome import Outcome, harmless, raised_to_plain, to_plain
from autograder.worker.parsing import bound_names, mentions, notebook_cells
from autograder.worker.plain import plain
from autograder.worker.run import run

IMPORTING = "meta_path", "path_hooks", "path"


class WorkerServer:
    """Runs one submission's cells and checks at the judge's request."""

    def __init__(self, checks_file: Path, unit: str, cells: Cells | None = None) -> None:
        self._file, self._importing = checks_file, [[*getattr(sys, name)] for name in IMPORTING]
        self._import = builtins.__import__
        module = load_module(checks_file, f"exercises.{unit}.checks")
        found = [value for value in vars(module).values() if isinstance(value, Check)]
        self._checks = {(check.exercise, check.name): check for check in found}
        self._unit = unit
        self._cells = cells or Cells(unit, notebook=False)

    def answer(self, request: dict[str, Any]) -> Any:
        """The answer to one request, as plain data."""
        match request["op"]:
            case "load":
                return self._load(**request)
            case "cells":
                return _cells(request["text"].tobytes().decode(), request["file"])
            case "names":
                return [list(bound_names(source)) for source in request["sources"]]
            case "mentions":
                return mentions(request["sources"])
        check = self._checks[request["exercise"], request["check"]]
        examples = [Example(source, "", "?" if raises else None) for source, raises in request["examples"]]
        check = replace(check, examples=tuple(examples), seconds=request["seconds"])
        move_to(here())  # put torch's defaults back, which an answer may have changed
        outcome: Outcome = run(check, self._cells.module, request["seed"])
        return to_plain(outcome)

    def _load(
        self, op: str, notebook: bool, cells: list[list[str]], seconds: float, again: bool, without: list[str]
    ) -> list[dict[str, Any]]:
        take_away(without)
        self._cells = Cells(self._unit, notebook)
        ran = [self._cells.run(label, source, seconds) for label, source in cells]
        self._cells.restore({exercise for exercise, _ in self._checks})
        return [{"outputs": plain(outputs), "raised": raised_to_plain(raised)} for outputs, raised in ran]

    @staticmethod
    def channel(descriptor: int) -> Channel:
        """The channel over a socket, or over what a WebAssembly worker has in its place."""
        return Channel(Door() if sys.platform == "wasi" else socket.socket(fileno=descriptor))

    def renewed(self) -> WorkerServer:
        """A server of the same cells whose code is imported anew from the kit's files, as are the checks."""
        for name, value in zip(IMPORTING, self._importing, strict=True):
            setattr(sys, name, value)
        builtins.__import__ = self._import
        sys.path_importer_cache.clear()
        for name in [name for name in sys.modules if name.partition(".")[0] == "autograder"]:
            del sys.modules[name]
        worker = importlib.import_module("autograder.worker.__main__").WorkerServer
        renewed: WorkerServer = worker(self._file, self._unit, self._cells)
        return renewed


def _cells(text: str, file: str) -> list[dict[str, Any]] | str:
    """A notebook's cells, each with its name for nbgrader; for a text that is not one, the reason."""
    try:
        found = notebook_cells(text, file)
    except BadSubmission as error:
        return str(error)
    return [
        {
            "cell_type": cell["cell_type"],
            "grade_id": harmless(str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))),
            "source": cell["source"],
            "pictures": cell["pictures"],
        }
        for cell in found
    ]


def serve(worker: WorkerServer, descriptor: int) -> NoReturn:
    """Answer until the judge closes the socket (WorkerFault); send a text if an answer is too large."""
    channel = worker.channel(descriptor)
    channel.send("ready")
    while True:
        request = channel.receive(None, MAX_REQUEST)
        answer = worker.answer(request)
        if request.get("again"):
            worker = worker.renewed()
            channel = worker.channel(channel.detach())
        try:
            channel.send(answer)
        except TooLarge as fault:
            channel.send(str(fault))


def main() -> None:
    """Serve the judge at the other end of the socket."""
    descriptor, checks_file, unit = sys.argv[1:]
    serve(WorkerServer(Path(checks_file), unit), int(descriptor))


if __name__ == "__main__":
    main()
