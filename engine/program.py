"""Program: one run of a function, and the functions that are written of it, in Python and in C."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any

from . import batches, source
from .modes import enable_grad, local, state
from .structures import LEAF, flatten, rebuild
from .tape import Tape, Traced, TraceError
from .value import Value, constant


class _Uncollected:
    """Inside, the collector is off: all of a tape is alive, and each collection would go through it."""

    def __init__(self) -> None:
        self.lock, self.depth, self.was_on = Lock(), 0, False

    def __enter__(self) -> None:
        with self.lock:
            if not self.depth:
                self.was_on = gc.isenabled()
                gc.disable()
            self.depth += 1

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.depth -= 1
            if not self.depth and self.was_on:
                gc.enable()


UNCOLLECTED = _Uncollected()


class Program:
    """One run of f, as Python source, whose functions return None where a guard decides differently."""

    def __init__(
        self, f: Callable[..., Any], kind: Any, leaves: list[float], guarded: bool, native: bool = False
    ) -> None:
        self.native = native
        self.name = getattr(f, "__name__", type(f).__name__)
        self.inputs = [Value(x) for x in leaves]
        for x in self.inputs:
            x.__class__ = Traced
        tape = Tape(self.name)
        args, kwargs = rebuild(kind, iter(self.inputs))
        before = local.tape
        with enable_grad(), UNCOLLECTED:
            local.tape = tape
            state.shift(1)
            try:
                result = f(*args, **kwargs)
                self._check_unchanged(kind, (args, kwargs))
                self.kind, results = self._results(result)
            finally:
                local.tape = before
                state.shift(-1)
        self.results = [constant(v) for v in results]
        self.live = tuple(i for i, v in enumerate(self.results) if v.requires_grad)
        names = _names(f, kind)
        with UNCOLLECTED:
            self.writer = source.Writer(
                self.name, names, self.inputs, tape.entries, self.results, self.kind == LEAF, guarded
            )
        self.captured = self.writer.captured
        self.inner = [v for v in self.captured if not v.is_leaf]
        self._compiled: dict[Any, Callable[..., Any]] = {}
        self._lock = Lock()  # a writer writes one function at a time

    def _check_unchanged(self, kind: Any, args: Any) -> None:
        """TraceError if f changed the structures it was given: a compiled call would not."""
        leaves: list[Any] = []
        if flatten(args, leaves) != kind or any(x is not y for x, y in zip(leaves, self.inputs, strict=True)):
            raise TraceError(
                f"{self.name} cannot be traced: it changes a list, dict or module that it was given, which "
                "its compiled code would not do. Make a new one and return it."
            )

    def _results(self, result: Any) -> tuple[Any, list[Any]]:
        if isinstance(result, int):
            result = float(result)
        leaves: list[Any] = []
        kind = flatten(result, leaves)
        if not leaves:
            raise TraceError(
                f"{self.name} cannot be traced: it must return Values or numbers, alone or in lists, tuples "
                f"and dicts; it returned a {type(result).__name__}."
            )
        return kind, leaves

    def function(self, *kind: Any) -> Callable[..., Any]:
        """The compiled function of this kind; see Writer.function."""
        function = self._compiled.get(kind)
        if function is None:
            function = self._compiled[kind] = self._load(*kind)
        return function

    def _load(self, *kind: Any) -> Callable[..., Any]:
        if not self.native or kind[0] not in ("value", "value_and_grad", "gradients"):
            return batches.load(self.text(*kind), kind[0])  # type: ignore[no-any-return]
        from . import native

        with self._lock:
            return native.load(self.writer, *kind)

    def c_text(self, *kind: Any) -> str:
        """The C text of the function of this kind."""
        from . import native

        with self._lock:
            return native.c_text(self.writer, *kind)[0]

    def text(self, *kind: Any) -> str:
        """The Python text of the function of this kind."""
        with self._lock, UNCOLLECTED:
            return self.writer.function(*kind)

    def given(self, floats: list[float]) -> list[float]:
        """The floats, and the numbers of the captured values."""
        return [*floats, *[v._data for v in self.captured]]

    @property
    def source(self) -> str:
        """The Python text: the value, and the value with its gradient."""
        gradients = ["gradients", tuple(range(len(self.inputs))), self.live]
        return (
            self.text("value") + "\n\n" + self.text(*["value_and_grad"] if self.kind == LEAF else gradients)
        )


def _names(f: Callable[..., Any], kind: Any) -> list[str]:
    """A name for each leaf of the arguments: the parameter's, with its place in a structure: w_0_1."""
    (_, args), (_, keys, kwargs) = kind[1]
    if type(args) is int:
        args = [LEAF] * args
    try:
        parameters = inspect.signature(f).parameters.values()
        plain = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    except (TypeError, ValueError):
        plain = []
    plain += [f"x{i}" for i in range(len(plain), len(args))]
    tops = [*zip(plain, args, strict=False), *zip(keys, kwargs, strict=True)]
    return [name for top, below in tops for name in _places(top, below)]


def _places(name: str, kind: Any) -> Iterator[str]:
    if kind == LEAF:
        yield name
    elif kind[0] != "static":
        below = [LEAF] * kind[-1] if type(kind[-1]) is int else kind[-1]
        for place, item in zip(kind[1] if len(kind) == 3 else range(len(below)), below, strict=True):
            yield from _places(f"{name}_{place}", item)
