"""The answer module that a check program gets; it records what the answer's functions do.

Answer(module)       gives the module's functions and classes, by name
    ._used           those that the check program took, by name
    ._modified       the arguments they changed: "update(w)"
    ._last_call      the last call and what it returned, in words
    ._calls()        the answer's other functions that they may call
    ._parameters()   their parameters
    ._code()         the source of the used functions and of those that they may call
    ._files()        the files that define the module's own functions

The names begin with an underscore because all other names are the answer's.
"""

from __future__ import annotations

import ctypes
import dis
import inspect
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from autograder.worker.plain import describe, plain, same
from autograder.worker.source import code_of
from autograder.worker.tracebacks import MissingName, Namespace

#: Their code is not a student's, and parsing it takes long.
LIBRARIES = ("engine", "numpy", "torch")


class Answer:
    """An answer module whose functions are recorded when they are called."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module
        self._used: dict[str, Any] = {}
        self._modified: list[str] = []
        self._last_call = ""

    def __getattr__(self, name: str) -> Any:
        try:
            value = getattr(self._module, name)
        except AttributeError:
            raise MissingName(name) from None
        self._used[name] = value
        if callable(value) and not isinstance(value, type):
            return self._recorded(name, value)
        return value

    def _recorded(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, recording the arguments that a call changed and what it returned."""

        def call(*args: Any, **kwargs: Any) -> Any:
            given: list[tuple[int | str, Any]] = [*enumerate(args), *kwargs.items()]
            before = [_state(value) for _, value in given]
            result = function(*args, **kwargs)
            for (key, value), state in zip(given, before, strict=True):
                if not same(_state(value), state):
                    self._modified.append(f"{name}({_parameter(function, key)})")
            self._last_call = f"{name} returned {describe(plain(result))}"
            return result

        return call

    def _calls(self) -> tuple[str, ...]:
        """The module's other functions and classes that the used ones may call, directly or not, by name."""
        reached = dict.fromkeys(self._used)
        waiting = list(reached)
        while waiting:
            value = vars(self._module).get(waiting.pop())
            for name in _names_in(value, vars(self._module)):
                if name not in reached:
                    reached[name] = None
                    waiting.append(name)
        return tuple(name for name in reached if name not in self._used)

    def _parameters(self) -> dict[str, list[str]]:
        """The parameters of the used functions, as written in the `def`; those of a class's methods too."""
        found = {}
        for name, value in self._used.items():
            for function in _functions(value, vars(self._module)):
                qualname = function.__qualname__ if isinstance(value, type) else name
                found[qualname] = _parameters(function)
        return found

    def _code(self) -> dict[str, str]:
        """The source of the used functions and classes, and of those that they may call, by name."""
        values = {name: vars(self._module).get(name) for name in (*self._used, *self._calls())}
        own = {name: value for name, value in values.items() if _home(value) not in LIBRARIES}
        return {name: code for name, value in own.items() if (code := code_of(value))}

    def _files(self) -> set[str]:
        """The files, or cells, that define the module's own functions."""
        namespace = vars(self._module)
        own = (function for value in namespace.values() for function in _functions(value, namespace))
        return {function.__code__.co_filename for function in own}


def _home(value: Any) -> str:
    """The package that defines a function or class."""
    return str(getattr(value, "__module__", "")).partition(".")[0]


def _state(value: Any) -> Any:
    """What an answer must not change of an argument: the bytes of an array or tensor, the items of a list.

    A tensor's are read where they lie: its version misses what is done through `.data`, and some checks count
    torch's operations.
    """
    torch = sys.modules.get("torch")
    if torch is not None and type(value) is torch.Tensor:
        version = None if torch.Tensor.is_inference(value) else value._version
        if value.device.type != "cpu" or value.layout is not torch.strided:
            return version, value.requires_grad
        storage = value.untyped_storage()
        return version, value.requires_grad, ctypes.string_at(storage.data_ptr(), storage.nbytes())
    return plain(value)  # tensors in a list are objects, such as parameters, which an answer may be to change


def _functions(value: Any, namespace: Namespace) -> Iterator[types.FunctionType]:
    """A function itself, or a class's methods: those defined in `namespace`."""
    members: Iterable[Any] = (value,)
    if isinstance(value, type):  # most classes are imported
        own = vars(value).get("__module__") == namespace.get("__name__")
        members = vars(value).values() if own else ()
    for member in members:
        function = member.__func__ if isinstance(member, staticmethod | classmethod) else member
        if isinstance(function, types.FunctionType) and function.__globals__ is namespace:
            yield function


def _names_in(value: Any, namespace: Namespace) -> Iterator[str]:
    """The functions and classes of `namespace` that the code of a function or class mentions, by name."""
    for function in _functions(value, namespace):
        for name in _globals_of(function.__code__):
            if any(_functions(namespace.get(name), namespace)):
                yield name


@lru_cache(maxsize=1024)
def _globals_of(code: types.CodeType) -> tuple[str, ...]:
    """The global names that code loads, those of inner functions included."""
    own = [step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"]
    inner = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return tuple(dict.fromkeys([*own, *(name for part in inner for name in _globals_of(part))]))


@lru_cache(maxsize=1024)
def _parameters(function: Callable[..., Any]) -> list[str]:
    try:
        found = inspect.signature(function).parameters.values()
        return [str(parameter.replace(annotation=inspect.Parameter.empty)) for parameter in found]
    except Exception:
        return []  # the answer may have set a __signature__ that cannot be read or shown


def _parameter(function: Callable[..., Any], key: int | str) -> str:
    """The name of the parameter that takes a positional or keyword argument."""
    if isinstance(key, str):
        return key
    try:
        return list(inspect.signature(function).parameters)[key]
    except (ValueError, TypeError, IndexError):
        return f"argument {key + 1}"
