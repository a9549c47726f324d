"""The modules unit by other means of PyTorch: functional calls and autograd in place of ready helpers."""

import copy
import math
import time
from itertools import pairwise

import torch
from torch import nn
from torch.func import functional_call
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint


class MLP(nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        self.fc2 = nn.LazyLinear(output_dim)
        self.fc1 = nn.LazyLinear(hidden_dim)
        self(torch.zeros(1, input_dim))  # lazy layers learn their input size from a first batch

    def forward(self, x):
        return self.fc2(self.fc1(x).clamp_min(0))


def make_mlp(sizes, activation=nn.ReLU):
    model = nn.Sequential(nn.Linear(sizes[0], sizes[1]))
    for d_in, d_out in pairwise(sizes[1:]):
        model.append(activation()).append(nn.Linear(d_in, d_out))
    return model


@torch.no_grad()
def init_weights(module):
    if isinstance(module, nn.Linear):
        bound = math.sqrt(6 / module.in_features)
        module.weight.uniform_(-bound, bound)
        if module.bias is not None:
            module.bias.zero_()


@torch.inference_mode()
def predict(model, X):
    logits = copy.deepcopy(model).eval()(X)
    return torch.exp(logits - torch.logsumexp(logits, dim=1, keepdim=True))


def load_numpy_layers(model, layers):
    state, pairs = model.state_dict(), iter(layers)
    for name, module in model.named_modules():
        if isinstance(module, nn.Linear):
            W, b = next(pairs)
            state[f"{name}.weight"] = torch.tensor(W).t()
            state[f"{name}.bias"] = torch.tensor(b)
    model.load_state_dict(state)


class LeakySquare(torch.autograd.Function):
    """The derivative is not written by hand: backward asks autograd for that of the formula."""

    @staticmethod
    def forward(x, slope):
        return _leaky_square(x, slope)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, upstream):
        with torch.enable_grad():
            inputs = [tensor.detach().requires_grad_() for tensor in ctx.saved_tensors]
            gradients = torch.autograd.grad(_leaky_square(*inputs), inputs, upstream)
        return tuple(
            gradient if needed else None
            for gradient, needed in zip(gradients, ctx.needs_input_grad, strict=True)
        )


def _leaky_square(x, slope):
    return F.relu(x).square() + slope * F.relu(-x).square()


def checkpointed_forward(model, X, segments):
    size = len(model) // segments
    for start in range(0, len(model), size):
        X = checkpoint(model[start : start + size], X, use_reentrant=False)
    return X


def mixed_precision_forward(model, X):
    """bfloat16 copies of the weights instead of autocast; the copying is part of the graph."""
    copies = {name: parameter.bfloat16() for name, parameter in model.named_parameters()}
    return functional_call(model, copies, X.bfloat16()).float()


def train_step(model, X, y, optimizer):
    loss = F.nll_loss(F.log_softmax(model(X), dim=1), y)
    optimizer.zero_grad()
    parameters = list(model.parameters())
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        parameter.grad = gradient
    optimizer.step()
    return float(loss)


def parameters_without_gradient(model, loss):
    """Walks the graph: its ends are nodes that hold the parameters they would give a gradient to."""
    waiting, seen, reached = [loss.grad_fn], set(), set()
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            reached.add(id(getattr(node, "variable", None)))
            waiting += [parent for parent, _ in node.next_functions]
    return [name for name, p in model.named_parameters() if id(p) not in reached]


def train_xor_mlp(generator):
    """Many networks at once, of which the best is taken; a tanh, and logits in training."""
    X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = X.sum(dim=1, keepdim=True) % 2
    W1, b1, W2, b2 = (torch.randn(16, *s, generator=generator) for s in ((2, 4), (1, 4), (4, 1), (1, 1)))
    optimizer = torch.optim.Adam([p.requires_grad_() for p in (W1, b1, W2, b2)], lr=0.1)
    for _ in range(100):
        logits = torch.tanh(X @ W1 + b1) @ W2 + b2
        losses = F.binary_cross_entropy_with_logits(logits, y.expand(16, 4, 1), reduction="none").mean((1, 2))
        optimizer.zero_grad()
        losses.sum().backward()
        optimizer.step()
    best, model = losses.argmin(), nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1), nn.Sigmoid())
    state = {"0.weight": W1[best].T, "0.bias": b1[best, 0], "2.weight": W2[best].T, "2.bias": b2[best, 0]}
    model.load_state_dict(state)
    return model


@torch.inference_mode()
def time_forward(model, X, repeats):
    """On a GPU by its own clock: events stand in the queue before and behind each pass."""
    taken = []
    for _ in range(repeats + 1):
        if X.is_cuda:
            before, behind = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            before.record()
            model(X)
            behind.record()
            taken.append((before, behind))
        else:
            start = time.perf_counter()
            model(X)
            taken.append(time.perf_counter() - start)
    if X.is_cuda:
        torch.cuda.synchronize(X.device)
        taken = [before.elapsed_time(behind) / 1000 for before, behind in taken]
    return torch.tensor(taken[1:], dtype=torch.float64).median().item()
