"""Checking answers inside a notebook: what a student sees below an answer cell.

    from autograder.jupyter import unit
    check, hint = unit("activations")

    check("softmax")     the cards of softmax's public checks, and the points as a float
    hint("softmax")      one more hint for the first check that fails

Answers are taken from the notebook itself and are compared, in its own process, with what was recorded. That
a cell's points are its result is nbgrader's convention for partial credit. A course grades with other inputs.
"""

from __future__ import annotations

import os
import re
import sys
import types
from collections.abc import Callable
from html import escape
from pathlib import PurePath
from typing import Any

from autograder.judging.card import PUBLIC_ONLY, points_text, without_repeats
from autograder.judging.results import GpuReport, Result
from autograder.student.attempt import Attempt
from autograder.student.consoles import readable
from autograder.student.progress import next_hint
from autograder.units.gpu_tier import GPU, device, missing
from autograder.units.kit import Exercise, Kit, KitUnit


def unit(name: str) -> tuple[Callable[[str], float], Callable[[str], None]]:
    """The functions `check` and `hint` for one unit's notebook; raises NotFound for an unknown unit."""
    found = Kit.here().unit(name)
    told: list[str] = []  # that these are the public checks only: said once

    def check(exercise: str) -> float:
        """Run an exercise's public checks on this notebook's answers; show the cards, give the points.

        "gpu" stands for the unit's GPU tier, which is worth no points here.
        """
        if exercise == GPU and found.recorded.gpu:
            report = GpuReport(device(), _attempt(found).gpu_results(), missing())
            messages = [] if report.missing else [_in_a_notebook(r, found) for r in report.checks]
            shown = [*without_repeats(messages), report.words]
            _show("\n\n".join(shown), "".join(map(_html, shown)))
            return 0.0
        results = _attempt(found).results(found.exercise(exercise))
        cards = list(without_repeats(_in_a_notebook(result, found) for result in results))
        summary = _summary(found.exercise(exercise), results)
        if not told and all(result.status == "passed" for result in results):
            told.append(PUBLIC_ONLY)
            summary += f"\n{PUBLIC_ONLY}"
        _show("\n\n".join([*cards, summary]), "".join(map(_html, [*cards, summary])))
        points = sum(result.points for result in results)
        if os.environ.get("NBGRADER_EXECUTION") == "validate" and points < found.exercise(exercise).points:
            # Validate shows stderr and knows nothing else to say than "partial credit".
            print("\n\n".join(cards), file=sys.stderr)
        return float(points)

    def hint(exercise: str) -> None:
        """Show one more hint for the exercise's first check that fails."""
        words = next_hint(found, found.exercise(exercise), _attempt(found))
        _show(words, _html(words))

    return check, hint


def _attempt(unit: KitUnit) -> Attempt:
    return Attempt(unit, _user_module())


def _user_module() -> types.ModuleType:
    """The module that the notebook's cells define their names in."""
    shell = _shell()
    return sys.modules["__main__"] if shell is None else shell.user_module


def _shell() -> Any:
    """The running IPython shell, or None in plain Python; IPython is not imported for the question."""
    core = sys.modules.get("IPython.core.getipython")
    return core.get_ipython() if core else None


def _in_a_notebook(result: Result, unit: KitUnit) -> str:
    """The card with this notebook's words: its hint function, and its cells by their numbers."""
    shell = _shell()
    names = shell.compile._filename_map if shell else {}
    message = re.sub(rf"gradfn hint {unit.name}\.(\w+)", r'hint("\1")', result.message)
    for filename, number in names.items():
        message = message.replace(f"{PurePath(filename).name}, line", f"cell [{number}], line")
    return message


def _summary(exercise: Exercise, results: tuple[Result, ...]) -> str:
    passed = [result for result in results if result.status == "passed"]
    points = points_text(sum(result.points for result in results), exercise.points)
    return f"{exercise.name}: {len(passed)} of {len(results)} public checks passed, {points}"


def _html(text: str) -> str:
    """A text with its first line in bold, its columns kept; what a student wrote is escaped."""
    first, _, rest = text.partition("\n")
    style = "margin: 0 0 0.6em 0; white-space: pre-wrap; line-height: 1.35"
    return f'<pre style="{style}"><b>{escape(first)}</b>\n{escape(rest)}</pre>'


def _show(text: str, html: str) -> None:
    """Display as HTML where HTML is shown, and as text elsewhere."""
    if _shell() is None:
        print(readable(text, sys.stdout.encoding))
        return
    from IPython.display import display

    display({"text/plain": text, "text/html": html}, raw=True)  # type: ignore[no-untyped-call]
