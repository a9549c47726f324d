"""A GPT at work: the learner's own functions learn names, and invent new ones."""

from __future__ import annotations

import random

from autograder.declare.drawing import film
from autograder.declare.scenes import scene
from engine import Value, no_grad
from engine.datasets import names
from engine.optim import Adam

SHOWN, STEPS = (0, 15, 40, 80), 80
LETTERS = "abcdefghijklmnopqrstuvwxyz"
NAME = "maria"
NEEDS = ("tokenize", "embed", "rmsnorm", "attention", "multi_head", "gpt_logits", "next_token_loss", "sample")


@scene("A network invents names", needs=NEEDS)
def invented(answer):
    """On the left, names that the model draws at temperature 0.6; those in green are new, not among the names
    it learns from. In the middle, how much of each letter's value the letters of a name take, for both heads:
    a row is a letter, the first row and column are the mark. On the right its loss, the mean of the last
    steps.
    """
    rng, docs = random.Random(5), names()
    model = answer.GPT(len(LETTERS), 10, 8, 2, rng)
    adam, losses, frames = Adam(model.parameters(), lr=0.03), [], []
    for step in range(STEPS + 1):
        tokens = answer.tokenize(rng.choice(docs), LETTERS)
        adam.zero_grad()
        loss = answer.next_token_loss(answer.gpt_logits(model, tokens), tokens)
        losses.append(loss.data)
        if step in SHOWN:
            with no_grad():
                frames.append(_names(answer, model, docs) + _looks(answer, model) + _loss(losses))
        loss.backward()
        adam.lr = 0.03 * (1 - step / (STEPS + 1))
        adam.step()
    return film(760, 270, "A network learns names, and invents some", frames, seconds=1.6, pause=4)


def _names(answer, model, docs) -> str:
    """Five names that the model draws."""
    rng, parts = random.Random(5), []
    for row in range(5):
        tokens = [len(LETTERS)]
        while len(tokens) < 10:
            logits = [score.data for score in answer.gpt_logits(model, tokens)[-1]]
            tokens.append(answer.sample(logits, 0.6, rng))
            if tokens[-1] == len(LETTERS):
                break
        name = answer.detokenize(tokens, LETTERS)
        colour = "#222" if name in docs else "#1a7f37"
        parts.append(f'<text x="80" y="{70 + 34 * row}" font-size="16" fill="{colour}">{name}</text>')
    return "".join(parts)


def _looks(answer, model) -> str:
    """What attention takes from where, for each head, as shades."""
    normed = [answer.rmsnorm(x) for x in answer.embed(model, answer.tokenize(NAME, LETTERS)[:-1])]
    count, size = len(normed), len(normed[0]) // model.heads
    ones = [[Value(float(row == column)) for column in range(count)] for row in range(count)]
    keys, parts = [], []
    for row, x in enumerate(normed):
        query, letter = model.query(x), f"·{NAME}"[row]
        keys.append(model.key(x))
        for head in range(model.heads):
            left, part = 196 + 160 * head, slice(head * size, (head + 1) * size)
            # With a 1 in another place of each value, the mean of the values is the weights themselves.
            shares = answer.attention(query[part], [key[part] for key in keys], ones[: row + 1])
            parts.append(f'<text x="{left - 10}" y="{81 + 22 * row}" font-size="14">{letter}</text>')
            parts.append(f'<text x="{left + 10 + 22 * row}" y="58" font-size="14">{letter}</text>')
            parts += [
                f'<rect x="{left + 22 * column}" y="{66 + 22 * row}" width="21" height="21" fill="#2166ac" '
                f'fill-opacity="{share.data:.2f}" stroke="#ccc"/>'
                for column, share in enumerate(shares[: row + 1])
            ]
    return f'<text x="336" y="34">what the two heads take</text>{"".join(parts)}'


def _loss(losses) -> str:
    """The mean loss of the last fifty steps, as a falling line."""
    means = [sum(losses[max(i - 49, 0) : i + 1]) / min(i + 1, 50) for i in range(len(losses))]
    path = " ".join(
        f"{530 + 2.6 * i:.1f},{230 - 120 * (min(loss, 3.5) - 2):.1f}" for i, loss in enumerate(means)
    )
    return (
        '<path d="M530 50V230H745" fill="none" stroke="#999"/><text x="518" y="234">2</text>'
        '<text x="518" y="114">3</text>'
        f'<polyline points="{path}" fill="none" stroke="#2166ac" stroke-width="2.5"/>'
        f'<text x="640" y="34">step {len(losses) - 1}: loss {means[-1]:.2f}</text>'
    )
