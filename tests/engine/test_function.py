"""Function against torch.autograd.Function, running the same lines."""

import pytest
import torch

import engine
from engine import Value

from .cases import chain_of, tensor

KITS = {Value: engine.Function, tensor: torch.autograd.Function}
makes = pytest.mark.parametrize("make", KITS, ids=["engine", "torch"])


def define(base):
    """The same Functions on either base."""

    class Exp(base):
        @staticmethod
        def forward(ctx, x):
            out = x.exp()
            ctx.save_for_backward(out)
            return out

        @staticmethod
        def backward(ctx, g):
            (out,) = ctx.saved_tensors
            return g * out

    class Polar(base):
        """Two outputs, a plain argument, one of the gradients None."""

        @staticmethod
        def forward(ctx, r, angle, scale):
            ctx.save_for_backward(r, angle)
            ctx.scale = scale
            return r * angle.cos() * scale, r * angle.sin() * scale

        @staticmethod
        def backward(ctx, gx, gy):
            r, angle = ctx.saved_tensors
            gr = (gx * angle.cos() + gy * angle.sin()) * ctx.scale
            return gr, r * (gy * angle.cos() - gx * angle.sin()) * ctx.scale, None

    class Stop(base):
        """No gradient for its second input."""

        @staticmethod
        def forward(ctx, x, y):
            ctx.needs = ctx.needs_input_grad
            return x + y

        @staticmethod
        def backward(ctx, g):
            return g, None

    return Exp, Polar, Stop


@makes
def test_saved_output(make):
    """exp by its saved output: value, gradient, second and third derivative, name."""
    exp = define(KITS[make])[0]
    grad = engine.grad if make is Value else torch.autograd.grad
    x = make(0.5)
    out = exp.apply(x)
    assert chain_of(out.grad_fn) == ("ExpBackward", ((("AccumulateGrad", ()), 0),))
    slopes = [out]
    for _ in range(3):
        slopes += grad(slopes[-1], x, create_graph=True)
    assert [float(s.detach()) for s in slopes] == [float(x.detach().exp())] * 4


def test_several_outputs():
    """Two outputs, used unevenly, a plain argument, double backward: torch's numbers."""
    results = []
    for make, base in KITS.items():
        grad = engine.grad if make is Value else torch.autograd.grad
        polar = define(base)[1]
        r, angle = make(2.0), make(0.7)
        x, y = polar.apply(r, angle, 3.0)
        first = grad(x * x + y * 0.5 + x, (r, angle), create_graph=True)
        second = grad(first[0] * first[1], (r, angle))
        a, _ = polar.apply(r, angle, 3.0)  # the other output unused
        a.backward()
        edges = chain_of(y.grad_fn), chain_of((x + y).grad_fn)[1][1][1]
        results.append(
            ([float(g.detach()) for g in (*first, *second)], float(r.grad), float(angle.grad), edges)
        )
    assert results[0][0] == pytest.approx(results[1][0], rel=1e-13)
    assert results[0][1:3] == pytest.approx(results[1][1:3], rel=1e-13)
    assert results[0][3] == results[1][3]


@makes
def test_none_gradient(make):
    """None gives no gradient; needs_input_grad says which inputs need one."""
    stop = define(KITS[make])[2]
    x, y, c = make(1.0), make(2.0), make(3.0, requires_grad=False)
    out = stop.apply(x, y) + stop.apply(c, x)
    out.backward()
    assert (float(x.grad), y.grad in (None, 0.0)) == (1.0, True)
    assert not stop.apply(c, c).requires_grad
    assert stop.apply(c, x).grad_fn.needs == (False, True) if make is tensor else True


@makes
def test_freed(make):
    """The second backward raises if the Function saved something, else it works."""
    exp, _, stop = define(KITS[make])
    out = exp.apply(make(1.0))
    out.backward()
    with pytest.raises(RuntimeError, match="a second time"):
        out.backward()
    free = stop.apply(make(1.0), make(2.0))
    free.backward()
    free.backward()


@makes
def test_wrong_number_of_gradients(make):
    """Too few gradients is an error that names the Function."""

    class Wrong(KITS[make]):
        @staticmethod
        def forward(ctx, x, y):
            return x * y

        @staticmethod
        def backward(ctx, g):
            return g

    with pytest.raises(RuntimeError, match=r"Wrong.*returned an incorrect number of gradients"):
        Wrong.apply(make(1.0), make(2.0)).backward()


def test_local_gradients():
    """The graph walks through a Function as through any op."""
    exp, polar, _ = define(engine.Function)
    x = Value(0.0)
    out = exp.apply(x)
    assert (out.parents, out.local_gradients()) == ((x,), (1.0,))
    r, angle = Value(2.0), Value(0.0)
    _, y = polar.apply(r, angle, 1.0)
    assert (y.parents, y.local_gradients()) == ((r, angle), (0.0, 2.0))


def test_unfinished_function():
    """A Function without forward or backward says which is missing."""

    class Half(engine.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1.0

    with pytest.raises(NotImplementedError, match=r"backward\(ctx"):
        Half.apply(Value(1.0)).backward()
    with pytest.raises(NotImplementedError, match=r"forward\(ctx"):
        engine.Function.apply(Value(1.0))
