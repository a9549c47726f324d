"""The picture in the lesson."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product
from types import ModuleType

from autograder.declare.drawing import shaded, svg
from engine import no_grad


def boundary(solution: ModuleType) -> str:
    """XOR's corners as a trained 2-8-1 network sees them: shades of its logit, and a line where it is 0."""
    model = solution.train_xor(3)
    cells, side = 44, 352
    places = [2 * i / cells - 0.5 for i in range(cells + 1)]
    with no_grad():
        logits = [[model([a, b])[0].data for a in places] for b in places]
    line = "".join(f"M{a:.2f} {b:.2f}L{c:.2f} {d:.2f}" for (a, b), (c, d) in _zero_line(logits))
    body = [
        # One unit is one cell here, and b grows upwards.
        f'<g transform="matrix({side / cells:g} 0 0 {-side / cells:g} 0 {side})">',
        *shaded(logits),
        f'<path d="{line}" stroke="#000" stroke-width="0.25"/>',
        "</g>",
        *_corners(side),
    ]
    return svg(side, side, "The decision boundary of a trained 2-8-1 network on XOR", body, size=15)


def _corners(side: int) -> Iterator[str]:
    """The four examples: a disc with the label in it, and the inputs below."""
    for a, b in product((0, 1), (0, 1)):
        x, y = (a + 0.5) / 2 * side, (1.5 - b) / 2 * side
        yield f'<circle cx="{x:g}" cy="{y:g}" r="13" fill="#fff" stroke="#000"/>'
        yield f'<text x="{x:g}" y="{y + 5:g}">{a ^ b}</text>'
        yield f'<rect x="{x - 22:g}" y="{y + 18:g}" width="44" height="17" rx="4" fill="#fff"/>'
        yield f'<text x="{x:g}" y="{y + 31:g}" font-size="12">({a}, {b})</text>'


def _zero_line(grid: list[list[float]]) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The line where numbers given on a grid are 0, as straight pieces, two ends (column, row) each."""
    around = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    for j in range(len(grid) - 1):
        for i in range(len(grid[0]) - 1):
            ends = []
            for (a, b), (c, d) in pairwise(around):
                z, w = grid[j + b][i + a], grid[j + d][i + c]
                if (z > 0) != (w > 0):
                    t = z / (z - w)
                    ends.append((i + a + t * (c - a), j + b + t * (d - b)))
            yield from zip(ends[::2], ends[1::2], strict=True)
