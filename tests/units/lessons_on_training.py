"""The claims of the lessons of backprop and gpt, as tests/units/test_lesson_numbers.py explains them."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np

Claims = Iterator[tuple[Any, ...]]


def backprop(own: ModuleType) -> Claims:
    p = np.exp(own.log_softmax(np.zeros((1, 2))))[0]
    gradient = own.log_softmax_grad(np.array([[1.0, 0.0]]), np.zeros((1, 2)))[0]
    yield (
        "two equal scores have $p = (#)$. With `dout` $= (1, 0)$ the sum is 1, and the gradient is $(#)$.",
        (p),
        gradient,
    )
    sure = np.log([[0.99, 0.01]])
    right, wrong = (own.cross_entropy_grad(sure, np.array([label]))[0] for label in (0, 1))
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
    yield "# examples in parts of 4 are #, # and #.", sum(parts), *parts
    zero, params, state = [np.zeros(1)], [np.array([2.0])], {}
    lr, mu, decay = 0.1, 0.5, 0.5
    path: list[Any] = []
    for _ in range(2):
        params, state = own.momentum_step(params, zero, state, lr, mu, decay)
        path += [state["velocities"][0][0], params[0][0]]
    yield r"$\lambda = #$, $\mu = #$, lr #. The velocity is #, and $p$ becomes #.", decay, mu, lr, *path[:2]
    yield r"the velocity is $# \cdot # + # \cdot # = #$, and $p$ becomes #.", mu, 1, decay, *path[1:]
    yield (
        "with $p = #$ a 1 becomes #",
        0.75,
        own.dropout(np.ones((9, 9)), 0.75, np.random.default_rng(0), True).max(),
    )
    yield "the velocity approaches $g / (1 - #)$, ten times $g$.", 0.9
    yield r"$\ln # = #$.", 10, np.log(10)
