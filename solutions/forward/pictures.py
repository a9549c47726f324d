"""The picture in the lesson."""

from __future__ import annotations

from itertools import product
from types import ModuleType

import numpy as np

from autograder.declare.drawing import minus, svg


def network(solution: ModuleType) -> str:
    """The lesson's 2-3-1 network and what its units pass on, from the unit's own answer."""
    layers = [
        (np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]), np.array([0.0, 2.0, -1.0])),
        (np.array([[1.0], [5.0], [2.0]]), np.array([0.5])),
    ]
    X = np.array([[1.0, -1.0]])
    logits, hidden = solution.mlp_forward(X, layers, lambda z: np.maximum(z, 0))
    columns = [
        [(60 + 200 * depth, 140 + 84 * (unit - (len(row) - 1) / 2)) for unit in range(len(row))]
        for depth, row in enumerate((X[0], hidden[0][0], logits[0]))
    ]
    lines: list[str] = []
    units: list[str] = []
    for (W, b), before, after in zip(layers, columns[:-1], columns[1:], strict=True):
        for (i, (x0, y0)), (j, (x1, y1)) in product(enumerate(before), enumerate(after)):
            x, y = x0 + 0.66 * (x1 - x0), y0 + 0.66 * (y1 - y0)
            lines += [
                f'<path d="M{x0:g} {y0:g}L{x1:g} {y1:g}" stroke="{"#888" if W[i, j] else "#ddd"}"/>',
                f'<rect x="{x - 8:.1f}" y="{y - 8:.1f}" width="16" height="16" fill="#fff"/>',
                f'<text x="{x:.1f}" y="{y + 4:.1f}">{W[i, j]:g}</text>',
            ]
        units += [
            f'<text x="{x:g}" y="{y - 24:g}" fill="#2166ac">bias {minus(bias)}</text>'
            for (x, y), bias in zip(after, b.tolist(), strict=True)
        ]
    for row, column in zip((X[0], hidden[0][0], logits[0]), columns, strict=True):
        for number, (x, y) in zip(row.tolist(), column, strict=True):
            units += [
                f'<circle cx="{x:g}" cy="{y:g}" r="18" fill="#fff" stroke="#222"/>',
                f'<text x="{x:g}" y="{y + 5:g}" font-size="14">{minus(number)}</text>',
            ]
    titles = [
        f'<text x="{column[0][0]:g}" y="16">{title}</text>'
        for column, title in zip(columns, ("input", "hidden, after relu", "output: the logit"), strict=True)
    ]
    return svg(530, 256, "A 2-3-1 network with its weights and biases", titles + lines + units)
