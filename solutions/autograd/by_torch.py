"""The autograd unit by PyTorch's own, on float64 scalar tensors."""

import torch
from torch.utils.checkpoint import checkpoint as torch_checkpoint

no_grad = torch.no_grad


def Value(data, requires_grad=True):
    """What the engine's Value is to PyTorch: a float64 scalar tensor."""
    return torch.tensor(float(data), dtype=torch.float64, requires_grad=requires_grad)


# The first checkpoint of a process takes two seconds, since PyTorch imports its compiler for it.
torch_checkpoint(torch.exp, Value(0.0), use_reentrant=True)


def accumulate(f, x, times):
    leaf = Value(x)
    result = f(leaf)
    for left in reversed(range(times)):
        result.backward(retain_graph=left > 0)
    return 0.0 if leaf.grad is None else leaf.grad.item()


class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        out = torch.exp(x)
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx, gradient):
        return gradient * ctx.saved_tensors[0]


def hvp(f, xs, vs):
    _, product = torch.autograd.functional.hvp(f, tuple(map(Value, xs)), tuple(map(Value, vs)))
    return [h.item() for h in product]


def checkpoint(fn, *xs):
    # Of PyTorch's two ways this is the one that runs fn without recording, as a Function.
    return torch_checkpoint(fn, *xs, use_reentrant=True)


def trace(f, *examples):
    # check_trace would run f a second time, to compare.
    traced = torch.jit.trace(f, tuple(Value(x, False) for x in examples), check_trace=False)
    return lambda *numbers: traced(*(Value(x, False) for x in numbers)).item()
