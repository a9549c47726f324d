"""Whether ops record the graph: no_grad, enable_grad, set_grad_enabled, is_grad_enabled, as in PyTorch.

    state             `state.special` counts the threads that trace or do not record; while it is 0, ops
                      take their fast path
    local             this thread's own setting: `enabled`; the `tape` of a trace in progress; while the
                      compiler runs a rule, the `answers` to its comparisons and the `style` of the text
    no_grad ...       context managers and decorators; a decorated generator is switched at each step

The setting belongs to a thread, and a new thread starts with gradients on.
"""

from __future__ import annotations

import sys
from _thread import _local as _thread_local  # threading's own, without importing it
from _thread import allocate_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import TracebackType
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])


class _Local(_thread_local):
    enabled: bool = True
    tape: Any = None
    answers: Any = iter(())
    style: Any = None


class _State:
    """`special`: the threads that trace or do not record; `clock`: the in-place updates so far.

    `trail` is None except in the browser, where Python cannot free deep graphs.
    """

    __slots__ = ("clock", "lock", "special", "trail")

    def __init__(self, trail: Trail | None = None) -> None:
        self.special, self.clock, self.lock, self.trail = 0, 0, allocate_lock(), trail

    def shift(self, by: int) -> None:
        with self.lock:
            self.special += by


class Trail:
    """Holds every value that an op makes, and lets go of those that nothing else holds, the newest first.

    A value is newer than its operands, so freeing one never frees another in turn. Python frees a chain in
    nested calls, and limits their depth; in WebAssembly that limit does not hold, and a chain of 10,000 may
    end the interpreter. The trail is swept whenever it has doubled.
    """

    def __init__(self, shortest: int = 1000) -> None:
        self.values: list[Any] = []
        self.shortest = self.limit = shortest

    def add(self, value: Any) -> None:
        self.values.append(value)
        if len(self.values) >= self.limit:
            self.sweep()

    def follow(self, method: F) -> F:
        """The method of an op, whose fast way puts what it makes on the trail, as `value.record` does."""

        def followed(*operands: Any) -> Any:
            out = method(*operands)
            if not state.special and out is not NotImplemented:
                self.add(out)
            return out

        return followed  # type: ignore[return-value]

    def sweep(self) -> None:
        """Let go of the values that nothing else holds."""
        held, getrefcount = [], sys.getrefcount
        values, self.values = self.values, []
        value = object()
        alone = getrefcount(value)  # 2, for this name and the argument; in Python 3.14 it is 1
        while values:
            value = values.pop()
            if getrefcount(value) > alone:
                held.append(value)
        held.reverse()
        self.values = held
        self.limit = max(self.shortest, 2 * len(held))


local = _Local()
state = _State(Trail() if sys.platform == "emscripten" else None)


def is_grad_enabled() -> bool:
    """Whether ops in this thread record the graph."""
    return local.enabled


def _switch(enabled: bool) -> None:
    if enabled != local.enabled:
        state.shift(-1 if enabled else 1)
        local.enabled = enabled


class _Switch:
    """A context manager and decorator that sets the mode to `mode` inside and restores it after."""

    mode: bool

    def __enter__(self) -> None:
        self.previous = local.enabled
        _switch(self.mode)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        _switch(self.previous)

    def clone(self) -> _Switch:
        """A new switch for each call, since recursion and threads must not share `previous`."""
        return type(self)()

    def __call__(self, function: F) -> F:
        return _decorate(self.clone, function)


def _decorate(switch: Callable[[], _Switch], function: F) -> F:
    import functools  # here, since these take longer to import than the engine
    import inspect

    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def stepped(*args: Any, **kwargs: Any) -> Any:
            return _steps(switch, function(*args, **kwargs))

        return stepped  # type: ignore[return-value]

    @functools.wraps(function)
    def switched(*args: Any, **kwargs: Any) -> Any:
        with switch():
            return function(*args, **kwargs)

    return switched  # type: ignore[return-value]


def _steps(switch: Callable[[], _Switch], inner: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
    """`inner`, with the mode switched while it runs and the caller's own mode while it waits."""
    step: Callable[[], Any] = lambda: next(inner)  # noqa: E731
    try:
        while True:
            with switch():
                try:
                    item = step()
                except StopIteration as end:
                    return end.value
            try:
                sent = yield item
            except GeneratorExit:
                with switch():
                    inner.close()
                raise
            except BaseException as error:
                step = lambda error=error: inner.throw(error)  # type: ignore[misc] # noqa: E731
            else:
                step = lambda sent=sent: inner.send(sent)  # type: ignore[misc] # noqa: E731
    finally:
        inner.close()


class _Plain(_Switch):
    """A switch without parameters, which may decorate without parentheses: `@no_grad`."""

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        return super().__new__(cls) if function is None else _decorate(cls, function)


class no_grad(_Plain):
    """Ops inside record nothing, and give constants. `with no_grad():`, `@no_grad()` or `@no_grad`."""

    mode = False


class enable_grad(_Plain):
    """Ops inside record the graph, also within no_grad."""

    mode = True


class set_grad_enabled(_Switch):
    """Set the mode to `mode` at once; as a context manager or decorator, restore it after."""

    def __init__(self, mode: bool) -> None:
        if type(mode) is not bool:
            raise TypeError(f"set_grad_enabled(): enabled must be a bool (got {type(mode).__name__})")
        self.previous = local.enabled
        self.mode = mode
        _switch(mode)

    def __enter__(self) -> None:
        pass  # __init__ has switched already

    def clone(self) -> _Switch:
        return set_grad_enabled(self.mode)

    def __call__(self, function: F) -> F:
        _switch(self.previous)  # undo __init__: a decorator switches during calls only
        return super().__call__(function)
