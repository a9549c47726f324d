"""Activations and the losses that sit on them, in NumPy.

Every function takes NumPy arrays of any shape, also without rows, of floats or integers, unless its docstring
says otherwise, answers with a new array and leaves its arguments as they were. The formula says what to
compute; how you compute it has to survive inputs like -1000 and 1000, where the plain formula may overflow. A
function may call those before it. The last two functions take a `Value` and no array; its functions are
methods: v.exp().
"""

import math

import numpy as np

from engine import Value


# %% sigmoid *
def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), element by element, without overflow for |x| up to 1e4.

    The shape of x is kept; float32 stays float32, and integers give floats.

    >>> sigmoid(np.array([-2.0, 0.0, 2.0]))
    array([0.11920292, 0.5       , 0.88079708])
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% tanh_grad *
def tanh_grad(y: np.ndarray) -> np.ndarray:
    """The derivative of tanh at x, computed from the output y = tanh(x) alone.

    This is how a framework does it: the forward pass has kept y, so x is not needed any more.
    The shape of y is kept.

    >>> tanh_grad(np.array([0.0, 0.5, -0.8]))
    array([1.  , 0.75, 0.36])
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% relu *
def relu(x: np.ndarray) -> np.ndarray:
    """max(x, 0), element by element; a NaN stays a NaN.

    >>> relu(np.array([-3.0, 0.0, 2.5]))
    array([0. , 0. , 2.5])
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def relu_grad(x: np.ndarray) -> np.ndarray:
    """The derivative of relu at x, as floats: 1 where x > 0, and 0 elsewhere, also at x = 0 (as PyTorch).

    >>> relu_grad(np.array([-3.0, 0.0, 2.5]))
    array([0., 0., 1.])
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% leaky_relu *
def leaky_relu(x: np.ndarray, slope: float) -> np.ndarray:
    """x where x > 0, and slope * x elsewhere. Any slope is allowed, also one above 1.

    >>> leaky_relu(np.array([-3.0, 0.0, 2.5]), 0.1)
    array([-0.3,  0. ,  2.5])
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def leaky_relu_grad(x: np.ndarray, slope: float) -> np.ndarray:
    """The derivative of leaky_relu at x, as floats. At x = 0 it is the left one, slope (as PyTorch).

    >>> leaky_relu_grad(np.array([-3.0, 0.0, 2.5]), 0.1)
    array([0.1, 0.1, 1. ])
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% gelu **
def gelu(x: np.ndarray, approximate: str = "none") -> np.ndarray:
    """x * Phi(x), where Phi is the standard normal distribution function, element by element.

    approximate="none"   Phi(x) = (1 + erf(x / sqrt(2))) / 2. NumPy has no erf; `math.erf` takes one number.
    approximate="tanh"   Phi(x) is replaced by (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2.
    Anything else raises a ValueError.

    >>> gelu(np.array([-1.0, 0.0, 1.0]))
    array([-0.15865525,  0.        ,  0.84134475])
    >>> gelu(np.array([-1.0, 0.0, 1.0]), approximate="tanh")
    array([-0.15880801,  0.        ,  0.84119199])
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% softmax **
def softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """exp(x_i) / sum_j exp(x_j) along `axis`: positive numbers that sum to 1, in the shape of x.

    It must not overflow for scores like 1000, nor divide 0 by 0 when one row lies far below another.

    >>> softmax(np.array([[0.0, 0.0], [1.0, 3.0]]))
    array([[0.5       , 0.5       ],
           [0.11920292, 0.88079708]])
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% bce_with_logits **
def bce_with_logits(z: np.ndarray, y: np.ndarray) -> float:
    """The mean of -y log(p) - (1 - y) log(1 - p), where p = sigmoid(z): binary cross-entropy from raw scores.

    z holds the scores (logits) and y the targets, in the same shape; a target is 0, 1 or anything between.
    The loss must be exact where p is rounded to 0 or 1: for z = -1000 and y = 1 it is 1000.

    >>> round(float(bce_with_logits(np.array([0.0, 2.0]), np.array([1.0, 0.0]))), 4)
    1.41
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% cross_entropy **
def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """The mean over N of log(sum_j exp(logits[n, j])) - logits[n, labels[n]]: cross-entropy from raw scores.

    logits is (N, classes); labels is (N,), each the integer index of the right class. It must be exact for
    scores like 1000, where a probability is rounded to 0 but its logarithm is an ordinary number.

    >>> round(float(cross_entropy(np.array([[0.0, 0.0], [1.0, 3.0]]), np.array([0, 0]))), 4)
    1.41
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% value_sigmoid **
def value_sigmoid(v: Value) -> Value:
    """1 / (1 + exp(-v)) as a Value, built from exp and arithmetic only (no `sigmoid`, no `tanh`).

    Nothing about gradients needs writing: each operation on a Value remembers how it was made, so
    `value_sigmoid(v).backward()` fills v.grad. Inputs are ordinary numbers, |v| below 20.

    >>> v = Value(0.0)
    >>> y = value_sigmoid(v)
    >>> y.backward()
    >>> y.item(), v.grad
    (0.5, 0.25)
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def value_tanh(v: Value) -> Value:
    """(exp(v) - exp(-v)) / (exp(v) + exp(-v)) as a Value, built from exp and arithmetic only.

    Using your own value_sigmoid is allowed; the built-in `tanh` and `sigmoid` are not. |v| is below 20.

    >>> v = Value(0.0)
    >>> y = value_tanh(v)
    >>> y.backward()
    >>> y.item(), v.grad
    (0.0, 1.0)
    """
    # YOUR CODE HERE
    raise NotImplementedError()
