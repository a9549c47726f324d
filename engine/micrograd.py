"""What micrograd's and microgpt's programs know of a Value beside PyTorch's names.

Graph      the base class of Value: `_prev`, `_op`, `_backward`, `_children`, `_local_grads`
Missing    names of PyTorch and others that a Value does not have, with what it has instead
ByHand     the node of Value(x, (a, b), "op"), whose program sets `_backward`; of Value(x, (a, b), (da, db))
"""

from __future__ import annotations

from . import ops
from .calls import Call, node
from .modes import local, state

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

SIGNS = {"add": "+", "sub": "-", "rsub": "-", "mul": "*", "div": "/", "pow": "**", "relu": "ReLU"}


class Graph:
    """A Value's graph under the names of micrograd and microgpt."""

    __slots__ = ()
    op: Any
    a: Any
    b: Any
    _grad: Any

    @property
    def _prev(self) -> set[Any]:
        """The Values it was made from, as a set."""
        return set(self._children)

    @property
    def _children(self) -> tuple[Any, ...]:
        """The Values it was made from: `parents`."""
        return self.parents  # type: ignore[attr-defined, no-any-return]

    @property
    def _local_grads(self) -> tuple[float, ...]:
        """Its derivative by each of them: `local_gradients()`."""
        return self.local_gradients()  # type: ignore[attr-defined, no-any-return]

    @property
    def _op(self) -> str:
        """The sign or name of the op that made it: "+", "tanh"; "" for a leaf or constant."""
        if self.op is None or self.op is ops.LEAF:
            return ""
        if isinstance(self.a, ByHand):
            return self.a.sign
        key: str = self.op.__name__
        return f"**{self.b:g}" if key == "power" else SIGNS.get(key, key)

    def _backward_step(self) -> None:
        for parent, slope in zip(self._children, self._local_grads, strict=True):
            if parent.op is not None:
                parent.grad = (parent.grad or 0.0) + slope * self._grad

    @property
    def _backward(self) -> Callable[[], None]:
        """A function that adds this Value's gradient, times the local ones, to its parents' gradients."""
        return self._backward_step

    @_backward.setter
    def _backward(self, backward: Callable[[], None]) -> None:
        if isinstance(self.a, ByHand):
            self.a.backward = backward
        elif self.op is not None:
            raise AttributeError(
                f"the derivative of {self.op.name} is in the op table, so `_backward` cannot be replaced. "
                'Make the result with Value(number, (parent, ...), "name") and set its `_backward`.'
            )


class Missing:
    """A name that a Value does not have, and what it has instead. A __getattr__ would slow down all."""

    def __init__(self, name: str, instead: str) -> None:
        self.name, self.instead = name, instead

    def __get__(self, v: Any, owner: Any) -> Any:
        text = f"{owner.__name__!r} object has no attribute {self.name!r}: {self.instead}"
        raise AttributeError(text, name=self.name, obj=v)


for _name, _instead in {
    "children": ".parents are the Values it was made from, .grad_fn is the node that made it, and "
    ".local_gradients() are its derivatives by its parents",
    "register_hook": "read .grad after backward(), or write an engine.Function, whose backward may change "
    "the gradient that passes",
    **dict.fromkeys(("numpy", "tolist", "cpu", "value"), ".data and .item() are its number"),
    **dict.fromkeys(("shape", "size", "dim", "ndim"), "a Value is one number; many are a list of Values"),
}.items():
    setattr(Graph, _name, Missing(_name, _instead))


class ByHand(Call):
    """A Value made with its children. Its derivative: the numbers given, or the `_backward` set on it."""

    def __init__(self, out: Any, children: tuple[Any, ...], how: Any) -> None:
        self.sign = how if isinstance(how, str) else ""
        name = f"{self.sign.capitalize()}Backward" if self.sign.isidentifier() else "ByHandBackward"
        super().__init__(_ROWS.setdefault(name, node(name)), children, 1)
        self.slopes = None if isinstance(how, str) else tuple(how)
        self.backward: Callable[[], None] = lambda: None
        self.out = out
        if self.slopes is not None and len(self.slopes) != len(children):
            raise ValueError(
                f"a Value with {len(children)} children needs as many local gradients, got {len(self.slopes)}"
            )

    def pull(self, grads: list[Any], graph: bool) -> Iterable[tuple[Any, Any]]:
        """Run `_backward` on children whose gradients are 0.0, and put theirs back."""
        if graph:
            raise RuntimeError(
                f"{self.op.name}: a Value made with its children can be differentiated once, since its "
                "derivative is computed in numbers. For create_graph=True, hessian or hvp write it from "
                "engine's ops, or as an engine.Function."
            )
        (g,) = grads
        if self.slopes is not None:
            return [(child, g * slope) for child, slope in zip(self.b, self.slopes, strict=True)]
        children = list(dict.fromkeys(self.b))
        before = self.out._grad, [child._grad for child in children]
        self.out._grad = g
        for child in children:
            child._grad = 0.0
        try:
            self.backward()
            return [(child, child._grad) for child in children]
        finally:
            self.out._grad = before[0]
            for child, gradient in zip(children, before[1], strict=True):
                child._grad = gradient


_ROWS: dict[str, ops.Op] = {}


def made_by_hand(out: Any, children: Iterable[Any], how: Any) -> None:
    """Let the new Value `out` be made from its children: by an op of this name, or with these derivatives."""
    values = tuple(children)
    out.op = None
    if local.tape is not None:
        local.tape.escape("Value(number, children)")
        for child in values:
            local.tape.append(out, ops.clone, child, None)
    if local.enabled and any(child.op is not None for child in values):
        call = ByHand(out, values, how)
        out.op, out.a, out.b = call.op, call, 0
    if state.trail is not None:
        state.trail.add(out)
