"""The graph of the last Value that a student's functions returned or were given while a check ran.

    graph_of(unit, check)   print_chain's text; None where there was no such Value

Python's profiler hook watches the functions, so checks need no code for it and ordinary runs stay as fast.
"""

from __future__ import annotations

import sys
import threading
from types import FrameType
from typing import Any

from autograder.declare import Check
from autograder.units.kit import KitUnit
from autograder.units.recorded import PUBLIC_SEED
from autograder.worker.modules import attempt_to_load
from autograder.worker.run import run
from engine import Value
from engine.graph import chain


def graph_of(unit: KitUnit, check: Check) -> str | None:
    """Run `check` on the answers in the unit's file; the text of the last Value's graph."""
    module, _ = attempt_to_load(unit.stub_file, f"exercises.{unit.name}", unit.declaration.packages)
    last = _Last(vars(module))
    threading.setprofile(last)
    sys.setprofile(last)
    try:
        run(check, module, PUBLIC_SEED)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return None if last.value is None else chain(last.value)


class _Last:
    """A profiler hook that notes the last Value which a module's functions returned, or else were given."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self.value: Value | None = None

    def __call__(self, frame: FrameType, event: str, arg: Any) -> None:
        if event != "return" or frame.f_globals is not self._namespace:
            return
        code = frame.f_code
        given = [frame.f_locals.get(name) for name in code.co_varnames[: code.co_argcount]]
        found = _last_value([*given, arg])
        self.value = found if found is not None else self.value


def _last_value(items: list[Any]) -> Value | None:
    """The last computed Value among the items, or in an item that is a list or tuple."""
    for item in reversed(items):
        for value in reversed(item[-100:] if isinstance(item, list | tuple) else [item]):
            if isinstance(value, Value) and value.grad_fn is not None:
                return value
    return None
