"""Activations at work: a point walks along each curve, with the slope that it finds there."""

from __future__ import annotations

import numpy as np

from autograder.declare.drawing import Plane, film, minus
from autograder.declare.scenes import scene

FLAT = 0.05  # a slope below which hardly anything is passed back
X = np.linspace(-4, 4, 161)


def _walk(title, f):
    """The curve, grey where it is flat, and a point on it with its tangent."""
    plane = Plane(40, 40, 40, (-4, 4), (-1.2, 3))
    y, slope = f(X), (f(X + 1e-5) - f(X - 1e-5)) / 2e-5
    sheet = [*_flat(plane, slope), *plane.axes("x", ""), _curve(plane, X, np.clip(y, -1.2, 3))]
    frames = []
    for i in range(0, len(X), 4):
        x0, y0, m = X[i], y[i], slope[i]
        if not -1.2 <= y0 <= 3:
            continue
        reach = 0.9 / np.hypot(1, m)
        (a, b), (c, d) = plane(x0 - reach, y0 - m * reach), plane(x0 + reach, y0 + m * reach)
        px, py = plane(x0, y0)
        frames.append(
            f'<path d="M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" stroke="#b2182b" stroke-width="2"/>'
            + f'<circle cx="{px:.1f}" cy="{py:.1f}" r="5" fill="#b2182b"/>'
            + f'<text x="200" y="24" font-size="14">{title}: x = {minus(round(x0, 1))}, '
            + f"value {minus(round(float(y0), 3))}, slope {minus(round(float(m), 3))}</text>"
        )
    return film(400, 260, title, frames, ground="".join(sheet), seconds=0.25, pause=2)


def _curve(plane, x, y):
    points = " ".join("{:.1f},{:.1f}".format(*plane(a, b)) for a, b in zip(x, y, strict=True))
    return f'<polyline points="{points}" fill="none" stroke="#2166ac" stroke-width="2.5"/>'


def _flat(plane, slope):
    """A grey band over each stretch where the slope is nearly 0."""
    for x, m in zip(X[:-1], slope[:-1], strict=True):
        if abs(m) < FLAT:
            (left, top), (right, bottom) = plane(x, 3), plane(x + X[1] - X[0], -1.2)
            yield (
                f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left + 0.1:.1f}" '
                f'height="{bottom - top:.1f}" fill="#eee"/>'
            )


@scene("sigmoid", needs=("sigmoid",))
def sigmoid(answer):
    """Grey is where the slope is below 0.05: a unit out there learns hardly anything."""
    return _walk("sigmoid", answer.sigmoid)


@scene("relu", needs=("relu",))
def relu(answer):
    """Slope 1 or 0, nothing between: on the left a unit is silent, on the right it passes all on."""
    return _walk("relu", answer.relu)


@scene("leaky_relu", needs=("leaky_relu",))
def leaky(answer):
    """A tenth of the left side gets through, so no unit is silent for good."""
    return _walk("leaky_relu", lambda x: answer.leaky_relu(x, 0.1))


@scene("gelu", needs=("gelu",))
def gelu(answer):
    """A relu with a soft corner; look at the slope left of 0, where it turns negative."""
    return _walk("gelu", answer.gelu)
