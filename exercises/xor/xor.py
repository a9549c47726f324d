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
    # YOUR CODE HERE
    raise NotImplementedError()


# %% train_xor ***
def train_xor(seed: int) -> Module:
    """A trained 2-8-1 network of engine.nn, tanh between its layers, that computes XOR.

    It has 33 parameters, started at random from `seed`: the same seed gives the same network. model([a, b])
    gives a list of one Value, its logit, above 0 where exactly one of a and b is 1; there is no sigmoid in
    the model. At the end the mean binary cross-entropy with logits over INPUTS and TARGETS is below 0.1. All
    this takes less than two seconds. Use your adam_step or engine.optim.Adam; a learning rate of 0.1 is fine.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% accuracy *
def accuracy(logits: np.ndarray, y: np.ndarray) -> float:
    """The share of examples, from 0 to 1, whose logit is on the side of their label.

    Labels are 0 or 1; a logit of 0 or more says 1, a negative one 0. Each of the two arrays has the shape
    (N,) or (N, 1).

    >>> accuracy(np.array([2.0, -1.0, 0.3, -0.2]), np.array([1, 0, 0, 0]))
    0.75
    """
    # YOUR CODE HERE
    raise NotImplementedError()
