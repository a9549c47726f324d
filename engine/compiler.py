"""trace and compile: run a function once, write down its ops as straight-line Python, and run that instead.

    trace(f, *examples)   the branches it took for the examples are baked in, as in torch.jit.trace
    compile(f)            comparisons are guards: a call that decides one differently is traced again
    Program               one run, and the functions that source.py writes of it

Arguments and results are Values, floats, and lists, tuples, dicts and modules of them; an int, a string or
another object belongs to the program, and f is traced again for a different one. Values that f reads besides
its arguments (parameters) are read anew at each call. Taking a number out of the graph (float(v), v.item(),
v.backward()) raises TraceError: the text would keep the number of one run.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from types import MethodType
from typing import Any

from . import batches, source
from .function import node
from .modes import enable_grad, local, state
from .structures import LEAF, flatten, rebuild
from .tape import Tape, Traced
from .tape import TraceError as TraceError
from .transforms import Recomputed, grad
from .value import Value, constant, made

_NODE = node("CompiledFunctionBackward")
_KINDS = 64  # kinds of arguments that are traced; beyond them f itself runs


class Program:
    """One run of f, as Python source, whose functions return None where a guard decides differently."""

    def __init__(self, f: Callable[..., Any], kind: Any, leaves: list[float], guarded: bool) -> None:
        self.name = getattr(f, "__name__", type(f).__name__)
        self.inputs = [Value(x) for x in leaves]
        for x in self.inputs:
            x.__class__ = Traced
        tape = Tape(self.name)
        args, kwargs = rebuild(kind, iter(self.inputs))
        before = local.tape
        with enable_grad():
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
            function = self._compiled[kind] = batches.load(self.text(*kind), kind[0])
        return function

    def text(self, *kind: Any) -> str:
        """The Python text of the function of this kind."""
        with self._lock:
            return self.writer.function(*kind)

    def given(self, floats: list[float]) -> list[float]:
        """The floats, and the numbers of the captured values."""
        return [*floats, *[v.data for v in self.captured]]

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


class Compiled:
    """A compiled function: called like the function, with `.value_and_grad(*args)` and `.source`."""

    def __init__(self, f: Callable[..., Any], guarded: bool, limit: int) -> None:
        self.f, self.guarded, self.limit = f, guarded, limit
        self.kinds: dict[Any, list[Program]] = {}
        self.last: Program | None = None
        self.__name__ = getattr(f, "__name__", type(f).__name__)
        self.__doc__ = f.__doc__

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """The compiled function as a method."""
        return self if instance is None else MethodType(self, instance)

    @property
    def programs(self) -> list[Program]:
        """Every run that was traced."""
        return [program for programs in list(self.kinds.values()) for program in programs]

    @property
    def source(self) -> str:
        """The Python text of the last trace."""
        return self.last.source if self.last else f"# {self.__name__} has not been called yet\n"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """f(*args): the same structure of Values with their graph, or of floats if f reads only numbers."""
        if local.tape is not None:
            return self.f(*args, **kwargs)
        leaves: list[Any] = []
        kind = flatten((args, kwargs), leaves)
        floats = [x if type(x) is float else x.data for x in leaves]
        wanted = tuple([i for i, x in enumerate(leaves) if type(x) is not float])
        record = local.enabled and any(leaves[i].op is not None for i in wanted)
        program, results, run = self._run(kind, floats, wanted, record)
        if program is None:
            return self.f(*args, **kwargs)
        results = (results,) if program.writer.single else results
        if not wanted and not program.captured:
            return rebuild(program.kind, iter(results))
        outputs = [made(x) for x in results]
        if run is not None:
            call = _CompiledCall(
                self, program, (args, kwargs), [leaves[i] for i in wanted], wanted, floats, run
            )
            for place, i in enumerate(program.live):
                out = outputs[i]
                out.op, out.a, out.b = _NODE, call, place
        return rebuild(program.kind, iter(outputs))

    def value_and_grad(self, *args: Any) -> tuple[float, Any]:
        """(f(*args), its gradient by each argument) as floats. TypeError if f has several results."""
        kind, floats = _numbers(args)
        program, result = self._find(kind, floats, lambda p: p.function("value_and_grad")(*p.given(floats)))
        if program is None:
            xs = [Value(x) for x in floats]
            out = constant(self.f(*rebuild(kind, iter(xs))[0]))
            slopes = grad(out, xs, allow_unused=True) if out.requires_grad else [None] * len(xs)
            result = out.data, tuple(0.0 if g is None else g.data for g in slopes)
        if len(floats) == len(args):
            return result  # type: ignore[no-any-return]
        return result[0], rebuild(kind, iter(result[1]))[0]

    def map(self, *columns: Any) -> Any:
        """f of each example, like map(f, *columns), in numbers: a list, or an array if a column is one."""
        return batches.evaluate(self, columns)

    def sum(self, *columns: Any) -> Any:
        """The sum of map(f, *columns), a Value with the summed gradient by the parameters that f reads."""
        return batches.add_up(self, columns)

    def program_for(self, kind: Any, floats: list[float]) -> Program | None:
        """A program for arguments like these; None beyond the limit."""
        return self._find(kind, floats, lambda program: program.function("value")(*program.given(floats)))[0]

    def _run(self, kind: Any, floats: list[float], wanted: tuple[int, ...], record: bool) -> Any:
        """(program, results, the generator that waits for the gradients of the results, or None)."""

        def start(program: Program) -> Any:
            given = program.given(floats)
            if program.live and (record or (local.enabled and any(v.op for v in program.captured))):
                run = program.function("run", wanted, program.live)(*given)
                results = next(run)
                return None if results is None else (results, run)
            results = program.function("value")(*given)
            return None if results is None else (results, None)

        program, found = self._find(kind, floats, start)
        return (program, *(found or (None, None)))

    def _find(
        self, kind: Any, floats: list[float], call: Callable[[Program], Any]
    ) -> tuple[Program | None, Any]:
        """The program whose guards hold for these floats, and its result; (None, None) beyond the limit."""
        programs = self.kinds.get(kind)
        for program in programs or ():
            result = call(program)
            if result is not None:
                return program, result
        if not self.guarded and self.kinds:
            raise TypeError(_differs(self.__name__, next(iter(self.kinds)), kind))
        if len(programs or ()) >= self.limit or (programs is None and len(self.kinds) >= _KINDS):
            return None, None
        self.last = program = Program(self.f, kind, floats, self.guarded)
        self.kinds.setdefault(kind, []).append(program)
        return program, call(program)


def _numbers(args: tuple[Any, ...]) -> tuple[Any, list[float]]:
    """The kind of arguments whose ints are numbers to compute with, and their numbers."""
    leaves: list[Any] = []
    kind = flatten((tuple([float(x) if isinstance(x, int) else x for x in args]), {}), leaves)
    return kind, [x if type(x) is float else x.data for x in leaves]


def _differs(name: str, traced: Any, called: Any) -> str:
    """The error where a trace is called with other arguments."""
    counts = [args[1] if type(args[1]) is int else len(args[1]) for args in (traced[1][0], called[1][0])]
    if counts[0] == counts[1]:
        return f"{name} was traced with other structures or static arguments than it is called with"
    return f"{name} was traced with {counts[0]} arguments, called with {counts[1]}"


class _CompiledCall(Recomputed):
    """A call of a compiled function: backward runs the compiled gradient, double backward f itself."""

    def __init__(
        self,
        compiled: Compiled,
        program: Program,
        args: tuple[Any, Any],
        values: list[Value],
        wanted: tuple[int, ...],
        floats: list[float],
        run: Any,
    ) -> None:
        self.op, self.width, self.grad = _NODE, len(program.live), 0.0
        self.compiled, self.program, self.given = compiled, program, args
        self.values, self.wanted, self.floats = values, wanted, floats
        self.run = run  # the generator that waits for the gradients; used once

    @property
    def b(self) -> tuple[Value, ...]:  # type: ignore[override]
        """The inputs: found when they are asked for, since there may be thousands."""
        inputs = dict.fromkeys((*self.values, *self.program.captured))
        return tuple(x for x in inputs if x.op is not None)

    @property
    def below(self) -> list[Value]:
        return [*self.values, *self.program.inner]

    def f(self) -> Any:
        """The function itself, on these arguments."""
        args, kwargs = self.given
        return self.compiled.f(*args, **kwargs)

    args = ()

    def outputs(self, result: Any) -> list[Any]:
        leaves: list[Any] = []
        flatten(result, leaves)
        return [leaves[i] for i in self.program.live]

    def pull(self, grads: list[Any], graph: bool) -> Iterable[tuple[Value, Any]]:
        if graph:
            return super().pull(grads, graph)
        run, self.run = self.run, None
        if run is not None and None not in grads:
            slopes = run.send(tuple(grads))
        else:
            seeds = [i for i, g in zip(self.program.live, grads, strict=True) if g is not None]
            function = self.program.function("gradients", self.wanted, tuple(seeds))
            slopes = function(*self.program.given(self.floats), *[g for g in grads if g is not None])
            if slopes is None:  # a captured value has changed since, and a guard with it
                return super().pull(grads, graph)
        return zip((*self.values, *self.program.captured), slopes, strict=True)


def trace(f: Callable[..., Any], *examples: Any) -> Compiled:
    """f as it ran on the examples, compiled. A branch, a loop count, a number it printed: as they were then.

    TraceError if f takes a number out of the graph, or returns no Value.
    """
    compiled = Compiled(f, guarded=False, limit=1)
    kind, floats = _numbers(examples)
    compiled.last = Program(f, kind, floats, guarded=False)
    compiled.kinds[kind] = [compiled.last]
    return compiled


def compile(f: Callable[..., Any], limit: int = 8) -> Compiled:
    """f compiled at its first call, and again when a comparison goes another way; after `limit` times f.

    Also a decorator. TraceError, at a call, if f takes a number out of the graph, or returns no Value.
    """
    return Compiled(f, guarded=True, limit=limit)
