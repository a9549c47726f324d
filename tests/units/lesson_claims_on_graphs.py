"""What the numbers of the lessons on graphs and on PyTorch come to: graph, autograd and modules."""

from __future__ import annotations

import math
import sys
from statistics import mean, median
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import nn

import engine
from engine import Value
from tests.units.lesson_claims import Claims, given, products, total


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


@given("784", "256", "128", "10", "0.1")
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

    stuck = math.log(2) / 2, math.log(2)  # one half said of two of the four examples, or of all
    yield "with a loss of # or #, and no", *(f"{loss:.2f}" for loss in stuck)

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
