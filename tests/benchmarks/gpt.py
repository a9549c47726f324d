"""A GPT of microgpt.py's size, for the engine's benchmark: one program, run on any kit of scalars.

Micro        a Value of microgpt.py's design: slots, local gradients as tuples, a recursive walk
weights      4,064 numbers: one layer, 4 heads, 16 dimensions, documents of up to 8 letters
GPT, step    the program on scalars of any kind; its four functions may be compiled
by_tensors   the same on torch tensors
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable
from typing import Any

import torch

LETTERS = "abcdefghijklmnopqrstuvwxyz"
BOS = len(LETTERS)
DIM, HEADS, BLOCK, HIDDEN, VOCABULARY = 16, 4, 8, 64, len(LETTERS) + 1
DOCUMENTS = ["ada", "emmy", "grace", "edith", "sofia", "hypatia", "katherine", "mary", "lise", "noether"]
SHAPES = {
    "wte": (VOCABULARY, DIM),
    "wpe": (BLOCK, DIM),
    **dict.fromkeys(("wq", "wk", "wv", "wo"), (DIM, DIM)),
    "fc1": (HIDDEN, DIM),
    "fc2": (DIM, HIDDEN),
    "head": (VOCABULARY, DIM),
}


class Micro:
    """A scalar of microgpt.py's design. Its walk leaves a cycle, which the collector frees."""

    __slots__ = ("children", "data", "grad", "local")

    def __init__(self, data: float, children: Any = (), local: Any = ()) -> None:
        self.data = data
        self.grad = 0
        self.children = children
        self.local = local

    def __add__(self, other: Any) -> Micro:
        other = other if isinstance(other, Micro) else Micro(other)
        return Micro(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other: Any) -> Micro:
        other = other if isinstance(other, Micro) else Micro(other)
        return Micro(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, other: float) -> Micro:
        return Micro(self.data**other, (self,), (other * self.data ** (other - 1),))

    def log(self) -> Micro:
        return Micro(math.log(self.data), (self,), (1 / self.data,))

    def exp(self) -> Micro:
        return Micro(math.exp(self.data), (self,), (math.exp(self.data),))

    def relu(self) -> Micro:
        return Micro(max(0.0, self.data), (self,), (float(self.data > 0),))

    def __neg__(self) -> Micro:
        return self * -1.0

    def __radd__(self, other: Any) -> Micro:
        return self + other

    def __sub__(self, other: Any) -> Micro:
        return self + (-other)

    def __rmul__(self, other: Any) -> Micro:
        return self * other

    def __truediv__(self, other: Any) -> Micro:
        return self * other**-1

    def backward(self) -> None:
        order, seen = [], set()

        def build(v: Micro) -> None:
            if v not in seen:
                seen.add(v)
                for child in v.children:
                    build(child)
                order.append(v)

        build(self)
        self.grad = 1.0
        for v in reversed(order):
            for child, slope in zip(v.children, v.local, strict=True):
                child.grad += slope * v.grad


def weights(make: Callable[[float], Any]) -> dict[str, list[list[Any]]]:
    """The matrices, drawn from N(0, 0.08^2)."""
    rng = random.Random(42)
    return {
        name: [[make(rng.gauss(0.0, 0.08)) for _ in range(columns)] for _ in range(rows)]
        for name, (rows, columns) in SHAPES.items()
    }


def flat(matrices: dict[str, list[list[Any]]]) -> list[Any]:
    """All parameters in one list."""
    return [p for rows in matrices.values() for row in rows for p in row]


def tokens_of(document: str) -> list[int]:
    """The letters as numbers, between two BOS."""
    return [BOS, *map(LETTERS.index, document), BOS]


# --- the program on scalars


def linear(x: list[Any], w: list[list[Any]]) -> list[Any]:
    """W x."""
    return [sum(wi * xi for wi, xi in zip(row, x, strict=True)) for row in w]


def softmax(logits: list[Any]) -> list[Any]:
    """exp(z) / sum exp(z), shifted by the largest."""
    top = max(v.data for v in logits)
    exps = [(v - top).exp() for v in logits]
    total = sum(exps)
    return [e / total for e in exps]


def norm(x: list[Any]) -> list[Any]:
    """x / sqrt(mean x^2)."""
    mean = sum(xi * xi for xi in x) / len(x)
    scale = (mean + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def attention(q: list[Any], keys: list[list[Any]], values: list[list[Any]]) -> list[Any]:
    """For each head softmax(q . k / sqrt(d)) . v, over the positions so far."""
    out, width = [], DIM // HEADS
    for at in range(0, DIM, width):
        part = slice(at, at + width)
        scores = [sum(qi * ki for qi, ki in zip(q[part], k[part], strict=True)) / width**0.5 for k in keys]
        shares = softmax(scores)
        out += [sum(s * v[j] for s, v in zip(shares, values, strict=True)) for j in range(at, at + width)]
    return out


class GPT:
    """The functions of one position, on the weights w; `decorate` may compile them."""

    def __init__(self, w: dict[str, list[list[Any]]], decorate: Callable[[Any], Any] = lambda f: f) -> None:
        self.w = w

        def project(token: list[Any], place: list[Any]) -> tuple[list[Any], ...]:
            """The embedding of a position, and its query, key and value."""
            x = norm([a + b for a, b in zip(token, place, strict=True)])
            y = norm(x)
            return x, linear(y, w["wq"]), linear(y, w["wk"]), linear(y, w["wv"])

        def attend(x: list[Any], q: list[Any], keys: list[list[Any]], values: list[list[Any]]) -> list[Any]:
            """x + Wo attention."""
            return [a + b for a, b in zip(x, linear(attention(q, keys, values), w["wo"]), strict=True)]

        def feed(x: list[Any]) -> list[Any]:
            """x + W2 relu(W1 norm(x))."""
            hidden = [h.relu() for h in linear(norm(x), w["fc1"])]
            return [a + b for a, b in zip(x, linear(hidden, w["fc2"]), strict=True)]

        def predict(x: list[Any]) -> list[Any]:
            """The share of each letter to come."""
            return softmax(linear(x, w["head"]))

        self.project, self.attend = decorate(project), decorate(attend)
        self.feed, self.predict = decorate(feed), decorate(predict)

    def loss(self, document: str) -> Any:
        """The mean loss over the positions of a document."""
        tokens = tokens_of(document)
        count = min(BLOCK, len(tokens) - 1)
        keys: list[Any] = []
        values: list[Any] = []
        losses = []
        for at in range(count):
            x, q, k, v = self.project(self.w["wte"][tokens[at]], self.w["wpe"][at])
            keys.append(k)
            values.append(v)
            shares = self.predict(self.feed(self.attend(x, q, keys, values)))
            losses.append(-shares[tokens[at + 1]].log())
        return sum(losses) * (1.0 / count)


def step(document: str, gpt: GPT) -> float:
    """Forward and backward of one document; the loss."""
    loss = gpt.loss(document)
    loss.backward()
    return float(loss.data)


def descend(w: dict[str, list[list[Any]]], rate: float = 0.1) -> None:
    """Move every parameter against its gradient, and clear that."""
    for p in flat(w):
        p.data -= rate * p.grad
        p.grad = 0.0


def allow_recursion() -> None:
    """Let microgpt.py's walk recurse over a document."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 20_000))


# --- the program on tensors


def by_tensors(document: str, w: dict[str, torch.Tensor]) -> torch.Tensor:
    """The mean loss over a document, on matrices that require grad."""
    tokens = torch.tensor(tokens_of(document))
    count = min(BLOCK, len(tokens) - 1)

    def norm(x: torch.Tensor) -> torch.Tensor:
        return x * (x.square().mean(-1, keepdim=True) + 1e-5) ** -0.5

    x = norm(w["wte"][tokens[:count]] + w["wpe"][:count])
    y = norm(x)
    q, k, v = (
        (y @ w[name].T).view(count, HEADS, DIM // HEADS).transpose(0, 1) for name in ("wq", "wk", "wv")
    )
    scores = q @ k.transpose(1, 2) / (DIM // HEADS) ** 0.5
    hidden = torch.ones(count, count, dtype=torch.bool).triu(1)
    shares = scores.masked_fill(hidden, -math.inf).softmax(-1)
    x = x + (shares @ v).transpose(0, 1).reshape(count, DIM) @ w["wo"].T
    x = x + (norm(x) @ w["fc1"].T).relu() @ w["fc2"].T
    return torch.nn.functional.cross_entropy(x @ w["head"].T, tokens[1 : count + 1])
