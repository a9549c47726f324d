"""Check answers inside a notebook: what a student sees below an answer cell.

    from autograder.jupyter import unit
    check, hint = unit("activations")

    check("softmax")     the cards of softmax's public checks, and the points as a float
    hint("softmax")      one more hint for the first check that fails
    play("activations")  the answers that pass, at work (from autograder.jupyter import play)

The notebook's own answers are compared with the recorded ones, in the notebook's process. check() returns the
points: nbgrader reads a cell's result as partial credit; where it does not run the cell, they are not shown.
"""

from __future__ import annotations

import os
import re
import sys
import types
from collections.abc import Callable, Sequence
from html import escape
from pathlib import PurePath
from typing import Any

from autograder.judging.card import PUBLIC_ONLY, points_text, without_repeats
from autograder.judging.results import GpuReport, Result
from autograder.student.attempt import Attempt
from autograder.student.hints import next_hint
from autograder.student.progress import Standing
from autograder.student.terminal import readable
from autograder.units.gpu_tier import GPU, device, missing
from autograder.units.kit import Kit, KitUnit
from autograder.units.places import installed_units
from autograder.worker.imports import lacking
from autograder.worker.timeout import TimeUp, by_turns

#: A tick or a cross, and its colour, readable on a light and on a dark page; nothing depends on colour alone.
MARKS = {True: ("\u2714 ", "#2e9e4f"), False: ("\u2718 ", "#e5534b"), None: ("", "#8b949e")}
#: What a card says of a missing name; in a notebook its cell has not run yet.
RENAMED = re.compile(r"\s+is\s+not\s+defined\.\s+Was\s+it\s+renamed.*?the\s+same\.", re.DOTALL)
#: After this a cell is stopped in a browser, where no key can do that.
SECONDS = 60.0
STOPPED = (
    "This cell ran for {:g} s and was stopped. For longer: import autograder.jupyter as j; j.SECONDS = 600"
)


class Points(float):
    """The points as a number, which a notebook does not show below the cards."""

    def _ipython_display_(self) -> None:
        pass


def unit(name: str) -> tuple[Callable[[str], float], Callable[[str], None]]:
    """The functions `check` and `hint` for one unit's notebook; raises NotFound for an unknown unit."""
    found = _unit(name)
    public_only = [PUBLIC_ONLY]  # said once
    if sys.platform == "emscripten":
        _limit_cells()

    def check(exercise: str) -> float:
        """Run an exercise's public checks on this notebook's answers; show the cards, return the points.

        "gpu" runs the unit's GPU tier, which is worth no points here.
        """
        if exercise == GPU and found.recorded.gpu:
            report = GpuReport(device(), _attempt(found).gpu_results(), missing())
            messages = [] if report.missing else [_in_a_notebook(r, found) for r in report.checks]
            _show([*_marked(messages, report.checks), (report.words, None)])
            return Points(0)
        results = _attempt(found).results(found.exercise(exercise))
        cards = _marked([_in_a_notebook(result, found) for result in results], results)
        standing = Standing.of_run(name, results)
        passed = f"{standing.count(exercise)} of {len(standing.worth[exercise])} public checks passed"
        summary = f"{exercise}: {passed}, {points_text(*standing.points())}"
        if public_only and standing.done(exercise):
            summary += f"\n{public_only.pop()}"
        if lacks := lacking(vars(_user_module()), found.declaration.packages):
            summary += f"\nNot there when it is graded: {', '.join(lacks)}. An answer cannot import it."
        points, worth = standing.points()
        reached = {"exercise": exercise, "points": points, "of": worth}
        _show([*cards, (summary, standing.done(exercise))], {"gradfn": reached})
        by_nbgrader = os.environ.get("NBGRADER_EXECUTION")
        if by_nbgrader == "validate" and not standing.done(exercise):
            # nbgrader's Validate shows stderr; without it, it says "partial credit" and no more.
            print("\n\n".join(text for text, _ in cards), file=sys.stderr)
        return (float if by_nbgrader else Points)(points)

    def hint(exercise: str) -> None:
        """Show one more hint for the exercise's first failing check."""
        _show([(next_hint(found, found.exercise(exercise), _attempt(found)), None)])

    return check, hint


def play(name: str, expression: str = "") -> None:
    """Show a unit's answers at work; the scene of graph takes an expression, such as "(w * x + 3) ** 2"."""
    from IPython.display import HTML, display

    from autograder.student.play import show

    found = _unit(name)
    display(HTML(show(found, _attempt(found), expression)))  # type: ignore[no-untyped-call]


def _unit(name: str) -> KitUnit:
    """The unit of the kit here, or of an installed package."""
    kit = Kit.here()
    return (kit if name in kit.names() else Kit(kit.root, installed_units())).unit(name)


def _limit_cells() -> None:
    """Stop a cell in which a loop of the learner's own turns for too long."""
    shell = _shell()
    run = shell.run_cell

    def limited(*args: Any, **options: Any) -> Any:
        done = by_turns(SECONDS, lambda: run(*args, **options), shell.compile._filename_map)
        if isinstance(done.error_in_exec, TimeUp):
            print(STOPPED.format(SECONDS))
        return done

    if "run_cell" not in vars(shell):  # once
        shell.run_cell = limited


def _attempt(unit: KitUnit) -> Attempt:
    return Attempt(unit, _user_module())


def _user_module() -> types.ModuleType:
    """The module in which the notebook's cells define their names."""
    shell = _shell()
    return sys.modules["__main__"] if shell is None else shell.user_module


def _shell() -> Any:
    """The running IPython shell, or None in plain Python; does not import IPython to find out."""
    core = sys.modules.get("IPython.core.getipython")
    return core.get_ipython() if core else None


def _in_a_notebook(result: Result, unit: KitUnit) -> str:
    """The card as a notebook says it: hint("...") for the command, and the cells' numbers for file names."""
    shell = _shell()
    names = shell.compile._filename_map if shell else {}
    message = re.sub(rf"gradfn hint {unit.name}\.(\w+)", r'hint("\1")', result.message)
    message = RENAMED.sub(" is not defined: run the cell above first.", message)
    for filename, number in names.items():
        message = message.replace(f"{PurePath(filename).name.strip('<>')}, line", f"cell [{number}], line")
    return message


def _html(text: str, good: bool | None) -> str:
    """A text as HTML, first line in bold, columns kept; escaped, since it may quote the student's answer."""
    first, _, rest = text.partition("\n")
    mark, colour = MARKS[good]
    style = "margin: 0 0 0.6em 0; padding-left: 0.6em; white-space: pre-wrap; line-height: 1.35"
    head = f'<b><span style="color: {colour}">{mark}</span>{escape(first)}</b>'
    return f'<pre style="{style}; border-left: 3px solid {colour}">{head}\n{escape(rest)}</pre>'


def _marked(messages: list[str], results: Sequence[Result]) -> list[tuple[str, bool | None]]:
    """Cards without repeats, each with whether its check passed."""
    passed = {result.message.partition("\n")[0] for result in results if result.status == "passed"}
    return [(text, text.partition("\n")[0] in passed) for text in without_repeats(messages)]


def _show(cards: list[tuple[str, bool | None]], about: dict[str, Any] | None = None) -> None:
    """Display texts, each with whether it is good news, as HTML in a notebook; print them in plain Python.

    `about` is stored with the output: the site's front page adds up the points from it.
    """
    text, html = "\n\n".join(text for text, _ in cards), "".join(_html(*card) for card in cards)
    if _shell() is None:
        print(readable(text, sys.stdout.encoding))
        return
    from IPython.display import display

    display({"text/plain": text, "text/html": html}, raw=True, metadata=about)  # type: ignore[no-untyped-call]
