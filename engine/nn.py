"""Layers of scalars: micrograd's Neuron, Layer and MLP, and PyTorch's Linear, Sequential and activations.

Module                   parameters, named_parameters, zero_grad, state_dict, train; calling it calls forward
Neuron, Layer, MLP       as in micrograd: the same names, arguments, shapes and random draws
Linear, Sequential       as in torch.nn, on lists: Linear(2, 8) takes 2 numbers or Values and gives 8 Values
ReLU, Tanh, Sigmoid      each on every element
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from . import functional as F
from . import init
from .value import Value


class Module:
    """Something with parameters: the Values among its attributes, also in lists and in modules below it."""

    training = True

    def forward(self, *args: Any) -> Any:
        """What calling the module computes."""
        raise NotImplementedError(f"{type(self).__name__} needs a method forward")

    def __call__(self, *args: Any) -> Any:
        return self.forward(*args)

    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Value]]:
        """(name, parameter), each parameter once; names as in PyTorch: "0.weight.3.1"."""
        seen: set[Value] = set()
        for name, p in _named(vars(self).items(), prefix):
            if p not in seen:
                seen.add(p)
                yield name, p

    def parameters(self) -> list[Value]:
        """Every parameter once."""
        return [p for _, p in self.named_parameters()]

    def zero_grad(self, set_to_none: bool = False) -> None:
        """Set every parameter's gradient to 0.0, or to None."""
        for p in self.parameters():
            p.grad = None if set_to_none else 0.0

    def state_dict(self) -> dict[str, float]:
        """The number of every parameter by its name."""
        return {name: p.data for name, p in self.named_parameters()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Set every parameter to the number of its name. RuntimeError for names missing or unknown."""
        own = dict(self.named_parameters())
        if own.keys() != state.keys():
            missing, unknown = sorted(own.keys() - state.keys()), sorted(state.keys() - own.keys())
            raise RuntimeError(
                f"Error(s) in loading state_dict for {type(self).__name__}: "
                f"missing: {', '.join(missing) or 'none'}; unexpected: {', '.join(unknown) or 'none'}"
            )
        for name, p in own.items():
            p.data = state[name]

    def train(self, mode: bool = True) -> Module:
        """Set `training` here and on the modules below; the layers of this file do not read it."""
        for module in _modules(self):
            module.training = mode
        return self

    def eval(self) -> Module:
        """train(False)."""
        return self.train(False)


def _modules(x: Any) -> Iterator[Module]:
    """The modules in x: itself, among its attributes, and in lists and dicts."""
    if isinstance(x, Module):
        yield x
        x = vars(x)
    for item in x.values() if isinstance(x, dict) else x if isinstance(x, (list, tuple)) else ():
        yield from _modules(item)


def _named(items: Any, prefix: str) -> Iterator[tuple[str, Value]]:
    for key, x in items:
        name = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(x, Value):
            if x.requires_grad and x.is_leaf:
                yield name, x
        elif isinstance(x, Sequential):
            yield from _named(enumerate(x.modules), name)
        elif isinstance(x, Module):
            yield from x.named_parameters(name)
        elif isinstance(x, (list, tuple)):
            yield from _named(enumerate(x), name)
        elif isinstance(x, dict):
            yield from _named(x.items(), name)


# --- as in micrograd ------------------------------------------------------------------------------


class Neuron(Module):
    """relu(w . x + b), or w . x + b without nonlin; w drawn from U(-1, 1), b = 0."""

    def __init__(self, nin: int, nonlin: bool = True) -> None:
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0)
        self.nonlin = nonlin

    def forward(self, x: Sequence[Any]) -> Value:
        act = sum((wi * xi for wi, xi in zip(self.w, x, strict=False)), self.b)
        return F.relu(act) if self.nonlin else act

    def __repr__(self) -> str:
        return f"{'ReLU' if self.nonlin else 'Linear'}Neuron({len(self.w)})"


class Layer(Module):
    """nout neurons on the same nin inputs; one neuron gives its Value alone."""

    def __init__(self, nin: int, nout: int, **kwargs: Any) -> None:
        self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]

    def forward(self, x: Sequence[Any]) -> Any:
        out = [n(x) for n in self.neurons]
        return out[0] if len(out) == 1 else out

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(str, self.neurons))}]"


class MLP(Module):
    """Layers of the sizes nin, *nouts; the last without nonlinearity."""

    def __init__(self, nin: int, nouts: Sequence[int]) -> None:
        sizes = [nin, *nouts]
        last = len(nouts) - 1
        self.layers = [Layer(sizes[i], sizes[i + 1], nonlin=i != last) for i in range(len(nouts))]

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"


# --- as in torch.nn -------------------------------------------------------------------------------


class Linear(Module):
    """y_j = sum_i weight[j][i] * x_i + bias[j]; both start in U(-1/sqrt(in), 1/sqrt(in)), as PyTorch's do.

    ValueError for an input of another length. generator is a random.Random.
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True, generator: Any = None) -> None:
        self.in_features, self.out_features = in_features, out_features
        self.weight = [[Value(0.0) for _ in range(in_features)] for _ in range(out_features)]
        self.bias = [Value(0.0) for _ in range(out_features)] if bias else None
        init.kaiming_uniform_(self.weight, a=math.sqrt(5.0), generator=generator)
        if self.bias is not None:
            bound = 1.0 / math.sqrt(in_features)
            init.uniform_([self.bias], -bound, bound, generator)

    def forward(self, x: Sequence[Any]) -> list[Value]:
        if len(x) != self.in_features:
            raise ValueError(f"{self!r} takes {self.in_features} numbers, got {len(x)}")
        rows = [[w * xi for w, xi in zip(row, x, strict=True)] for row in self.weight]
        if self.bias is None:
            return [sum(row[1:], row[0]) for row in rows]
        return [sum(row, b) for row, b in zip(rows, self.bias, strict=True)]

    def __repr__(self) -> str:
        bias = self.bias is not None
        return f"Linear(in_features={self.in_features}, out_features={self.out_features}, bias={bias})"


class Sequential(Module):
    """One module or function after the other; may be indexed."""

    def __init__(self, *modules: Callable[[Any], Any]) -> None:
        self.modules = modules

    def forward(self, x: Any) -> Any:
        for module in self.modules:
            x = module(x)
        return x

    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Value]]:
        yield from {p: (name, p) for name, p in _named(enumerate(self.modules), prefix)}.values()

    def __getitem__(self, index: int) -> Callable[[Any], Any]:
        return self.modules[index]

    def __len__(self) -> int:
        return len(self.modules)

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.modules))})"


class _Elementwise(Module):
    """A function applied to every element of a list, or to one Value."""

    function: Callable[[Any], Any]

    def forward(self, x: Any) -> Any:
        function = type(self).function
        return [function(v) for v in x] if isinstance(x, (list, tuple)) else function(x)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class ReLU(_Elementwise):
    """max(0, x)."""

    function = F.relu


class Tanh(_Elementwise):
    """tanh(x)."""

    function = F.tanh


class Sigmoid(_Elementwise):
    """1 / (1 + exp(-x))."""

    function = F.sigmoid
