"""The picture in the lesson."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np

from autograder.declare.drawing import svg


def curves(solution: ModuleType) -> str:
    """The activations from -4 to 4, one beside the other on the same scale, from the unit's own answers."""
    drawn: dict[str, Callable[[Any], Any]] = {
        "sigmoid": solution.sigmoid,
        "tanh": np.tanh,
        "relu": solution.relu,
        "leaky_relu, slope 0.1": lambda x: solution.leaky_relu(x, 0.1),
        "gelu": solution.gelu,
    }
    x = np.linspace(-4, 4, 81)
    body: list[str] = []
    for column, (name, curve) in enumerate(drawn.items()):
        body += [
            f'<g transform="translate({76 + 140 * column} 118)">',
            *_small_plot(name, x, curve(x)),
            "</g>",
        ]
    return svg(712, 170, "sigmoid, tanh, relu, leaky_relu and gelu between -4 and 4", body, size=11)


def _small_plot(name: str, xs: Any, ys: Any) -> Iterator[str]:
    """Axes through the origin, 15 pixels a unit across and 25 up, and a curve as far as the plot goes."""
    points = [(15 * x, -25 * y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True) if y <= 3]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    yield '<path d="M-62 0H62M0 32V-80" stroke="#999"/>'
    for y in (-1, 1, 2, 3):
        yield f'<path d="M-2 {-25 * y}H2" stroke="#999"/>'
        x, anchor = (-5, "end") if y > 0 else (5, "start")
        yield f'<text x="{x}" y="{4 - 25 * y}" text-anchor="{anchor}">{y}</text>'
    for tick, y in ((-4, -6), (4, 14)):  # on the side of the axis where no curve is
        yield f'<text x="{15 * tick}" y="{y}">{tick}</text>'
    yield f'<path d="M{path}" fill="none" stroke="#2166ac" stroke-width="2.5"/>'
    yield f'<text x="0" y="-92" font-size="13">{name}</text>'
