"""The activations unit by PyTorch's own functions: NumPy arrays in, NumPy arrays out."""

import numpy as np
import torch
from torch.nn import functional as F


def Value(data, requires_grad=True):
    """What the engine's Value is to PyTorch: a float64 scalar tensor."""
    return torch.tensor(float(data), dtype=torch.float64, requires_grad=requires_grad)


def sigmoid(x):
    return _array(torch.sigmoid(_tensor(x)))


def tanh_grad(y):
    return _derivative(torch.tanh, torch.atanh(_tensor(y)))


def relu(x):
    return _array(F.relu(_tensor(x)))


def relu_grad(x):
    return _derivative(F.relu, _tensor(x))


def leaky_relu(x, slope):
    return _array(F.leaky_relu(_tensor(x), slope))


def leaky_relu_grad(x, slope):
    return _derivative(lambda t: F.leaky_relu(t, slope), _tensor(x))


def gelu(x, approximate="none"):
    try:
        return _array(F.gelu(_tensor(x), approximate=approximate))
    except RuntimeError as error:  # PyTorch's word for a bad `approximate`
        raise ValueError(str(error)) from error


def softmax(x, axis=-1):
    return _array(torch.softmax(_tensor(x), dim=axis))


def bce_with_logits(z, y):
    return _array(F.binary_cross_entropy_with_logits(_tensor(z), _tensor(y)))


def cross_entropy(logits, labels):
    return _array(F.cross_entropy(_tensor(logits), torch.from_numpy(np.array(labels))))


def value_sigmoid(v):
    return torch.reciprocal(1 + torch.exp(-v))


def value_tanh(v):
    return (torch.exp(v) - torch.exp(-v)) / (torch.exp(v) + torch.exp(-v))


def _tensor(x):
    """x as a floating tensor of its own; integers become float64, NumPy's choice (PyTorch's is float32)."""
    tensor = torch.from_numpy(np.array(x))
    return tensor if tensor.is_floating_point() else tensor.double()


def _array(tensor):
    return tensor.numpy()[()]  # [()] makes a NumPy scalar of a 0-d array


def _derivative(function, x):
    """The derivative of an elementwise function at x, by autograd."""
    x = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(function(x).sum(), x)
    return _array(gradient)
