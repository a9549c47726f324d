"""A network of 33 numbers learns XOR: its optimizer, its training and its score.

The network is made of engine's layers, which compute on Values and so keep the graph that backward needs.
Parameters and gradients are plain floats. A function may call those before it.
"""

import math
import random

import numpy as np

from engine.losses import binary_cross_entropy_with_logits
from engine.nn import Linear, Module, Sequential, Tanh

INPUTS = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]
TARGETS = [0.0, 1.0, 1.0, 0.0]


# %% adam_step **
def adam_step(
    params: list[float],
    grads: list[float],
    state: dict,
    lr: float,
    betas: tuple[float, float],
    eps: float,
) -> tuple[list[float], dict]:
    """One step of Adam: the new parameters and the new state; the old ones stay as they were.

    `state` is {} before the first step. What it holds is your affair: it comes back to you in the next step
    of the same training, as you returned it.

    >>> params, state = adam_step([1.0, 5.0], [4.0, -0.01], {}, 0.1, (0.9, 0.999), 1e-8)
    >>> [round(p, 5) for p in params]
    [0.9, 5.1]
    """
    ### BEGIN SOLUTION
    nothing = [0.0] * len(params)
    beta1, beta2 = betas
    t = state.get("t", 0) + 1
    mean = [beta1 * m + (1 - beta1) * g for m, g in zip(state.get("mean", nothing), grads, strict=True)]
    square = [
        beta2 * v + (1 - beta2) * g * g for v, g in zip(state.get("square", nothing), grads, strict=True)
    ]
    # Both means started at 0, and are too small by these factors.
    seen1, seen2 = 1 - beta1**t, 1 - beta2**t
    moved = [
        p - lr * (m / seen1) / (math.sqrt(v / seen2) + eps)
        for p, m, v in zip(params, mean, square, strict=True)
    ]
    return moved, {"t": t, "mean": mean, "square": square}
    ### END SOLUTION


# %% train_xor ***
def train_xor(seed: int) -> Module:
    """A trained 2-8-1 network of engine.nn, tanh between its layers, that computes XOR.

    It has 33 parameters, started at random from `seed`: the same seed gives the same network. model([a, b])
    gives a list of one Value, its logit, above 0 where exactly one of a and b is 1; there is no sigmoid in
    the model. At the end the mean binary cross-entropy with logits over INPUTS and TARGETS is below 0.1. All
    this takes less than two seconds. Use your adam_step or engine.optim.Adam; a learning rate of 0.1 is fine.
    """
    ### BEGIN SOLUTION
    generator = random.Random(seed)
    model = Sequential(Linear(2, 8, generator=generator), Tanh(), Linear(8, 1, generator=generator))
    params, state = model.parameters(), {}
    for _ in range(60):
        logits = [logit for x in INPUTS for logit in model(x)]
        model.zero_grad()
        binary_cross_entropy_with_logits(logits, TARGETS).backward()
        numbers, grads = [p.data for p in params], [p.grad for p in params]
        numbers, state = adam_step(numbers, grads, state, 0.1, (0.9, 0.999), 1e-8)
        for p, number in zip(params, numbers, strict=True):
            p.data = number
    return model
    ### END SOLUTION


# %% accuracy *
def accuracy(logits: np.ndarray, y: np.ndarray) -> float:
    """The share of examples, from 0 to 1, whose logit is on the side of their label.

    Labels are 0 or 1; a logit of 0 or more says 1, a negative one 0. Each of the two arrays has the shape
    (N,) or (N, 1).

    >>> accuracy(np.array([2.0, -1.0, 0.3, -0.2]), np.array([1, 0, 0, 0]))
    0.75
    """
    ### BEGIN SOLUTION
    predicted = np.ravel(logits) >= 0
    return float(np.mean(predicted == (np.ravel(y) == 1)))
    ### END SOLUTION
