"""Backpropagation at work: a network learns to read digits, with the learner's own gradients and steps."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from autograder.declare.drawing import film
from autograder.declare.scenes import scene
from engine import datasets

SHOWN, TRAINED, EPOCHS = 24, 1200, 12
NEEDS = ("mlp_backward", "minibatches", "sgd_momentum_step")


@scene("A network learns to read", needs=NEEDS)
def digits(answer):
    """Twenty-four digits that it never trained on, with what it says of each, in red where it is wrong; its
    loss on those it trains on; and how often each digit, a row, is read as which, a column. The gradients,
    the batches and the steps are yours.
    """
    pixels, labels = (np.array(part) for part in datasets.digits())
    pixels, rng = pixels / 16, np.random.default_rng(0)
    widths = (64, 48, 10)
    weights = [rng.normal(size=pair) * (2 / pair[0]) ** 0.5 for pair in pairwise(widths)]
    flat, state = [part for W in weights for part in (W, np.zeros(W.shape[1]))], {}
    losses, frames = [], []
    for epoch in range(EPOCHS + 1):
        net = [(flat[i], flat[i + 1]) for i in range(0, len(flat), 2)]
        said = _read(net, pixels[TRAINED:])
        losses.append(float(answer.mlp_backward(pixels[:TRAINED], net, labels[:TRAINED])[0]))
        frames.append(_frame(epoch, pixels[TRAINED:], labels[TRAINED:], said, losses))
        for some, theirs in answer.minibatches(pixels[:TRAINED], labels[:TRAINED], 40, rng):
            net = [(flat[i], flat[i + 1]) for i in range(0, len(flat), 2)]
            slopes = [part for pair in answer.mlp_backward(some, net, theirs)[1] for part in pair]
            flat, state = answer.sgd_momentum_step(flat, slopes, state, 0.02, 0.9, 0.0)
    ground = "".join(
        _picture(20 + 50 * (i % 6), 40 + 62 * (i // 6), pixels[TRAINED + i]) for i in range(SHOWN)
    )
    return film(830, 310, "A network learns to read digits", frames, ground=ground, seconds=0.7, pause=5)


def _read(net, pixels):
    """The class with the largest score, relu between the layers."""
    z = pixels
    for depth, (W, b) in enumerate(net):
        z = (np.maximum(z, 0) if depth else z) @ W + b
    return np.argmax(z, axis=1)


def _picture(left, top, pixels) -> str:
    """An eight by eight digit, dark where there is ink."""
    cells = [
        f'<rect x="{left + 5 * (i % 8)}" y="{top + 5 * (i // 8)}" '
        f'width="5" height="5" fill-opacity="{ink:.2f}"/>'
        for i, ink in enumerate(pixels)
        if ink > 0.05
    ]
    return f'<g fill="#222">{"".join(cells)}</g>'


def _frame(epoch, pixels, labels, said, losses) -> str:
    """What it says of the digits, the loss so far, and the table of confusions."""
    share = np.mean(said == labels)
    parts = [f'<text x="165" y="24" font-size="15">epoch {epoch}: {share:.0%} of {len(labels)} right</text>']
    for i in range(SHOWN):
        colour = "#1a7f37" if said[i] == labels[i] else "#b2182b"
        x, y = 40 + 50 * (i % 6), 94 + 62 * (i // 6)
        parts.append(
            f'<text x="{x}" y="{y}" font-size="13" font-weight="bold" fill="{colour}">{said[i]}</text>'
        )
    points = " ".join(f"{350 + 13 * i},{270 - 90 * min(loss, 2.6):.1f}" for i, loss in enumerate(losses))
    parts.append('<path d="M350 36V270H510" fill="none" stroke="#999"/>')
    parts.append(f'<polyline points="{points}" fill="none" stroke="#2166ac" stroke-width="2.5"/>')
    parts.append(f'<text x="430" y="292">loss {losses[-1]:.3f}</text>')
    table = np.zeros((10, 10), dtype=int)
    np.add.at(table, (labels, said), 1)
    for (row, column), count in np.ndenumerate(table):
        x, y = 560 + 24 * column, 36 + 24 * row
        colour, ink = ("#2166ac", count / 60) if row == column else ("#b2182b", count / 12)
        parts.append(
            f'<rect x="{x}" y="{y}" width="23" height="23" fill="{colour}" fill-opacity="{min(ink, 1):.2f}"/>'
        )
    for digit in range(10):
        parts.append(f'<text x="{551}" y="{53 + 24 * digit}">{digit}</text>')
        parts.append(f'<text x="{571 + 24 * digit}" y="30">{digit}</text>')
    return "".join(parts)
