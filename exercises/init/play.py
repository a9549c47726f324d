"""Initialisation at work: how widely activations are spread, layer after layer."""

from __future__ import annotations

import math

import numpy as np

from autograder.declare.drawing import film
from autograder.declare.scenes import scene

LAYERS, WIDTH = 20, 100
COLOURS = {"He": "#2166ac", "Xavier": "#b2182b", "0.01": "#555"}


@scene("Twenty layers", needs=("xavier_uniform", "kaiming_uniform", "activation_std"))
def layers(answer):
    """The standard deviation of what each layer passes on, by your own functions: on the left with tanh,
    on the right with relu. Each line down is a tenth. He was made for relu, Xavier for tanh; 0.01 is
    good for neither.
    """
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, WIDTH))
    draws = {
        "He": lambda: answer.kaiming_normal(WIDTH, WIDTH, rng),
        "Xavier": lambda: answer.xavier_uniform(WIDTH, WIDTH, rng),
        "0.01": lambda: 0.01 * rng.normal(size=(WIDTH, WIDTH)),
    }
    bends = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}
    spreads = {
        (bend, start): [
            float(std) for std in answer.activation_std(X, [draw() for _ in range(LAYERS)], bends[bend])
        ]
        for bend in bends
        for start, draw in draws.items()
    }
    frames = [
        "".join(
            _plot(60 + 330 * column, bend, {start: spreads[bend, start][:depth] for start in draws})
            for column, bend in enumerate(bends)
        )
        for depth in range(1, LAYERS + 1)
    ]
    return film(720, 270, "The spread of activations in twenty layers", frames, seconds=0.3, pause=8)


def _plot(left, bend, lines) -> str:
    """Axes with powers of ten, and a line for each way to begin."""
    parts = [f'<text x="{left + 115}" y="24" font-size="15">{bend}</text>']
    for power in range(5):
        y = 40 + 48 * power
        parts.append(f'<path d="M{left} {y}h230" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{10.0**-power:g}</text>')
    for start, stds in lines.items():
        points = [(left + 12 * i, 40 - 48 * math.log10(max(std, 1e-9))) for i, std in enumerate(stds)]
        seen = [(x, y) for x, y in points if y < 236]
        path = " ".join(f"{x:g},{y:.1f}" for x, y in seen)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[start]}" stroke-width="2.5"/>')
        x, y = seen[-1]
        words = start if len(seen) == len(points) else f"{start}: gone"
        parts.append(
            f'<text x="{x + 6:g}" y="{y + 4:.1f}" fill="{COLOURS[start]}" text-anchor="start">{words}</text>'
        )
    parts.append(f'<text x="{left + 115}" y="258">layer {len(next(iter(lines.values())))}</text>')
    return "".join(parts)
