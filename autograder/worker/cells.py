"""Run a submission's cells, as Jupyter or as Python would.

    Cells(name, notebook)   an empty module; its run(label, source, seconds) gives outputs and an exception
    .restore(labels)        give names back to the functions of these cells

A notebook's cells run in an IPython shell, so that magics, displays and tracebacks are those of Jupyter; the
cells of a .py file are plain Python. Outputs have nbformat's form. A cell that fails does not stop the
next, and in a cell a statement that fails, such as `drive.mount(...)`, does not stop those below it.
"""

from __future__ import annotations
import __future__

import ast
import linecache
import sys
import traceback
import types
import warnings
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from autograder.worker.notebook_lines import runnable
from autograder.worker.outcome import MAX_TEXT, Outputs, Raised, Runner, harmless
from autograder.worker.run import Output
from autograder.worker.timeout import within
from autograder.worker.tracebacks import cell_filename, describe_exception

MAX_OUTPUTS = 50
MAX_DISPLAYED = 8 << 20  # characters of all cells together
DISPLAYED = ("text/plain", "image/png")
FUTURE = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)


class Cells:
    """The module that a submission's cells define, cell by cell."""

    def __init__(self, name: str, notebook: bool) -> None:
        self._name, self._room = name, MAX_DISPLAYED
        self._defined: dict[str, dict[str, Any]] = {}
        self.module = types.ModuleType(name)
        sys.modules[name] = self.module
        if notebook:
            from autograder.worker.shell import runner  # here, since importing IPython takes time

            self._runner = runner(self.module)
        else:
            if "autograder.worker.shell" in sys.modules:
                sys.modules["autograder.worker.shell"].forget()
            self._runner = _python(self.module)

    def run(self, label: str, source: str, seconds: float) -> tuple[Outputs, Raised | None]:
        """Run one cell; its outputs, and the exception that ended it, if any."""
        out, err = Output(), Output()
        outputs: Outputs = []
        raised = None
        with warnings.catch_warnings(), redirect_stdout(out), redirect_stderr(err):
            warnings.simplefilter("default")
            try:
                within(seconds, lambda: self._run(label, source, outputs))
            except (KeyboardInterrupt, GeneratorExit):
                raise
            except BaseException as error:
                raised = describe_exception(error, vars(self.module), seconds=seconds)
        own = {name: value for name, value in dict(vars(self.module)).items() if self._is_own(value)}
        before = {name: value for found in self._defined.values() for name, value in found.items()}
        self._defined[label] = self._defined.get(label, {}) | {
            name: value for name, value in own.items() if before.get(name) is not value
        }
        streams = (("stdout", harmless(out.getvalue())), ("stderr", harmless(err.getvalue())))
        texts = [{"output_type": "stream", "name": name, "text": shown} for name, shown in streams if shown]
        return texts + self._fitting(outputs), raised

    def _run(self, label: str, source: str, outputs: Outputs) -> None:
        """Run a cell, and after a statement that fails those below it; raises the first exception."""
        first, text, filename = None, runnable(source), cell_filename(label)
        lines = text.split("\n")
        shown = len(source), None, source.splitlines(keepends=True), filename
        linecache.cache[filename] = shown
        while text:
            try:
                self._runner(label, text, outputs)
                text = ""
            except (Exception, SystemExit) as error:
                first = error if first is None else first
                end = _end_of_statement(text, filename, error)
                text = "\n".join([*["#"] * end, *lines[end:]]) if 0 < end < len(lines) else ""
        linecache.cache[filename] = shown  # IPython has put in what it ran
        if first is not None:
            raise first

    def _is_own(self, value: Any) -> bool:
        """Whether a value is a function or class of this module; runs no code of the submission's."""
        if type(value) is types.FunctionType:
            return value.__globals__ is vars(self.module)
        return issubclass(type(value), type) and type.__getattribute__(value, "__module__") is self._name

    def restore(self, labels: Iterable[str]) -> None:
        """Give names back to the functions and classes of these cells where a later cell uses them for data.

        In a notebook, a check below the answer was green before `for step in range(10)` took the name.
        """
        for label in labels:
            for name, value in self._defined.get(label, {}).items():
                if not callable(vars(self.module).get(name)):
                    setattr(self.module, name, value)

    def _fitting(self, outputs: Outputs) -> Outputs:
        """The displays that a feedback page can show, as long as there is room for them.

        All outputs are sent in one frame: dozens of pictures must not make it too large to send.
        """
        fitting: Outputs = []
        for output in outputs[:MAX_OUTPUTS]:
            data = {kind: shown for kind, shown in output["data"].items() if kind in DISPLAYED}
            if isinstance(words := data.get("text/plain"), str):
                data["text/plain"] = words[:MAX_TEXT]  # the judge shows no more
            size = sum(len(shown) for shown in data.values() if isinstance(shown, str))
            if size <= self._room:
                self._room -= size
                fitting.append({**output, "data": data})
        return fitting


def _end_of_statement(text: str, filename: str, error: BaseException) -> int:
    """The last line of the cell's statement that raised an exception; 0 where none was run."""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == filename:
            ends = (node.end_lineno or 0 for node in ast.parse(text).body)
            return next((end for end in ends if end >= line), 0)
    return 0


def _python(module: types.ModuleType) -> Runner:
    """A runner of cells as plain Python: `from __future__ import ...` holds for the cells below too."""
    future = 0

    def run(label: str, source: str, outputs: Outputs) -> None:
        nonlocal future
        code = compile(source, cell_filename(label), "exec", future, dont_inherit=True)
        future |= code.co_flags & FUTURE
        exec(code, vars(module))

    return run
