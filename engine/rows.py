"""Rows: what the op table consists of.

Op        one row of the table; called on floats it computes, called on Values it records
op        enters a row in the table
LEAF      the mark of a leaf, which no row has made
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


TABLE: dict[str, Op] = {}


class Op:
    """One op: `forward` on floats, and `da`, `db`, the gradient that flows to each operand.

    name     PyTorch's name of the node
    inline   `forward` is plain arithmetic, which the compiler may write out
    kink     PyTorch keeps the derivative in the graph even where it is constant
    method   a Value has it as a method without arguments, as torch.Tensor does
    freed    the row that stands for this op once backward() has freed the graph; itself, if it saves nothing
    whole    leads back from there
    """

    def __init__(
        self,
        key: str,
        name: str,
        forward: Any,
        da: Any,
        db: Any = None,
        inline: bool = False,
        kink: bool = False,
        method: bool = False,
    ) -> None:
        self.__name__, self.name, self.forward, self.da, self.db = key, name, forward, da, db
        self.inline, self.kink, self.method = inline, kink, method
        self.freed = self.whole = self
        self.__doc__ = f"PyTorch's {key}, recorded as {name}: on numbers a float, on Values a Value."

    @property
    def takes_number(self) -> bool:
        """Whether a number stands beside the one operand: an exponent, a slope, bounds."""
        return self.db is None and self.da.__code__.co_argcount == 4

    def __call__(self, a: Any, b: Any = None) -> Any:
        """Compute on numbers; with a Value or a symbol among the operands, let that record the op."""
        if type(a) is float:
            if b is None:
                return self.forward(a)
            if type(b) is float or type(b) is tuple:
                return self.forward(a, b)
        for operand in (a, b):
            if hasattr(operand, "apply"):
                return operand.apply(self, a, b)
        return self(float(a), None if b is None else b if type(b) is tuple else float(b))

    def __reduce__(self) -> str:
        return self.__name__  # a row is itself in copies and pickles of values

    def __repr__(self) -> str:
        return f"<op {self.__name__}: {self.name}>"


def op(
    name: str,
    forward: Any,
    da: Any,
    db: Any = None,
    *,
    saves: bool = True,
    inline: bool = False,
    kink: bool = False,
    method: bool = False,
) -> Op:
    """Enter an op in the table under its Python name, the part of `name` before the colon."""
    key, node = name.split(": ")
    row = TABLE[key] = Op(key, node, forward, da, db, inline, kink, method)
    if saves:
        row.freed = Op(key, node, forward, refuse, db and refuse)
        row.freed.freed, row.freed.whole = row.freed, row
    return row


def refuse(*_: Any) -> Any:
    raise RuntimeError(
        "Trying to backward through the graph a second time: backward() and grad() free the graph they walk. "
        "Specify retain_graph=True the first time, or compute the value again."
    )


# the mark of a leaf, whose gradient stays with it
LEAF = Op("LEAF", "AccumulateGrad", None, None)
