"""The kit's answer to an exercise, for students who have solved it.

    reveal(unit, exercise)           the answer, and the classic mistakes in other answers
    solution_text(unit, exercise)    the same, for a caller that knows that one's own passes

The comments in the answer explain it; the list of mistakes below says what each part of it avoids.
"""

from __future__ import annotations

import ast
import re
import textwrap

from autograder.errors import GradfnError, NotFound
from autograder.judging.card import WIDTH
from autograder.student.attempt import Attempt
from autograder.student.terminal import narrowed
from autograder.units import script
from autograder.units.kit import Exercise, KitUnit

_MARK = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION[ \t]*\n", re.MULTILINE)


def reveal(unit: KitUnit, exercise: Exercise) -> str:
    """The kit's answer to the exercise, and the mistakes it avoids.

    Raises NotFound in a copy without solutions, and GradfnError with a failing check until all pass.
    """
    path = f"{unit.name}.{exercise.name}"
    if not unit.solution_file.exists():
        raise NotFound(
            f"no solutions in this copy: your answer is right once the checks of {path} pass; until then "
            f"gradfn hint {path} helps"
        )
    results = Attempt(unit).results(exercise)
    failing = [result.check for result in results if result.status != "passed"]
    if failing:
        more = f" and {len(failing) - 1} more" if len(failing) > 1 else ""
        raise GradfnError(
            f"{path} is shown once its checks pass. Still failing: {failing[0].replace('_', ' ')}{more}. "
            f"For a hint: gradfn hint {path}"
        )
    lines = solution_text(unit, exercise.name).split("\n")
    return "\n".join(narrowed(line, WIDTH) if line.startswith("  - ") else line for line in lines)


def solution_text(unit: KitUnit, exercise: str) -> str:
    """The kit's answer to the exercise, and the mistakes it avoids, each in one line."""
    path = f"{unit.name}.{exercise}"
    shown = f"{path}, as the kit answers it:\n\n{textwrap.indent(answer(unit, exercise), '    ')}\n"
    mistakes = "\n".join(f"  - {known.title}. {known.advice}" for known in unit.recorded.of(exercise))
    return f"{shown}\nWhat goes wrong in other answers:\n{mistakes}" if mistakes else shown


def answer(unit: KitUnit, exercise: str) -> str:
    """The exercise's cell of the solution, without nbgrader's marks, and without the stub's docstrings."""
    cells = {cell.name: cell for cell in script.split(unit.solution_file.read_text(encoding="utf-8"))}
    source = _MARK.sub("", cells[exercise].source + "\n")
    lines = source.split("\n")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            docstring = node.body[0]
            for number in range(docstring.lineno - 1, docstring.end_lineno or docstring.lineno):
                lines[number] = "\0"
    return "\n".join(line for line in lines if line != "\0").strip("\n")
