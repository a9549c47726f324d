"""The op table against PyTorch: every row, on ordinary and on hard numbers."""

import itertools
import math
import struct

import pytest
import torch

import engine
from engine import Value
from engine.ops import TABLE

from .cases import BINARY, CASES, HARD, ORDINARY, Case, chain_of, close, missing, tensor, value_of

# PyTorch's second derivative of gelu is inf * 0 where x * x overflows; ours is the true 0.
TORCH_OVERFLOWS = {("gelu", 1e308), ("gelu", -1e308)}


def points(case: Case) -> list[tuple[float, ...]]:
    """The inputs of a case: every number for one operand, every pair for two."""
    return list(itertools.product([*ORDINARY, *HARD], repeat=case.arity))


def derivatives(run, grad, xs):
    """The value, the first and the second derivatives, and the chain."""
    out = run(*xs)
    first = grad(out, xs, create_graph=True)
    second = []
    for slope in first:
        if not slope.requires_grad:
            second.append("no graph")
            continue
        rows = grad(slope, xs, allow_unused=True, retain_graph=True)
        second += [None if row is None else value_of(row) for row in rows]
    return value_of(out), [value_of(slope) for slope in first], second, chain_of(out.grad_fn)


def test_every_row_is_spelled():
    """Every op of the table has a case."""
    assert missing() == set()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_like_torch(case):
    """Value, gradient, second derivative and chain are PyTorch's, also at 0, ties, inf, nan and overflow."""
    for point in points(case):
        ours = derivatives(case.ours, engine.grad, [Value(x) for x in point])
        theirs = derivatives(case.theirs, torch.autograd.grad, [tensor(x) for x in point])
        assert close(ours[0], theirs[0]), (point, ours[0], theirs[0])
        assert all(map(close, ours[1], theirs[1])), (point, ours[1], theirs[1])
        assert ours[3] == theirs[3], point
        if (case.name, point[0]) not in TORCH_OVERFLOWS:
            assert len(ours[2]) == len(theirs[2]), (point, ours[2], theirs[2])
            for a, b in zip(ours[2], theirs[2], strict=True):
                # PyTorch's own logsigmoid cancels to 1e-16; elsewhere this is 1e-12 relative
                assert a == b or close(a, b, floor=1e-15), (point, ours[2], theirs[2])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_backward_is_grad(case):
    """The fast walk of backward() and the general walk of grad() give the same floats."""
    for point in points(case):
        xs = [Value(x) for x in point]
        case.ours(*xs).backward()
        ys = [Value(x) for x in point]
        for x, slope in zip(xs, engine.grad(case.ours(*ys), ys), strict=True):
            assert close(x.grad, slope.data, rel=0.0)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_compiled_is_eager(case):
    """The compiled value and gradients equal the eager ones bit for bit; -0.0 and 0.0 differ."""
    compiled = {}
    for point in points(case):
        xs = [Value(x) for x in point]
        out = case.ours(*xs)
        out.backward()
        if case not in compiled:
            compiled[case] = engine.trace(case.ours, *point)
        value, slopes = compiled[case].value_and_grad(*point)
        assert bits(value, *slopes) == bits(out.data, *(x.grad for x in xs)), point


def bits(*xs: float) -> list[bytes]:
    """The floats as they lie in memory, but one nan for all nans."""
    return [b"nan" if math.isnan(x) else struct.pack("d", x) for x in xs]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_freed_like_torch(case):
    """A second backward raises where PyTorch's does: where the op saved something."""

    def again(run, x):
        out = run(*x)
        out.backward()
        try:
            out.backward()
        except RuntimeError as error:
            return str(error)[:50]
        return "allowed"

    point = (0.7, 1.3)[: case.arity]
    assert again(case.ours, [Value(x) for x in point]) == again(case.theirs, [tensor(x) for x in point])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_local_gradients(case):
    """The chain rule by hand works with parents and local_gradients() alone, also on a freed graph."""
    xs = [Value(x) for x in (0.7, 1.3)[: case.arity]]
    out = case.ours(*xs)
    slopes = engine.grad(out, xs, retain_graph=True)
    out.backward()

    def walk(v, upstream, total):
        for parent, slope in zip(v.parents, v.local_gradients(), strict=True):
            total[parent] = total.get(parent, 0.0) + upstream * slope
            walk(parent, upstream * slope, total)
        return total

    total = walk(out, 1.0, {})
    assert [total[x] for x in xs] == [pytest.approx(slope.data, rel=1e-14, nan_ok=True) for slope in slopes]


@pytest.mark.parametrize("case", BINARY, ids=str)
@pytest.mark.parametrize("constant", [0, 1])
def test_constant_operand(case, constant):
    """A Value that requires no grad is an edge None, gets no gradient, and leaves the other's as it is."""
    grads = []
    for make, run in ((Value, case.ours), (tensor, case.theirs)):
        xs = [make(x, requires_grad=i != constant) for i, x in enumerate((0.7, 1.3))]
        out = run(*xs)
        out.backward()
        grads.append((float(xs[1 - constant].grad), chain_of(out.grad_fn)))
        assert xs[constant].grad in (0.0, None)
    assert grads[0][0] == pytest.approx(grads[1][0], rel=1e-14)
    assert grads[0][1] == grads[1][1]


@pytest.mark.parametrize("key", TABLE)
def test_one_name(key):
    """The node's class, name() and repr agree, and the row's repr names both."""
    row = TABLE[key]
    case = next(
        case for case in CASES if (case.key == key and key != "reciprocal") or case.key == case.name == key
    )
    node = case.ours(*[Value(0.5) for _ in range(case.arity)]).grad_fn
    assert {type(node).__name__, node.name(), repr(node)[1:-1]} <= {row.name, "NegBackward0"}
    assert repr(row) == f"<op {key}: {row.name}>"


@pytest.mark.parametrize("name", ["exp", "gelu", "maximum", "softplus", "pow", "clamp"])
def test_functional_on_numbers(name):
    """The functions take plain numbers too, ints among them, and give floats."""
    arguments = {"maximum": (1, 2.5), "pow": (-8, 1 / 3), "clamp": (3, 0, 1)}.get(name, (1,))
    ours = getattr(engine.functional, name)(*arguments)
    theirs = getattr(engine.functional, name)(Value(arguments[0]), *arguments[1:]).data
    assert type(ours) is float
    assert bits(ours) == bits(theirs)
