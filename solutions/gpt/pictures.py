"""The picture in the lesson."""

from __future__ import annotations

import random
from collections.abc import Iterator
from types import ModuleType

from autograder.declare.drawing import BLUE, PALE_BLUE, PALE_RED, svg
from engine import Value, no_grad

STEPS = (
    "embed",
    "rmsnorm",
    "query, key, value",
    "multi_head",
    "out",
    "rmsnorm",
    "up, relu, down",
    "rmsnorm, head",
)


def one_layer(solution: ModuleType) -> str:
    """The way of one token on the left; on the right what each letter of a name takes from which."""
    tip = 'markerUnits="userSpaceOnUse" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto"'
    body = [f'<defs><marker id="tip" {tip}><path d="M0 0L8 4L0 8Z" fill="context-stroke"/></marker></defs>']
    body += [*_way(), *_shares(solution)]
    return svg(640, 420, "One layer of a GPT, and what each letter takes from those before it", body)


def _way() -> Iterator[str]:
    """The steps from below to above, with a plus after attention and after the hidden layer."""
    heights = [370, 318, 276, 234, 192, 128, 86, 24]
    for step, y in zip(STEPS, heights, strict=True):
        yield f'<rect x="90" y="{y}" width="130" height="28" rx="6" fill="{PALE_BLUE}" stroke="#555"/>'
        yield f'<text x="155" y="{y + 18}">{step}</text>'
    arrows = "M155 370V350 M155 318V308 M155 276V266 M155 234V224 M155 128V118 M155 86V78"
    yield f'<g stroke="{BLUE}" stroke-width="2" fill="none">'
    yield from (f'<path d="M{part.strip()}" marker-end="url(#tip)"/>' for part in arrows.split("M")[1:])
    yield '<path d="M155 192V182 M155 168V158" marker-end="url(#tip)"/>'
    yield '<path d="M155 358H50V175H142" marker-end="url(#tip)"/>'
    yield '<path d="M155 163H50V71H142" marker-end="url(#tip)"/>'
    yield '<path d="M155 62V54" marker-end="url(#tip)"/></g>'
    for y in (175, 71):
        yield f'<circle cx="155" cy="{y}" r="9" fill="#fff" stroke="#555"/><text x="155" y="{y + 5}">+</text>'
    yield '<text x="155" y="414">token and place</text><text x="155" y="16">a score for each token</text>'
    yield '<text x="40" y="270" transform="rotate(-90 40 270)">x goes on</text>'
    yield '<text x="40" y="118" transform="rotate(-90 40 118)">x goes on</text>'


def _shares(solution: ModuleType) -> Iterator[str]:
    """The weights of attention between random queries and keys, as a triangle."""
    letters, rng = "·maria", random.Random(4)
    vectors = [[[Value(rng.gauss(0, 1.2)) for _ in range(4)] for _ in letters] for _ in range(2)]
    count = len(letters)
    ones = [[Value(float(row == column)) for column in range(count)] for row in range(count)]
    yield '<text x="455" y="60" font-size="14">how much of which value each place takes</text>'
    for row, letter in enumerate(letters):
        yield f'<text x="322" y="{129 + 44 * row}" font-size="16">{letter}</text>'
        yield f'<text x="{357 + 44 * row}" y="92" font-size="16">{letter}</text>'
        with no_grad():
            keys = vectors[1][: row + 1]
            shares = solution.attention(vectors[0][row], keys, ones[: row + 1])
        for column in range(count):
            x, y = 336 + 44 * column, 102 + 44 * row
            share = shares[column].data if column <= row else 0.0
            fill = f'{BLUE}" fill-opacity="{share:.2f}' if column <= row else PALE_RED
            yield f'<rect x="{x}" y="{y}" width="42" height="42" stroke="#999" fill="{fill}"/>'
            if column <= row:
                yield f'<text x="{x + 21}" y="{y + 26}">{share:.2f}</text>'
    yield '<text x="468" y="388">red: not there yet. Each row sums to 1.</text>'
