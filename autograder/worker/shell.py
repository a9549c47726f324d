"""Run a notebook's cells by IPython, as Jupyter would, and keep their displays as data.

runner(module) -> Runner     run(label, source, outputs): appends to `outputs` what the cell shows
prepare(), forget()          make its shell before it is needed, and remove it where it is not
"""

from __future__ import annotations

import os
import types
from tempfile import TemporaryDirectory
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from autograder.worker.outcome import Outputs, Runner
from autograder.worker.tracebacks import cell_filename

INLINE = "module://matplotlib_inline.backend_inline"  # a figure stands below its cell, as in Jupyter
_prepared: list[Any] = []


class Displays(DisplayPublisher):
    """Keeps what is passed to `display(...)`."""

    def publish(self, data: dict[str, Any], metadata: Any = None, **ignored: Any) -> None:  # type: ignore[override]
        self.shell.displays.append(_output("display_data", data))

    def clear_output(self, wait: bool = False) -> None:
        self.shell.displays.clear()


class Results(DisplayHook):
    """Keeps the value of a cell's last line."""

    def write_output_prompt(self) -> None:
        """Write nothing: there is no terminal."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        self.shell.displays.append(_output("execute_result", format_dict))


class Shell(InteractiveShell):
    """IPython without a terminal: displays go to the list `displays`, and exceptions only to the judge."""

    displayhook_class = Type(Results)
    display_pub_class = Type(Displays)
    displays: Outputs = []  # noqa: RUF012  # replaced for every cell

    def showtraceback(self, *args: Any, **kwargs: Any) -> None:
        """Print nothing: the judge gets the exception as data."""

    showsyntaxerror = showtraceback

    def enable_gui(self, gui: Any = None) -> None:
        """Do nothing, so that `%matplotlib` does not fail: there is no window."""

    def enable_matplotlib(self, gui: Any = None) -> Any:
        """Show figures below the cell, whatever window they are meant for."""
        return super().enable_matplotlib("inline")  # type: ignore[no-untyped-call]

    def system(self, cmd: str) -> None:
        """Run no command: say so, and let the cell go on."""
        print(f"not run here: !{cmd}")

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        self.system(cmd)
        return [] if split else ""


def prepare() -> None:
    """Make the shell of the next runner, in the process whose forks run submissions: it takes 30 ms."""
    with TemporaryDirectory() as folder:  # its settings are read once, and there are none
        shell = _new(folder)
        shell.run_cell("pass", store_history=False)
    _prepared.append(shell)


def forget() -> None:
    """Remove what `prepare` made, where plain Python is run: it knows no shell."""
    if _prepared:
        _prepared.clear()
        InteractiveShell.clear_instance()


def runner(module: types.ModuleType) -> Runner:
    """A runner of cells in a shell that has run none, whose user namespace is `module`."""
    shell = _prepared.pop() if _prepared else _new()
    shell.user_module, shell.user_ns = shell.prepare_user_module(module)
    shell.init_user_ns()
    os.environ["MPLBACKEND"] = INLINE

    def run(label: str, source: str, outputs: Outputs) -> None:
        shell.displays = outputs
        shell.compile.get_code_name = lambda *code: cell_filename(label)
        ran = shell.run_cell(source, store_history=False)
        if error := ran.error_before_exec or ran.error_in_exec:
            raise error

    return run


def _new(folder: str | None = None) -> Any:
    config = Config()
    config.HistoryManager.enabled = False
    InteractiveShell.clear_instance()
    return Shell.instance(config=config, ipython_dir=folder)


def _output(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"output_type": kind, "data": data, "metadata": {}}
