"""The graph's memory at work: with checkpoint and without."""

from __future__ import annotations

from autograder.declare.drawing import film
from autograder.declare.probes import values_behind
from autograder.declare.scenes import scene
from engine import Value

BLOCKS, DEEP = 16, 12  # blocks of the network, operations in each


def _block(v: Value) -> Value:
    for _ in range(DEEP // 3):
        v = (v * 0.9 + 0.1).tanh()
    return v


@scene("What a graph keeps", needs=("checkpoint",))
def memory(answer):
    """Each block of a deep chain does twelve operations. Without checkpoint every number on the way is
    kept for backward; with yours only one for each block, and backward does the block again when it
    comes by.
    """
    plain, short = Value(0.5), Value(0.5)
    rows = []
    for _ in range(BLOCKS):
        plain, short = _block(plain), answer.checkpoint(_block, short)
        rows.append((len(values_behind(plain)), len(values_behind(short))))
    most = rows[-1][0]
    frames = ["".join(_bars(number + 1, *row, most)) for number, row in enumerate(rows)]
    return film(640, 150, "Values kept, with checkpoint and without", frames, seconds=0.35, pause=8)


def _bars(block, without, kept, most):
    yield f'<text x="20" y="26" text-anchor="start" font-size="15">after block {block} of {BLOCKS}</text>'
    for top, title, count, colour in (
        (44, "every number", without, "#ef8a62"),
        (92, "checkpoint", kept, "#67a9cf"),
    ):
        width = 440 * count / most
        yield f'<text x="20" y="{top + 20}" text-anchor="start" font-size="13">{title}</text>'
        yield f'<rect x="120" y="{top}" width="{width:.1f}" height="30" rx="4" fill="{colour}"/>'
        yield f'<text x="{128 + width:.1f}" y="{top + 20}" text-anchor="start" font-size="13">{count}</text>'
