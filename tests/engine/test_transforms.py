"""grad, hessian, hvp, gradcheck, checkpoint against torch's."""

import gc

import pytest
import torch
from torch.utils.checkpoint import checkpoint as torch_checkpoint

import engine
from engine import Value, checkpoint, grad, gradcheck, hessian, hvp

from .cases import tensor


def bumpy(x, y, z):
    """A function with every second derivative."""
    return (x * y).tanh() * z.exp() + x**3 / (y * y + 1) - (z * x).sin()


POINT = (0.3, -1.2, 0.8)


def test_grad():
    """The gradients of several outputs, weighed, of leaves and inner values; .grad is left alone."""
    results = []
    for make, find in ((Value, grad), (tensor, torch.autograd.grad)):
        xs = [make(x) for x in POINT]
        inner = xs[0] * xs[1]
        outs = [inner.tanh(), inner + xs[2]]
        weights = [make(2.0, requires_grad=False), make(-1.0, requires_grad=False)]
        found = find(outs, [*xs, inner], grad_outputs=weights)
        results.append([float(g) for g in found])
        assert all(x.grad in (None, 0.0) for x in xs)
    assert results[0] == pytest.approx(results[1], rel=1e-14)


@pytest.mark.parametrize(
    ("make", "find"), [(Value, grad), (tensor, torch.autograd.grad)], ids=["engine", "torch"]
)
def test_grad_errors(make, find):
    """Unused inputs, constants and freed graphs raise; allow_unused gives None."""
    x, y = make(1.0), make(2.0)
    with pytest.raises(RuntimeError, match="appears to not have been used in the graph"):
        find(x * 2, [x, y])
    assert find(x * 2, [x, y], allow_unused=True)[1] is None
    with pytest.raises(RuntimeError, match="does not require grad"):
        find(x.detach(), [x])
    with pytest.raises(RuntimeError, match="does not require grad"):
        find(x * 2, [x.detach()])
    out = x * x
    find(out, [x], retain_graph=True)
    find(out, [x])
    with pytest.raises(RuntimeError, match="a second time"):
        find(out, [x])


def test_hessian():
    """Every second derivative, as torch.autograd.functional.hessian; 0.0 for inputs that do not meet."""
    theirs = torch.autograd.functional.hessian(bumpy, tuple(tensor(x, False) for x in POINT))
    for ours, row in zip(hessian(bumpy, POINT), theirs, strict=True):
        assert ours == pytest.approx([float(x) for x in row], rel=1e-12)
    assert hessian(lambda x, y: x + y * 2, (1.0, 2.0)) == ((0.0, 0.0), (0.0, 0.0))
    assert hessian(lambda x: 3.0, (1.0,)) == ((0.0,),)


def test_hvp():
    """The value and the Hessian times a vector, as torch.autograd.functional.hvp, in two backward passes."""
    v = (0.5, -2.0, 1.5)
    value, product = hvp(bumpy, POINT, v)
    theirs = torch.autograd.functional.hvp(
        bumpy, tuple(tensor(x, False) for x in POINT), tuple(map(tensor, v))
    )
    assert value == pytest.approx(float(theirs[0]), rel=1e-14)
    assert product == pytest.approx([float(x) for x in theirs[1]], rel=1e-12)
    with pytest.raises(ValueError, match="3 inputs, 1 in v"):
        hvp(bumpy, POINT, (1.0,))


def test_gradcheck():
    """It passes a right derivative, and names the output, input and both numbers of a wrong one."""
    assert gradcheck(bumpy, POINT)
    assert gradcheck(lambda x, y: (x * y, x + 1), (1.0, 2.0))

    class Wrong(engine.Function):
        @staticmethod
        def forward(ctx, x, y):
            return x * y

        @staticmethod
        def backward(ctx, g):
            return g * 0.0 + 2.0, g * 3.0

    with pytest.raises(engine.GradcheckError, match=r"d output 0 / d input 1 .* give 2, backward gives 3"):
        gradcheck(Wrong.apply, (2.0, 2.0))


# --- checkpoint


def test_checkpoint_counts():
    """f runs once forward, and once more in backward; the gradients are those without it."""
    calls = []

    def f(x, y):
        calls.append(1)
        return bumpy(x, y, w)

    results = []
    for run in (lambda *xs: f(*xs), lambda *xs: checkpoint(f, *xs)):
        w = Value(0.8)
        x, y = Value(0.3), Value(-1.2)
        calls.clear()
        out = run(x * 1.0, y) * 2
        forward = len(calls)
        out.backward()
        results.append((out.data, x.grad, y.grad, w.grad, forward, len(calls)))
    assert results[0][:4] == pytest.approx(results[1][:4], rel=1e-15)
    assert (results[0][4:], results[1][4:]) == ((1, 1), (1, 2))


def test_checkpoint_keeps_only_inputs():
    """Between forward and backward only the inputs and the result are kept, not what f computed."""

    def alive():
        gc.collect()
        return sum(type(x) is Value for x in gc.get_objects())

    def f(x):
        for _ in range(100):
            x = x.tanh()
        return x

    x = Value(0.5)
    before = alive()
    out = checkpoint(f, x)
    assert alive() - before == 1
    kept = f(x)
    assert alive() - before == 101
    out.backward()
    kept.backward()
    twice = Value(0.5)
    f(twice).backward()
    assert x.grad == 2 * twice.grad


@pytest.mark.filterwarnings("ignore:None of the inputs:UserWarning")
def test_checkpoint_like_torch():
    """Numbers and node name are PyTorch's (reentrant) checkpoint's: nested, several outputs, reused."""

    def run(make, check):
        def inner(x):
            return x.exp() * x

        def outer(x, y):
            return check(inner, x * y) + y, x - y

        x, y = make(0.4), make(1.1)
        a, b = check(outer, x, y)
        total = a * b + check(inner, x)
        total.backward()
        return float(x.grad), float(y.grad), type(a.grad_fn).__name__

    ours = run(Value, checkpoint)
    theirs = run(tensor, lambda f, *xs: torch_checkpoint(f, *xs, use_reentrant=True))
    assert ours[:2] == pytest.approx(theirs[:2], rel=1e-14)
    assert ours[2] == theirs[2]


def test_checkpoint_of_captured_values():
    """An inner value that f reads from outside gets its gradient once."""
    w = Value(0.7)
    inner = w * w
    x = Value(2.0)
    (checkpoint(lambda x: x * inner + w, x) + inner).backward()
    assert (x.grad, w.grad) == (pytest.approx(0.49), pytest.approx(2.0 * 1.4 + 1.0 + 1.4))


def test_checkpoint_twice_differentiable():
    """Second derivatives go through a checkpoint."""
    checked = hessian(lambda *xs: checkpoint(bumpy, *xs), POINT)
    for ours, theirs in zip(checked, hessian(bumpy, POINT), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-13)


def test_checkpoint_without_gradients():
    """Nothing to differentiate: f runs once and gives a constant."""
    assert not checkpoint(lambda x: x * 2, Value(1.0, requires_grad=False)).requires_grad
    with engine.no_grad():
        assert not checkpoint(lambda x: x * 2, Value(1.0)).requires_grad
