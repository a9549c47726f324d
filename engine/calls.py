"""Calls: nodes of the graph with any number of inputs and outputs.

node(name)   the row that stands for a call of this name
Call         the node: a Function, checkpoint, a compiled function, or a Value that was made by hand
"""

from __future__ import annotations

from .ops import Op

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def node(name: str, saves: bool = True) -> Op:
    """The row of a call of this name, and its `freed` row for after backward()."""
    row = Op(name, name, None, None)
    row.freed = Op(name, name, None, None)
    row.freed.freed, row.freed.whole = row.freed, row
    return row


class Call:
    """A node with inputs and `width` outputs: each output has the call as its `a`, its index as its `b`."""

    a = None

    def __init__(self, op: Op, inputs: tuple[Any, ...], width: int) -> None:
        self.op, self.b, self.width = op, inputs, width
        self._grad: Any = 0.0

    @property
    def below(self) -> Iterable[Any]:
        """The inputs that may have been made by other nodes."""
        return self.b

    def pull(self, grads: list[Any], graph: bool) -> Iterable[tuple[Any, Any]]:
        """(input, gradient) for each input that takes one, from the outputs' gradients: Values if `graph`."""
        raise NotImplementedError

    def local_gradients(self, output: int) -> list[float]:
        """d output / d input as floats, one for each input."""
        seeds = [float(i == output) for i in range(self.width)]
        flows: dict[Any, float] = dict.fromkeys(self.b, 0.0)
        for value, gradient in self.pull(seeds, False):
            flows[value] += gradient
        return [flows[value] for value in self.b]
