"""The perceptron at work: its line moves over AND, OR and XOR."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograder.declare.drawing import PALE_BLUE, PALE_RED, Plane, film
from autograder.declare.scenes import scene

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GATES = {"AND": [-1, -1, -1, 1], "OR": [-1, 1, 1, 1], "XOR": [-1, 1, 1, -1]}


@scene("A line looks for its place", needs=("perceptron_predict", "perceptron_update"))
def line(answer):
    """Your perceptron_update sees one corner after the other, the one with the ring. For AND and OR the
    line finds its place and stays. For XOR it never does: each repair breaks something else.
    """
    runs = {gate: list(_run(answer, np.array(labels))) for gate, labels in GATES.items()}
    frames = []
    for states in zip(*runs.values(), strict=True):
        parts = []
        for column, (gate, (w, b, seen, wrong)) in enumerate(zip(GATES, states, strict=True)):
            plane = Plane(40 + 230 * column, 40, 100, (-0.4, 1.4), (-0.4, 1.4))
            parts += _state(plane, gate, w, b, seen, wrong)
        frames.append("".join(parts))
    return film(730, 290, "A perceptron learns AND and OR, and not XOR", frames, seconds=0.4)


def _run(answer, labels, passes=7) -> Iterator[tuple]:
    """w, b, the corner just seen and how many corners are wrong, update by update."""
    w, b = np.zeros(2), 0.0
    for _ in range(passes):
        for seen, (x, label) in enumerate(zip(CORNERS, labels, strict=True)):
            w, b = answer.perceptron_update(w, b, x, int(label), 0.5)
            yield w, b, seen, int(np.sum(answer.perceptron_predict(CORNERS, w, b) != labels))


def _state(plane, gate, w, b, seen, wrong) -> Iterator[str]:
    """One plane: the half that w points to in red, the corners, and how many are wrong."""
    box = [(-0.4, -0.4), (1.4, -0.4), (1.4, 1.4), (-0.4, 1.4)]
    yield _polygon(plane, box, PALE_BLUE)
    if positive := _half(box, w, b):
        yield _polygon(plane, positive, PALE_RED)
    for number, ((x, y), label) in enumerate(zip(CORNERS, GATES[gate], strict=True)):
        yield from plane.point(x, y, "+" if label > 0 else "−", "")
        if number == seen:
            a, c = plane(x, y)
            yield f'<circle cx="{a:g}" cy="{c:g}" r="15" fill="none" stroke="#000" stroke-width="2"/>'
    middle, top = plane(0.5, 1.4)
    yield f'<text x="{middle:g}" y="{top - 12:g}" font-size="16">{gate}</text>'
    words = f"{wrong} of 4 wrong" if wrong else "all right"
    yield f'<text x="{middle:g}" y="{top + 206:g}" font-size="14">{words}</text>'


def _polygon(plane, corners, colour) -> str:
    points = " ".join("{:.1f},{:.1f}".format(*plane(x, y)) for x, y in corners)
    return f'<polygon points="{points}" fill="{colour}"/>'


def _half(box, w, b) -> list[tuple[float, float]]:
    """The corners of the part of the box where the score is 0 or more."""
    corners = []
    for (x0, y0), (x1, y1) in zip(box, box[1:] + box[:1], strict=True):
        z0, z1 = w @ [x0, y0] + b, w @ [x1, y1] + b
        if z0 >= 0:
            corners.append((x0, y0))
        if (z0 >= 0) != (z1 >= 0):
            t = z0 / (z0 - z1)
            corners.append((x0 + t * (x1 - x0), y0 + t * (y1 - y0)))
    return corners
