"""Programs of micrograd's and microgpt's kind run unchanged but for the import."""

import copy
import math
import random

import micrograd.engine
import micrograd.nn
import numpy as np
import pytest
import torch

import engine
from engine import Value, nn

from .cases import tensor

BOTH = pytest.mark.parametrize("value", [micrograd.engine.Value, Value], ids=["micrograd", "engine"])


# --- drawing a graph, as the notebooks do


def trace(root):
    """The Values below the root, and the edges from each to what was made from it."""
    nodes, edges = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(root)
    return nodes, edges


def draw_dot(root):
    """The lines of a Graphviz file: a record for each Value, a small node for the op that made it."""
    nodes, edges = trace(root)
    lines = []
    for n in nodes:
        uid = str(id(n))
        lines.append(f'{uid} [label="{{ data {n.data:.4f} | grad {n.grad:.4f} }}", shape=record]')
        if n._op:
            lines += [f'{uid + n._op} [label="{n._op}"]', f"{uid + n._op} -> {uid}"]
    for n1, n2 in edges:
        lines.append(f"{id(n1)} -> {str(id(n2)) + n2._op}")
    return lines


@BOTH
def test_drawing(value):
    """trace() and draw_dot(): a neuron of two inputs gives nine Values, six of them leaves or constants."""
    x1, x2, w1, w2, b = (value(x) for x in (2.0, 0.5, -3.0, 1.0, 6.8))
    out = (x1 * w1 + x2 * w2 + b).relu()
    out.backward()
    nodes, edges = trace(out)
    assert (len(nodes), len(edges)) == (10, 9)
    assert sorted(n._op for n in nodes) == ["", "", "", "", "", "*", "*", "+", "+", "ReLU"]
    assert len(draw_dot(out)) == 10 + 2 * 5 + 9
    assert {n for n in nodes if not n._prev} == {x1, x2, w1, w2, b}


def test_signs():
    """`_op` is micrograd's sign where it has one, else the op's name."""
    a, b = Value(2.0), Value(3.0)
    made = [a + b, a - b, 3 - a, a * b, a / b, a**3, a**0.5, a**b, a.relu(), a.tanh(), -a, a % 2]
    signs = ["+", "-", "-", "*", "/", "**3", "**0.5", "**", "ReLU", "tanh", "neg", "modulo"]
    assert [v._op for v in made] == signs
    assert (a._op, a._prev, (a * b)._children, (a * b)._local_grads) == ("", set(), (a, b), (3.0, 2.0))


# --- the chain rule by hand, and the topological order written out


@BOTH
def test_walk_by_hand(value):
    """`_backward()` of one Value after another, in an order that the program finds itself."""
    a, b, c = value(2.0), value(-3.0), value(10.0)
    out = (a * b + c) ** 2 + a
    topo, visited = [], set()

    def build_topo(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build_topo(child)
            topo.append(v)

    build_topo(out)
    out.grad = 1.0
    for v in reversed(topo):
        v._backward()
    assert [v.grad for v in (a, b, c)] == [-23.0, 16.0, 8.0]


@BOTH
def test_sanity_check(value):
    """A program with relu, products and sums: value and gradient by torch."""

    def program(x):
        z = 2 * x + 2 + x
        q = z.relu() + z * x
        h = (z * z).relu()
        return h + q + q * x

    x, xt = value(-4.0), torch.tensor([-4.0]).double().requires_grad_()
    y, yt = program(x), program(xt)
    y.backward()
    yt.backward()
    assert (y.data, x.grad) == (yt.item(), xt.grad.item())


@BOTH
def test_more_ops(value):
    """Every operator, powers, constants on either side, `+=` on inner values: by torch, to 1e-6."""

    def program(a, b):
        c = a + b
        d = a * b + b**3
        c += c + 1
        c += 1 + c + (-a)
        d += d * 2 + (b + a).relu()
        d += 3 * d + (b - a).relu()
        e = c - d
        f = e**2
        g = f / 2.0
        g += 10.0 / f
        return g

    ours = value(-4.0), value(2.0)
    theirs = [torch.tensor([x], dtype=torch.float64, requires_grad=True) for x in (-4.0, 2.0)]
    y, yt = program(*ours), program(*theirs)
    y.backward()
    yt.backward()
    assert y.data == pytest.approx(yt.item(), abs=1e-6)
    assert [v.grad for v in ours] == pytest.approx([t.grad.item() for t in theirs], abs=1e-6)


@BOTH
def test_accumulators(value):
    """A sum that starts as a Value and grows by `+=`, also a product and a difference."""
    w = value(0.5)
    loss, product, rest = value(0), value(1.0), value(5)
    for x, y in [(1.0, 2.0), (2.0, 1.0)]:
        loss += (w * x - y) ** 2
        product *= w
        rest -= w * x
    (loss + product + rest).backward()
    assert (loss.data, product.data, rest.data, w.grad) == (2.25, 0.25, 3.5, -3.0 + 1.0 - 3.0)


def test_a_parameter_is_no_accumulator():
    """Once a gradient has reached a leaf, `+=` is PyTorch's error; a copy of a fresh leaf is fresh."""
    w = Value(1.0)
    fresh = copy.deepcopy(w)
    fresh += w
    fresh.backward()
    for change in (lambda v: v.__iadd__(1), lambda v: v.__isub__(v.grad), lambda v: v.__imul__(2)):
        with pytest.raises(RuntimeError, match="a leaf Variable that requires grad is being used"):
            change(w)


# --- ops of the program's own


def own_tanh(self):
    """tanh as the lecture writes it: a number, the children, a name, and `_backward`."""
    x = self.data
    t = (math.exp(2 * x) - 1) / (math.exp(2 * x) + 1)
    out = type(self)(t, (self,), "tanh")

    def _backward():
        self.grad += (1 - t**2) * out.grad

    out._backward = _backward
    return out


def own_add(a, b):
    """A sum with two children, which may be the same Value."""
    out = type(a)(a.data + b.data, (a, b), "+")

    def _backward():
        a.grad += out.grad
        b.grad += out.grad

    out._backward = _backward
    return out


@BOTH
def test_own_ops(value):
    """Such ops take part in backward(), below and above others, with a child used twice and elsewhere."""
    a, b = value(0.3), value(-0.8)
    h = own_tanh(a * b)
    out = own_add(h, h) * own_add(h, a) + own_tanh(own_add(a, b))
    out.backward()

    def program(a, b):
        h = (a * b).tanh()
        return (h + h) * (h + a) + (a + b).tanh()

    ts = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (0.3, -0.8)]
    program(*ts).backward()
    assert [a.grad, b.grad] == pytest.approx([t.grad.item() for t in ts], rel=1e-13)
    assert (h._op, h._prev, own_add(a, a)._prev) == ("tanh", set(h._prev), {a})


def test_own_op_in_the_graph():
    """An own op has a node, local gradients, engine.grad; backward twice adds up, and frees the graph."""
    a = Value(0.5)
    out = own_tanh(a) * 3
    slope = 1 - math.tanh(0.5) ** 2
    assert type(out.grad_fn.next_functions[0][0]).__name__ == "TanhBackward"
    assert own_tanh(a).local_gradients() == pytest.approx((slope,))
    assert a.grad == 0.0
    assert engine.grad(out, a, retain_graph=True)[0].data == pytest.approx(3 * slope)
    out.backward(retain_graph=True)
    out.backward()
    assert a.grad == pytest.approx(6 * slope)
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        out.backward()
    with pytest.raises(RuntimeError, match="TanhBackward: a Value made with its children can be differ"):
        engine.grad(own_tanh(a), a, create_graph=True)
    with pytest.raises(engine.TraceError):
        engine.compile(lambda x: Value(1.0, (x,), "op"))(Value(2.0))
    with engine.no_grad():
        assert not own_tanh(a).requires_grad
    with pytest.raises(AttributeError, match="the derivative of MulBackward0 is in the op table"):
        (a * 2)._backward = None


def test_ways_to_make_one():
    """By place, by name, with a label, without children; and with local gradients, as microgpt's."""
    a, b = Value(2.0), Value(5.0)
    made = [Value(10.0, (a, b), "*"), Value(10.0, _children=(a, b), _op="*", label="c")]
    made.append(Value(10.0, (a, b), "*", "c"))
    assert [(v._op, v._prev, v.label) for v in made] == [("*", {a, b}, n) for n in (None, "c", "c")]
    made[0].backward()  # no `_backward` was set: nothing flows, as in micrograd
    product = Value(10.0, (a, b), (5.0, 2.0))
    (product + a).backward()
    assert ((a.grad, b.grad), product._local_grads) == ((6.0, 2.0), (5.0, 2.0))
    assert Value(3.0, (), "").is_leaf
    assert not Value(3.0, (Value(1.0, requires_grad=False),), "op").requires_grad
    with pytest.raises(ValueError, match="2 children needs as many local gradients, got 1"):
        Value(10.0, (a, b), (5.0,))
    assert Value(3.0, (), "").requires_grad


def test_own_op_in_a_checkpoint():
    """A checkpoint runs own ops again in backward, and finds what they read."""
    a, w = Value(0.5), Value(2.0)
    engine.checkpoint(lambda x: own_tanh(x * w), a).backward()
    slope = 1 - math.tanh(1.0) ** 2
    assert (a.grad, w.grad) == pytest.approx((2 * slope, 0.5 * slope))


# --- microgpt's kind: a loop over children and local gradients


def test_walk_over_local_gradients():
    """microgpt's own backward, on our Values."""
    a, b = Value(2.0), Value(3.0)
    out = (a * b + a.exp()).log() * 2 + b.relu()
    topo, visited = [], set()

    def build_topo(v):
        if v not in visited:
            visited.add(v)
            for child in v._children:
                build_topo(child)
            topo.append(v)

    build_topo(out)
    out.grad = 1
    for v in reversed(topo):
        for child, local_grad in zip(v._children, v._local_grads, strict=True):
            child.grad += local_grad * v.grad
    hand = a.grad, b.grad
    a.grad = b.grad = 0
    out.backward()
    assert hand == pytest.approx((a.grad, b.grad), rel=1e-14)
    assert "data" not in Value.__slots__  # a property, which makes floats of what is assigned


# --- the notebook's training, on NumPy's arrays


def train(value, mlp):
    """The moons of micrograd's demo: an MLP with hinge loss, L2, accuracy, and the grid of its picture."""
    rng = np.random.default_rng(1337)
    angle = rng.uniform(0, np.pi, 30)
    y = np.arange(30) % 2
    X = np.stack([np.where(y, np.cos(angle), 1 - np.cos(angle)), np.where(y, 1, -1) * np.sin(angle)], 1)
    y = y * 2 - 1
    random.seed(1337)
    model = mlp(2, [8, 1])

    def loss(batch_size):
        ri = np.random.default_rng(0).permutation(X.shape[0])[:batch_size]
        Xb, yb = X[ri], y[ri]
        inputs = [list(map(value, xrow)) for xrow in Xb]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(yb, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        alpha = 1e-4
        reg_loss = alpha * sum(p * p for p in model.parameters())
        accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(yb, scores, strict=True)]
        return data_loss + reg_loss, sum(accuracy) / len(accuracy)

    history = []
    for k in range(4):
        total_loss, acc = loss(20)
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        history.append(f"step {k} loss {total_loss.data:.9f}, accuracy {acc * 100}%")
    grid = [list(map(value, row)) for row in np.mgrid[-1:2:1.0, -1:1:1.0].reshape(2, -1).T]
    return history, np.array([s.data > 0 for s in map(model, grid)]).tolist()


def test_demo():
    """The demo notebook's program prints the same lines."""
    assert train(Value, nn.MLP) == train(micrograd.engine.Value, micrograd.nn.MLP)


# --- where micrograd and PyTorch disagree


def test_two_losses_over_one_value():
    """PyTorch's rule holds: the graph is freed unless it is retained, and then the sum is right."""

    def program(make, **options):
        w = make(0.5)
        hidden = (w * 3.0) ** 2
        first, second = hidden.exp(), hidden * 2.0
        first.backward(**options)
        second.backward()
        return float(w.grad)

    for make in (Value, tensor):
        with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
            program(make)
    assert program(Value, retain_graph=True) == pytest.approx(program(tensor, retain_graph=True))
