"""The inputs of an exercise's first failing check, as Python one can paste and run.

inputs_of(unit, exercise)    the calls that the check makes, each with its arguments to the last digit
written(value)               a value as Python
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from io import StringIO
from typing import Any

import numpy as np

from autograder.declare import Check
from autograder.student.attempt import Attempt
from autograder.units.kit import Exercise, KitUnit
from autograder.units.recorded import PUBLIC_SEED
from autograder.worker.answer import Answer
from autograder.worker.modules import attempt_to_load
from autograder.worker.run import generator_of
from autograder.worker.timeout import TimeUp, within

IMPORTS = {"np": "import numpy as np", "torch": "import torch", "Value": "from engine import Value"}


def inputs_of(unit: KitUnit, exercise: Exercise) -> str:
    """The calls of the first failing check; a sentence where every check passes."""
    attempt = Attempt(unit)
    check = next((c for c in exercise.checks if attempt.result(c).status != "passed"), None)
    if check is None:
        return f"{unit.name}.{exercise.name} passes all its public checks: there is no failing input."
    calls = "\n".join(_calls(unit, check))
    imports = [line for name, line in IMPORTS.items() if re.search(rf"\b{name}[.(]", calls)]
    return "\n".join([f"# {check.exercise} · {check.title}", *imports, "", calls])


class _Noting(Answer):
    """An answer module that notes each call of its functions as Python."""

    def _recorded(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            given = [*map(written, args), *(f"{key}={written(value)}" for key, value in options.items())]
            vars(self).setdefault("_noted", {})[f"{name}({', '.join(given)})"] = None
            return function(*args, **options)

        return call


def _calls(unit: KitUnit, check: Check) -> list[str]:
    """The calls that a check makes of the answers in the unit's file, up to one that raises."""
    module, _ = attempt_to_load(unit.stub_file, f"exercises.{unit.name}", unit.declaration.packages)
    answer = _Noting(module)
    with suppress(Exception, TimeUp, SystemExit), redirect_stdout(StringIO()), np.errstate(all="ignore"):
        within(check.seconds, lambda: check.program(answer, generator_of(check, PUBLIC_SEED)))
    return list(vars(answer).get("_noted", {})) or ["# The check calls no function before it fails."]


def written(value: Any) -> str:
    """A value as Python one can paste; "..." for what cannot be written so, such as a function."""
    kind = type(value).__name__
    if isinstance(value, np.ndarray) and not value.size:
        return f"np.zeros({value.shape}, dtype=np.{value.dtype})"
    if isinstance(value, np.ndarray | np.generic):
        with np.printoptions(threshold=sys.maxsize, floatmode="unique", linewidth=88):
            text = re.sub(r"dtype=(?=\w)", "dtype=np.", repr(np.asarray(value)))
        return "np." + re.sub(r"\b(nan|inf)\b", r"np.\1", text)
    if isinstance(value, list | tuple):
        inside = ", ".join(map(written, value))
        return f"[{inside}]" if isinstance(value, list) else f"({inside}{',' * (len(value) == 1)})"
    if isinstance(value, float):
        return repr(value) if np.isfinite(value) else f"float({str(value)!r})"
    if kind in ("Tensor", "Parameter"):
        return f"torch.tensor({written(value.tolist())}, dtype={value.dtype})"
    if kind == "Value":
        return f"Value({written(value.data)})"
    return repr(value) if value is None or isinstance(value, bool | int | str) else "..."
