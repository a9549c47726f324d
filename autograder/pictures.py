"""The pictures in the lessons, drawn by the kit's own code: the same text at each run.

PICTURES    "graph/example.svg" -> a function that returns the picture as SVG
pictures_of(unit)   those of one unit, drawn now
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise, product
from typing import Any

from engine import Value
from engine.picture import to_svg


def graph_example() -> str:
    """The lesson's graph of loss = (w * x + 3) ** 2, with the gradients that backward() leaves in it."""
    w, x = Value(1.0, label="w"), Value(2.0, label="x", requires_grad=False)
    m = w * x
    y = m + 3
    loss = y**2
    m.label, y.label, loss.label = "m", "y", "loss"
    loss.backward()
    return to_svg(loss)


def xor_boundary() -> str:
    """XOR's corners as a trained 2-8-1 network sees them: shades of its logit, and a line where it is 0."""
    from autograder.kit import Kit
    from autograder.oracle import solution_of
    from engine import no_grad

    model = solution_of(Kit.here().unit("xor")).train_xor(3)
    cells, side = 44, 352
    places = [2 * i / cells - 0.5 for i in range(cells + 1)]
    with no_grad():
        logits = [[model([a, b])[0].data for a in places] for b in places]
    line = "".join(f"M{a:.2f} {b:.2f}L{c:.2f} {d:.2f}" for (a, b), (c, d) in _zero_line(logits))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" '
            f'height="{side}" font-family="sans-serif" font-size="15" text-anchor="middle">',
            "<title>The decision boundary of a trained 2-8-1 network on XOR</title>",
            # One unit is one cell here, and b grows upwards.
            f'<g transform="matrix({side / cells:g} 0 0 {-side / cells:g} 0 {side})">',
            *_shaded(logits),
            f'<path d="{line}" stroke="#000" stroke-width="0.25"/>',
            "</g>",
            *_corners(side),
            "</svg>",
        ]
    )


def _shaded(grid: list[list[float]]) -> Iterator[str]:
    """Rectangles of one shade each, along the rows of cells between the numbers on a grid."""
    shades = ("#2166ac", "#67a9cf", "#d1e5f0", "#fddbc7", "#ef8a62", "#b2182b")
    for row, (lower, upper) in enumerate(pairwise(grid)):
        cells = [(a + b + c + d) / 4 for (a, b), (c, d) in zip(pairwise(lower), pairwise(upper), strict=True)]
        column = 0
        for shade, run in groupby(sum(z > edge for edge in (-4, -1.5, 0, 1.5, 4)) for z in cells):
            width = len(list(run))
            yield (
                f'<rect x="{column}" y="{row}" width="{width}" height="1" fill="{shades[shade]}" '
                'shape-rendering="crispEdges"/>'
            )
            column += width


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


def init_spread() -> str:
    """How widely activations are spread in each of twenty layers, by how the weights began."""
    import numpy as np

    from autograder.kit import Kit
    from autograder.oracle import solution_of

    init = solution_of(Kit.here().unit("init"))
    width, rng = 100, np.random.default_rng(0)
    X = rng.normal(size=(200, width))
    starts: dict[str, Callable[[], Any]] = {
        "He": lambda: init.kaiming_normal(width, width, rng),
        "Xavier": lambda: init.xavier_uniform(width, width, rng),
        "0.01": lambda: 0.01 * rng.normal(size=(width, width)),
    }
    bends: dict[str, Callable[[Any], Any]] = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}
    body: list[str] = []
    for column, (bend, activation) in enumerate(bends.items()):
        body += [f'<g transform="translate({58 + 326 * column} 34)">', *_log_axes(f"20 layers with {bend}")]
        for start, draw_weights in starts.items():
            stds = init.activation_std(X, [draw_weights() for _ in range(20)], activation)
            body += _log_line(start, [float(std) for std in stds])
        body.append("</g>")
    return "\n".join(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 282" width="700" height="282" '
            'font-family="sans-serif" font-size="12" fill="#222">',
            "<title>Standard deviation of the activations in twenty layers, by initialisation</title>",
            '<rect width="700" height="282" fill="#fff"/>',
            *body,
            "</svg>",
        ]
    )


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


def activation_curves() -> str:
    """The activations from -4 to 4, one beside the other on the same scale, from the unit's own answers."""
    import numpy as np

    from autograder.kit import Kit
    from autograder.oracle import solution_of

    unit = solution_of(Kit.here().unit("activations"))
    curves: dict[str, Callable[[Any], Any]] = {
        "sigmoid": unit.sigmoid,
        "tanh": np.tanh,
        "relu": unit.relu,
        "leaky_relu, slope 0.1": lambda x: unit.leaky_relu(x, 0.1),
        "gelu": unit.gelu,
    }
    x = np.linspace(-4, 4, 81)
    body: list[str] = []
    for column, (name, curve) in enumerate(curves.items()):
        body += [
            f'<g transform="translate({76 + 140 * column} 118)">',
            *_small_plot(name, x, curve(x)),
            "</g>",
        ]
    return "\n".join(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 712 170" width="712" height="170" '
            'font-family="sans-serif" font-size="11" fill="#222">',
            "<title>sigmoid, tanh, relu, leaky_relu and gelu between -4 and 4</title>",
            '<rect width="712" height="170" fill="#fff"/>',
            *body,
            "</svg>",
        ]
    )


def _small_plot(name: str, xs: Any, ys: Any) -> Iterator[str]:
    """Axes through the origin, 15 pixels a unit across and 25 up, and a curve as far as the plot goes."""
    points = [(15 * x, -25 * y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True) if y <= 3]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    yield '<path d="M-62 0H62M0 32V-80" stroke="#999"/>'
    for y in (-1, 1, 2, 3):
        yield f'<path d="M-2 {-25 * y}H2" stroke="#999"/>'
        yield f'<text x="-5" y="{4 - 25 * y}" text-anchor="end">{y}</text>'
    for tick in (-4, 4):
        yield f'<text x="{15 * tick}" y="14" text-anchor="middle">{tick}</text>'
    yield f'<path d="M{path}" fill="none" stroke="#2166ac" stroke-width="2.5"/>'
    yield f'<text x="0" y="-92" font-size="13" text-anchor="middle">{name}</text>'


PICTURES: dict[str, Callable[[], str]] = {
    "activations/curves.svg": activation_curves,
    "graph/example.svg": graph_example,
    "init/spread.svg": init_spread,
    "xor/boundary.svg": xor_boundary,
}


def pictures_of(unit: str) -> dict[str, str]:
    """The unit's pictures, drawn now: "pictures/example.svg" -> the SVG text."""
    return {
        f"pictures/{name}": draw() + "\n"
        for path, draw in PICTURES.items()
        for owner, name in [path.split("/")]
        if owner == unit
    }
