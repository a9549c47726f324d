"""The perceptron, in NumPy: one neuron that draws a line, and learns where from its mistakes.

Examples are the rows of X, of shape (N, d), floats or integers; w has shape (d,) and b is a float. Labels are
-1 and +1. No function changes its arguments, and a function may call those before it.
"""

import numpy as np


# %% step *
def step(z: np.ndarray) -> np.ndarray:
    """1 where z >= 0, and 0 elsewhere, as integers in the shape of z.

    >>> step(np.array([-2.0, 0.0, 3.0]))
    array([0, 1, 1])
    """
    ### BEGIN SOLUTION
    return np.where(np.asarray(z) >= 0, 1, 0)
    ### END SOLUTION


def sign(z: np.ndarray) -> np.ndarray:
    """+1 where z >= 0, and -1 elsewhere, as integers in the shape of z.

    >>> sign(np.array([-2.0, 0.0, 3.0]))
    array([-1,  1,  1])
    """
    ### BEGIN SOLUTION
    return np.where(np.asarray(z) >= 0, 1, -1)
    ### END SOLUTION


# %% perceptron_predict *
def perceptron_predict(X: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    """The label, -1 or +1, of each example: the sign of its score w . x + b.

    X of shape (N, d) gives N integer labels; a single x of shape (d,) gives a single label. A score of
    exactly 0 counts as +1.

    >>> perceptron_predict(np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 2.0]]), np.array([2.0, -1.0]), -1.0)
    array([ 1,  1, -1])
    """
    ### BEGIN SOLUTION
    return sign(X @ w + b)
    ### END SOLUTION


# %% signed_distance **
def signed_distance(X: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    """(w . x + b) / ||w||: how far each example lies from the boundary, positive on the side w points to.

    X has shape (N, d); the answer has shape (N,), in the same unit of length as X. w is not all zeros.

    >>> signed_distance(np.array([[3.0, 4.0], [0.0, 0.0]]), np.array([3.0, 4.0]), -5.0)
    array([ 4., -1.])
    """
    ### BEGIN SOLUTION
    return (X @ w + b) / np.linalg.norm(w)
    ### END SOLUTION


# %% perceptron_update *
def perceptron_update(w: np.ndarray, b: float, x: np.ndarray, y: int, lr: float) -> tuple[np.ndarray, float]:
    """The pair (w, b) after one look at the example x, of shape (d,), whose label y is -1 or +1.

    Where the prediction is y already, w and b stay as they are. Where it is not, w changes by lr * y * x
    and b by lr * y. A score of exactly 0 predicts +1. The caller's w is left as it was.

    >>> perceptron_update(np.array([1.0, 0.0]), 0.5, np.array([2.0, 1.0]), -1, 0.5)
    (array([ 0. , -0.5]), 0.0)
    """
    ### BEGIN SOLUTION
    if perceptron_predict(x, w, b) == y:
        return w, b
    return w + lr * y * x, b + lr * y
    ### END SOLUTION


# %% train_perceptron **
def train_perceptron(
    X: np.ndarray, y: np.ndarray, lr: float, epochs: int
) -> tuple[np.ndarray, float, list[int]]:
    """The triple (w, b, mistakes) after at most `epochs` passes over the examples.

    X has shape (N, d), and y holds N labels, -1 or +1. w and b start at zero. A pass looks at the examples in
    the order of the rows and updates after each wrong prediction. `mistakes` is a list with one integer a
    pass: how many of its predictions were wrong when they were made. Training ends after the first pass
    without a mistake, whose 0 is the list's last number.

    >>> X, y = np.array([[1.0], [-1.0]]), np.array([-1, 1])
    >>> w, b, mistakes = train_perceptron(X, y, lr=1.0, epochs=10)
    >>> w, float(b), mistakes
    (array([-1.]), -1.0, [1, 0])
    """
    ### BEGIN SOLUTION
    w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        wrong = 0
        for x, label in zip(X, y, strict=True):
            wrong += int(perceptron_predict(x, w, b) != label)
            w, b = perceptron_update(w, b, x, label, lr)
        mistakes.append(wrong)
        if wrong == 0:
            break
    return w, b, mistakes
    ### END SOLUTION


# %% no_line_for_xor [markdown] points=2
r"""
**Why can no single perceptron compute XOR?** Say what its score $w_1 x_1 + w_2 x_2 + b$ has to be for each of
the four inputs of 0 and 1, and in one sentence why no $w_1$, $w_2$ and $b$ do all of it.

### BEGIN SOLUTION
XOR asks for $b < 0$ and $w_1 + w_2 + b < 0$, but for $w_1 + b \ge 0$ and $w_2 + b \ge 0$. The first two add
up to $w_1 + w_2 + 2b < 0$ and the last two to $w_1 + w_2 + 2b \ge 0$, which cannot both be.
### END SOLUTION
"""


# %% xor_by_hand **
def xor_by_hand() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The weights (W1, b1, W2, b2) of a network of step units that computes XOR of two inputs, each 0 or 1.

    The network computes hidden = step(X @ W1 + b1), then output = step(hidden @ W2 + b2), with
    step(0) = 1. Shapes: W1 (2, 2), b1 (2,), W2 (2, 1), b2 (1,). Choose the numbers by thinking: nothing is
    trained here, and many choices are right.

    >>> [np.shape(array) for array in xor_by_hand()]
    [(2, 2), (2,), (2, 1), (1,)]
    """
    ### BEGIN SOLUTION
    W1 = np.array([[1.0, 1.0], [1.0, 1.0]])
    b1 = np.array([-0.5, -1.5])  # the first unit is OR, the second AND
    W2 = np.array([[1.0], [-1.0]])
    b2 = np.array([-0.5])  # OR, but not AND
    return W1, b1, W2, b2
    ### END SOLUTION
