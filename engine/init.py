"""Starting weights, as torch.nn.init: each fills `rows`, a (fan_out, fan_in) list of lists of Values.

    xavier_uniform_, xavier_normal_     keep the variance of signals and gradients in a linear or tanh layer
    kaiming_uniform_, kaiming_normal_   the same through a ReLU
    uniform_, normal_, constant_, zeros_, ones_

`generator` is a random.Random; the module `random` itself unless given.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any

from .value import Value

Rows = Sequence[Sequence[Value]]


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor that makes up for a nonlinearity: 5/3 for tanh, sqrt(2) for relu. ValueError for others."""
    if nonlinearity == "leaky_relu":
        return math.sqrt(2.0 / (1.0 + (0.01 if param is None else param) ** 2))
    gains = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5.0 / 3.0, "relu": math.sqrt(2.0), "selu": 0.75}
    if nonlinearity not in gains:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}; known are leaky_relu, {', '.join(gains)}")
    return gains[nonlinearity]


def _fill(rows: Rows, draw: Callable[[], float]) -> Rows:
    for row in rows:
        for v in row:
            v.data = draw()
    return rows


def uniform_(rows: Rows, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Rows:
    """U(a, b)."""
    rng = generator or random
    return _fill(rows, lambda: rng.uniform(a, b))


def normal_(rows: Rows, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Rows:
    """N(mean, std^2)."""
    rng = generator or random
    return _fill(rows, lambda: rng.gauss(mean, std))


def constant_(rows: Rows, val: float) -> Rows:
    """val everywhere: every unit of the layer then learns the same."""
    return _fill(rows, lambda: float(val))


def zeros_(rows: Rows) -> Rows:
    """0 everywhere."""
    return constant_(rows, 0.0)


def ones_(rows: Rows) -> Rows:
    """1 everywhere."""
    return constant_(rows, 1.0)


def _fans(rows: Rows) -> tuple[int, int]:
    """(fan_in, fan_out) of rows; ValueError where there is no weight to fill."""
    if not rows or not rows[0]:
        raise ValueError("a weight must have at least one row and one column")
    return len(rows[0]), len(rows)


def _xavier_std(rows: Rows, gain: float) -> float:
    return gain * math.sqrt(2.0 / sum(_fans(rows)))


def _kaiming_std(rows: Rows, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    fan = _fans(rows)[mode == "fan_out"]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def xavier_uniform_(rows: Rows, gain: float = 1.0, generator: Any = None) -> Rows:
    """U(-b, b), b = gain * sqrt(6 / (fan_in + fan_out))."""
    bound = math.sqrt(3.0) * _xavier_std(rows, gain)
    return uniform_(rows, -bound, bound, generator)


def xavier_normal_(rows: Rows, gain: float = 1.0, generator: Any = None) -> Rows:
    """N(0, s^2), s = gain * sqrt(2 / (fan_in + fan_out))."""
    return normal_(rows, 0.0, _xavier_std(rows, gain), generator)


def kaiming_uniform_(
    rows: Rows, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Rows:
    """U(-b, b), b = gain * sqrt(3 / fan); a is the slope of leaky_relu below 0."""
    bound = math.sqrt(3.0) * _kaiming_std(rows, a, mode, nonlinearity)
    return uniform_(rows, -bound, bound, generator)


def kaiming_normal_(
    rows: Rows, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Rows:
    """N(0, s^2), s = gain / sqrt(fan); a is the slope of leaky_relu below 0."""
    return normal_(rows, 0.0, _kaiming_std(rows, a, mode, nonlinearity), generator)
