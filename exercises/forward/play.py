"""The forward pass at work: a batch on its way through the layers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from autograder.declare.drawing import SHADES, film, minus
from autograder.declare.scenes import scene

CELL = 26


@scene("A batch goes through the layers", needs=("mlp_forward",))
def batch(answer):
    """Five examples, three numbers each. Each layer multiplies by its W, adds its b and bends with relu;
    the rows stay five, the columns become the layer's width. Red is above 0, blue below, white near 0.
    """
    rng, sizes = np.random.default_rng(3), (3, 5, 4, 2)
    layers = [(rng.normal(size=pair), rng.normal(size=pair[1]) / 2) for pair in pairwise(sizes)]
    X = rng.normal(size=(5, 3))
    logits, hidden = answer.mlp_forward(X, layers, lambda z: np.maximum(z, 0))
    names = ["X", *(f"hidden[{i}]" for i in range(len(hidden)))]
    steps = list(zip([*names, "logits"], [X, *hidden, logits], strict=True))
    frames, done, left = [], "", 20.0
    for number, (name, matrix) in enumerate(steps):
        done += _matrix(left, 60, name, matrix)
        frames.append(done)
        left += CELL * matrix.shape[1] + 16
        if number < len(layers):
            W, b = layers[number]
            words = f"@ W {W.shape}", f"+ b {b.shape}{', relu' * (number < len(hidden))}"
            for y, line in zip((118, 150), words, strict=True):
                done += f'<text x="{left + 58:g}" y="{y}" font-size="12">{line}</text>'
            done += f'<path d="M{left:g} 130h116m-7 -5l7 5l-7 5" fill="none" stroke="#222"/>'
            frames.append(done)
            left += 140
    return film(int(left), 230, "A batch of five examples in a 3-5-4-2 network", frames, seconds=1.2, pause=3)


def _matrix(left, top, name, matrix) -> str:
    """Cells with their numbers, the name above, the shape below."""
    rows, columns = matrix.shape
    middle = left + CELL * columns / 2
    parts = [f'<text x="{middle:g}" y="{top - 12}" font-size="14">{name}</text>']
    for (i, j), z in np.ndenumerate(matrix):
        x, y = left + CELL * j, top + CELL * i
        shade = (
            "#f7f7f7" if abs(z) < 0.05 else SHADES[2 + (z > 0) + (1 if z > 1.5 else -1 if z < -1.5 else 0)]
        )
        parts.append(f'<rect x="{x:g}" y="{y}" width="{CELL}" height="{CELL}" fill="{shade}" stroke="#fff"/>')
        parts.append(
            f'<text x="{x + CELL / 2:g}" y="{y + 17}" font-size="9">{minus(round(float(z), 1))}</text>'
        )
    parts.append(f'<text x="{middle:g}" y="{top + CELL * rows + 20}" font-size="12">{matrix.shape}</text>')
    return "".join(parts)
