"""An answer module as check programs see it, with notes of what its functions do on the way.

Answer(module)       what a check program is given
    ._modified       the arguments that were changed: "update(w)"
    ._last_call      what was returned last, in words
    ._asked          what the check asked for, by name
    ._calls()        what else of the answer's own that may call
    ._parameters()   the parameters of what was asked for
    ._files()        the files that the module's own functions stand in
"""

from __future__ import annotations

import dis
import inspect
import sys
import types
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.worker.plain import describe, plain, same
from autograder.worker.tracebacks import MissingName, Namespace


class Answer:
    """An answer module as check programs see it: its functions watched, everything else as it is."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module
        self._asked: dict[str, Any] = {}
        self._modified: list[str] = []
        self._last_call = ""

    def __getattr__(self, name: str) -> Any:
        try:
            value = getattr(self._module, name)
        except AttributeError:
            raise MissingName(name) from None
        self._asked[name] = value
        if callable(value) and not isinstance(value, type):
            return self._watched(name, value)
        return value

    def _watched(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, with a note of the arguments it changed and of what it returned last."""

        def call(*args: Any, **kwargs: Any) -> Any:
            given: list[tuple[int | str, Any]] = [*enumerate(args), *kwargs.items()]
            before = [_state(value) for _, value in given]
            result = function(*args, **kwargs)
            for (key, value), kept in zip(given, before, strict=True):
                if not same(_state(value), kept):
                    self._modified.append(f"{name}({_parameter(function, key)})")
            self._last_call = f"{name} returned {describe(plain(result))}"
            return result

        return call

    def _calls(self) -> tuple[str, ...]:
        """The names of the module's own functions and classes that those asked for may call."""
        reached = dict.fromkeys(self._asked)
        waiting = list(reached)
        while waiting:
            value = vars(self._module).get(waiting.pop())
            for name in _names_in(value, vars(self._module)):
                if name not in reached:
                    reached[name] = None
                    waiting.append(name)
        return tuple(name for name in reached if name not in self._asked)

    def _parameters(self) -> dict[str, list[str]]:
        """The parameters of what was asked for, each as it stands in the `def`; a class's methods too."""
        found = {}
        for name, value in self._asked.items():
            for function in _functions(value, vars(self._module)):
                qualname = function.__qualname__ if isinstance(value, type) else name
                found[qualname] = _parameters(function)
        return found

    def _files(self) -> set[str]:
        """The files, or cells, that the module's own functions stand in."""
        namespace = vars(self._module)
        own = (function for value in namespace.values() for function in _functions(value, namespace))
        return {function.__code__.co_filename for function in own}


def _state(value: Any) -> Any:
    """What an answer must not change of an argument: an array's or list's data, of a tensor what it counts.

    A tensor counts the operations that changed it in place, so that no number of it need be looked at.
    """
    torch = sys.modules.get("torch")
    if torch is not None and type(value) is torch.Tensor:
        return None if value.is_inference() else (value._version, value.requires_grad)
    return plain(value) if isinstance(value, np.ndarray | list | dict) else None


def _functions(value: Any, namespace: Namespace) -> Iterator[types.FunctionType]:
    """A function itself or a class's own methods, those written in `namespace` only."""
    members = vars(value).values() if isinstance(value, type) else (value,)
    for member in members:
        function = member.__func__ if isinstance(member, staticmethod | classmethod) else member
        if isinstance(function, types.FunctionType) and function.__globals__ is namespace:
            yield function


def _names_in(value: Any, namespace: Namespace) -> Iterator[str]:
    """The names of functions and classes of the namespace that a function's or class's code mentions."""
    for function in _functions(value, namespace):
        for name in _globals_of(function.__code__):
            if any(_functions(namespace.get(name), namespace)):
                yield name


@lru_cache(maxsize=1024)
def _globals_of(code: types.CodeType) -> tuple[str, ...]:
    """The global names that code loads, also in functions inside it."""
    own = [step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"]
    inner = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return tuple(dict.fromkeys([*own, *(name for part in inner for name in _globals_of(part))]))


def _parameters(function: Callable[..., Any]) -> list[str]:
    try:
        found = inspect.signature(function).parameters.values()
        return [str(parameter.replace(annotation=inspect.Parameter.empty)) for parameter in found]
    except Exception:
        return []  # a signature of its own making that cannot be read or shown


def _parameter(function: Callable[..., Any], key: int | str) -> str:
    """The name of the parameter that a positional or keyword argument lands in."""
    if isinstance(key, str):
        return key
    try:
        return list(inspect.signature(function).parameters)[key]
    except (ValueError, TypeError, IndexError):
        return f"argument {key + 1}"
