"""Activations at work: a point walks along each curve with its slope, and a sigmoid trains a neuron."""

from __future__ import annotations

import numpy as np

from autograder.declare.drawing import EDGES, PALE_BLUE, PALE_RED, SHADES, Plane, film, minus
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


@scene("Two ways to train one neuron", needs=("sigmoid", "bce_with_logits"))
def lines(answer):
    """The same forty points, whose classes overlap. On the left a perceptron: each mistake pushes its line,
    and it never settles. On the right logistic regression, moved by the mean of (y - p) x, with your sigmoid
    for p: its loss, which is yours too, comes to rest, and the shade says how sure it is.
    """
    rng = np.random.default_rng(4)
    y = np.repeat([0.0, 1.0], 20)
    points = np.column_stack([rng.normal(size=(40, 2)) + 1.5 * y[:, None] - 0.75, np.ones(40)])
    rough, smooth, frames = np.zeros(3), np.zeros(3), []
    for step in range(241):
        if step % 8 == 0:
            loss = float(answer.bce_with_logits(points @ smooth, y))
            frames.append(
                _trained(20, "perceptron", points, y, rough, steps=True)
                + _trained(300, f"logistic regression, loss {loss:.3f}", points, y, smooth)
            )
        x, label = points[13 * step % 40], y[13 * step % 40]
        rough = rough + 0.5 * (label - (x @ rough >= 0)) * x
        p = answer.sigmoid(points @ smooth)
        smooth = smooth + 0.3 * (y - p) @ points / len(y)
    return film(580, 330, "Two ways to train one neuron", frames, seconds=0.3, pause=6)


def _trained(left, title, points, y, w, steps=False):
    """What a neuron says of each place, as shades (two alone with `steps`), and the examples."""
    shades = [(-np.inf, SHADES[1]), *((edge, SHADES[2 + i]) for i, edge in enumerate(EDGES[1:4]))]
    parts = [
        f'<svg x="{left}" y="36" width="260" height="260" viewBox="-3 -3 6 6"><g transform="scale(1 -1)">'
    ]
    for edge, shade in [(-np.inf, PALE_BLUE), (0, PALE_RED)] if steps else shades:
        parts.append(f'<polygon points="{_half(w, edge)}" fill="{shade}"/>')
    for label, colour in (0, "#2166ac"), (1, "#b2182b"):
        discs = "".join(f"M{a:.2f} {b:.2f}h0" for a, b, _ in points[y == label])
        parts.append(f'<path d="{discs}" stroke="{colour}" stroke-width="0.24" stroke-linecap="round"/>')
    wrong = int(np.sum((points @ w >= 0) != (y == 1)))
    words = f"{wrong} of {len(y)} on the wrong side"
    return "".join(parts) + (
        f'</g></svg><text x="{left + 130}" y="24" font-size="14">{title}</text>'
        f'<text x="{left + 130}" y="318" font-size="14">{words}</text>'
    )


def _half(w, edge):
    """The corners of the places whose score is `edge` or more, as far as one can see."""
    length = np.hypot(*w[:2])
    if length < 1e-9 or edge == -np.inf:
        return "-3,-3 3,-3 3,3 -3,3" if w[2] >= edge else ""
    ahead = w[:2] / length
    foot, along = ahead * (edge - w[2]) / length, 20 * np.array([-ahead[1], ahead[0]])
    corners = foot - along, foot + along, foot + along + 40 * ahead, foot - along + 40 * ahead
    return " ".join(f"{a:.2f},{b:.2f}" for a, b in corners)
