"""The perceptron unit on PyTorch tensors: NumPy arrays in, NumPy arrays out."""

import numpy as np
import torch


def step(z):
    return _array(torch.ge(_tensor(z), 0).long())


def sign(z):
    z = _tensor(z)
    return _array(torch.where(z < 0, -torch.ones_like(z), torch.ones_like(z)).long())


def perceptron_predict(X, w, b):
    return sign(_array(_score(X, w, b)))


def signed_distance(X, w, b):
    return _array(_score(X, w, b) / torch.linalg.vector_norm(_tensor(w)))


def perceptron_update(w, b, x, y, lr):
    right = int(perceptron_predict(x, w, b)) == y
    change = 0.0 if right else lr * y
    return _array(_tensor(w).add(_tensor(x), alpha=change)), float(b + change)


def train_perceptron(X, y, lr, epochs):
    # b is one more weight, on an input that is always 1.
    X1 = torch.cat([_tensor(X), torch.ones(len(X), 1, dtype=torch.float64)], dim=1)
    w1 = torch.zeros(X1.shape[1], dtype=torch.float64)
    mistakes = [1]
    while mistakes[-1] > 0 and len(mistakes) <= epochs:
        mistakes.append(0)
        for x, label in zip(X1, _tensor(y), strict=True):
            predicted = 1 if torch.dot(x, w1) >= 0 else -1
            if predicted != label:
                w1 = w1 + lr * label * x
                mistakes[-1] += 1
    return _array(w1[:-1]), float(w1[-1]), mistakes[1:]


def xor_by_hand():
    W1 = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])  # "the first, not the second", and the other way round
    b1 = torch.tensor([-0.5, -0.5])
    W2 = torch.ones(2, 1)
    b2 = torch.tensor([-0.5])
    return W1.numpy(), b1.numpy(), W2.numpy(), b2.numpy()


def _score(X, w, b):
    return torch.matmul(_tensor(X), _tensor(w)) + b


def _tensor(x):
    return torch.from_numpy(np.array(x, dtype=np.float64))


def _array(tensor):
    return tensor.numpy()[()]  # [()] makes a NumPy scalar of a 0-d array
