"""Losses on lists of Values, under torch.nn.functional's names; each a Value, the mean over the examples.

    mse_loss                             (z - y)^2
    binary_cross_entropy_with_logits     -y log sigmoid(z) - (1 - y) log sigmoid(-z)
    cross_entropy                        log sum_j exp(z_j) - z_label
    hinge_loss                           max(0, 1 - y z), y = -1 or +1

reduction is "mean", "sum", or "none" for the list of losses. ValueError for lists of different length.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import functional as F


def _reduce(losses: list[Any], reduction: str) -> Any:
    if reduction == "none":
        return losses
    if reduction not in ("mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction; use 'mean', 'sum' or 'none'")
    total = sum(losses[1:], losses[0])
    return total / len(losses) if reduction == "mean" else total


def _pairs(outputs: Any, targets: Any) -> list[tuple[Any, Any]]:
    """(output, target) pairs of two lists, or of one Value and one target."""
    if not hasattr(outputs, "__len__"):
        outputs, targets = [outputs], [targets]
    if len(outputs) != len(targets):
        raise ValueError(
            f"{len(outputs)} outputs but {len(targets)} targets; there must be one target an output"
        )
    if not outputs:
        raise ValueError("no examples: a mean over none is not a number")
    return list(zip(outputs, targets, strict=True))


def mse_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """(z - y)^2."""
    return _reduce([(z - y) ** 2 for z, y in _pairs(input, target)], reduction)


def binary_cross_entropy_with_logits(input: Any, target: Any, reduction: str = "mean") -> Any:
    """(1 - y) z - log sigmoid(z), which is exact for large z where log(sigmoid(z)) would be log 0."""
    return _reduce([(1 - y) * z - F.logsigmoid(z) for z, y in _pairs(input, target)], reduction)


def hinge_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """max(0, 1 - y z) for labels y of -1 or +1."""
    return _reduce([F.relu(1 - y * z) for z, y in _pairs(input, target)], reduction)


def cross_entropy(input: Sequence[Any], target: Any, reduction: str = "mean") -> Any:
    """logsumexp(z) - z[label] for rows of logits and integer labels; one row and one label also do.

    IndexError for a label outside the classes.
    """
    rows: Any = input if hasattr(input[0], "__len__") else [input]
    labels = target if hasattr(target, "__len__") else [target]
    losses = []
    for row, label in _pairs(rows, labels):
        if not 0 <= label < len(row):
            raise IndexError(f"Target {label} is out of bounds: there are {len(row)} classes")
        losses.append(logsumexp(row) - row[label])
    return _reduce(losses, reduction)


def logsumexp(row: Sequence[Any]) -> Any:
    """log sum_j exp(z_j), shifted by the largest so that nothing overflows."""
    shift = max(getattr(z, "data", z) for z in row)
    if shift in (float("inf"), float("-inf")):  # inf - inf is nan
        shift = 0.0
    terms = [F.exp(z - shift) for z in row]
    return F.log(sum(terms[1:], terms[0])) + shift
