"""Numbers that come from elsewhere, functions of math, advice in errors, and names of PyTorch."""

import math
import random

import numpy as np
import pytest
import torch

import engine
from engine import Value, nn, optim

# --- numbers that come from elsewhere


@pytest.mark.parametrize(
    "change",
    [np.zeros_like, np.float32, np.float64, int, lambda g: np.clip(g, -0.5, 0), np.array, Value],
    ids=["zeros_like", "float32", "float64", "int", "clip", "array0", "Value"],
)
def test_gradients_from_numpy(change):
    """Whatever real number is assigned to `.grad`, the next backward adds to it."""
    w = Value(3.0)
    w.grad = change(0.0)
    (w * 2).backward()
    assert (type(w.grad), w.grad) == (float, 2.0)


def test_data_is_a_float():
    """`.data` takes any real number as a float, a Value as its number, and nothing else."""
    w = Value(5.0)
    for _ in range(4):
        w.grad = 0.0
        (w * w).backward()
        w.data = w - 0.1 * w.grad
    assert (type(w.data), w.data) == (float, pytest.approx(2.048))
    w.data = np.float32(0.1)
    assert (type(w.data), w.data) == (float, float(np.float32(0.1)))
    w.data = np.array(2)
    assert repr(w.data) == "2.0"
    q = Value(1.0)
    (q * 3).backward(np.float64(1.0))
    optim.SGD([q], lr=np.float32(0.1)).step()
    assert (type(q.data), q.grad) == (float, 3.0)
    (Value(3.0) * 2).backward(np.array(1.0))
    assert engine.grad(q * 3, q, grad_outputs=np.float64(2.0))[0].data == 6.0
    for name in ("data", "grad"):
        for bad in (np.array([1.0, 2.0]), "2", 1j, [1.0]):
            with pytest.raises(TypeError, match="a Value holds one real number, got"):
                setattr(w, name, bad)
    with pytest.raises(TypeError, match="got a builtins"):
        w.data = None
    w.grad = None  # as PyTorch's zero_grad
    (w * 2).backward()
    assert w.grad == 2.0


@pytest.mark.parametrize(
    ("x", "advice"),
    [
        (np.array(3.0), r"Take its number out: x\.item\(\)\."),
        (torch.tensor(3.0), r"Take its number out: x\.item\(\)\."),
        (np.ones(2), r"Take one element out: float\(x\[i\]\)\."),
        (np.ones((2, 2)), r"Take one element out: float\(x\[i, j\]\)\."),
        (np.array([Value(1.0), Value(2.0)]), r"Compute with each of its Values: \[v \* x for x in xs\]\."),
        ([Value(1.0)], r"Compute with each of its Values: \[v \* x for x in xs\]\."),
        ({"a": 1.0}, r"Take one of its values out: float\(x\[key\]\)\."),
    ],
    ids=["array0", "tensor0", "array", "matrix", "array of Values", "list of Values", "dict"],
)
def test_advice(x, advice):
    """What an error says to write works."""
    with pytest.raises(TypeError, match=advice):
        Value(x)
    if type(x) is np.ndarray:
        with pytest.raises(TypeError, match=advice):
            x * Value(2.0)


# --- math.exp(v)

exp = math.exp


def test_functions_of_math_warn():
    """A function of math on a Value that requires grad says what to write; what means the number does not."""
    w = Value(0.5)
    for run, advice in {
        lambda: 1.0 / (1.0 + math.exp(-w)): r"math\.exp of a Value .*Write v\.exp\(\) to keep the graph",
        lambda: exp(w): r"Write v\.exp\(\).*write math\.exp\(v\.item\(\)\)",
        lambda: math.pow(w, 2.0): r"Write v \*\* ",
        lambda: math.fabs(w): r"Write abs\(v\)",
        lambda: math.atan2(w, 1.0): r"Write v\.atan2\(",
        lambda: math.gamma(w): r"The engine has no op for it",
        lambda: math.remainder(w, 2.0): r"The engine has no op for it",  # C's, not Python's %
    }.items():
        with pytest.warns(UserWarning, match=advice):
            assert isinstance(run(), float)
    with pytest.warns(UserWarning, match="tanh") as caught:
        math.tanh(w)
    assert caught[0].filename == __file__
    assert float(w) == w.item() == float(f"{w:.1f}") == 0.5
    assert math.isfinite(w)
    assert "%.2f" % w == "0.50"  # noqa: UP031
    assert list(map(float, [w])) == [0.5]
    assert math.exp(w.item()) == math.exp(w.data) == math.exp(w.detach())
    with engine.no_grad():
        math.exp(w)


# --- names of PyTorch


def test_names_of_torch():
    """detach_, retain_grad, aliases, zero_grad(set_to_none=True), state_dict, train and eval."""
    a = Value(0.5)
    h = a * 2
    h.retain_grad()
    assert h.detach_() is h
    assert (h.requires_grad, h.data, h.grad_fn) == (False, 1.0, None)
    with pytest.raises(RuntimeError, match="can't retain_grad"):
        h.retain_grad()
    assert (a.arcsin().data, a.absolute().data, a.multiply(3).data) == (math.asin(0.5), 0.5, 1.5)
    for name, advice in {
        "children": r"\.parents are",
        "register_hook": "Function",
        "numpy": r"\.item\(\)",
    }.items():
        with pytest.raises(AttributeError, match=f"has no attribute '{name}': .*{advice}"):
            getattr(a, name)
    with pytest.raises(AttributeError, match=r"has no attribute 'einsum'$"):
        a.einsum()
    random.seed(1)
    model, other = nn.MLP(2, [3, 1]), nn.MLP(2, [3, 1])
    assert model.train().training
    assert not model.eval().layers[0].neurons[0].training
    assert nn.Sequential(model).train()[0].training
    other.load_state_dict(model.state_dict())
    assert other.state_dict() == model.state_dict() != nn.MLP(2, [3, 1]).state_dict()
    with pytest.raises(RuntimeError, match=r"loading state_dict for MLP: missing: layers.*; unexpected: b"):
        other.load_state_dict({"b": 1.0})
    optim.SGD(model.parameters(), lr=0.1).zero_grad(set_to_none=True)
    assert {p.grad for p in model.parameters()} == {None}
    model([1.0, 2.0]).backward()
    model.zero_grad()
    assert {p.grad for p in model.parameters()} == {0.0}


def test_remainders():
    """% and // on either side, with Python's signs, and as functions of numbers."""
    a = Value(-7.5)
    assert [(a % 2).data, (a // 2).data, (20 % a).data, (20 // a).data] == [0.5, -4.0, -2.5, -3.0]
    assert (engine.functional.remainder(-7.5, 2), engine.functional.remainder(a, 2).data) == (0.5, 0.5)
    assert engine.functional.remainder(a, 2).grad_fn.name() == "RemainderBackward0"
    assert math.isnan((a % 0).data)
