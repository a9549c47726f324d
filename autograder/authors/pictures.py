"""Pictures of the lessons: what they share, and those of a unit.

pictures_of(unit)                 drawn now by the functions of solutions/UNIT/pictures.py
svg(width, height, title, body)   a whole picture
Plane                             a piece of a plane: axes, two half planes, labelled points
minus(number)                     a number as people write it
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from autograder.grading.oracle import solution_of
from autograder.units.kit import KitUnit
from autograder.worker.modules import load_module

RED, BLUE = "#ef8a62", "#67a9cf"
PALE_RED, PALE_BLUE = "#fddbc7", "#d1e5f0"


def pictures_of(unit: KitUnit) -> dict[str, str]:
    """The unit's pictures: "pictures/example.svg" -> the SVG text.

    Each public function of solutions/UNIT/pictures.py draws the picture of its name from the right answers.
    """
    file = unit.solutions / "pictures.py"
    if not file.exists():
        return {}
    module, solution = load_module(file, f"pictures.{unit.name}"), solution_of(unit)
    return {
        f"pictures/{name}.svg": draw(solution) + "\n"
        for name, draw in vars(module).items()
        if getattr(draw, "__module__", None) == module.__name__ and not name.startswith("_")
    }


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
    return f"{number:g}".replace("-", "\u2212")
