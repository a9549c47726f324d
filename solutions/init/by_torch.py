"""The init unit by torch.nn.init: NumPy arrays in, NumPy arrays out."""

import numpy as np
import torch
from torch import nn


def xavier_uniform(fan_in, fan_out, rng):
    return _array(nn.init.xavier_uniform_(_empty(fan_in, fan_out), generator=_generator(rng)))


def kaiming_uniform(fan_in, fan_out, rng, slope=0.0):
    return _array(nn.init.kaiming_uniform_(_empty(fan_in, fan_out), a=slope, generator=_generator(rng)))


def kaiming_normal(fan_in, fan_out, rng, slope=0.0):
    return _array(nn.init.kaiming_normal_(_empty(fan_in, fan_out), a=slope, generator=_generator(rng)))


def count_distinct_units(W, tol):
    units = torch.from_numpy(np.array(W, dtype=np.float64)).T.contiguous()
    # The largest difference of each pair of units; a unit is new where none before it is near.
    near = torch.cdist(units, units, p=float("inf")) <= tol
    return int((~near.tril(diagonal=-1).any(dim=1)).sum())


def activation_std(X, weights, activation):
    a, stds = torch.from_numpy(np.array(X, dtype=np.float64)), []
    for W in weights:
        a = torch.from_numpy(np.array(activation((a @ torch.from_numpy(W)).numpy())))
        stds.append(torch.std(a, correction=0).item())
    return stds


def _empty(fan_in, fan_out):
    """PyTorch keeps one row a unit."""
    return torch.empty(fan_out, fan_in, dtype=torch.float64)


def _array(weight):
    return weight.T.contiguous().numpy()


def _generator(rng):
    """PyTorch's own generator, started from the next number of `rng`."""
    return torch.Generator().manual_seed(int(rng.integers(2**62)))
