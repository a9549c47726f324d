"""The graph unit by PyTorch's own graph and autograd, on float64 scalar tensors.

`topo_order` and `grad_fn_chain` are the solution's: the first walks `parents`, which PyTorch does not have,
and the second walks whichever graph it is given, here PyTorch's.
"""

import torch


def Value(data, requires_grad=True):
    """What the engine's Value is to PyTorch: a float64 scalar tensor."""
    return torch.tensor(float(data), dtype=torch.float64, requires_grad=requires_grad)


# The first optimizer of a process takes two seconds, since PyTorch imports its compiler for it.
torch.optim.SGD([Value(0.0)], lr=1.0)


def product_rule(a, b, out):
    """On the engine's Values, whose .grad can be set before there is a backward pass."""
    x = Value(a.data)
    y = x if b is a else Value(b.data)
    (x * y).backward(torch.tensor(out.grad, dtype=torch.float64))
    a.grad += x.grad.item()
    if b is not a:
        b.grad += y.grad.item()


def backward(root):
    root.backward(retain_graph=True)


def numeric_grad(f, x, eps):
    point = torch.tensor(x, dtype=torch.float64)
    steps = eps * torch.eye(len(x), dtype=torch.float64)
    return [(f((point + step).tolist()) - f((point - step).tolist())) / (2 * eps) for step in steps]


def sgd(loss_fn, params, lr, steps):
    optimizer = torch.optim.SGD(params, lr=lr)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_fn()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
