"""How the weights of a network should start, in NumPy.

A layer of `fan_in` inputs and `fan_out` units keeps its weights in an array of shape (fan_in, fan_out), one
column a unit. Random weights are drawn from `rng`, a `numpy.random.Generator`, and from nowhere else: who
owns the generator can have the same weights again. A function may call those before it.
"""

from collections.abc import Callable

import numpy as np


# %% xavier_uniform **
def xavier_uniform(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Weights of shape (fan_in, fan_out), uniform between -a and a, of variance 2 / (fan_in + fan_out).

    The bound a follows from the variance: a uniform number between -a and a has the variance a**2 / 3.

    >>> w = xavier_uniform(200, 300, np.random.default_rng(0))
    >>> w.shape, round(float(w.std()), 3)
    ((200, 300), 0.063)
    """
    ### BEGIN SOLUTION
    bound = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, size=(fan_in, fan_out))
    ### END SOLUTION


# %% kaiming_uniform **
def kaiming_uniform(fan_in: int, fan_out: int, rng: np.random.Generator, slope: float = 0.0) -> np.ndarray:
    """Weights of shape (fan_in, fan_out), uniform around 0, of variance 2 / ((1 + slope**2) * fan_in).

    `slope` is the slope of the layer's leaky relu on the left; 0 is relu.

    >>> w = kaiming_uniform(200, 300, np.random.default_rng(0))
    >>> w.shape, round(float(w.std()), 2)
    ((200, 300), 0.1)
    """
    ### BEGIN SOLUTION
    bound = np.sqrt(6 / ((1 + slope**2) * fan_in))
    return rng.uniform(-bound, bound, size=(fan_in, fan_out))
    ### END SOLUTION


def kaiming_normal(fan_in: int, fan_out: int, rng: np.random.Generator, slope: float = 0.0) -> np.ndarray:
    """Weights of shape (fan_in, fan_out), normal around 0, of variance 2 / ((1 + slope**2) * fan_in).

    >>> w = kaiming_normal(200, 300, np.random.default_rng(0))
    >>> w.shape, round(float(w.std()), 2)
    ((200, 300), 0.1)
    """
    ### BEGIN SOLUTION
    std = np.sqrt(2 / ((1 + slope**2) * fan_in))
    return rng.normal(0.0, std, size=(fan_in, fan_out))
    ### END SOLUTION


# %% count_distinct_units *
def count_distinct_units(W: np.ndarray, tol: float) -> int:
    """How many different units a layer has: columns of W that agree in every weight count as one.

    Two weights agree when they differ by tol or less. The columns fall into clear groups: if a agrees with b
    and b with c, then a agrees with c.

    >>> count_distinct_units(np.array([[1.0, 2.0, 1.0], [3.0, 3.0, 3.0]]), tol=1e-9)
    2
    """
    ### BEGIN SOLUTION
    distinct = []
    for unit in W.T:
        if all(np.abs(unit - other).max() > tol for other in distinct):
            distinct.append(unit)
    return len(distinct)
    ### END SOLUTION


# %% activation_std **
def activation_std(
    X: np.ndarray, weights: list[np.ndarray], activation: Callable[[np.ndarray], np.ndarray]
) -> list[float]:
    """The standard deviation of what each layer passes on: one number a layer, over all examples and units.

    A layer multiplies what it is given by its weights (there are no biases) and passes on the product after
    `activation`; the first one is given X, of shape (N, d). The standard deviation is that of np.std, which
    divides by how many numbers there are.

    >>> X, W = np.array([[1.0, 2.0]]), np.array([[1.0, 0.0], [0.0, -1.0]])
    >>> [float(std) for std in activation_std(X, [W, 2 * W], lambda z: np.maximum(z, 0))]
    [0.5, 1.0]
    """
    ### BEGIN SOLUTION
    stds = []
    for W in weights:
        X = activation(X @ W)
        stds.append(np.std(X))
    return stds
    ### END SOLUTION
