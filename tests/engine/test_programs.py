"""Whole programs drawn at random, run on Values and on torch's float64 scalars."""

import math

import torch
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import engine
from engine import Value

from .cases import BINARY, UNARY, chain_of, close, tensor, value_of

# The ops drawn keep numbers moderate and are smooth enough that both sides' roundings stay together.
SAFE_UNARY = [case for case in UNARY if case.name not in ("3 / a", "a / 0", "a / a")]
NUMBERS = st.floats(-3.0, 3.0).map(lambda x: round(x, 3))

steps = st.one_of(
    st.tuples(st.just("unary"), st.integers(0, len(SAFE_UNARY) - 1), st.integers(0, 99)),
    st.tuples(st.just("binary"), st.integers(0, len(BINARY) - 1), st.integers(0, 99), st.integers(0, 99)),
    st.tuples(st.just("number"), st.integers(0, 3), st.integers(0, 99), NUMBERS),
    st.tuples(st.just("detach"), st.integers(0, 99)),
    st.tuples(st.just("no_grad"), st.integers(0, len(BINARY) - 1), st.integers(0, 99), st.integers(0, 99)),
    st.tuples(st.just("constant"), NUMBERS),
    st.tuples(st.just("branch"), st.integers(0, 99), st.integers(0, 99)),
)
programs = st.lists(steps, min_size=1, max_size=14)
inputs = st.lists(NUMBERS, min_size=1, max_size=4)


def run(program, leaves, make, side, no_grad):
    """The program's result: each step makes a value from earlier ones, which it names by number."""
    values = list(leaves)

    def pick(i):
        return values[-1 - i % len(values)]

    for kind, *rest in program:
        if kind == "unary":
            out = getattr(SAFE_UNARY[rest[0]], side)(pick(rest[1]))
        elif kind == "binary":
            out = getattr(BINARY[rest[0]], side)(pick(rest[1]), pick(rest[2]))
        elif kind == "number":
            v, n = pick(rest[1]), rest[2]
            out = (v + n, n - v, v * n, n * v)[rest[0]]
        elif kind == "detach":
            out = pick(rest[0]).detach()
        elif kind == "no_grad":
            with no_grad():
                out = getattr(BINARY[rest[0]], side)(pick(rest[1]), pick(rest[2]))
        elif kind == "constant":
            out = make(rest[0], requires_grad=False)
        else:
            a, b = pick(rest[0]), pick(rest[1])
            out = a * b if a > b else a - b
        values.append(out)
    total = values[-1]
    for v in values[-4:-1]:
        total = total + v
    return total


def tame(theirs):
    """Whether a program stays where rounding does not decide: no nan, no inf, nothing huge."""
    return all(math.isfinite(x) and abs(x) < 1e6 for x in theirs)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs, inputs)
@example([("binary", 2, 0, 0), ("unary", 0, 0)], [2.0])
def test_programs(program, numbers):
    """Values and gradients agree to 1e-12, chains exactly."""
    xs, ts = [Value(x) for x in numbers], [tensor(x) for x in numbers]
    ours = run(program, xs, Value, "ours", engine.no_grad)
    theirs = run(program, ts, tensor, "theirs", torch.no_grad)
    assert chain_of(ours.grad_fn) == chain_of(theirs.grad_fn)
    assert close(ours.data, value_of(theirs), floor=1e-12) or not tame([value_of(theirs)])
    assert ours.requires_grad == theirs.requires_grad
    if not theirs.requires_grad:
        return
    ours.backward()
    theirs.backward()
    slopes = [0.0 if t.grad is None else t.grad.item() for t in ts]
    if tame([value_of(theirs), *slopes]):
        scale = max(1.0, *map(abs, slopes))
        for x, slope in zip(xs, slopes, strict=True):
            assert close(x.grad, slope, floor=1e-12 * scale), (x.grad, slope)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs, inputs)
def test_programs_compiled(program, numbers):
    """A compiled program gives the eager one's floats, bit for bit, and so do its gradients."""
    xs = [Value(x) for x in numbers]
    out = run(program, xs, Value, "ours", engine.no_grad)
    if out.requires_grad:
        out.backward()
    compiled = engine.compile(lambda *vs: run(program, vs, Value, "ours", engine.no_grad))
    value, slopes = compiled.value_and_grad(*numbers)
    assert repr(value) == repr(out.data)
    assert list(map(repr, slopes)) == [repr(x.grad) for x in xs]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs, inputs)
def test_programs_twice(program, numbers):
    """Second derivatives agree too: the gradient's gradient, through create_graph."""
    results = []
    for make, side, grad, no_grad in (
        (Value, "ours", engine.grad, engine.no_grad),
        (tensor, "theirs", torch.autograd.grad, torch.no_grad),
    ):
        xs = [make(x) for x in numbers]
        out = run(program, xs, make, side, no_grad)
        if not out.requires_grad:
            return
        first = [
            g
            for g in grad(out, xs, create_graph=True, allow_unused=True)
            if g is not None and g.requires_grad
        ]
        total = sum(first, make(0.0))
        if not total.requires_grad:
            return
        second = grad(total, xs, allow_unused=True)
        results.append([0.0 if g is None else value_of(g) for g in second])
    if len(results) == 2 and tame(results[1]):
        scale = max(1.0, *map(abs, results[1]))
        assert all(close(a, b, rel=1e-9, floor=1e-9 * scale) for a, b in zip(*results, strict=True)), results
