"""The sentences on errors and warnings, for those that Python, NumPy and PyTorch really give."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
import torch

from autograder.judging import meanings
from engine import Value


def test_errors_have_a_meaning() -> None:
    """Those that Python, NumPy and PyTorch really raise are in the table."""
    weights = torch.ones(2, requires_grad=True)

    def unassigned() -> int:
        if math.pi < 3:
            found = 1
        return found

    made = [
        lambda: np.ones(2, dtype=int).__itruediv__(0.5),
        lambda: np.vectorize(math.erf)(np.zeros(0)),
        lambda: max(np.zeros(2), 0),
        lambda: max(torch.zeros(2), 0),
        lambda: np.ones(2) @ np.ones((3, 2)),
        lambda: np.dot(np.ones(2), np.ones((3, 2))),
        lambda: torch.ones(1, 2) @ torch.ones(3, 2),
        lambda: torch.ones(3, 2) @ torch.ones(3),
        lambda: torch.ones(3) @ torch.ones(2),
        lambda: np.ones(2) @ 3,
        lambda: np.ones(2) + np.ones(3),
        lambda: torch.ones(2) + torch.ones(3),
        lambda: math.exp(np.ones(2)),
        lambda: float(torch.ones(2)),
        lambda: np.array([[1], [1, 2]]),
        lambda: np.ones(2)[2],
        lambda: [1, 2][2],
        unassigned,
        lambda: None + 1,
        lambda: {}.get(1)[0],
        lambda: float(1)(2),
        lambda: [1].shape,
        lambda: (1, 2).max(),
        lambda: np.exp(Value(1.0)),
        lambda: weights.add_(1),
        lambda: torch.ones(1).backward(),
        lambda: (2 * weights).backward(),
        lambda: torch.nn.functional.relu(torch.nn.ReLU(weights)),
        lambda: torch.nn.Sequential([torch.nn.Tanh()]),
    ]
    for function in made:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - each raises its own
            function()
        said = f"{caught.type.__name__}: {caught.value}"
        assert meanings.meaning_of_error(said), said


def test_warnings_have_a_meaning() -> None:
    """Those that NumPy and PyTorch really give are in the table."""
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    made = [
        lambda: np.log(np.zeros(1)),
        lambda: np.ones(1) / np.zeros(1),
        lambda: np.sqrt(-np.ones(1)),
        lambda: np.inf * np.zeros(1),
        lambda: np.float64(1e308) * np.array([10.0]),
        lambda: np.array([1e300]).astype(np.float32),
        lambda: np.array([np.nan]).astype(int),
        lambda: np.mean([]),
        lambda: np.array([1j]).astype(float),
        lambda: torch.optim.lr_scheduler.StepLR(optimizer, 1).step(),
        lambda: torch.tensor(torch.ones(1)),
        lambda: (model.weight * 2).grad,
        lambda: torch.nn.functional.mse_loss(torch.ones(2), torch.ones(2, 1)),
        lambda: torch.nn.functional.softmax(torch.ones(2, 2)),
    ]
    for call in made:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            call()
        texts = [f"{w.category.__name__}: {w.message}" for w in caught]
        assert texts, "this warns no more: is its line in the table still needed?"
        assert any(map(meanings.meaning, texts)), texts
    assert meanings.meaning("UserWarning: something else") == ""
