"""Pictures and animated pictures as SVG: of lessons, and of what a learner's own functions do.

svg(width, height, title, body)     a whole picture
film(width, height, title, frames)  frames shown one after the other, by CSS; on paper the last one
Plane                               a piece of a plane: axes, lines, half planes, labelled points
shaded(grid)                        numbers on a grid as shades of blue and red
minus(number)                       a number as people write it
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

RED, BLUE = "#ef8a62", "#67a9cf"
PALE_RED, PALE_BLUE = "#fddbc7", "#d1e5f0"
#: From far below 0 to far above it.
SHADES = ("#2166ac", BLUE, PALE_BLUE, PALE_RED, RED, "#b2182b")
EDGES = (-4, -1.5, 0, 1.5, 4)


def svg(
    width: int, height: int, title: str, body: Iterable[str], *, size: int = 12, anchor: str = "middle"
) -> str:
    """A picture on a white ground, its texts of `size` pixels; `anchor` as SVG's text-anchor."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" font-family="sans-serif" font-size="{size}" fill="#222" '
            f'text-anchor="{anchor}">',
            f"<title>{title}</title>",
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *body,
            "</svg>",
        ]
    )


class Plane:
    """A piece of a plane on a picture: called with a point, it says where on the picture that is."""

    def __init__(self, left: float, top: float, unit: float, x: tuple[float, float], y: tuple[float, float]):
        self.left, self.top, self.unit, self.x, self.y = left, top, unit, x, y

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        return self.left + (x - self.x[0]) * self.unit, self.top + (self.y[1] - y) * self.unit

    def axes(self, across: str, up: str) -> Iterator[str]:
        """A frame, numbers at the integers, and the two names."""
        (left, bottom), (right, top) = self(self.x[0], self.y[0]), self(self.x[1], self.y[1])
        yield f'<path d="M{left:g} {top:g}H{right:g}V{bottom:g}H{left:g}Z" fill="none" stroke="#999"/>'
        for number in range(math.ceil(self.x[0]), math.floor(self.x[1]) + 1):
            yield f'<text x="{self(number, 0)[0]:g}" y="{bottom + 16:g}">{minus(number)}</text>'
        for number in range(math.ceil(self.y[0]), math.floor(self.y[1]) + 1):
            yield f'<text x="{left - 12:g}" y="{self(0, number)[1] + 4:g}">{minus(number)}</text>'
        yield f'<text x="{(left + right) / 2:g}" y="{bottom + 32:g}">{across}</text>'
        x, y = left - 28, (top + bottom) / 2
        yield f'<text x="{x:g}" y="{y:g}" transform="rotate(-90 {x:g} {y:g})">{up}</text>'

    def halves(self, start: tuple[float, float], end: tuple[float, float]) -> Iterator[str]:
        """A line from the lower to the upper or right edge; red to the right of it, blue to the left."""
        (left, bottom), (right, top) = self(self.x[0], self.y[0]), self(self.x[1], self.y[1])
        (x0, y0), (x1, y1) = self(*start), self(*end)
        yield f'<path d="M{left:g} {top:g}H{right:g}V{bottom:g}H{left:g}Z" fill="{PALE_BLUE}"/>'
        yield f'<path d="M{x0:g} {y0:g}L{x1:g} {y1:g}H{right:g}V{bottom:g}Z" fill="{PALE_RED}"/>'
        yield f'<path d="M{x0:g} {y0:g}L{x1:g} {y1:g}" stroke="#000" stroke-width="2"/>'

    def point(self, x: float, y: float, label: str, words: str, beside: bool = False) -> Iterator[str]:
        """A disc with a label in it, red for "1" and "+", and words below or beside it."""
        (a, b), colour = self(x, y), RED if label in "1+" else BLUE
        yield f'<circle cx="{a:g}" cy="{b:g}" r="10" fill="{colour}" stroke="#000"/>'
        yield f'<text x="{a:g}" y="{b + 5:g}" font-size="14">{label}</text>'
        dx, dy = (42, 5) if beside else (0, 24)
        yield f'<text x="{a + dx:g}" y="{b + dy:g}">{words}</text>'


def minus(number: float) -> str:
    """A number as people write it, with a minus that is as wide as a plus."""
    return f"{number + 0.0:g}".replace("-", "\u2212")


def film(
    width: int,
    height: int,
    title: str,
    frames: Sequence[str],
    *,
    ground: str = "",
    seconds: float = 0.5,
    pause: int = 5,
) -> str:
    """An animated picture: on `ground` each frame for so many seconds, the last one `pause` times longer."""
    count, length = len(frames), len(frames) + pause
    name = f"film-{count}-{pause}"
    style = [
        f".{name} {{ visibility: hidden; animation: {name} {length * seconds:g}s step-end infinite }}",
        f".{name}.last {{ animation-name: {name}-last }}",
        f"@keyframes {name} {{ 0% {{ visibility: visible }} {100 / length:.4f}% {{ visibility: hidden }} }}",
        f"@keyframes {name}-last {{ 0% {{ visibility: visible }} {100 * (1 + pause) / length:.4f}% "
        "{ visibility: hidden } }",
        "@media print, (prefers-reduced-motion) {",
        f".{name} {{ animation: none }} .{name}.last {{ visibility: visible }} }}",
    ]
    body = [f"<style>{' '.join(style)}</style>", ground]
    for number, frame in enumerate(frames):
        last = " last" * (number == count - 1)
        body.append(f'<g class="{name}{last}" style="animation-delay: {number * seconds:g}s">{frame}</g>')
    return svg(width, height, title, body)


def shaded(grid: list[list[float]]) -> Iterator[str]:
    """Rectangles of one shade each, along the rows of cells between the numbers on a grid."""
    for row, (lower, upper) in enumerate(pairwise(grid)):
        cells = [(a + b + c + d) / 4 for (a, b), (c, d) in zip(pairwise(lower), pairwise(upper), strict=True)]
        column = 0
        for shade, run in groupby(sum(z > edge for edge in EDGES) for z in cells):
            width = len(list(run))
            yield (
                f'<rect x="{column}" y="{row}" width="{width}" height="1" fill="{SHADES[shade]}" '
                'shape-rendering="crispEdges"/>'
            )
            column += width
