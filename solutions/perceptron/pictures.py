"""The pictures in the lesson."""

from __future__ import annotations

from itertools import product
from types import ModuleType

from autograder.declare.drawing import Plane, svg


def boundary(_: ModuleType) -> str:
    """The lesson's perceptron, w = (2, -1) and b = -1: its line, w at right angles to it, three points."""
    plane = Plane(left=40, top=14, unit=52, x=(-1, 4), y=(-1, 3))
    (x0, y0), (x1, y1) = plane(1.5, 2), plane(3.5, 1)  # w, from a point of the line
    tip = f"M{x1 - 11:g} {y1 - 1:g}L{x1:g} {y1:g}L{x1 - 7:g} {y1 - 8:g}"
    corner = "L".join(f"{x:g} {y:g}" for x, y in (plane(1.7, 1.9), plane(1.8, 2.1), plane(1.6, 2.2)))
    return svg(
        320,
        262,
        "The boundary of a perceptron, and w at right angles to it",
        [
            *plane.halves((0, -1), (2, 3)),
            *plane.axes("x\u2081", "x\u2082"),
            f'<path d="M{corner}" fill="none" stroke="#222"/>',
            f'<path d="M{x0:g} {y0:g}L{x1:g} {y1:g}{tip}" fill="none" stroke="#222" stroke-width="2"/>',
            f'<text x="{x1 - 22:g}" y="{y1 - 26:g}" font-style="italic" font-size="15">w</text>',
            *plane.point(2, 0, "+", "(2, 0): 3"),
            *plane.point(0, 2, "\u2212", "(0, 2): \u22123"),
            *plane.point(1, 1, "+", "(1, 1): 0", beside=True),
        ],
    )


def views(_: ModuleType) -> str:
    """XOR's corners in the plane of the inputs, and in that of two hidden units, where a line parts them."""
    inputs = Plane(left=40, top=30, unit=104, x=(-0.5, 1.5), y=(-0.5, 1.5))
    hidden = Plane(left=324, top=30, unit=104, x=(-0.5, 1.5), y=(-0.5, 1.5))
    return svg(
        552,
        282,
        "XOR, as the inputs show it and as two hidden units do",
        [
            '<text x="144" y="20" font-size="14">the inputs</text>',
            '<text x="428" y="20" font-size="14">what two hidden units say</text>',
            *inputs.axes("first input", "second input"),
            *(
                part
                for a, b in product((0, 1), (0, 1))
                for part in inputs.point(a, b, f"{a ^ b}", f"({a}, {b})")
            ),
            *hidden.halves((0, -0.5), (1.5, 1)),
            *hidden.axes("at least one", "both"),
            *(
                part
                for a, b in ((0, 0), (0, 1), (1, 1))
                for part in hidden.point(a | b, a & b, f"{a ^ b}", f"({a | b}, {a & b})")
            ),
        ],
    )
