"""PyTorch modules at work: a network built and trained by the learner's own functions unwinds two spirals."""

from __future__ import annotations

import math

import numpy as np

from autograder.declare.drawing import BLUE, RED, film, shaded
from autograder.declare.scenes import scene

POINTS, TURN = 60, 1.1  # of each spiral: its points, and how often it goes around
CELLS, SIDE, STEPS, EVERY = 32, 320, 180, 15
REACH = 1.2  # of the picture, to each side


@scene("Two spirals", needs=("make_mlp", "train_step", "predict"))
def spirals(answer):
    """Two spirals, one in the other: your make_mlp builds the network, 2-24-24-2 with tanh, your train_step
    moves it, and your predict says what it makes of each place, blue for the one and red for the other.
    """
    import torch  # here: the page says what is missing where there is none

    torch.manual_seed(0)
    points, labels = _spirals()
    X, y = torch.tensor(points, dtype=torch.float32), torch.tensor(labels)
    along = [REACH * (2 * i / CELLS - 1) for i in range(CELLS + 1)]
    places = torch.tensor([(a, b) for b in along for a in along])
    model = answer.make_mlp([2, 24, 24, 2], torch.nn.Tanh)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    frames, dots = [], _dots(points, labels)
    for step in range(STEPS + 1):
        if step % EVERY == 0:
            p = answer.predict(model, places)[:, 1].clamp(1e-6, 1 - 1e-6).double()
            grid = torch.log(p / (1 - p)).reshape(CELLS + 1, CELLS + 1).tolist()
            right = int((answer.predict(model, X).argmax(1) == y).sum())
            words = f"step {step}: {right} of {len(y)} right"
            text = f'<text x="180" y="24" font-size="15">{words}</text>'
            frames.append(_ground(grid) + text + dots)
        answer.train_step(model, X, y, optimizer)
    return film(360, 372, "Two spirals are told apart", frames, pause=5)


def _spirals():
    """The points (N, 2) of both spirals, and which one each is on."""
    t = np.linspace(0.12, 1, POINTS)
    angle = TURN * 2 * math.pi * t
    one = np.stack([t * np.cos(angle), t * np.sin(angle)], axis=1)
    return np.concatenate([one, -one]), np.repeat([0, 1], POINTS)


def _ground(grid) -> str:
    """What the network says of each place, as shades."""
    unit = SIDE / CELLS
    return "".join([f'<g transform="matrix({unit} 0 0 {-unit} 20 {SIDE + 36})">', *shaded(grid), "</g>"])


def _dots(points, labels) -> str:
    """The points, in the colour of their spiral."""
    scale = SIDE / (2 * REACH)
    return (
        '<g stroke="#000">'
        + "".join(
            f'<circle cx="{180 + scale * x:.0f}" cy="{36 + SIDE / 2 - scale * y:.0f}" r="4" '
            f'fill="{(BLUE, RED)[label]}"/>'
            for (x, y), label in zip(points, labels, strict=True)
        )
        + "</g>"
    )
