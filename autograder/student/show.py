"""The inputs of an exercise's first failing check, as Python one can paste and run.

inputs_of(unit, exercise)    the calls that the check makes, each with its arguments to the last digit
calls_of(check, module)      those calls, and the answer's own frames, for a debugger
written(value)               a value as Python
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from types import FrameType, ModuleType, TracebackType
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
    module, _ = attempt_to_load(unit.stub_file, f"exercises.{unit.name}", unit.declaration.packages)
    calls = "\n".join(calls_of(check, module)[0] or ["# The check calls nothing before it fails."])
    imports = [line for name, line in IMPORTS.items() if re.search(rf"\b{name}[.(]", calls)]
    return "\n".join([f"# {check.exercise} · {check.title}", *imports, "", calls])


def calls_of(check: Check, module: ModuleType) -> tuple[list[str], TracebackType | None]:
    """The calls that a check makes of an answer, as Python, and its own frames where the last of them ended.

    That is where it raised, or where it returned.
    """
    own, noted, frames = vars(module), dict[str, None](), dict[FrameType, tuple[int, int]]()

    def note(frame: FrameType, event: str, _: object) -> None:
        if frame.f_globals is not own:
            return
        outer = frame.f_back is None or frame.f_back.f_globals is not own
        if event == "call" and frame not in frames and outer:
            noted[_call(frame, any(call.startswith("it =") for call in noted))] = None
        frames.pop(frame, None)
        frames[frame] = frame.f_lasti, frame.f_lineno

    try:
        with redirect_stdout(StringIO()), np.errstate(over="raise", under="ignore"):
            sys.setprofile(note)
            within(3 * check.seconds, lambda: check.program(Answer(module), generator_of(check, PUBLIC_SEED)))
    except (Exception, TimeUp, SystemExit) as error:
        steps = [(t.tb_frame, (t.tb_lasti, t.tb_lineno)) for t in _chain(error.__traceback__)]
        frames = dict(step for step in steps if step[0].f_globals is own) or frames
    else:
        frames = dict([*frames.items()][-1:])
    finally:
        sys.setprofile(None)
    traceback = None
    for frame, (instruction, line) in reversed(frames.items()):
        traceback = TracebackType(traceback, frame, instruction, line)
    return list(filter(None, noted)), traceback


def _chain(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _call(frame: FrameType, built: bool) -> str:
    """A call as it begins, as Python; "" for a lambda and the like. `built`: its object `it` is there."""
    code, values = frame.f_code, frame.f_locals
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    given = [written(values[name]) for name in names if name not in ("self", "ctx")]
    if code.co_flags & inspect.CO_VARARGS:
        given += map(written, values[code.co_varnames[len(names)]])
    owner, dot, name = code.co_qualname.rpartition(".")
    arguments = f"({', '.join(given)})"
    if "<" in code.co_qualname:
        return ""
    if name == "__init__":
        return f"it = {owner}{arguments}"
    if "ctx" in names:  # torch and the engine call it with a context of theirs
        return f"{owner}.apply{arguments}" if name == "forward" else f"# then {owner}.{name}{arguments}"
    if "self" not in names:
        return f"{owner}{dot}{name}{arguments}"
    weights: dict[str, Any] = getattr(values["self"], "state_dict", dict)()
    before = f"it.load_state_dict({written(dict(weights))})\n" if weights else ""
    return f"{before}{'it' if built else f'{owner}()'}.{name}{arguments}"


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
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {written(each)}' for key, each in value.items())}}}"
    if isinstance(value, np.random.Generator):
        return f"np.random.default_rng({getattr(value.bit_generator.seed_seq, 'entropy', '')})"
    if isinstance(value, float):
        return repr(value) if np.isfinite(value) else f"float({str(value)!r})"
    if kind in ("Tensor", "Parameter"):
        return f"torch.tensor({written(value.tolist())}, dtype={value.dtype})"
    if kind == "Value":
        return f"Value({written(value.data)})"
    return repr(value) if value is None or isinstance(value, bool | int | str) else "..."
