"""XOR at work: the loss falls and the boundary bends, with the learner's own Adam."""

from __future__ import annotations

import random
from itertools import product

from autograder.declare.drawing import film, shaded
from autograder.declare.scenes import scene
from engine import grad, no_grad
from engine.losses import binary_cross_entropy_with_logits
from engine.nn import Linear, Sequential, Tanh

INPUTS, TARGETS = list(product((0.0, 1.0), (0.0, 1.0))), [0.0, 1.0, 1.0, 0.0]
CELLS, SIDE, STEPS, EVERY = 28, 252, 60, 3
PLACES = [2 * i / CELLS - 0.5 for i in range(CELLS + 1)]


@scene("A boundary bends", needs=("adam_step",))
def training(answer):
    """A 2-8-1 network learns XOR, moved by your adam_step. On the left what it says of each point, red
    for 1 and blue for 0; on the right its loss. A line alone could not do it: watch how it bends around
    two corners.
    """
    model = Sequential(
        Linear(2, 8, generator=random.Random(3)), Tanh(), Linear(8, 1, generator=random.Random(4))
    )
    params, state, losses, frames = model.parameters(), {}, [], []
    for step in range(STEPS + 1):
        loss = binary_cross_entropy_with_logits([model(x)[0] for x in INPUTS], TARGETS)
        losses.append(loss.data)
        if step % EVERY == 0:
            frames.append(_boundary(model) + _loss(losses))
        grads = grad(loss, params)
        before = [p.data for p in params]
        after, state = answer.adam_step(before, [g.data for g in grads], state, 0.1, (0.9, 0.999), 1e-8)
        for parameter, number in zip(params, after, strict=True):
            parameter.data = number
    return film(600, 300, "A network learns XOR", frames, seconds=0.35, pause=6)


def _boundary(model) -> str:
    """The network's logit as shades, and the four examples."""
    with no_grad():
        grid = [[model([a, b])[0].data for a in PLACES] for b in PLACES]
    unit = SIDE / CELLS
    parts = [f'<g transform="matrix({unit} 0 0 {-unit} 20 {SIDE + 24})">', *shaded(grid), "</g>"]
    for (a, b), target in zip(INPUTS, TARGETS, strict=True):
        x, y = 20 + (a + 0.5) / 2 * SIDE, 24 + (1.5 - b) / 2 * SIDE
        parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="12" fill="#fff" stroke="#000"/>')
        parts.append(f'<text x="{x:g}" y="{y + 5:g}" font-size="14">{target:g}</text>')
    return "".join(parts)


def _loss(losses) -> str:
    """The loss so far, as a falling line."""
    points = [(330 + 4 * i, 276 - 240 * min(loss, 1.0)) for i, loss in enumerate(losses)]
    path = " ".join(f"{x:g},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return (
        '<path d="M330 30V276H576" fill="none" stroke="#999"/><text x="322" y="40" text-anchor="end">1</text>'
        '<text x="322" y="280" text-anchor="end">0</text>'
        f'<polyline points="{path}" fill="none" stroke="#2166ac" stroke-width="2.5"/>'
        f'<circle cx="{x:g}" cy="{y:.1f}" r="4" fill="#2166ac"/>'
        f'<text x="452" y="294">step {len(losses) - 1}: loss {losses[-1]:.3f}</text>'
    )
