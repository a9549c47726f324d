"""The forward unit by PyTorch's own layers and autograd: NumPy arrays in, NumPy arrays out."""

from itertools import pairwise

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def linear(X, W, b):
    # PyTorch itself would spread a short bias over the units.
    if X.shape[1] != W.shape[0] or b.shape != W.shape[1:]:
        raise ValueError(f"{X.shape} by {W.shape} plus {b.shape}")
    return _layer(_tensor(X), W, b).numpy()


def count_parameters(sizes):
    return sum(parameter.numel() for parameter in _meta(sizes).parameters())


def count_multiply_adds(batch, sizes):
    # Each weight is multiplied once for each example.
    return batch * sum(layer.weight.numel() for layer in _meta(sizes))


def mlp_forward(X, layers, activation):
    a, hidden = _tensor(X), []
    *inner, last = layers
    for W, b in inner:
        a = _tensor(activation(_layer(a, W, b).numpy()))
        hidden.append(a.numpy())
    return _layer(a, *last).numpy(), hidden


def predict_proba(X, layers):
    a = _tensor(X)
    *inner, last = layers
    for W, b in inner:
        a = F.relu(_layer(a, W, b))
    return torch.softmax(_layer(a, *last), dim=1).numpy()


def linear_backward(dY, X, W):
    X, W = _tensor(X).requires_grad_(), _tensor(W).requires_grad_()
    b = torch.zeros(W.shape[1], dtype=W.dtype, requires_grad=True)
    gradients = torch.autograd.grad(F.linear(X, W.T, b), (X, W, b), grad_outputs=_tensor(dY))
    return tuple(gradient.contiguous().numpy() for gradient in gradients)


def _layer(a, W, b):
    return F.linear(a, _tensor(W).T, _tensor(b))


def _meta(sizes):
    """The network without its numbers: the meta device knows shapes only."""
    return nn.Sequential(*(nn.Linear(*pair, device="meta") for pair in pairwise(sizes)))


def _tensor(x):
    return torch.from_numpy(np.array(x, dtype=np.float64))
