"""map and sum of a compiled function: many examples at once, on lists and on NumPy arrays."""

import random

import numpy as np
import pytest

import engine.functional as F
from engine import Value, compile, no_grad

RNG = random.Random(5)
XS = [[RNG.uniform(-2.0, 2.0), RNG.uniform(-2.0, 2.0)] for _ in range(2500)]
YS = [RNG.choice((-1, 1)) for _ in XS]


def model():
    """A loss with two parameters that uses most ops, and the parameters."""
    w, b = Value(0.7, label="w"), Value(-0.2)

    def loss(x, y):
        z = F.tanh(x[0] * w + b) + F.elu(x[1]) * F.gelu(w) + F.softplus(x[0] * b) + F.silu(x[1])
        z = z + F.leaky_relu(x[0]) + F.clamp(x[1] * w, -1.0, 1.0) + F.logsigmoid(z) + abs(x[0]) * F.erf(b)
        z = z + F.maximum(x[0], x[1]) + F.gelu(x[1], "tanh") + (w * w + 1) ** 0.5 / (2 + F.sign(x[0])) + w**3
        return F.relu(1 - z * y) + w * 0.01

    return loss, w, b


def by_loop():
    """The values one by one, and the gradients of their sum by backward."""
    loss, w, b = model()
    values = [loss(x, y) for x, y in zip(XS, YS, strict=True)]
    for v in values:
        v.backward()
    return [v.data for v in values], w.grad, b.grad


@pytest.mark.parametrize("columns", [(XS, YS), (np.array(XS), np.array(YS))], ids=["lists", "arrays"])
def test_sum_and_map(columns):
    """The values and the summed gradient are those of a loop, to 1e-12; lists have the very bits."""
    values, dw, db = by_loop()
    loss, w, b = model()
    compiled = compile(loss)
    total = compiled.sum(*columns)
    total.backward()
    mapped = compiled.map(*columns)
    assert type(mapped) is type(columns[0])
    if isinstance(mapped, list):
        assert mapped == values
    assert list(mapped) == pytest.approx(values, rel=1e-12)
    assert (total.data, w.grad, b.grad) == pytest.approx((sum(values), dw, db), rel=1e-12)
    assert len(compiled.programs) == 1
    with no_grad():
        assert not compiled.sum(*columns).requires_grad


def test_sum_in_a_graph():
    """The sum is a node of a graph like another, also when that is differentiated twice."""
    w = Value(2.0)
    compiled = compile(lambda x: w * w * x)
    mean = compiled.sum([1.0, 2.0, 3.0]) / 3
    (mean * w).backward()
    assert (mean.data, w.grad) == (8.0, 24.0)
    assert type(mean.grad_fn.next_functions[0][0]).__name__ == "CompiledFunctionBackward"
    w.grad = 0.0
    compiled.sum([1.0, 2.0]).backward(create_graph=True)
    assert w.grad.data == 12.0
    assert w.grad.requires_grad


def test_structures_of_results():
    """map gives the structure of the result, of lists or of arrays."""
    compiled = compile(lambda x: {"x": x * 2, "one": Value(1.0)})
    assert compiled.map([1.0, 2.0]) == [{"x": 2.0, "one": 1.0}, {"x": 4.0, "one": 1.0}]
    arrays = compiled.map(np.array([1.0, 2.0]))
    assert {key: list(column) for key, column in arrays.items()} == {"x": [2.0, 4.0], "one": [1.0, 1.0]}


@pytest.mark.parametrize("make", [list, np.array], ids=["lists", "arrays"])
def test_branches(make):
    """Where examples branch differently the function runs on each, as right as before."""
    w = Value(3.0)
    compiled = compile(lambda x: w * x if x > 0 else w)
    columns = make([1.0, -1.0, 2.0])
    assert list(compiled.map(columns)) == [3.0, 3.0, 6.0]
    total = compiled.sum(columns)
    total.backward()
    assert (total.data, w.grad) == (12.0, 4.0)


def test_examples_that_do_not_fit():
    """Columns of different length are an error; no examples give an empty list and 0.0."""
    compiled = compile(lambda x, y: x * y)
    with pytest.raises(ValueError, match="columns of different length: 2, 1"):
        compiled.map([1.0, 2.0], [1.0])
    assert (compiled.map([], []), compiled.sum([], [])) == ([], 0.0)
    assert compiled.map([Value(2.0)], [3]) == [6.0]
