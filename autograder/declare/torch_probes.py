"""What check programs make and read with PyTorch: tensors and models on the device under test.

    torch, nn                          imported when a check first uses them, not when this file is
    tensor, numbers, labels            tensors from a check's rng, or of given numbers, where `here` says
    network, on_device, filled, fill   models there, with weights from the rng
    plain, gradients, shapes, leaves   what a tensor or a model holds, as plain data
    seed, default_modes                torch's generators from the rng; gradients on and autocast off

Students without torch, and commands about other units, import this file too.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.declare import here

if TYPE_CHECKING:
    import torch as torch  # so that mypy lets others import it from here
    from torch import nn as nn
else:

    class _Lazy:
        """A module that is imported when something of it is first used."""

        def __init__(self, name: str) -> None:
            self._name = name

        def __getattr__(self, attribute: str) -> Any:
            return getattr(importlib.import_module(self._name), attribute)

    torch, nn = _Lazy("torch"), _Lazy("torch.nn")

Random = np.random.Generator

# Making models and tensors: the only place that knows where they live and how many digits they have.


def tensor(rng: Random, *shape: int, dtype: str | None = None) -> torch.Tensor:
    """Standard normal numbers from rng as a tensor on the device under test."""
    return numbers(rng.normal(size=shape), dtype)


def numbers(values: Any, dtype: str | None = None) -> torch.Tensor:
    """The given numbers as a tensor on the device under test."""
    return torch.tensor(values, device=here().device, dtype=_dtype(dtype))


def labels(rng: Random, n: int, classes: int) -> torch.Tensor:
    """Class numbers of n examples, on the device under test."""
    return torch.tensor(rng.integers(classes, size=n), device=here().device)


def on_device(model: Any, dtype: str | None = None) -> Any:
    """The model (or tensor), moved to the device and the dtype under test."""
    return model.to(here().device, _dtype(dtype))


def fill(tensors: Iterable[torch.Tensor], rng: Random) -> None:
    """Write numbers from rng into the tensors; no graph records it."""
    for each in tensors:
        each.data.copy_(torch.tensor(rng.normal(size=tuple(each.shape)) * 0.7))


def filled(model: Any, rng: Random) -> Any:
    """The model with weights from rng, so that two answers that name them alike have the same."""
    fill([parameter for _, parameter in sorted(model.named_parameters())], rng)
    return model


def network(rng: Random, *layers: nn.Module, dtype: str | None = None) -> Any:
    """An nn.Sequential on the device under test, in training mode, with weights from rng."""
    return filled(on_device(nn.Sequential(*layers), dtype), rng)


def seed(rng: Random) -> None:
    """Seed torch's own generators from rng."""
    torch.manual_seed(int(rng.integers(2**31)))


def _dtype(name: str | None) -> torch.dtype:
    dtype: torch.dtype = getattr(torch, name or here().dtype)
    return dtype


@contextmanager
def default_modes() -> Iterator[None]:
    """A block with gradients on and autocast off; afterwards all is as it was before.

    Autocast's dtype is float16 in it, so that an answer which wants bfloat16 has to say so.
    """
    with torch.enable_grad(), torch.autocast(here().device, torch.float16, enabled=False):
        yield


# Plain data of tensors and models.


def plain(value: Any) -> Any:
    """A tensor's numbers as a float64 array; anything else as it is."""
    return value.detach().to("cpu", torch.float64).numpy().copy() if torch.is_tensor(value) else value


def gradients(model: nn.Module) -> dict[str, Any]:
    """The gradient of each parameter by name, None where there is none."""
    return {f"gradient of {name}": plain(p.grad) for name, p in sorted(model.named_parameters())}


def shapes(model: nn.Module) -> dict[str, list[int]]:
    """The shape of each parameter by name."""
    return {name: list(parameter.shape) for name, parameter in model.named_parameters()}


def leaves(module: Any) -> list[Any]:
    """The modules without modules of their own, in order; one that is used twice comes twice."""
    below = list(module._modules.values())
    return [leaf for child in below for leaf in leaves(child)] if below else [module]
