"""The picture in the lesson."""

from __future__ import annotations

from types import ModuleType

from engine import Value
from engine.picture import to_svg


def example(_: ModuleType) -> str:
    """The lesson's graph of loss = (w * x + 3) ** 2, with the gradients that backward() leaves in it."""
    w, x = Value(1.0, label="w"), Value(2.0, label="x", requires_grad=False)
    m = w * x
    y = m + 3
    loss = y**2
    m.label, y.label, loss.label = "m", "y", "loss"
    loss.backward()
    return to_svg(loss)
