"""Lessons: the numbers in their sentences and tables are what the units' own answers come to.

    perceptron ... modules         a lesson's claims: phrases with a # for each number, and what it comes to
    @given("1957", ...)            the numbers that a lesson has beside them: years, inputs, constants
    shown, total, products         how lessons write numbers and sums of them

The examples in fences are run by test_lessons.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from statistics import NormalDist, mean, median
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
import torch
from torch import nn

import engine
from autograder.grading import oracle
from autograder.units.kit import Kit
from engine import Value
from tests.conftest import ROOT
from tests.units import lessons_on_training

NUMBER = re.compile(r"(?<![\w.])(?:\d+(?:[.,]\d+)+|\d\d+)")  # 0.5, 1,000 and 12; not 7, not float64
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
UNREAD = re.compile(r"`[^`]*`|\]\([^)]*\)")  # code in a sentence, and where a link leads

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
    w, b = own.perceptron_update(w, b, x, y, lr)
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


@given("1000", "0.044715")
def activations(own: ModuleType) -> Claims:
    mantissa, power = f"{sys.float_info.max:.1e}".split("e+")
    beyond = math.ceil(math.log(sys.float_info.max))
    yield r"$# \cdot #^{#}$, so $e^x$ is out of reach from $x = #$ on", mantissa, 10, power, beyond

    x = np.array([-4, -2, 0, 2, 4])
    yield "| $x$ | # | # | # | # | # |", *x
    yield r"| $\sigma(x)$ | # | # | # | # | # |", *own.sigmoid(x)
    x = np.array([0, 0.5, 1, 2, 3])
    yield "| $x$ | # | # | # | # | # |", *x
    yield "| $y$ | # | # | # | # | # |", *np.tanh(x)
    yield "| slope | # | # | # | # | # |", *own.tanh_grad(np.tanh(x))

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


given("0.001", "1000", "10", "0.9", "0.5", "16", "1,797")(lessons_on_training.backprop)


@given("40", "2.0", "1,000")
def graph(own: ModuleType) -> Claims:
    w, x = Value(1.0), Value(2.0, requires_grad=False)
    yield "| `v.grad`, # at first |", str(w.grad)
    m = w * x
    y = m + 3
    loss = y**2
    own.backward(loss)
    square, plus, by_w = (v.local_gradients()[0] for v in (loss, y, m))
    yield "$y^2$ grows by # such steps, because $2y = #$.", square, 2 * y
    yield "Through the square, times #. Through the sum, times #.", square, plus
    yield r"= # \cdot # \cdot # \cdot # = #$", loss.grad, square, plus, by_w, w.grad

    a, b, step = Value(3.0), Value(5.0), 0.01
    o = a * b
    yield "Let $a$ grow by #: then $o$ grows by #,", step, (a + step) * b - o
    o.grad = 2.0
    own.product_rule(a, b, o)
    yield r"$a$ is due $# \cdot # = #$ and $b$ is due $# \cdot # = #$.", o.grad, b, a.grad, o.grad, a, b.grad

    a, b = Value(2.0), Value(3.0)
    c = a * b
    d = c + a
    e = c * d
    own.backward(e)
    c_twice, a_twice = total(d.data, d.grad), total(c.grad * b.data, d.grad)
    yield "with $a = #$, $b = #$: $c = #$, $d = #$, $e = #$.", a, b, c, d, e
    yield "which makes #.", c.grad
    yield "| gradient | # | # | # | # | # |", e.grad, d.grad, c_twice, b.grad, a_twice

    x = Value(3.0)
    p = x * x
    own.backward(p * x)
    yield "the first call gives #, and the second would add #.", x.grad, p + 2 * p.grad * 2 * x

    at, eps = 2.0, 0.5
    below, here, above = (at - eps) ** 3, at**3, (at + eps) ** 3
    (central,) = own.numeric_grad(lambda xs: xs[0] ** 3, [at], eps)
    yield r"where the slope is #, with a coarse $\varepsilon = #$:", 3 * at**2, eps
    yield "| upwards only | $(# - #) / # = #$ |", above, here, eps, (above - here) / eps
    yield "| to both sides | $(# - #) / # = #$ |", above, below, 2 * eps, central
    yield "below $#^{#}$ or so", 10, math.floor(math.log10(sys.float_info.epsilon) / 3)

    x, lr, moves = Value(2.0), 0.25, []
    for step in (1, 2, 3):
        (before,) = own.sgd(lambda: x * x, [x], lr, 1)
        moves += [x.grad, x.data]
        yield "| # | # | # | # |", step, before, x.grad, x
    yield r"with $\eta = #$. The gradient is #, so $x$ moves to #;", lr, *moves[:2]
    yield "there it is #, so $x$ moves to #.", *moves[2:4]


@given()
def autograd(own: ModuleType) -> Claims:
    x = Value(3.0)
    once, twice = (own.accumulate(lambda v: v * v * v, 3.0, times) for times in (1, 2))
    yield "for $x^3$ at $x = #$, # and then #.", x, once, twice
    p = x * x
    (p * x).backward(retain_graph=True)
    worth = 2 * p.grad * 2 * x.data
    yield r"$p$ would pass on #, worth $# \cdot 2x = #$,", 2 * p.grad, 2 * p.grad, worth
    yield "and $x$ would hold $#$ instead of #.", total(once, p.data, worth), twice
    yield "does give #.", once + p.data + worth

    at = Value(2.0)
    (slope,) = engine.grad(at**3, at, create_graph=True)
    assert slope == engine.grad(slope, at)[0]
    yield "At # both happen to be #.", at, slope

    f, xs, v = (lambda a, b: a * a * b), [3.0, 5.0], [1.0, 2.0]
    H, Hv = np.ravel(engine.hessian(f, xs)), own.hvp(f, xs, v)
    yield "For $f = a^2 b$ at $a = #$, $b = #$:", *xs
    yield r"= \begin{pmatrix} # & # \\ # & # \end{pmatrix}, \qquad", *H
    yield r"H \begin{pmatrix} # \\ # \end{pmatrix} = \begin{pmatrix} # \\ # \end{pmatrix}", *v, *Hv
    yield "$(2b + 4a, 2a) = (#)$", Hv

    n, pieces = 100, math.isqrt(100)
    yield "a chain of # operations into # pieces. Now # inputs are kept,", n, pieces, pieces
    yield "another # numbers: about # in place of #,", n // pieces, pieces + n // pieces, n


given("0.5")(lessons_on_training.xor)  # where the border between the classes is not


@given("784", "256", "128", "10")
def modules(own: ModuleType) -> Claims:
    yield "`MLP(3, 4, 2)` has $#$ parameters.", total(*(p.numel() for p in own.MLP(3, 4, 2).parameters()))
    bounds: list[Any] = []
    for fan_in in (6, 600):
        own.init_weights(layer := nn.Linear(fan_in, 2000))
        bounds += [fan_in, f"-{layer.weight.max():.1g}", f"{layer.weight.max():.1g}"]
    yield "for # inputs from # to #, for # from # to #.", *bounds

    x, s = torch.tensor([-2.0, 0.0, 3.0], requires_grad=True), torch.tensor(0.5, requires_grad=True)
    y, upstream = own.LeakySquare.apply(x, s), torch.tensor([1.0, 10.0, 100.0])
    y.backward(upstream)
    slopes, squares = x.grad / upstream, x.detach() ** 2
    yield r"for $x = (#)$, $s = \tfrac12$: the output is $(#)$.", x.detach(), y.detach()
    yield "changes with the three outputs by $#$.", upstream
    parts = (products(slopes[i : i + 1], upstream[i : i + 1]) for i in range(3))
    yield r"Then the gradient of $x$ is $(#,\ #,\ #)$,", *parts
    yield "and that of $s$ is $# = #$:", products(squares[:2], upstream[:2]), s.grad

    layers, segments = 12, 3
    each = layers // segments
    yield "Take # layers in # segments.", layers, segments
    yield "the inputs of # segments are kept instead of those of # layers;", segments, layers
    yield "then one segment after the other is rebuilt, # layers at a time.", each
    yield "So the most that is ever kept is about $#$.", total(segments, each)

    kinds = [torch.finfo(kind) for kind in (torch.float32, torch.bfloat16, torch.float16)]
    full, brain, half = (1 - math.log2(kind.eps) for kind in kinds)
    yield "A float32 has # bits of precision, a bfloat16 only #:", full, brain
    yield "The older float16 has # bits, but ends at #.", half, f"{kinds[2].max:,.0f}"

    model = nn.Linear(2, 3)
    model.load_state_dict({name: torch.zeros_like(p) for name, p in model.state_dict().items()})
    loss = own.train_step(model, torch.ones(3, 2), torch.arange(3), torch.optim.SGD(model.parameters()))
    yield r"the loss is $\ln k$: # for three.", f"{loss:.4f}"
    times = [5, 6, 5, 30, 5]
    yield "passes of # milliseconds have the mean # and the median #.", times, mean(times), median(times)


def filled(phrase: str, *values: Any) -> str:
    """A claim as the lesson should have it; its words hold no number, and stand around those it is given."""
    assert not NUMBER.search(phrase), phrase
    assert phrase == phrase.strip("#"), phrase
    first, *rest = phrase.split("#")
    return first + "".join(shown(value) + words for value, words in zip(values, rest, strict=True))


@pytest.fixture(scope="module", params=Kit(ROOT).names())
def lesson(kit: Kit, request: pytest.FixtureRequest) -> tuple[str, list[str], set[str]]:
    """A lesson on one line and without its fences, its claims, and the numbers given beside them."""
    unit = kit.unit(request.param)
    text = FENCE.sub("", unit.lesson_file.read_text(encoding="utf-8"))
    claims, numbers = LESSONS.get(unit.name, (lambda own: iter(()), set()))
    return " ".join(text.split()), [filled(*claim) for claim in claims(oracle.solution_of(unit))], numbers


def test_numbers_worked_by_hand_are_right(lesson: tuple[str, list[str], set[str]]) -> None:
    """Each claim stands in its lesson word for word, with the numbers that were computed just now."""
    text, claims, _ = lesson
    assert [claim for claim in claims if claim not in text] == []


def test_no_number_goes_unclaimed(lesson: tuple[str, list[str], set[str]]) -> None:
    """Every number of a lesson, single digits aside, was computed for a claim, unless it is a given one."""
    text, claims, numbers = lesson
    left = UNREAD.sub("", text)
    for claim in sorted(claims, key=len, reverse=True):
        left = left.replace(UNREAD.sub("", claim), " ")
    assert set(NUMBER.findall(left)) == numbers
