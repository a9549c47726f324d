"""The walks over a recorded graph; none recurses, so depth is no limit.

    topological(roots)   the inner values below the roots, parents before children, each once
    backward(root, seed) fill `.grad` with floats: the fast walk
    pull(...)            the general walk: gradients in a dictionary, as floats or as Values

A value is inner (made by an op), a leaf (`op is LEAF`: gradients add up there) or a constant (`op is None`).
Its operands are `a`, a value, and `b`, a value, a number or None. The call of a Function is a node too: `a`
is None, `b` the tuple of its inputs.
"""

from __future__ import annotations

from .convert import scalar
from .modes import state
from .ops import KEEPS, LEAF, add, mul

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def topological(roots: Iterable[Any], boundary: Iterable[Any] = ()) -> list[Any]:
    """The inner values below the roots, parents before children, each once; none at or below the boundary."""
    order: list[Any] = []
    seen: set[Any] = set(boundary)
    stack = [root for root in roots if root.op is not LEAF and root.op is not None]
    pop, push = stack.pop, stack.append
    while stack:
        v = pop()
        if v is None:  # everything below the next one is in `order`
            order.append(pop())
            continue
        if v in seen:
            continue
        seen.add(v)
        push(v)
        push(None)
        a, b = v.a, v.b
        if a is None:  # a call
            stack += [x for x in b if x.op is not LEAF and x.op is not None and x not in seen]
            continue
        if a.op is not LEAF and a.op is not None and a not in seen:
            push(a)
        b = b if v.op.db is not None and type(b) is not float else a
        if b is not a and b.op is not LEAF and b.op is not None and b not in seen:
            push(b)
    return order


def _order(root: Any) -> list[Any]:
    """topological([root]), with the gradients of leaves made floats and those of inner values 0.0.

    A visited value is marked by its gradient, `entered` or `done`: two zeros told apart by identity, which
    beats a set of visited values. The lines for `b` repeat those for `a`, since a loop is slower. On the
    65,000 ops of two moons both together take backward from 39 to 23 ms.
    """
    entered, done = float("0"), float("0")
    order: list[Any] = []
    stack: list[Any] = []
    pop, push, put = stack.pop, stack.append, order.append
    v = root
    while True:
        a, below = v.a, None
        if a is None:  # a call
            v._grad = entered
            push(v)
            for x in v.below:
                if x.op is not LEAF and x.op is not None and x._grad is not done:
                    push(x)
        else:
            kind = a.op
            if kind is LEAF:
                if type(a._grad) is not float:
                    _float_gradient(a)
            elif kind is not None and a._grad is not done:
                below = a
            b = v.b
            if type(b) is not float and v.op.db is not None:
                kind = b.op
                if kind is LEAF:
                    if type(b._grad) is not float:
                        _float_gradient(b)
                elif kind is not None and b._grad is not done:
                    v._grad = entered
                    push(v)
                    if below is not None:
                        push(below)
                    v = b
                    continue
            if below is not None:
                v._grad = entered
                push(v)
                v = below
                continue
            v._grad = done
            put(v)
        while stack:
            v = pop()
            g = v._grad
            if g is entered:  # the second time: everything below it is in `order`
                v._grad = done
                put(v)
            elif g is not done:
                break
        else:
            return order


def _float_gradient(leaf: Any) -> None:
    """Make a leaf's gradient the float that backward() adds to: it may be None or a Value."""
    leaf._grad = 0.0 if leaf._grad is None else scalar(leaf._grad)


def backward(root: Any, seed: float, retain_graph: bool) -> None:
    """Add d root / d leaf times seed to each leaf's `.grad`; set the `.grad` of inner values afresh.

    The derivatives of mul and add are written out: calling them takes a third of the whole walk.
    """
    if root.op is LEAF:
        _float_gradient(root)
        root._grad += seed
        return
    order = _order(root)
    if state.clock:
        check_unmodified(order)
    root._grad = seed
    freed_mul = mul if retain_graph else mul.freed
    for v in reversed(order):
        op, g, a = v.op, v._grad, v.a
        if a is None:  # a call
            for parent, gradient in v.pull(g, False):
                if parent.op is not None:
                    if type(parent._grad) is not float:
                        _float_gradient(parent)
                    parent._grad += gradient
            if not retain_graph:
                v.op = op.freed
            continue
        b = v.b
        if op is mul:
            if type(b) is float:
                a._grad += g * b
            else:
                if a.op is not None:
                    a._grad += g * b._data
                if b.op is not None:
                    b._grad += g * a._data
            v.op = freed_mul
            continue
        if op is add:
            if a.op is not None:
                a._grad += g
            if type(b) is not float and b.op is not None:
                b._grad += g
            continue
        if op.db is not None:
            if type(b) is float:
                a._grad += op.da(g, v._data, a._data, b)
            else:
                x, y = a._data, b._data
                if a.op is not None:
                    a._grad += op.da(g, v._data, x, y)
                if b.op is not None:
                    b._grad += op.db(g, v._data, x, y)
        elif b is None:
            a._grad += op.da(g, v._data, a._data)
        elif op.da is not None:
            a._grad += op.da(g, v._data, a._data, b)
        else:  # an output of a call: hand over to that
            if type(a._grad) is float:
                a._grad = [None] * a.width
            a._grad[b] = g
        if not retain_graph:
            v.op = op.freed


def pull(
    roots: Iterable[Any],
    seeds: Iterable[Any],
    inputs: Iterable[Any] | None = None,
    *,
    create_graph: bool,
    retain_graph: bool,
    boundary: Iterable[Any] = (),
) -> dict[Any, Any]:
    """The gradient of sum(root * seed) by each value on the way to `inputs` (to every leaf if None).

    With create_graph the gradients are Values, made by the same rules from the graph's own Values. The walk
    ends at the boundary.
    """
    roots, boundary = list(roots), set(boundary)
    order = topological(roots, boundary=boundary)
    needed = None if inputs is None else needed_for(order, inputs)
    if state.clock:
        check_unmodified(v for v in order if needed is None or v in needed)
    grads: dict[Any, Any] = {}
    for root, seed in zip(roots, seeds, strict=True):
        grads[root] = grads[root] + seed if root in grads else seed
    for v in reversed(order):
        if v not in grads or (needed is not None and v not in needed):
            continue
        g = grads[v]
        if v.op.da is None and v.a is not None:  # an output of a Function: hand over to the call
            grads.setdefault(v.a, [None] * v.a.width)[v.b] = g
            continue
        for parent, gradient in v.pull(g, create_graph) if v.a is None else flow(v, g, create_graph):
            grads[parent] = grads[parent] + gradient if parent in grads else gradient
        if not retain_graph:
            v.op = v.op.freed
    return grads


def check_unmodified(order: Iterable[Any]) -> None:
    """RuntimeError if a derivative would read an operand that was updated in place after the op."""
    for v in order:
        if v.a is None or v.op.da is None or v.op is v.op.freed:
            continue
        readers = [v.op.whole.da] if v.a.op is not None else []
        if v.op.db is not None and type(v.b) is not float and v.b.op is not None:
            readers.append(v.op.whole.db)
        for x, place in ((v.a, 2), (v.b, 3)):
            if getattr(x, "born", 0) > v.born and any(place in _reads(reader) for reader in readers):
                raise RuntimeError(
                    "one of the variables needed for gradient computation has been modified by an inplace "
                    f"operation: {x!r}, an operand of {v.op.name}, was updated after that was computed. Call "
                    "backward() before the update, or compute the value again."
                )


_read: dict[Any, set[int]] = {}


def _reads(derivative: Any) -> set[int]:
    """The parameters that a derivative of the table reads, by position: 2 is a, 3 is b."""
    if derivative not in _read:
        import dis

        loads = [i.argval for i in dis.get_instructions(derivative) if i.opname.startswith("LOAD_FAST")]
        names = {name for load in loads for name in (load if isinstance(load, tuple) else (load,))}
        _read[derivative] = {i for i, name in enumerate(derivative.__code__.co_varnames) if name in names}
    return _read[derivative]


def needed_for(order: list[Any], inputs: Iterable[Any]) -> set[Any]:
    """The inputs, and the values of `order` that were made from them."""
    needed = set(inputs)
    for v in order:
        a, b = v.a, v.b
        if a is None:  # a call
            used = any(x in needed for x in b)
        else:
            used = a in needed or (v.op.db is not None and type(b) is not float and b in needed)
        if used:
            needed.add(v)
    return needed


def operands(v: Any) -> tuple[Any, ...]:
    """The values v was made from, with constants, without plain numbers."""
    if v.op is None or v.op is LEAF:
        return ()
    if v.a is None:
        return tuple(v.b)
    return (v.a, v.b) if v.op.db is not None and type(v.b) is not float else (v.a,)


def flow(v: Any, g: Any, graph: bool) -> list[tuple[Any, Any]]:
    """(operand, the gradient that reaches it) for each operand of v that takes one."""
    op, a, b = v.op, v.a, v.b
    out, x, y = (v, a, b) if graph else (v._data, a._data, getattr(b, "_data", b))
    if op.db is None:
        gradient = op.da(g, out, x) if b is None else op.da(g, out, x, y)
        if graph and op.kink and not getattr(gradient, "requires_grad", False):
            gradient = KEEPS(gradient, a)
        return [(a, gradient)]
    flows = []
    if a.op is not None:
        flows.append((a, op.da(g, out, x, y)))
    if type(b) is not float and b.op is not None:
        flows.append((b, op.db(g, out, x, y)))
    return flows
