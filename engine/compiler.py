"""trace and compile: run a function once, write down its ops as straight-line Python, and run that instead.

    trace(f, *examples)   the branches it took for the examples are baked in, as in torch.jit.trace
    compile(f)            comparisons are guards: a call that decides one differently is traced again
    Compiled              a compiled function: a Program (program.py) for each kind of arguments and branch

Arguments and results are Values, floats, and lists, tuples, dicts and modules of them; an int, a string or
another object belongs to the program, and f is traced again for a different one. Values that f reads besides
its arguments (parameters) are read anew at each call. Taking a number out of the graph (float(v), v.item(),
v.backward()) raises TraceError: the text would keep the number of one run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import MethodType
from typing import Any

from . import batches
from .calls import node
from .modes import local
from .program import Program
from .structures import LEAF, flatten, rebuild
from .tape import TraceError as TraceError
from .transforms import Recomputed, grad
from .value import Value, constant, made

_NODE = node("CompiledFunctionBackward")
_KINDS = 64  # kinds of arguments that are traced; beyond them f itself runs


class Compiled:
    """A compiled function: called like the function, with `.value_and_grad(*args)` and `.source`."""

    def __init__(self, f: Callable[..., Any], guarded: bool, limit: int, native: bool = False) -> None:
        self.f, self.guarded, self.limit, self.native = f, guarded, limit, native
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

    @property
    def c_source(self) -> str:
        """The C text of the last trace: the value with its gradient, or the value if there are several."""
        if self.last is None:
            return f"/* {self.__name__} has not been called yet */\n"
        return self.last.c_text("value_and_grad" if self.last.kind == LEAF else "value")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """f(*args): the same structure of Values with their graph, or of floats if f reads only numbers."""
        if local.tape is not None:
            return self.f(*args, **kwargs)
        leaves: list[Any] = []
        kind = flatten((args, kwargs), leaves)
        floats = [x if type(x) is float else x._data for x in leaves]
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
                run = None if self.native else program.function("run", wanted, program.live)(*given)
                results = next(run) if run else program.function("value")(*given)
                return None if results is None else (results, run or "native")
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
        self.last = program = Program(self.f, kind, floats, self.guarded, self.native)
        self.kinds.setdefault(kind, []).append(program)
        return program, call(program)


def _numbers(args: tuple[Any, ...]) -> tuple[Any, list[float]]:
    """The kind of arguments whose ints are numbers to compute with, and their numbers."""
    leaves: list[Any] = []
    if set(map(type, args)) == {float}:
        return flatten((args, {}), leaves), leaves
    kind = flatten((tuple([float(x) if isinstance(x, int) else x for x in args]), {}), leaves)
    return kind, [x if type(x) is float else x._data for x in leaves]


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
        self.op, self.width, self._grad = _NODE, len(program.live), 0.0
        self.compiled, self.program, self.given = compiled, program, args
        self.values, self.wanted, self.floats = values, wanted, floats
        self.run = None if run == "native" else run  # the generator that waits for the gradients; used once

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


def compile(f: Callable[..., Any] | None = None, limit: int = 8, backend: str = "python") -> Any:
    """f compiled at its first call, and again when a comparison goes another way; after `limit` times f.

    Also a decorator: @compile or @compile(backend="c"). With the back end "c" the code is C, built by the
    system's compiler. TraceError, at a call, if f takes a number out of the graph, or returns no Value.
    """
    if backend not in ("python", "c"):
        raise ValueError(f"compile: backend must be 'python' or 'c', got {backend!r}")
    if f is None:
        return lambda f: compile(f, limit, backend)
    return Compiled(f, guarded=True, limit=limit, native=backend == "c")
