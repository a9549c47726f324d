"""The claims of the lessons of backprop, xor and gpt, as tests/units/test_lesson_numbers.py explains them."""

from __future__ import annotations

import math
from collections import Counter
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import engine
from engine import Value, datasets
from tests.units.lesson_claims import Claims, products


def backprop(own: ModuleType) -> Claims:
    p = np.exp(own.log_softmax(np.zeros((1, 2))))[0]
    gradient = own.log_softmax_grad(np.array([[1.0, 0.0]]), np.zeros((1, 2)))[0]
    yield (
        "two equal scores have $p = (#)$. With `dout` $= (1, 0)$ the sum is 1, and the gradient is $(#)$.",
        (p),
        gradient,
    )
    sure = np.log([[0.99, 0.01]])
    right, wrong = (own.softmax_cross_entropy_grad(sure, np.array([label]))[0] for label in (0, 1))
    yield "$p = (#)$ with label 0, gets the gradient $(#)$,", np.exp(sure[0]), right
    yield "wrong, label 1, gets $(#)$.", wrong

    layers = [(np.array([[2.0]]), np.array([-1.0])), (np.array([[1.0, -1.0]]), np.zeros(2))]
    _, ((dW1, db1), (dW2, db2)) = own.mlp_backward(np.array([[1.0]]), layers, np.array([0]))
    back = dW2[0] @ layers[1][0][0]
    assert dW1 == db1 == back
    yield "softmax of $(1, -1)$ | # |", dW2[0] + [1, 0]
    yield "less 1 at the label | # | | $dW_2$, $db_2$ | what came in was 1 | both # |", db2, dW2[0]
    yield r"$# \cdot 1 + # \cdot (-1)$ | # |", *dW2[0], back
    yield "| the unit was on | # | | $dW_1$, $db_1$ | what came in was 1 | both # |", back, dW1

    parts = [len(X) for X, _ in own.minibatches(np.zeros((10, 1)), np.zeros(10), 4, np.random.default_rng(0))]
    yield "has what is left: # examples in parts of 4 are #, # and #.", sum(parts), *parts
    zero, params, state = [np.zeros(1)], [np.array([2.0])], {}
    lr, mu, decay = 0.1, 0.5, 0.5
    path: list[Any] = []
    for _ in range(2):
        params, state = own.sgd_momentum_step(params, zero, state, lr, mu, decay)
        path += [state["velocities"][0][0], params[0][0]]
    yield r"$\lambda = #$, $\mu = #$, lr #. The velocity is #, and $p$ becomes #.", decay, mu, lr, *path[:2]
    yield r"the velocity is $# \cdot # + # \cdot # = #$, and $p$ becomes #.", mu, 1, decay, *path[1:]
    yield (
        "with $p = #$ a 1 becomes # once in four times",
        0.75,
        own.dropout(np.ones((9, 9)), 0.75, np.random.default_rng(0), True).max(),
    )
    yield "the velocity approaches $g / (1 - #)$, ten times $g$.", 0.9
    yield r"$\ln # = #$.", 10, np.log(10)


def xor(own: ModuleType) -> Claims:
    layers = [engine.nn.Linear(2, 8), engine.nn.Linear(8, 1)]
    numbers = [len(layer.parameters()) for layer in layers]
    yield "find them: # numbers,", sum(numbers)
    yield "each of the # parameters", sum(numbers)
    yield "| 2 to 8 | # | # | | 8 to 1 | # | # |", 16, numbers[0] - 16, 8, numbers[1] - 8

    betas, g, tiny = (0.9, 0.999), 4.0, 0.01
    (p,), state = own.adam_step([0.0], [g], {}, 1.0, betas, 0.0)
    (m,), (v,) = state["mean"], state["square"]
    assert own.adam_step([0.0], [tiny], {}, 1.0, betas, 0.0)[0] == pytest.approx([p])
    yield r"with $\beta_1 = #$, $\beta_2 = #$ and a first gradient of #:", *betas, g
    yield r"$m = #$ and $\hat m = #$; $v = #$ and $\hat v = #$.", m, m / (1 - betas[0]), v, v / (1 - betas[1])
    yield "A first gradient of # gives the same step!", tiny
    (q,), _ = own.adam_step([p], [-g], state, 1.0, betas, 0.0)
    yield "the step is $#$ of `lr`.", f"{q - p:.2f}"

    yield r"$$-\ln \tfrac12 = \ln 2 = #$$", math.log(2)
    yield "a loss that stays at # means", math.log(2)
    yield r"between $\sigma(0) = #$ and $\sigma(1) = #$.", 1 / 2, f"{1 / (1 + math.exp(-1)):.2f}"


def gpt(own: ModuleType) -> Claims:
    xs = np.array([3, -4])
    mean, normed = (xs**2).mean(), [x.data for x in own.rmsnorm([Value(float(x)) for x in xs], 0.0)]
    yield "their mean is #, its root #. The result is $(#)$, and the mean", mean, mean**0.5, normed
    keys, values = [1.0, 0.0], [5.0, 9.0]

    def mixed(values: list[float]) -> float:
        query = [Value(2.0)]
        return own.attention(query, [[Value(k)] for k in keys], [[Value(v)] for v in values])[0].data

    weights = mixed([1.0, 0.0]), mixed([0.0, 1.0])
    yield "The weights are # and #, and the result is", *weights
    yield "$#$.", f"{products(weights, values)} = {mixed(values):.3f}"
    for temperature in 2, 1, 0.5:
        p = 1 / (1 + math.exp(-2 / temperature))
        yield "| # | # |", temperature, (p, 1 - p)
    yield r"of # tokens, $\ln # = #$.", 27, 27, math.log(27)
    names = [[*name, "."] for name in datasets.names()]
    letters = Counter(letter for name in names for letter in name)
    shares = [count / letters.total() for count in letters.values()]
    yield "comes to about #.", f"{-sum(p * math.log(p) for p in shares):.2f}"
    assert len({len(name) for name in names}) == 6
