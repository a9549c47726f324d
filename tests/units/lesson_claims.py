"""What the numbers of the lessons on arrays come to: perceptron, activations, forward and init.

    perceptron ... init            a lesson's claims: phrases with a # for each number, and what it comes to
    @given("1957", ...)            the numbers that a lesson has beside them: years, inputs, constants
    shown, total, products         how lessons write numbers and sums of them

test_lesson_numbers compares them with the lessons.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from statistics import NormalDist, mean
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
import torch
from torch import nn

from autograder.grading import oracle
from engine import Value
from tests.conftest import ROOT

Claims = Iterator[tuple[Any, ...]]
LESSONS: dict[str, tuple[Callable[[ModuleType], Claims], set[str]]] = {}


def given(*numbers: str) -> Callable[..., Any]:
    """Makes a function the claims of the unit of its name; it is called with the unit's own answers."""
    return lambda claims: LESSONS.setdefault(claims.__name__, (claims, set(numbers)))


def shown(value: Any) -> str:
    """1/2 is "0.5" and 1/3 "0.333"; several have commas between them, and a text is shown as it is."""
    if isinstance(value, str) or np.ndim(value):
        return value if isinstance(value, str) else ", ".join(map(shown, value))
    number = float(value) + 0.0  # -0.0 becomes 0.0
    return f"{number:g}" if math.isclose(float(f"{number:g}"), number, abs_tol=1e-12) else f"{number:.3f}"


def total(*terms: float) -> str:
    """2 - 1 + 0.5 = 1.5"""
    rest = "".join(f" {'-' if term < 0 else '+'} {shown(abs(term))}" for term in terms[1:])
    return f"{shown(terms[0])}{rest} = {shown(sum(terms))}"


def products(xs: Any, ys: Any) -> str:
    r"""1 \cdot 5 + 2 \cdot 6"""
    return " + ".join(rf"{shown(x)} \cdot {shown(y)}" for x, y in zip(xs, ys, strict=True))


@given("1957", "1969")
def perceptron(own: ModuleType) -> Claims:
    w, b = np.array([2, -1]), -1
    for x in np.array([[2, 0], [0, 2], [1, 1]]):
        yield "| (#) | # - # - # | # |", x, 2 * x[0], x[1], 1, w @ x + b

    w, b = np.array([3, 4]), -5
    far, near = own.signed_distance(np.array([w, 0 * w]), w, b)
    yield "For $w = (#)$ and $b = #$ the length of $w$ is #.", w, b, np.linalg.norm(w)
    yield "The point (#) has the score $#$ and lies # away", w, total(*w * w, b), far
    yield "the origin has the score # and lies # away,", b, -near

    w, b, x, y, lr = np.array([1, -1]), 0.5, np.array([2, 1]), -1, 0.1
    yield "$w = (#)$, $b = #$, and the example $x = (#)$ with label $y = #$.", w, b, x, y
    yield "score is $#$, so the prediction is +#:", total(*w * x, b), own.perceptron_predict(x, w, b)
    before, push = w @ x + b, lr * y * (x @ x + 1)
    w, b = own.perceptron_update(w, b, x, y, lr)
    assert w @ x + b == pytest.approx(before + push)
    yield r"In the example that is $# \cdot (#) \cdot (# + #) = #$,", lr, y, x @ x, 1, push
    yield "and the score went from # to #.", before, w @ x + b
    yield r"With $\eta = #$ the new weights are $w = (#)$ and $b = #$,", lr, w, b
    yield "and the score is now $#$.", total(*w * x, b)

    X, lr, w, b = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]]), 0.5, np.zeros(2), 0.0
    yield r"and $\eta = #$, starting from zeros:", lr
    for x, y in zip(X, [-1, -1, -1, 1], strict=True):
        before, right = (w, b, w @ x + b), own.perceptron_predict(x, w, b) == y
        w, b = own.perceptron_update(w, b, x, y, lr)
        after = "right" if right else f"wrong: ({shown(w)}), {shown(b)}"
        yield "| (#) | (#), # | # | # | # |", x, *before, f"{y:+d}", after
    yield "the counts are `[#]`", own.train_perceptron(X, [-1, -1, -1, 1], lr, 9)[2]
    yield "the counts `[#]`", own.train_perceptron(X, [-1, 1, 1, 1], lr, 9)[2]

    W1, b1, W2, b2 = own.xor_by_hand()
    for x in np.array([[0, 0], [0, 1], [1, 0], [1, 1]]):
        hidden = own.step(x @ W1 + b1)
        yield "| # | # | # | # |", x, *hidden, own.step(hidden @ W2 + b2)

    X = np.array([[0, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, 1]])  # the third input is the product
    scores = X @ np.array([1, 1, -2]) - 0.5
    assert own.step(scores).tolist() == [0, 1, 1, 0]
    yield "the weights 1, 1, -2 and the bias # give the four examples the scores #,", -0.5, scores


@given("1000", "0.044715", "0.5")
def activations(own: ModuleType) -> Claims:
    mantissa, power = f"{sys.float_info.max:.1e}".split("e+")
    beyond = math.ceil(math.log(sys.float_info.max))
    yield r"$# \cdot #^{#}$, so $e^x$ is out of reach from $x = #$ on", mantissa, 10, power, beyond

    x, w, b = np.array([1, 2, 3]), np.array([0.5, -0.3, 0.8]), 0.1
    z = w @ x + b
    yield "for $x = (#)$, $w = (#)$ and $b = #$: the score is $#$,", x, w, b, total(*w * x, b)
    yield "| passed on | 1 | # | # | # |", own.relu(z), np.tanh(z), own.sigmoid(z)

    x = np.array([-4, -2, 0, 2, 4])
    yield "| $x$ | # | # | # | # | # |", *x
    yield r"| $\sigma(x)$ | # | # | # | # | # |", *own.sigmoid(x)
    x = np.array([0, 0.5, 1, 2, 3])
    yield "| $x$ | # | # | # | # | # |", *x
    yield "| $y$ | # | # | # | # | # |", *np.tanh(x)
    yield "| slope | # | # | # | # | # |", *own.tanh_grad(np.tanh(x))

    flat = own.tanh_grad(np.tanh(2))
    yield r"by $# \cdot # = #$, and each further layer", flat, flat, flat**2

    x, s = np.array([-3, 0, 2.5]), 0.1
    leaky, slopes = own.leaky_relu(x, s), own.leaky_relu_grad(x, s)
    yield "With $s = #$ the numbers # become #, and the slopes are #:", s, x, leaky, slopes

    x = np.array([-3, -1, 0, 1, 3])
    yield "| $x$ | # | # | # | # | # |", *x
    yield r"| $\Phi(x)$ | # | # | # | # | # |", *map(NormalDist().cdf, x)
    yield r"| $\mathrm{gelu}(x)$ | # | # | # | # | # |", *own.gelu(x)
    low, at = min((y, x) for x in np.linspace(-3, 3, 601) for y in own.gelu(np.array([x])))
    yield "the smallest value is about #, near $x = #$.", f"{low:.2f}", f"{at:.2f}"

    x = np.array([2, 1, 0])
    e, p = np.exp(x), own.softmax(x)
    yield "for the scores #: the exponentials are # and #, together #,", x, e[:2], e[2], e.sum()
    yield "so the probabilities are # and #.", p[:2], p[2]

    coin, yes, no, ordinary = map(own.bce_with_logits, [0, 2, 2, -1000], [1, 1, 0, 1])
    yield r"A coin toss, $z = 0$, costs $\log 2 = #$.", coin
    yield 'For $z = 2$ a "yes" costs # and a "no" #:', yes, no
    yield 'cost of a "yes" is an ordinary #.', ordinary
    p = np.array([0.5, 0.8, 0.9])
    costs = [own.bce_with_logits(np.log(q / (1 - q)), np.ones(1)) for q in p]
    yield "three examples the probabilities #, # and #.", *p
    yield r"is the product, $# \cdot # \cdot # = #$.", *p, np.prod(p)
    yield r"$$-\log # - \log # - \log # = # + # + # = # = -\log #$$", *p, *costs, sum(costs), np.prod(p)
    wrong, z = own.sigmoid(np.array([1.5]))[0], 1.5
    yield "for an example of score #, where $p = #$:", z, wrong
    yield r"| $-\eta\, x$ | $-#\, \eta\, x$ |", wrong
    yield r"| nothing | $#\, \eta\, x$ |", 1 - wrong

    x = np.array([[1, 2, 4]])
    equal, right, wrong = (own.cross_entropy(z, np.array([k])) for z, k in [(0 * x, 1), (x, 2), (x, 0)])
    yield r"Three equal scores cost $\log 3 = #$ whatever the label.", equal
    yield r"The scores # have $\log \sum e^{x_j} = #$:", x[0], np.log(np.exp(x).sum())
    yield "the label 2 (scores are counted from 0) costs #, the label 0 costs #.", right, wrong

    v = Value(0.5)
    own.value_sigmoid(v).backward()
    yield r"for $v = #$ they give $\sigma'(#) = #$, without", v, v, v.grad


@given("28", "32", "1000")
def forward(own: ModuleType) -> Claims:
    x, W, b = np.array([[1, -1]]), np.array([[1, 0, 2], [0, 1, 1]]), np.array([0, 2, -1])
    scores = own.linear(x, W, b)[0]
    yield "| weights | # | # | # |", *W.T
    yield r"| $x \cdot w$ | # | # | # |", *(x @ W)[0]
    yield "| bias | # | # | # | | score | # | # | # |", *b, *scores

    batch, sizes = 32, [28 * 28, 128, 64, 10]
    yield "For the classifier #:", "-".join(map(str, sizes))
    for i, o in pairwise(sizes):
        yield "| # to # | # | # | # |", i, o, f"{i * o:,}", o, f"{own.count_parameters([i, o]):,}"
    weights, both = own.count_multiply_adds(1, sizes), own.count_parameters(sizes)
    yield "| | # | # | **#** |", f"{weights:,}", both - weights, f"{both:,}"
    work = f"{own.count_multiply_adds(batch, sizes[:2]):,}".replace(",", "{,}")
    yield r"first layer $# \cdot # \cdot # = #$ multiply-adds.", batch, sizes[1], sizes[0], work

    V, c = np.array([[1], [5], [2]]), np.array([0.5])
    logit, (hidden,) = own.mlp_forward(x, [(W, b), (V, c)], lambda z: np.maximum(z, 0))
    less, _ = own.mlp_forward(x, [(W, b * [1, 0, 1]), (V, c)], lambda z: np.maximum(z, 0))
    yield "the three scores from above, #, and let relu", scores
    yield "follow, with weights # and bias #:", V[:, 0], c
    yield "that pass on # and #, and one output, #;", hidden[0, :2], hidden[0, 2], logit[0]
    yield "the logit is $# + # = #$.", products(hidden[0], V[:, 0]), c, logit[0]
    yield "and the logit would be #.", less[0]

    logits = np.array([[2, 1, 0]])
    p = own.predict_proba(logits, [(np.eye(3), np.zeros(3))])[0]
    yield "| logits | # | # | # | sum |", *logits[0]
    yield "| probabilities | # | # | # | # |", *p, p.sum()

    X, W, dY = np.array([[1, 2], [3, 4]]), np.array([[5], [6]]), np.array([[1], [10]])
    dX, dW, db = own.linear_backward(dY, X, W)
    yield "`dY` is # for the first example, # for the second.", *dY[:, 0]
    yield "| `dW` | $#$, $#$ | # |", *(products(column, dY[:, 0]) for column in X.T), dW[:, 0]
    yield "| `db` | $# + #$ | # |", *dY[:, 0], db
    yield "| `dX`, first row | $#$, $#$ | # |", *(products(dY[0], w) for w in W), dX[0]
    yield "| `dX`, second row | $#$, $#$ | # |", *(products(dY[1], w) for w in W), dX[1]


@given("0.01", "100", "0.3")
def init(own: ModuleType) -> Claims:
    lines: list[list[float]] = []  # tanh with He, Xavier and 0.01, then relu with them
    pictures = oracle.load_module(ROOT / "solutions" / "init" / "pictures.py", "picture")
    with patch.object(pictures, "_log_line", lambda name, stds: lines.append(stds) or []):
        pictures.spread(own)
    he, xavier, tiny, relu_he, relu_xavier, relu_tiny = lines
    width, small, floor = 100, 0.01, 0.0001
    assert tiny[2] > floor > tiny[3]
    assert relu_tiny[2] > floor > relu_tiny[3]
    yield "He settles near #, Xavier sinks slowly to #,", f"{he[-1]:.2f}", f"{xavier[-1]:.2f}"
    yield "weights of size # are below # from the fourth layer on.", small, floor
    yield "He stays near #, Xavier halves", f"{mean(relu_he):.1f}"
    yield "and ends near #, and # is gone after three layers.", relu_xavier[-1], small

    for a in (1, 3, 0.3):
        uniform = torch.distributions.Uniform(*torch.tensor([-a, a], dtype=torch.float64))
        yield "| # | # | # |", a, uniform.variance, uniform.stddev
    i, o = 200, 100
    bound = own.xavier_uniform(i, o, np.random.default_rng(0)).max()
    yield "For `fan_in` = # and `fan_out` = # the variance is 2/# = #,", i, o, i + o, f"{2 / (i + o):.5f}"
    yield "and the bound comes out as #.", bound

    for name, start in (("all 0", 0), ("all 0.3", 0.3), ("random", None)):
        units, model = [], nn.Sequential(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 1))
        for p in model.parameters() if start is not None else ():
            nn.init.constant_(p, start)
        optimizer, X = torch.optim.SGD(model.parameters(), 0.1), torch.randn(8, 2)
        for _ in range(11):
            units.append(own.count_distinct_units(model[0].weight.detach().numpy().T, 1e-6))
            optimizer.zero_grad()
            (model(X) - X[:, :1]).square().mean().backward()
            optimizer.step()
        yield "| # | # | # |", name, units[0], units[10]

    down, up, factor = 0.9, 1.5, small * math.sqrt(width)
    yield "a factor of # a layer leaves # after twenty layers,", down, f"{down**20:.2f}"
    yield "and a factor of # makes #.", up, f"{up**20:,.0f}"
    yield r"by about $# \cdot \sqrt{#} = #$,", small, width, factor
    yield "and twenty layers leave $#^{#}$.", 1 / factor, 20 * math.log10(factor)
