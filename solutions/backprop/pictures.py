"""The pictures in the lesson."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import ModuleType

import numpy as np

from autograder.declare.drawing import BLUE, PALE_BLUE, PALE_RED, RED, svg
from engine.datasets import digits as load_digits


def way_back(solution: ModuleType) -> str:
    """The boxes of a network of two layers, with the arrows forward and back."""
    steps = ("linear", "relu", "linear", "log_softmax", "loss")
    forward = ("X", "scores", "a", "logits", "log p")
    needs = ("X", "where it was on", "a", "p", "the labels")
    body = [
        '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto">'
        '<path d="M0 0L8 4L0 8Z" fill="context-stroke"/></marker></defs>'
    ]
    for index, (step, what, need) in enumerate(zip(steps, forward, needs, strict=True)):
        x = 70 + 130 * index
        body += [
            f'<rect x="{x}" y="40" width="84" height="64" rx="6" fill="{PALE_BLUE}" stroke="#555"/>',
            f'<text x="{x + 42}" y="77">{step}</text>',
            f'<path d="M{x - 44} 58H{x - 3}" stroke="{BLUE}" stroke-width="2" marker-end="url(#tip)"/>',
            f'<text x="{x - 24}" y="50">{what}</text>',
            f'<path d="M{x - 3} 88H{x - 44}" stroke="{RED}" stroke-width="2" marker-end="url(#tip)"/>',
            f'<rect x="{x - 12}" y="126" width="108" height="22" rx="6" fill="{PALE_RED}"/>',
            f'<text x="{x + 42}" y="141">{need}</text>',
            f'<path d="M{x + 42} 125V106" stroke="#999" stroke-dasharray="3 2"/>',
        ]
    body.append('<text x="350" y="176">what each box needs for its way back</text>')
    return svg(700, 190, "A network of two layers: forward from box to box, and back", body)


def digits(solution: ModuleType) -> str:
    """Twenty of the digits, and how a network learns to read them."""
    images, labels = map(np.array, load_digits())
    body = [part for index in range(20) for part in _digit(images[index], index % 5, index // 5)]
    losses, accuracies = _training(solution, images, labels)
    body += ['<g transform="translate(250 24)">', *_axes()]
    body += _curve([200 - 75 * loss for loss in losses], BLUE, "loss, training")
    body += _curve([200 - 200 * share for share in accuracies], RED, "accuracy, held out")
    return svg(660, 270, "Handwritten digits, and a network that learns to read them", [*body, "</g>"])


def _digit(image: Sequence[int], column: int, row: int) -> Iterator[str]:
    """One digit: for each of five shades, the squares that have it."""
    yield f'<g transform="translate({12 + 40 * column} {24 + 50 * row}) scale(4.5)">'
    for shade, colour in enumerate(("#ccc", "#999", "#666", "#333", "#000")):
        places = [place for place, pixel in enumerate(image) if pixel and min(int(pixel) // 3, 4) == shade]
        squares = "".join(f"M{place % 8} {place // 8}h1v1h-1z" for place in places)
        yield f'<path d="{squares}" fill="{colour}" shape-rendering="crispEdges"/>'
    yield "</g>"


def _training(
    solution: ModuleType, images: np.ndarray, labels: np.ndarray
) -> tuple[list[float], list[float]]:
    """The loss and the held-out accuracy before the first epoch and after each of twenty."""
    rng = np.random.default_rng(0)
    order = rng.permutation(len(labels))
    rest, held_out = order[450:], order[:450]
    layers = [(rng.normal(size=(64, n)) * (2 / 64) ** 0.5, np.zeros(n)) for n in (64, 10)]
    params, state = [p for layer in layers for p in layer], {}
    losses, accuracies = [], []
    for epoch in range(21):
        losses.append(solution.mlp_backward(images[rest] / 16, layers, labels[rest])[0])
        hidden = np.maximum(images[held_out] / 16 @ layers[0][0] + layers[0][1], 0)
        said = (hidden @ layers[1][0] + layers[1][1]).argmax(axis=1)
        accuracies.append(float((said == labels[held_out]).mean()))
        for X, y in solution.minibatches(images[rest] / 16, labels[rest], 32, rng):
            grads = [g for pair in solution.mlp_backward(X, layers, y)[1] for g in pair]
            params, state = solution.sgd_momentum_step(
                params, grads, state, 0.1 * (1 - epoch / 20), 0.9, 1e-3
            )
            layers = list(zip(params[::2], params[1::2], strict=True))
    return losses, accuracies


def _axes() -> Iterator[str]:
    """A frame, the epochs below, the accuracy on the left and the loss on the right."""
    yield '<path d="M0 0H300V200H0Z" fill="none" stroke="#999"/>'
    for epoch in (0, 5, 10, 15, 20):
        yield f'<text x="{15 * epoch}" y="216">{epoch}</text>'
    for tenth in (0, 5, 10):
        yield f'<text x="-14" y="{204 - 20 * tenth}" fill="{RED}">{tenth / 10:g}</text>'
    for loss in (0, 1, 2):
        yield f'<text x="310" y="{204 - 75 * loss}" fill="{BLUE}">{loss}</text>'
    yield '<text x="150" y="234">epoch</text>'


def _curve(heights: list[float], colour: str, name: str) -> Iterator[str]:
    """A line through one height an epoch, with its name near its end."""
    path = "L".join(f"{15 * epoch} {y:.1f}" for epoch, y in enumerate(heights))
    yield f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    yield f'<text x="220" y="{heights[-1] + (18 if heights[-1] < 100 else -8):.1f}">{name}</text>'
