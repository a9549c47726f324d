"""The forward pass of a multi-layer perceptron, in NumPy, and one step of the way back.

Examples are the rows of X, of shape (N, d_in). A layer is a pair (W, b) with W of shape (d_in, d_out) and b
of shape (d_out,); a network is a list of layers. No function changes its arguments, and a function may call
those before it, but none of another unit: write relu and softmax once more.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

Layers = list[tuple[np.ndarray, np.ndarray]]


# %% linear *
def linear(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The scores of N examples at d_out units, shape (N, d_out): each row of X times W, plus b.

    X has shape (N, d_in), W (d_in, d_out) and b (d_out,). Where the inner dimensions of X and W differ, a
    ValueError says both shapes as Python writes them, such as (4, 3) and (5, 2). Where b has any other shape
    than (d_out,), that is a ValueError too.

    >>> W = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> linear(np.array([[1.0, 2.0, 3.0]]), W, np.array([10.0, 20.0]))
    array([[14., 25.]])
    """
    ### BEGIN SOLUTION
    if X.shape[1] != W.shape[0]:
        raise ValueError(f"linear: the columns of X {X.shape} must be as many as the rows of W {W.shape}")
    if b.shape != (W.shape[1],):
        raise ValueError(f"linear: W {W.shape} needs b of shape ({W.shape[1]},) (got {b.shape})")
    return X @ W + b
    ### END SOLUTION


# %% count_parameters *
def count_parameters(sizes: list[int]) -> int:
    """How many numbers a network of these widths learns: all its weights and all its biases.

    `sizes` lists the widths from the input to the output, at least two of them: [784, 128, 64, 10] is a
    network of three layers.

    >>> count_parameters([2, 3, 1])
    13
    """
    ### BEGIN SOLUTION
    return sum((d_in + 1) * d_out for d_in, d_out in pairwise(sizes))
    ### END SOLUTION


def count_multiply_adds(batch: int, sizes: list[int]) -> int:
    """How many multiply-adds the matrix products of one forward pass of `batch` examples take.

    One multiply-add is one product added to a sum. Biases and activations are left out of this count.

    >>> count_multiply_adds(10, [2, 3, 1])
    90
    """
    ### BEGIN SOLUTION
    return batch * sum(d_in * d_out for d_in, d_out in pairwise(sizes))
    ### END SOLUTION


# %% mlp_forward **
def mlp_forward(
    X: np.ndarray, layers: Layers, activation: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """The pair (logits, hidden): the scores of the last layer, and what each hidden layer passed on.

    Each layer works on what the layer before it passed on, the first one on X. A hidden layer, which is any
    but the last, passes on its scores after `activation`; the last layer's scores are the logits, as they
    are. `hidden` is a list with one array a hidden layer, in order; it is empty for a single layer.

    >>> layers = [(np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]), np.zeros(3)),
    ...           (np.array([[1.0], [5.0], [2.0]]), np.array([0.5]))]
    >>> mlp_forward(np.array([[1.0, -1.0]]), layers, lambda z: np.maximum(z, 0))
    (array([[3.5]]), [array([[1., 0., 1.]])])
    """
    ### BEGIN SOLUTION
    a, hidden = X, []
    for W, b in layers[:-1]:
        a = activation(linear(a, W, b))
        hidden.append(a)
    return linear(a, *layers[-1]), hidden
    ### END SOLUTION


# %% predict_proba **
def predict_proba(X: np.ndarray, layers: Layers) -> np.ndarray:
    """The probability of each class for each example, shape (N, classes): every row sums to 1.

    The network has relu on its hidden layers; softmax turns each row of its logits into probabilities. It
    must not overflow for logits like 1000, nor divide 0 by 0 when one row lies far below another.

    >>> layers = [(np.zeros((3, 2)), np.log([1.0, 3.0]))]
    >>> predict_proba(np.ones((1, 3)), layers)
    array([[0.25, 0.75]])
    """
    ### BEGIN SOLUTION
    logits, _ = mlp_forward(X, layers, lambda z: np.maximum(z, 0))
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% linear_backward ***
def linear_backward(
    dY: np.ndarray, X: np.ndarray, W: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients (dX, dW, db) of a loss, given its gradient dY with respect to Y = linear(X, W, b).

    dY has the shape of Y, (N, d_out); dX, dW and db have the shapes of X, W and b. The gradient of an entry
    of X, W or b is the sum of what comes back to it from every entry of Y that was made with it. Nothing is
    divided by N: a loss that is a mean has done so already.

    >>> W = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> dX, dW, db = linear_backward(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0, 5.0]]), W)
    >>> dX, db
    (array([[1., 2., 3.]]), array([1., 2.]))
    >>> dW
    array([[ 3.,  6.],
           [ 4.,  8.],
           [ 5., 10.]])
    """
    ### BEGIN SOLUTION
    return dY @ W.T, X.T @ dY, dY.sum(axis=0)
    ### END SOLUTION
