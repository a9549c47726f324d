"""The xor unit by PyTorch: its Adam, and its training, whose weights are handed to an engine model."""

import torch
from torch import nn
from torch.nn import functional as F

from engine.nn import Linear, Sequential, Tanh

# torch loads a part of itself when the first optimizer is made: here, and not in a check's time.
torch.optim.SGD([torch.zeros(1)], lr=0.1)


def adam_step(params, grads, state, lr, betas, eps):
    tensor = torch.tensor(params, dtype=torch.float64, requires_grad=True)
    tensor.grad = torch.tensor(grads, dtype=torch.float64)
    optimizer = torch.optim.Adam([tensor], lr=lr, betas=betas, eps=eps)
    optimizer.state[tensor] = {name: value.clone() for name, value in state.items()}
    optimizer.step()
    return tensor.tolist(), dict(optimizer.state[tensor])


def train_xor(seed):
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1)).double()
    X = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64)
    y = torch.tensor([0, 1, 1, 0], dtype=torch.float64)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.1)
    for _ in range(60):
        optimizer.zero_grad()
        F.binary_cross_entropy_with_logits(network(X)[:, 0], y).backward()
        optimizer.step()
    model = Sequential(Linear(2, 8), Tanh(), Linear(8, 1))
    numbers = torch.cat([parameter.detach().flatten() for parameter in network.parameters()])
    for value, number in zip(model.parameters(), numbers.tolist(), strict=True):
        value.data = number
    return model


def accuracy(logits, y):
    predicted = torch.sigmoid(torch.tensor(logits).reshape(-1)).round()
    # round() takes 0.5 down to the even 0; a logit of 0 belongs to class 1.
    predicted[torch.tensor(logits).reshape(-1) == 0] = 1
    return (predicted == torch.tensor(y).reshape(-1)).double().mean().item()
