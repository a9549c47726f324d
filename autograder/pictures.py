"""The pictures in the lessons, drawn by the kit's own code: the same text at each run.

PICTURES    "graph/example.svg" -> a function that returns the picture as SVG
draw(root)  write them all below exercises/; the paths that changed
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby, pairwise, product
from pathlib import Path

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
    """The square from -0.5 to 1.5 as a trained 2-8-1 network sees it: shades of its logit, and a line at 0."""
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


PICTURES: dict[str, Callable[[], str]] = {
    "graph/example.svg": graph_example,
    "xor/boundary.svg": xor_boundary,
}


def draw(root: Path) -> list[Path]:
    """Write every picture whose text is not there yet."""
    changed = []
    for name, picture in PICTURES.items():
        unit, file = name.split("/")
        path, text = root / "exercises" / unit / "pictures" / file, picture() + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            changed.append(path)
    return changed
