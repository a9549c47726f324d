"""Optimizers, as torch.optim: they change `.data` by `.grad`, and record no graph.

SGD    p -= lr * g, with momentum (also Nesterov's) and weight decay
Adam   p -= lr * m / (sqrt(v) + eps), m and v the running means of g and g^2, corrected for starting at 0
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from .value import Value


class Optimizer:
    """Holds the parameters. ValueError for an empty list, TypeError for anything but Values."""

    def __init__(self, params: Iterable[Value], lr: float) -> None:
        self.params = list(params)
        self.lr = lr
        if not self.params:
            raise ValueError("optimizer got an empty parameter list")
        for p in self.params:
            if not isinstance(p, Value):
                raise TypeError(
                    f"optimizer can only optimize Values, but one of the params is {type(p).__name__}"
                )
            if not p.is_leaf:
                raise ValueError("can't optimize a non-leaf Tensor")
        if lr < 0.0:
            raise ValueError(f"Invalid learning rate: {lr}")

    def zero_grad(self, set_to_none: bool = False) -> None:
        """Set every gradient to 0.0, or to None."""
        for p in self.params:
            p.grad = None if set_to_none else 0.0

    def step(self) -> None:
        """Move every parameter that has a gradient."""
        for i, p in enumerate(self.params):
            if p.grad is not None:
                self.update(i, p, float(p.grad))

    def update(self, i: int, p: Value, g: float) -> None:
        """Move parameter number i by its gradient g."""
        raise NotImplementedError


class SGD(Optimizer):
    """b = momentum * b + (1 - dampening) * g, at first g;  p -= lr * b, nesterov: lr * (g + momentum * b)."""

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(params, lr)
        if nesterov and (momentum <= 0.0 or dampening != 0.0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        self.momentum, self.dampening = momentum, dampening
        self.weight_decay, self.nesterov = weight_decay, nesterov
        self.buffers: dict[int, float] = {}

    def update(self, i: int, p: Value, g: float) -> None:
        g += self.weight_decay * p.data
        if self.momentum:
            before = self.buffers.get(i)
            b = g if before is None else self.momentum * before + (1.0 - self.dampening) * g
            self.buffers[i] = b
            g = g + self.momentum * b if self.nesterov else b
        p.data -= self.lr * g


class Adam(Optimizer):
    """m, v: running means of g, g^2;  p -= lr * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)."""

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr)
        if not all(0.0 <= beta < 1.0 for beta in betas):
            raise ValueError(f"Invalid betas: {betas}, each must be in [0, 1)")
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay
        self.moments: dict[int, tuple[int, float, float]] = {}  # parameter: (t, m, v)

    def update(self, i: int, p: Value, g: float) -> None:
        b1, b2 = self.betas
        g += self.weight_decay * p.data
        t, m, v = self.moments.get(i, (0, 0.0, 0.0))
        t, m, v = t + 1, m + (1.0 - b1) * (g - m), b2 * v + (1.0 - b2) * g * g
        self.moments[i] = t, m, v
        spread = math.sqrt(v) / math.sqrt(1.0 - b2**t) + self.eps
        p.data -= self.lr / (1.0 - b1**t) * (m / spread)
