"""A compiled function over many examples at once, in lists or NumPy arrays.

examples   columns, as map() takes them, as one column for each leaf of an example
evaluate   f of each example, as numbers
add_up     the sum of f over the examples, a Value with the summed gradient by the parameters

On lists the lines of the function stand in a loop; on arrays the same lines run on chunks of the columns.
"""

from __future__ import annotations

import math
import re
import sys
from typing import Any

from . import source
from .calls import node
from .modes import local
from .structures import LEAF, flatten, rebuild
from .symbols import C_NAMES, CALLS
from .transforms import Recomputed
from .value import Value, made

CHUNK = 1024  # examples: what is computed of them stays in the processor's cache
_NODE = node("CompiledFunctionBackward")


class Examples:
    """The kind of one example, a column for each of its leaves, and how many examples there are."""

    def __init__(self, columns: tuple[Any, ...]) -> None:
        self.columns = columns
        self.arrays = any(hasattr(column, "dtype") for column in columns)
        self.count = len(columns[0])
        if any(len(column) != self.count for column in columns):
            raise ValueError(f"columns of different length: {', '.join(str(len(c)) for c in columns)}")
        first: list[Any] = []
        self.kind = flatten((self[0], {}), first) if self.count else None
        self.first = [x if type(x) is float else x._data for x in first]

    def __getitem__(self, i: int) -> tuple[Any, ...]:
        return tuple([_example(column[i]) for column in self.columns])

    def leaves(self) -> list[Any] | None:
        """A column for each leaf; None if the examples are not all of one kind, or hold Values."""
        if self.arrays:
            numpy = sys.modules["numpy"]
            arrays = [numpy.asarray(column, dtype=float) for column in self.columns]
            flat = [numpy.ascontiguousarray(a.reshape(self.count, -1).T) for a in arrays]
            return [leaf for rows in flat for leaf in rows]
        rows = []
        for i in range(self.count):
            row: list[Any] = []
            if flatten((self[i], {}), row) != self.kind or set(map(type, row)) != {float}:
                return None
            rows.append(row)
        return [list(leaf) for leaf in zip(*rows, strict=True)]


def _example(x: Any) -> Any:
    """One example's argument, with ints as floats and the rows of arrays as lists."""
    if hasattr(x, "tolist"):
        x = x.tolist()
    if isinstance(x, (list, tuple)):
        return type(x)(map(_example, x))
    return float(x) if isinstance(x, int) else x


def evaluate(compiled: Any, columns: tuple[Any, ...]) -> Any:
    """f of each example: a list, or an array if there are arrays among the columns."""
    examples = Examples(columns)
    leaves = examples.leaves() if examples.count else []
    if leaves and examples.arrays:
        program = compiled.program_for(examples.kind, examples.first)
        parts = program and _in_chunks(program, "array_values", leaves, examples.count)
        if program and parts:
            single = program.kind == LEAF
            found = [
                _joined(part, examples.count) for part in ([parts] if single else zip(*parts, strict=True))
            ]
            return rebuild(program.kind, iter(found))
    results = []
    for i in range(examples.count):
        flat: list[Any] = []
        kind = flatten(compiled(*examples[i]), flat)
        results.append(rebuild(kind, iter([getattr(x, "data", x) for x in flat])))
    return sys.modules["numpy"].array(results) if examples.arrays else results


def _in_chunks(program: Any, kind: str, leaves: list[Any], count: int) -> list[Any] | None:
    """The function of this kind on each chunk of the columns; None if a guard decides differently."""
    numpy = sys.modules["numpy"]
    function, parts = program.function(kind), []
    with numpy.errstate(all="ignore"):
        for at in range(0, count, CHUNK):
            part = function(*[leaf[at : at + CHUNK] for leaf in leaves], *program.given([]))
            if part is None:
                return None
            parts.append(part)
    return parts


def _joined(parts: Any, count: int) -> Any:
    """The chunks of a result in one array, also where it is the same number for every example."""
    numpy = sys.modules["numpy"]
    sizes = [min(CHUNK, count - at) for at in range(0, count, CHUNK)]
    return numpy.concatenate([numpy.broadcast_to(x, size) for x, size in zip(parts, sizes, strict=True)])


def add_up(compiled: Any, columns: tuple[Any, ...]) -> Any:
    """The sum of f over the examples, with the summed gradient by the values that f reads."""
    examples = Examples(columns)
    leaves = examples.leaves() if examples.count else None
    program: Any = compiled.program_for(examples.kind, examples.first) if leaves else None
    found = None
    if program is not None and program.kind == LEAF and program.live:
        found = (_add_arrays if examples.arrays else _add_lists)(program, leaves, examples.count)
    if found is None:  # examples with Values or of several kinds, or a guard that decides differently
        terms = [compiled(*examples[i]) for i in range(examples.count)]
        return sum(terms[1:], terms[0]) if terms else 0.0
    out = made(found[0])
    inputs = tuple(x for x in program.captured if x.op is not None)
    if local.enabled and inputs:
        out.op, out.a, out.b = _NODE, _Total(compiled.f, examples, program, inputs, found[1]), 0
    return out


def _add_lists(program: Any, leaves: Any, count: int) -> Any:
    return program.function("total")(*leaves, *program.given([]))


def _add_arrays(program: Any, leaves: Any, count: int) -> tuple[float, list[float]] | None:
    parts = _in_chunks(program, "arrays", leaves, count)
    if parts is None:
        return None
    total, slopes = 0.0, [0.0] * len(program.captured)
    for i, (value, gradient) in enumerate(parts):
        size = min(CHUNK, count - i * CHUNK)
        total += _sum(value, size)
        slopes = [t + _sum(g, size) for t, g in zip(slopes, gradient, strict=True)]
    return total, slopes


def _sum(x: Any, size: int) -> float:
    """The sum over a chunk of an array, or of a number that is the same for every example."""
    return float(x.sum()) if getattr(x, "shape", None) else float(x) * size


def space() -> dict[str, Any]:
    """What the lines call, for arrays."""
    numpy = sys.modules["numpy"]
    functions = {"erf": numpy.vectorize(math.erf), "erfc": numpy.vectorize(math.erfc)}
    for name in ("where", "fabs", "inf", "nan", "logical_not", *CALLS):
        spelled = C_NAMES.get(name, name)
        found = getattr(numpy, spelled, None) or getattr(numpy, re.sub("^a", "arc", spelled), None)
        functions.setdefault(spelled, found)
    return {**functions, "any_of": numpy.any, "pow": numpy.power}


class _Total(Recomputed):
    """The sum over the examples: its gradient was computed with it; double backward runs f itself."""

    def __init__(
        self, f: Any, examples: Examples, program: Any, inputs: tuple[Value, ...], slopes: Any
    ) -> None:
        super().__init__(_NODE, lambda: sum(f(*examples[i]) for i in range(examples.count)), (), inputs)
        self.width = 1
        self.pairs = list(zip(program.captured, slopes, strict=True))

    def pull(self, grads: list[Any], graph: bool) -> Any:
        if graph:
            return super().pull(grads, graph)
        return [(x, slope * grads[0]) for x, slope in self.pairs]


def load(text: str, kind: str) -> Any:
    """The function in the text: on arrays, with NumPy's functions."""
    return source.load(text, kind, space()) if kind.startswith("array") else source.load(text, kind)
