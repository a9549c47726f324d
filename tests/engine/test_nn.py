"""nn, init, optim and losses against torch's, and micrograd's programs run unchanged."""

import copy
import math
import pickle
import random
import statistics

import micrograd.engine
import micrograd.nn
import pytest
import torch
import torch.nn.functional as TF

import engine.functional as F
import engine.losses as L
from engine import Value, init, nn, optim

from .cases import tensor

# --- micrograd's programs, with either import


def readme_example(value):
    """The program of micrograd's README."""
    a = value(-4.0)
    b = value(2.0)
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
    g.backward()
    return g.data, a.grad, b.grad


def test_readme_example():
    """24.7041, 138.8338 and 645.5773, as micrograd's README prints them."""
    ours = readme_example(Value)
    assert ours == pytest.approx(readme_example(micrograd.engine.Value), rel=1e-14)
    assert [f"{x:.4f}" for x in ours] == ["24.7041", "138.8338", "645.5773"]


def two_moons(n):
    """Two noisy half circles, labelled -1 and +1."""
    points, labels = [], []
    for i in range(n):
        t = random.uniform(0, math.pi)
        upper = i % 2
        x, y = (math.cos(t), math.sin(t)) if upper else (1 - math.cos(t), 0.5 - math.sin(t))
        points.append([x + random.gauss(0, 0.1), y + random.gauss(0, 0.1)])
        labels.append(2 * upper - 1)
    return points, labels


def train_moons(value, mlp, steps):
    """Hinge loss, weight decay, a rate that falls, as in its demo: the losses and last gradients."""
    random.seed(1337)
    points, labels = two_moons(20)
    model = mlp(2, [8, 8, 1])
    history = []
    for k in range(steps):
        inputs = [list(map(value, x)) for x in points]
        scores = list(map(model, inputs))
        losses = [(1 + -y * score).relu() for y, score in zip(labels, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = 1e-4 * sum(p * p for p in model.parameters())
        total = data_loss + reg_loss
        accuracy = [(y > 0) == (score.data > 0) for y, score in zip(labels, scores, strict=True)]
        model.zero_grad()
        total.backward()
        rate = 1.0 - 0.9 * k / steps
        for p in model.parameters():
            p.data -= rate * p.grad
        history.append((total.data, sum(accuracy) / len(accuracy)))
    return str(model), history, [p.grad for p in model.parameters()]


def test_two_moons():
    """micrograd's training runs unchanged but for the import, to the same losses."""
    name, losses, grads = train_moons(Value, nn.MLP, 6)
    their_name, their_losses, their_grads = train_moons(micrograd.engine.Value, micrograd.nn.MLP, 6)
    assert name == their_name
    assert [x for pair in losses for x in pair] == pytest.approx(
        [x for pair in their_losses for x in pair], rel=1e-9
    )
    assert grads == pytest.approx(their_grads, rel=1e-6, abs=1e-12)
    assert losses[-1][0] < losses[0][0]


def test_two_moons_mixed():
    """micrograd's own layers run on our Values, and ours are theirs in size and order of parameters."""
    random.seed(0)
    theirs = micrograd.nn.MLP(3, [4, 4, 1])
    random.seed(0)
    ours = nn.MLP(3, [4, 4, 1])
    assert [p.data for p in ours.parameters()] == [p.data for p in theirs.parameters()]
    assert float(ours([1.0, -2.0, 3.0])) == pytest.approx(theirs([1.0, -2.0, 3.0]).data, rel=1e-14)
    assert [name for name, _ in ours.named_parameters()][:4] == [
        "layers.0.neurons.0.w.0",
        "layers.0.neurons.0.w.1",
        "layers.0.neurons.0.w.2",
        "layers.0.neurons.0.b",
    ]


# --- nn


def test_linear_like_torch():
    """Linear and Sequential compute torch's numbers and gradients from torch's weights."""
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)).double()
    ours = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    flat = [x for p in theirs.parameters() for x in p.detach().flatten().tolist()]
    for p, x in zip(ours.parameters(), flat, strict=True):
        p.data = x
    x = [0.5, -1.0, 2.0]
    out, wanted = ours(x), theirs(torch.tensor(x, dtype=torch.float64))
    assert [v.data for v in out] == pytest.approx(wanted.tolist(), rel=1e-13)
    (out[0] * out[1]).backward()
    (wanted[0] * wanted[1]).backward()
    grads = [g for p in theirs.parameters() for g in p.grad.flatten().tolist()]
    assert [p.grad for p in ours.parameters()] == pytest.approx(grads, rel=1e-12)
    ours.zero_grad()
    assert {p.grad for p in ours.parameters()} == {0.0}


def test_linear_by_itself():
    """Linear's first weights, names of parameters, repr and error."""
    layer = nn.Linear(4, 2, generator=random.Random(0))
    assert all(abs(p.data) <= 0.5 for p in layer.parameters())
    assert len({p.data for p in layer.parameters()}) == 10
    assert next(layer.named_parameters())[0] == "weight.0.0"
    assert repr(nn.Sequential(layer, nn.ReLU())) == (
        "Sequential(Linear(in_features=4, out_features=2, bias=True), ReLU())"
    )
    assert len(list(nn.Linear(4, 2, bias=False).parameters())) == 8
    with pytest.raises(ValueError, match="takes 4 numbers, got 3"):
        layer([1.0, 2.0, 3.0])
    model = nn.Sequential(layer, nn.Sigmoid(), layer[0] if False else nn.Linear(2, 1))
    assert [name for name, _ in model.named_parameters()][-1] == "2.bias.0"


def test_shared_parameters_once():
    """A layer used twice has its parameters once."""

    class Twice(nn.Module):
        def __init__(self):
            self.one = self.two = nn.Linear(1, 1)

        def forward(self, x):
            return self.two(self.one(x))

    assert len(Twice().parameters()) == 2
    assert len(nn.Sequential(layer := nn.Linear(1, 1), layer).parameters()) == 2
    with pytest.raises(NotImplementedError, match="Module needs a method forward"):
        nn.Module()(1.0)


def test_copies():
    """A deep copy or a pickle of a model is a model of its own, which trains."""
    model = nn.MLP(2, [3, 1])
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert [p.data for p in other.parameters()] == [p.data for p in model.parameters()]
        other([1.0, 2.0]).backward()
        assert any(p.grad for p in other.parameters())
        assert not any(p.grad for p in model.parameters())


# --- init


@pytest.mark.parametrize(
    ("fill", "theirs", "arguments"),
    [
        (init.xavier_uniform_, torch.nn.init.xavier_uniform_, {"gain": 1.5}),
        (init.xavier_normal_, torch.nn.init.xavier_normal_, {}),
        (init.kaiming_uniform_, torch.nn.init.kaiming_uniform_, {"a": 0.3}),
        (init.kaiming_normal_, torch.nn.init.kaiming_normal_, {"mode": "fan_out", "nonlinearity": "relu"}),
    ],
)
def test_init_spread(fill, theirs, arguments):
    """The standard deviation is torch's, on a shape that is not square."""
    rows = [[Value(0.0) for _ in range(30)] for _ in range(200)]
    fill(rows, **arguments, generator=random.Random(1))
    ours = [v.data for row in rows for v in row]
    wanted = theirs(torch.empty(2000, 300, dtype=torch.float64), **arguments)
    scale = math.sqrt(10.0)
    assert statistics.pstdev(ours) == pytest.approx(wanted.std().item() * scale, rel=0.03)
    assert max(map(abs, ours)) <= wanted.abs().max().item() * scale * 1.001 or "normal" in fill.__name__
    assert abs(statistics.fmean(ours)) < 0.01


def test_init_constants_and_errors():
    """zeros, ones, constants; gains equal torch's; unknown names are errors."""
    rows = [[Value(3.0), Value(4.0)]]
    assert [v.data for v in init.zeros_(rows)[0]] == [0.0, 0.0]
    assert [v.data for v in init.ones_(rows)[0]] == [1.0, 1.0]
    assert [v.data for v in init.constant_(rows, 7)[0]] == [7.0, 7.0]
    for name in ("linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu"):
        assert init.calculate_gain(name) == torch.nn.init.calculate_gain(name)
    with pytest.raises(ValueError, match="Unsupported nonlinearity"):
        init.calculate_gain("cube")
    with pytest.raises(ValueError, match="not supported"):
        init.kaiming_normal_(rows, mode="fan")
    with pytest.raises(ValueError, match="at least one"):
        init.xavier_normal_([])


# --- optim

OPTIMIZERS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.1, "momentum": 0.8, "dampening": 0.5}),
    ("Adam", {"lr": 0.05}),
    ("Adam", {"lr": 0.05, "betas": (0.8, 0.9), "eps": 1e-3, "weight_decay": 0.1}),
]


@pytest.mark.parametrize(("name", "arguments"), OPTIMIZERS, ids=str)
def test_steps_like_torch(name, arguments):
    """Thirty steps on a curved valley end where torch.optim's do, to 1e-12."""

    def descend(make, module):
        x, y = make(-1.2), make(1.0)
        optimizer = getattr(module, name)([x, y], **arguments)
        for _ in range(30):
            optimizer.zero_grad()
            loss = ((1 - x) ** 2 + 2 * (y - x * x) ** 2) * 0.1
            loss.backward()
            optimizer.step()
        return float(x.detach()), float(y.detach())

    assert descend(Value, optim) == pytest.approx(descend(tensor, torch.optim), rel=1e-12)


def test_optimizer_errors():
    """Errors for no parameters, non-Values, inner values and impossible rates."""
    with pytest.raises(ValueError, match="empty parameter list"):
        optim.SGD([])
    with pytest.raises(TypeError, match="float"):
        optim.SGD([1.0])
    with pytest.raises(ValueError, match="non-leaf"):
        optim.SGD([Value(1.0) * 2])
    with pytest.raises(ValueError, match="learning rate"):
        optim.Adam([Value(1.0)], lr=-1.0)
    with pytest.raises(ValueError, match="betas"):
        optim.Adam([Value(1.0)], betas=(1.0, 0.9))
    with pytest.raises(ValueError, match="Nesterov"):
        optim.SGD([Value(1.0)], nesterov=True)


# --- losses

LOGITS, LABELS = [[2.0, -1.0, 0.3], [1000.0, 0.0, -1000.0], [0.5, 0.5, 0.5]], [2, 0, 1]


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(
    ("ours", "theirs", "outputs", "targets"),
    [
        (L.mse_loss, TF.mse_loss, [1.0, -2.0, 3.5], [0.0, 1.0, 2.0]),
        (
            L.binary_cross_entropy_with_logits,
            TF.binary_cross_entropy_with_logits,
            [1000.0, -1000.0, 0.3, -700.0],
            [1.0, 1.0, 0.0, 0.25],
        ),
        (L.cross_entropy, TF.cross_entropy, LOGITS, LABELS),
    ],
)
def test_losses_like_torch(ours, theirs, outputs, targets, reduction):
    """Values and gradients, also of logits in the thousands."""
    xs = [[Value(x) for x in row] if isinstance(row, list) else Value(row) for row in outputs]
    ts = torch.tensor(outputs, dtype=torch.float64, requires_grad=True)
    labels = torch.tensor(targets, dtype=torch.float64 if isinstance(targets[0], float) else torch.int64)
    got, wanted = ours(xs, targets, reduction=reduction), theirs(ts, labels, reduction=reduction)
    if reduction == "none":
        assert [v.data for v in got] == pytest.approx(wanted.tolist(), rel=1e-13, abs=1e-13)
        return
    assert got.data == pytest.approx(wanted.item(), rel=1e-13)
    got.backward()
    wanted.backward()
    flat = [x for row in xs for x in (row if isinstance(row, list) else [row])]
    assert [x.grad for x in flat] == pytest.approx(ts.grad.flatten().tolist(), rel=1e-12, abs=1e-15)


def test_hinge_loss():
    """max(0, 1 - y z): 0 beyond the margin, growing on the wrong side."""
    z = [Value(2.0), Value(0.5), Value(-1.0)]
    loss = L.hinge_loss(z, [1, 1, 1])
    loss.backward()
    assert (loss.data, [v.grad for v in z]) == ((0.5 + 2.0) / 3, [0.0, -1 / 3, -1 / 3])


def test_loss_errors():
    """Errors for different lengths, labels outside the classes, no examples, an unknown reduction."""
    with pytest.raises(ValueError, match="1 outputs but 2 targets"):
        L.mse_loss([Value(1.0)], [1.0, 2.0])
    with pytest.raises(IndexError, match="Target 3 is out of bounds"):
        L.cross_entropy([[Value(1.0), Value(2.0), Value(3.0)]], [3])
    with pytest.raises(ValueError, match="no examples"):
        L.mse_loss([], [])
    with pytest.raises(ValueError, match="reduction"):
        L.mse_loss(Value(1.0), 2.0, reduction="median")
    assert L.cross_entropy([Value(0.0), Value(0.0)], 0).data == pytest.approx(math.log(2))
    assert math.isnan(F.log(-1.0))
