"""The picture in the lesson."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np

from autograder.declare.drawing import svg


def spread(solution: ModuleType) -> str:
    """How widely activations are spread in each of twenty layers, by how the weights began."""
    width, rng = 100, np.random.default_rng(0)
    X = rng.normal(size=(200, width))
    starts: dict[str, Callable[[], Any]] = {
        "He": lambda: solution.kaiming_normal(width, width, rng),
        "Xavier": lambda: solution.xavier_uniform(width, width, rng),
        "0.01": lambda: 0.01 * rng.normal(size=(width, width)),
    }
    bends: dict[str, Callable[[Any], Any]] = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}
    body: list[str] = []
    for column, (bend, activation) in enumerate(bends.items()):
        body += [f'<g transform="translate({58 + 326 * column} 34)">', *_log_axes(f"20 layers with {bend}")]
        for start, draw_weights in starts.items():
            stds = solution.activation_std(X, [draw_weights() for _ in range(20)], activation)
            body += _log_line(start, [float(std) for std in stds])
        body.append("</g>")
    title = "Standard deviation of the activations in twenty layers, by initialisation"
    return svg(700, 282, title, body, anchor="start")


#: Pixels a layer, pixels a power of ten, and the plot's height: its top is 1 and its floor 0.0001.
_LAYER, _DECADE, _HEIGHT = 12, 50, 200


def _log_axes(title: str) -> Iterator[str]:
    """Lines at the powers of ten, the numbers of the layers, and a title."""
    right = 19 * _LAYER
    yield f'<text x="{right / 2:g}" y="-18" font-size="14" text-anchor="middle">{title}</text>'
    for power in range(5):
        y = power * _DECADE
        yield f'<path d="M0 {y}H{right}" stroke="#ccc"/>'
        yield f'<text x="-6" y="{y + 4}" text-anchor="end">{10.0**-power:g}</text>'
    for layer in (1, 5, 10, 15, 20):
        yield f'<text x="{(layer - 1) * _LAYER}" y="218" text-anchor="middle">{layer}</text>'
    yield f'<text x="{right / 2:g}" y="238" text-anchor="middle">layer</text>'


def _log_line(name: str, stds: Sequence[float]) -> Iterator[str]:
    """A line through the numbers with its name at its end; it stops where it leaves the plot."""
    colour, dashes = {"He": ("#2166ac", "none"), "Xavier": ("#b2182b", "7 3"), "0.01": ("#555", "2 3")}[name]
    points = [(float(i * _LAYER), -_DECADE * math.log10(std)) for i, std in enumerate(stds)]
    for index, ((left, above), (_, below)) in enumerate(pairwise(points)):
        if below > _HEIGHT:
            crossing = left + _LAYER * (_HEIGHT - above) / (below - above)
            points[index + 1 :] = [(crossing, _HEIGHT)]
            break
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    x, y = points[-1]
    y -= 10 * (y == _HEIGHT)  # clear of the axis
    yield f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>'
    yield f'<text x="{x + 6:.1f}" y="{y + 4:.1f}" fill="{colour}">{name}</text>'
