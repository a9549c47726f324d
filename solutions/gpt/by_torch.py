"""The gpt unit by PyTorch: Values in, Values out, with tensors, torch.nn.functional and autograd between.

tokenize and detokenize, which compute nothing, have no counterpart in PyTorch.
"""

import torch
from torch import nn
from torch.nn import functional as F

from engine import Value, is_grad_enabled
from engine.nn import Linear, Module

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
LAYERS = ("query", "key", "value", "out", "up", "down", "head")


def embed(model, tokens):
    return _rows(model.parameters(), lambda flat: _embedded(_matrices(model, flat), tokens), len(tokens))


def rmsnorm(xs, eps=1e-5):
    return _rows(xs, lambda x: F.rms_norm(x, x.shape, eps=eps))


def attention(q, keys, values):
    return multi_head(q, keys, values, 1)


def multi_head(q, keys, values, heads):
    rows = [[q], keys, values]
    together = [x for matrix in rows for row in matrix for x in row]
    sizes = [len(matrix) * len(matrix[0]) for matrix in rows]

    def mixed(flat):
        parts = zip(flat.split(sizes), map(len, rows), strict=True)
        split = (part.view(count, heads, -1).transpose(0, 1) for part, count in parts)
        return F.scaled_dot_product_attention(*split).transpose(0, 1).flatten()

    return _rows(together, mixed)


def gpt_logits(model, tokens):
    return _rows(
        model.parameters(), lambda flat: _logits(_matrices(model, flat), model.heads, tokens), len(tokens)
    )


def next_token_loss(logits, tokens):
    rows, width = len(tokens) - 1, len(logits[0])
    flat = [score for row in logits[:rows] for score in row]
    return _rows(flat, lambda x: F.cross_entropy(x.view(rows, width), torch.tensor(tokens[1:])).view(1))[0]


def sample(logits, temperature, rng):
    scores = torch.tensor(logits, dtype=torch.float64)
    if temperature == 0:
        return int(scores.argmax())
    generator = torch.Generator().manual_seed(rng.getrandbits(32))
    return int(torch.multinomial(F.softmax(scores / temperature, dim=0), 1, generator=generator))


class _Trained(Module):
    """A model with the attributes of the unit's GPT, from matrices."""

    def __init__(self, matrices, heads):
        self.heads = heads
        for name, matrix in matrices.items():
            layer = Linear(*reversed(matrix.shape), bias=False)
            for row, numbers in zip(layer.weight, matrix.tolist(), strict=True):
                for p, number in zip(row, numbers, strict=True):
                    p.data = number
            setattr(self, name, layer.weight if name in ("tokens", "places") else layer)


def train_gpt(docs, rng):
    torch.manual_seed(rng.getrandbits(32))
    shapes = {"tokens": (27, 8), "places": (10, 8), **dict.fromkeys(LAYERS, (8, 8))}
    shapes |= {"up": (32, 8), "down": (8, 32), "head": (27, 8)}
    matrices = {
        name: nn.init.kaiming_uniform_(torch.empty(shape), a=5**0.5) for name, shape in shapes.items()
    }
    optimizer = torch.optim.Adam([m.requires_grad_() for m in matrices.values()], lr=0.03)
    texts = [[26, *map(ALPHABET.index, doc), 26] for doc in docs]
    for step in range(160):
        optimizer.param_groups[0]["lr"] = 0.03 * (1 - step / 160)
        text = rng.choice(texts)
        optimizer.zero_grad()
        F.cross_entropy(_logits(matrices, 2, text[:-1]), torch.tensor(text[1:])).backward()
        optimizer.step()
    return _Trained(matrices, 2)


def _matrices(model, flat):
    """The model's matrices by name, their numbers from a tensor in the order of its parameters."""
    rows = {"tokens": model.tokens, "places": model.places} | {n: getattr(model, n).weight for n in LAYERS}
    sizes = [len(matrix) * len(matrix[0]) for matrix in rows.values()]
    parts = zip(rows.items(), flat.split(sizes), strict=True)
    return {name: part.view(len(matrix), -1) for (name, matrix), part in parts}


def _embedded(matrices, tokens):
    return F.embedding(torch.tensor(tokens), matrices["tokens"]) + matrices["places"][: len(tokens)]


def _logits(matrices, heads, tokens):
    def norm(x):
        return F.rms_norm(x, x.shape[-1:], eps=1e-5)

    x = _embedded(matrices, tokens)
    split = (F.linear(norm(x), matrices[name]).view(len(x), heads, -1).transpose(0, 1) for name in LAYERS[:3])
    mixed = F.scaled_dot_product_attention(*split, is_causal=True).transpose(0, 1).flatten(1)
    x = x + F.linear(mixed, matrices["out"])
    x = x + F.linear(F.relu(F.linear(norm(x), matrices["up"])), matrices["down"])
    return F.linear(norm(x), matrices["head"])


def _rows(values, function, rows=None):
    """What a function of tensors gives, as Values (in rows) with the slopes that autograd finds."""
    flat = torch.tensor([v.data for v in values], dtype=torch.float64)
    results = function(flat).flatten().tolist()
    if not is_grad_enabled():
        outputs = [Value(result) for result in results]
        return outputs if rows is None else _in_rows(outputs, rows)
    slopes = torch.autograd.functional.jacobian(function, flat).reshape(len(results), -1).tolist()
    outputs = [
        sum((slope * (v - v.data) for v, slope in zip(values, row, strict=True) if slope), Value(result))
        for result, row in zip(results, slopes, strict=True)
    ]
    return outputs if rows is None else _in_rows(outputs, rows)


def _in_rows(outputs, rows):
    width = len(outputs) // rows
    return [outputs[start : start + width] for start in range(0, len(outputs), width)]
