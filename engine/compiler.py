"""trace and compile: run a function once, write down its ops as straight-line Python, and run that instead.

    trace(f, *examples)   the branches it took for the examples are baked in, as in torch.jit.trace
    compile(f)            comparisons are guards: a call that decides one differently is traced again
    Tape                  the ops and comparisons of one run, in order
    Program               a tape and its result, written out as source (source.py) and compiled

Values that f reads besides its arguments (parameters) are read anew at each call. Taking a number out of the
graph (float(v), v.item(), v.data, v.backward()) raises TraceError: the text would keep the number of one run.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from threading import Lock
from typing import Any

from . import source
from .convert import number
from .function import connect, node
from .modes import enable_grad, local, state
from .ops import Op
from .source import TraceError as TraceError
from .transforms import Recomputed, grad
from .value import Value, constant, made, read

_NODE = node("CompiledFunctionBackward")


class Traced(Value):
    """A Value on a tape: its number may be computed with and compared, but not taken out."""

    __slots__ = ()

    @property
    def data(self) -> float:
        """The number. TraceError while tracing."""
        if local.tape is not None:
            local.tape.escape(".data")
        return read(self)

    @data.setter
    def data(self, data: float) -> None:
        if local.tape is not None:
            local.tape.escape("setting .data")
        _write(self, data)


_write = Value.__dict__["data"].__set__


class Tape:
    """The ops and comparisons of one run, in order: (out, op, a, b) and (went, symbol, a, b)."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.entries: list[tuple[Any, Any, Any, Any]] = []

    def append(self, out: Value, op: Op, a: Any, b: Any) -> None:
        out.__class__ = Traced
        self.entries.append((out, op, a, b))

    def compared(self, went: bool, symbol: str, a: Any, b: Any) -> None:
        self.entries.append((went, symbol, a, b))

    def escape(self, what: str) -> None:
        raise TraceError(
            f"{self.name} cannot be traced: {what} takes a number out of the graph, and what it is now "
            "would be baked into the code. Compute with the Value itself; compare it with <, > and ==."
        )


class Program:
    """One run of f, as Python source, whose functions return None where a guard decides differently."""

    def __init__(self, f: Callable[..., Any], examples: tuple[Any, ...], guarded: bool) -> None:
        name = getattr(f, "__name__", type(f).__name__)
        self.inputs = [Value(x.data if isinstance(x, Value) else number(x)) for x in examples]
        tape = Tape(name)
        for x in self.inputs:
            x.__class__ = Traced
        with enable_grad():
            local.tape = tape
            state.shift(1)
            try:
                result = f(*self.inputs)
            finally:
                local.tape = None
                state.shift(-1)
        if not isinstance(result, (Value, int, float)):
            kind = type(result).__name__
            raise TraceError(
                f"{name} cannot be traced: it must return one Value or number, it returned a {kind}."
            )
        self.result = constant(result)
        self.writer = source.Writer(
            name, _names(f, len(examples)), self.inputs, tape.entries, self.result, guarded
        )
        self.captured = self.writer.captured
        self._compiled: dict[str, Callable[..., Any]] = {}
        self._lock = Lock()  # a writer writes one function at a time

    def run(self, kind: str, args: tuple[float, ...]) -> Any:
        """Call the compiled function of this kind ("value", "value_and_grad", "gradients") on floats."""
        function = self._compiled.get(kind)
        if function is None:
            function = self._compiled[kind] = source.load(self.text(kind), kind)
        captured = self.captured
        return function(*args, *[v.data for v in captured]) if captured else function(*args)

    def text(self, kind: str) -> str:
        """The Python text of the function of this kind."""
        with self._lock:
            return self.writer.function(kind)

    @property
    def source(self) -> str:
        """The Python text: the value, and the value with its gradient."""
        return self.text("value") + "\n\n" + self.text("value_and_grad")


def _names(f: Callable[..., Any], count: int) -> list[str]:
    """The names of f's parameters, as many as there are arguments; x0, x1, ... for a *args or a builtin."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return [f"x{i}" for i in range(count)]
    plain = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return (plain + [f"x{i}" for i in range(len(plain), count)])[:count]


class Compiled:
    """A compiled function: called like the function, with `.value_and_grad(*floats)` and `.source`."""

    def __init__(self, f: Callable[..., Any], guarded: bool, limit: int) -> None:
        self.f, self.guarded, self.limit = f, guarded, limit
        self.programs: list[Program] = []
        self.__name__ = getattr(f, "__name__", type(f).__name__)
        self.__doc__ = f.__doc__

    @property
    def source(self) -> str:
        """The Python text of the last trace."""
        return self.programs[-1].source if self.programs else f"# {self.__name__} has not been called yet\n"

    def __call__(self, *args: Any) -> Any:
        """f(*args): a Value with its graph, or a float if f reads only numbers."""
        if local.tape is not None:
            return self.f(*args)
        floats = tuple(x.data if isinstance(x, Value) else number(x) for x in args)
        program, value = self._run("value", floats)
        if program is None:
            return self.f(*args)
        inputs = [x for x in (*args, *program.captured) if isinstance(x, Value)]
        if not inputs:
            return value
        wanted = tuple(dict.fromkeys(x for x in inputs if x.requires_grad)) if local.enabled else ()
        if not (wanted and program.result.requires_grad):
            return made(value)
        return connect(_CompiledCall(self, program, args, floats, wanted), (value,))[0]

    def value_and_grad(self, *args: float) -> tuple[float, tuple[float, ...]]:
        """(f(*args), its gradient by each argument) as floats."""
        program, result = self._run("value_and_grad", args)
        if program is None:
            xs = [Value(number(x)) for x in args]
            out = constant(self.f(*xs))
            slopes = grad(out, xs, allow_unused=True) if out.requires_grad else [None] * len(xs)
            return out.data, tuple(0.0 if g is None else g.data for g in slopes)
        return result  # type: ignore[no-any-return]

    def _run(self, kind: str, floats: tuple[float, ...]) -> tuple[Program | None, Any]:
        """The program whose guards hold for these floats, and its result; (None, None) beyond the limit."""
        for program in self.programs:
            if len(program.inputs) == len(floats):
                result = program.run(kind, floats)
                if result is not None:
                    return program, result
                if not self.guarded:
                    break
        if not self.guarded and self.programs:
            traced = len(self.programs[0].inputs)
            raise TypeError(f"{self.__name__} was traced with {traced} arguments, called with {len(floats)}")
        if len(self.programs) >= self.limit:
            return None, None
        program = Program(self.f, floats, self.guarded)
        self.programs.append(program)
        return program, program.run(kind, floats)


class _CompiledCall(Recomputed):
    """A call of a compiled function: backward runs the compiled gradient, double backward f itself."""

    def __init__(
        self,
        compiled: Compiled,
        program: Program,
        args: tuple[Any, ...],
        floats: tuple[float, ...],
        inputs: Any,
    ) -> None:
        super().__init__(_NODE, compiled.f, args, inputs)
        self.program, self.floats = program, floats

    def pull(self, grads: list[Any], graph: bool) -> list[tuple[Value, Any]]:
        result = None if graph else self.program.run("gradients", self.floats)
        if result is None:
            return super().pull(grads, graph)
        total: dict[Value, float] = dict.fromkeys(self.b, 0.0)
        for x, slope in zip((*self.args, *self.program.captured), result, strict=True):
            if x in total:
                total[x] += grads[0] * slope
        return list(total.items())


def trace(f: Callable[..., Any], *examples: Any) -> Compiled:
    """f as it ran on the examples, compiled. A branch, a loop count, a number it printed: as they were then.

    TraceError if f takes a number out of the graph, or does not return one Value.
    """
    compiled = Compiled(f, guarded=False, limit=1)
    compiled.programs.append(Program(f, examples, guarded=False))
    return compiled


def compile(f: Callable[..., Any], limit: int = 8) -> Compiled:
    """f compiled at its first call, and again when a comparison goes another way; after `limit` times f.

    TraceError, at a call, if f takes a number out of the graph, or does not return one Value.
    """
    return Compiled(f, guarded=True, limit=limit)
