"""Backpropagation through a whole network, in NumPy, and what it takes to train one on real digits.

Examples are the rows of X, of shape (N, d_in). A layer is a pair (W, b) with W of shape (d_in, d_out) and b
of shape (d_out,); a network is a list of layers. Labels are the integers from 0 to classes - 1. No function
changes its arguments, and a function may call those before it.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

Layers = list[tuple[np.ndarray, np.ndarray]]


# %% log_softmax *
def log_softmax(logits: np.ndarray) -> np.ndarray:
    """The logarithms of softmax's probabilities, for rows with a score for each of the classes.

    They are exact also where a probability is too small for a float.

    >>> log_softmax(np.array([[0.0, -1000.0]]))
    array([[    0., -1000.]])
    """
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    ### END SOLUTION


def log_softmax_grad(dout: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """The gradient of a loss with respect to the logits, given its gradient dout for log_softmax(logits).

    >>> log_softmax_grad(np.array([[1.0, 0.0]]), np.array([[0.0, 0.0]]))
    array([[ 0.5, -0.5]])
    """
    ### BEGIN SOLUTION
    return dout - np.exp(log_softmax(logits)) * dout.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% softmax_cross_entropy_grad **
def softmax_cross_entropy_grad(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The gradient of the mean cross-entropy with respect to the logits, in their shape (N, classes).

    The loss of an example is minus the logarithm of the probability of its label; the mean is over the N
    examples.

    >>> softmax_cross_entropy_grad(np.array([[0.0, 0.0], [0.0, 0.0]]), np.array([0, 1]))
    array([[-0.25,  0.25],
           [ 0.25, -0.25]])
    """
    ### BEGIN SOLUTION
    grad = np.exp(log_softmax(logits))
    grad[np.arange(len(labels)), labels] -= 1
    return grad / len(labels)
    ### END SOLUTION


# %% mlp_backward ***
def mlp_backward(X: np.ndarray, layers: Layers, labels: np.ndarray) -> tuple[float, Layers]:
    """The pair (loss, gradients): the mean cross-entropy of a network, and (dW, db) for each of its layers.

    The network has relu after each layer but the last, whose scores are the logits. The gradients are a list
    of pairs in the order of the layers, each in the shapes of its W and b. At 0 relu's slope is 0.

    >>> layers = [(np.array([[1.0, -1.0]]), np.zeros(2)), (np.zeros((2, 2)), np.zeros(2))]
    >>> loss, gradients = mlp_backward(np.array([[2.0]]), layers, np.array([0]))
    >>> round(loss, 3)
    0.693
    >>> gradients[1][1]
    array([-0.5,  0.5])
    """
    ### BEGIN SOLUTION
    inputs = [X]
    for W, b in layers[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W + b, 0))
    W, b = layers[-1]
    logits = inputs[-1] @ W + b
    loss = -log_softmax(logits)[np.arange(len(labels)), labels].mean()
    dZ, gradients = softmax_cross_entropy_grad(logits, labels), []
    for a, (W, _) in zip(inputs[::-1], layers[::-1], strict=True):
        gradients.append((a.T @ dZ, dZ.sum(axis=0)))
        dZ = (dZ @ W.T) * (a > 0)
    return float(loss), gradients[::-1]
    ### END SOLUTION


# %% gradient_check **
def gradient_check(
    f: Callable[[dict[str, np.ndarray]], float],
    grads: dict[str, np.ndarray],
    params: dict[str, np.ndarray],
    eps: float,
    tol: float,
) -> list[str]:
    """The names of the parameters whose gradient in `grads` is wrong, in the order of `params`.

    f(params) is a loss, for a dictionary with the names and shapes of params. The slope at each entry of a
    parameter is measured by central differences, eps up and eps down. A gradient is right if no entry is
    further from its slope than tol times the largest number, in absolute value, among the parameter's
    gradient and slopes. At a kink the slopes to the left and to the right differ, and any number between them
    is right. A gradient with a nan, an infinity or another shape than its parameter's is wrong.

    >>> params = {"w": np.array([1.0, 2.0]), "b": np.array([3.0])}
    >>> grads = {"w": np.array([2.0, 8.0]), "b": np.array([1.0])}
    >>> gradient_check(lambda p: float((p["w"] ** 2).sum() + p["b"][0]), grads, params, 1e-5, 1e-6)
    ['w']
    """
    ### BEGIN SOLUTION
    here, wrong = f(params), []
    for name, x in params.items():
        left, right = np.zeros(x.shape), np.zeros(x.shape)
        for place in np.ndindex(x.shape):
            nudge = np.zeros(x.shape)
            nudge[place] = eps
            left[place] = (here - f(params | {name: x - nudge})) / eps
            right[place] = (f(params | {name: x + nudge}) - here) / eps
        slope, low, high = (left + right) / 2, np.minimum(left, right), np.maximum(left, right)
        if np.shape(grads[name]) == x.shape:
            kink = high - low > 0.01 * np.maximum(abs(left), abs(right))
            nearest = np.where(kink, np.clip(grads[name], low, high), slope)
            largest = max(abs(grads[name]).max(), abs(slope).max())
            if abs(grads[name] - nearest).max() <= tol * largest < np.inf:
                continue
        wrong.append(name)
    return wrong
    ### END SOLUTION


# %% minibatches *
def minibatches(
    X: np.ndarray, y: np.ndarray, size: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields the examples in pairs (part of X, part of y) of `size` rows, in an order drawn from rng.

    Each example comes once, with its own label; the last part has what is left. Each call draws a new order.

    >>> parts = list(minibatches(np.zeros((10, 3)), np.arange(10), 4, np.random.default_rng(0)))
    >>> [(X.shape, y.shape) for X, y in parts]
    [((4, 3), (4,)), ((4, 3), (4,)), ((2, 3), (2,))]
    """
    ### BEGIN SOLUTION
    order = rng.permutation(len(X))
    for start in range(0, len(X), size):
        part = order[start : start + size]
        yield X[part], y[part]
    ### END SOLUTION


# %% sgd_momentum_step **
def sgd_momentum_step(
    params: list[np.ndarray],
    grads: list[np.ndarray],
    state: dict,
    lr: float,
    momentum: float,
    weight_decay: float,
) -> tuple[list[np.ndarray], dict]:
    """One step of gradient descent with momentum: the new parameters and the new state; the old ones stay.

    The new ones share no memory with params and grads, whose arrays the caller may use again.
    To each gradient, weight_decay times its parameter is added. A parameter's velocity is momentum times the
    one before, plus that; it starts at 0. The parameter moves by lr times its velocity, downhill.

    `state` is {} before the first step. What it holds is your affair: it comes back to you in the next step
    of the same training, as you returned it.

    >>> params, state = sgd_momentum_step([np.array([1.0, 2.0])], [np.array([4.0, 0.0])], {}, 0.1, 0.5, 0.0)
    >>> params, state = sgd_momentum_step(params, [np.array([0.0, 0.0])], state, 0.1, 0.5, 0.0)
    >>> params
    [array([0.4, 2. ])]
    """
    ### BEGIN SOLUTION
    moved, velocities = [], []
    for p, g, v in zip(params, grads, state.get("velocities", [0.0] * len(params)), strict=True):
        velocities.append(momentum * v + (g + weight_decay * p))
        moved.append(p - lr * velocities[-1])
    return moved, {"velocities": velocities}
    ### END SOLUTION


# %% dropout *
def dropout(X: np.ndarray, p: float, rng: np.random.Generator, training: bool) -> np.ndarray:
    """X with each number set to 0 with probability p, independently, and those that stay divided by 1 - p.

    That is in training; otherwise X comes back as it is. p is from 0, where nothing is dropped, to 1, where
    everything is.

    >>> dropout(np.array([[1.0, 2.0]]), 0.5, np.random.default_rng(0), training=False)
    array([[1., 2.]])
    >>> dropout(np.array([[1.0, 2.0]]), 1.0, np.random.default_rng(0), training=True)
    array([[0., 0.]])
    """
    ### BEGIN SOLUTION
    if not training:
        return X
    if p == 1:
        return np.zeros(X.shape)
    return X * (rng.random(X.shape) >= p) / (1 - p)
    ### END SOLUTION


# %% train_digits ***
def train_digits(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Layers:
    """The layers of a trained network 64-64-10 that reads handwritten digits.

    images has the shape (N, 64), with pixels from 0 to 16; labels has the shape (N,), with numbers from 0 to
    9. The network has relu after its hidden layer, and is asked with images / 16. All chance comes from rng.
    Trained on three quarters of engine.datasets.digits(), it is right on at least 0.95 of the others, in
    whatever order the pixels come and whichever label stands for which digit. All this takes less than five
    seconds.
    """
    ### BEGIN SOLUTION
    layers = [
        (rng.normal(size=(d_in, d_out)) * (2 / d_in) ** 0.5, np.zeros(d_out))
        for d_in, d_out in pairwise((64, 64, 10))
    ]
    params, state = [p for layer in layers for p in layer], {}
    for epoch in range(20):
        lr = 0.1 * (1 - epoch / 20)
        for X, y in minibatches(images / 16, labels, 32, rng):
            _, gradients = mlp_backward(X, layers, y)
            grads = [g for pair in gradients for g in pair]
            params, state = sgd_momentum_step(params, grads, state, lr, 0.9, 1e-3)
            layers = list(zip(params[::2], params[1::2], strict=True))
    return layers
    ### END SOLUTION
