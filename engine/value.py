"""Value: a float that remembers how it was made.

    new values      Value(2.0), and one method an op, made from the table by `unary` and `binary`
    reading         data, grad, item(), comparisons; grad_fn, parents, local_gradients()
    gradients       backward(), detach(), requires_grad_()

An op makes one object with these seven slots:

    _data  the float; `data` is the same, and converts what is assigned to it
    _grad  the gradient: a float, or a Value after backward(create_graph=True); `grad` converts likewise
    op     the row of the table that made it; LEAF for a leaf, None for a constant
    a, b   the operands: values, a number, or None
    born   the process's count of in-place updates when the value was made or last updated in place
    _label its name, if it has one
"""

from __future__ import annotations

import operator
from math import inf

from . import convert, graph, ops, walk
from .convert import is_number, number, scalar
from .micrograd import Graph, made_by_hand
from .modes import enable_grad, local, no_grad, state
from .ops import LEAF, Op

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    Method = TypeVar("Method", bound=Callable[..., Any])


new = object.__new__
FRESH = float("0")  # the gradient of a leaf that no backward() has reached, told apart by identity


def constant(x: Any) -> Value:
    """x itself if it is a Value, else the number as a constant Value."""
    return x if isinstance(x, Value) else made(number(x))


def made(data: float, op: Op | None = None, a: Any = None, b: Any = None) -> Value:
    """A new value made by `op` from a and b; a constant without one."""
    out = new(Value)
    out._data, out._grad, out.op, out.a, out.b, out.born = data, 0.0, op, a, b, state.clock
    return out


def record(op: Op, a: Any, b: Any = None) -> Value:
    """Make op(a, b) for any operands, under no_grad and for a tape; the methods below are the fast way."""
    if op.db is not None:
        a, b = constant(a), b if type(b) is float else constant(b)
    x, y = a._data, b._data if isinstance(b, Value) else b
    data = op.forward(x) if y is None else op.forward(x, y)
    if local.enabled and (a.op is not None or (isinstance(b, Value) and b.op is not None)):
        out = made(data, op, a, b)
    else:
        out = made(data)
    tape = local.tape
    if tape is not None:
        tape.append(out, op, a, b)
    if state.trail is not None:
        state.trail.add(out)
    return out


def escape(what: str) -> None:
    """Tell a trace in progress that a number leaves the graph, where the trace cannot follow it."""
    if state.special and local.tape is not None:
        local.tape.escape(what)


# --- methods from the table -----------------------------------------------------------------------


def unary(op: Op) -> Callable[[Value], Value]:
    """The method of an op with one operand."""
    forward = op.forward

    def method(self: Value) -> Value:
        if state.special:
            return record(op, self)
        out = new(Value)
        out._data = forward(self._data)
        out._grad = 0.0
        out.born = state.clock
        out.b = None
        if self.op is None:
            out.op = out.a = None
        else:
            out.op = op
            out.a = self
        return out

    return _named(method, op)


def binary(op: Op, by_number: Op | None = None) -> Callable[[Value, Any], Value]:
    """The method of an op with two operands; `by_number` is the row for an operand that is a number."""
    forward = op.forward
    plain = by_number or op
    forward_plain = plain.forward

    def method(self: Value, other: Any) -> Value:
        if state.special:
            if isinstance(other, Value):
                return record(op, self, other)
            return record(plain, self, float(other)) if is_number(other) else NotImplemented
        out = new(Value)
        if type(other) is Value:
            out._data = forward(self._data, other._data)
            if self.op is None and other.op is None:
                out.op = out.a = out.b = None
            else:
                out.op = op
                out.a = self
                out.b = other
        else:
            if type(other) is not float:
                if isinstance(other, Value):
                    return record(op, self, other)
                if not is_number(other):
                    return NotImplemented  # type: ignore[no-any-return]
                other = float(other)
            out._data = forward_plain(self._data, other)
            if self.op is None:
                out.op = out.a = out.b = None
            else:
                out.op = plain
                out.a = self
                out.b = other
        out._grad = 0.0
        out.born = state.clock
        return out

    return _named(method, op)


def _named(method: Method, op: Op) -> Method:
    if state.trail is not None:
        method = state.trail.follow(method)
    method.__name__ = method.__qualname__ = op.__name__
    method.__doc__ = f"PyTorch's {op.__name__}, recorded as {op.name}."
    return method


def in_place(method: Callable[[Value, Any], Value]) -> Callable[[Value, Any], Value]:
    """`v += x` and the like: updates a constant, or a leaf under no_grad; else makes a new value.

    A leaf that has a gradient is a parameter, whose step must not be recorded; one that has none yet may be
    the start of a sum, as in `loss = Value(0); loss += ...`.
    """

    def update(self: Value, other: Any) -> Value:
        if local.enabled and self.op is LEAF and self._grad is not FRESH:
            raise RuntimeError(
                "a leaf Variable that requires grad is being used in an in-place operation. To step a "
                "parameter, write `with no_grad(): w -= ...` or `w.data -= ...`; to add up, `s = s + x`."
            )
        out = method(self, other)
        if out is NotImplemented or out.op is not None:
            return out
        if local.tape is not None:
            if self.op is not None:
                escape("an in-place update")
            return out
        self._data = out._data
        state.clock = self.born = state.clock + 1
        return self

    return update


def compare(symbol: str, test: Callable[[Any, Any], bool]) -> Callable[[Value, Any], bool]:
    """A comparison of the numbers, as a bool; a trace in progress records the result."""

    def method(self: Value, other: Any) -> bool:
        y = other._data if isinstance(other, Value) else other
        if not isinstance(y, (int, float)):
            return NotImplemented  # type: ignore[no-any-return]
        result: bool = test(self._data, y)
        if state.special and local.tape is not None:
            local.tape.compared(result, symbol, self, other if isinstance(other, Value) else float(y))
        return result

    method.__doc__ = f"Whether the number is {symbol} the other's."
    return method


class Value(Graph):
    """A float64 scalar with PyTorch's autograd: Value(2.0) requires grad, and `.grad` starts at 0.0.

    Raises TypeError for data that is not one real number. As in micrograd, Value(x, (a, b), "op") has
    children, and a `_backward` to be set; as in microgpt, Value(x, (a, b), (da, db)) has local gradients.
    """

    __slots__ = ("_data", "_grad", "_label", "a", "b", "born", "op")
    __array_ufunc__ = None  # so that NumPy leaves `array * value` to fail clearly

    def __init__(
        self,
        data: Any,
        requires_grad: Any = True,
        _op: Any = "",
        label: str | None = None,
        *,
        _children: Any = (),
    ) -> None:
        if isinstance(requires_grad, (tuple, list, set)):  # micrograd's second argument
            _children, requires_grad = requires_grad, True
        self._data: float = number(data)
        self._grad: Any = FRESH
        self.op: Any = LEAF if requires_grad else None
        self.a: Any = None
        self.b: Any = None
        self.born = state.clock
        if label is not None:
            self.label = label
        if _children:
            made_by_hand(self, _children, _op)

    # --- numbers

    def _set_data(self, data: Any) -> None:
        self._data = data if type(data) is float else scalar(data)

    def _set_grad(self, grad: Any) -> None:
        self._grad = grad if type(grad) is float or grad is None or isinstance(grad, Value) else scalar(grad)

    # read by functions of C, which is twice as fast
    data: Any = property(operator.attrgetter("_data"), _set_data, doc="The number.")
    grad: Any = property(
        operator.attrgetter("_grad"),
        _set_grad,
        doc="The gradient: a float, a Value after backward(create_graph=True), or None if that was assigned.",
    )

    # --- the graph

    @property
    def label(self) -> str | None:
        """The name it was given, for print_chain and the pictures."""
        return getattr(self, "_label", None)

    @label.setter
    def label(self, label: str | None) -> None:
        self._label: str | None = label

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow to this value; it can be changed on a leaf only."""
        return self.op is not None

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if not self.is_leaf:
            if wanted:
                return
            raise RuntimeError(
                "you can only change requires_grad flags of leaf variables: this value was made by "
                f"{self.op.name}. To use it without its graph write v.detach()."
            )
        self.op = LEAF if wanted else None

    def requires_grad_(self, requires_grad: bool = True) -> Value:
        """Set requires_grad and return self. RuntimeError for False on an inner value."""
        self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether no op made it, or it is a constant."""
        return self.op is LEAF or self.op is None

    @property
    def grad_fn(self) -> graph.Node | None:
        """The node that made it, as PyTorch names it; None for a leaf or constant."""
        return graph.node_of(self)

    @property
    def parents(self) -> tuple[Value, ...]:
        """The Values it was made from, without plain numbers; c * c has the same parent twice."""
        return tuple(v for v in walk.operands(graph.call_of(self)) if isinstance(v, Value))

    def local_gradients(self) -> tuple[float, ...]:
        """d self / d parent as floats, one for each of `parents`; also of a graph that was freed."""
        if self.is_leaf:
            return ()
        op, a, b, out = self.op.whole, self.a, self.b, self._data
        if op.da is None:
            return tuple(a.local_gradients(b))
        if op.db is None:
            return (op.da(1.0, out, a._data) if b is None else op.da(1.0, out, a._data, b),)
        if type(b) is float:
            return (op.da(1.0, out, a._data, b),)
        return op.da(1.0, out, a._data, b._data), op.db(1.0, out, a._data, b._data)

    def backward(
        self, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False
    ) -> None:
        """Add d self / d leaf (times `gradient`, 1.0 unless given) to the `.grad` of each leaf.

        Inner values get theirs afresh. The graph is freed unless retain_graph; with create_graph the
        gradients are Values with a graph. RuntimeError if self is a constant, or the graph was freed.
        """
        if self.op is None:
            raise RuntimeError(
                "element 0 of tensors does not require grad and does not have a grad_fn: this value is a "
                "constant. Was it made under no_grad, by detach(), or from numbers alone?"
            )
        escape("backward()")
        if create_graph:
            self._backward_with_graph(gradient, retain_graph is not False)
        else:
            seed = 1.0 if gradient is None else scalar(gradient)
            walk.backward(self, seed, bool(retain_graph))

    def _backward_with_graph(self, gradient: Any, retain_graph: bool) -> None:
        if not isinstance(gradient, Value):
            gradient = made(1.0 if gradient is None else scalar(gradient))
        with enable_grad():
            grads = walk.pull([self], [gradient], create_graph=True, retain_graph=retain_graph)
            for v, g in grads.items():
                if isinstance(v, Value):  # not the call of a Function
                    started = v.op is LEAF and (isinstance(v._grad, Value) or v._grad)
                    v._grad = v._grad + g if started else constant(g)

    def detach(self) -> Value:
        """The same number as a constant, outside the graph."""
        with no_grad():
            return record(ops.clone, self)

    def item(self) -> float:
        """The number."""
        escape("item()")
        return self._data

    def detach_(self) -> Value:
        """Cut this value from its graph: a constant from now on."""
        escape("detach_()")
        self.op = self.a = self.b = None
        return self

    def retain_grad(self) -> None:
        """Nothing to do: every value keeps its gradient. RuntimeError for a constant, as in PyTorch."""
        if self.op is None:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """For JupyterLab: the graph as a picture, beside the text."""
        from .picture import page_svg

        text = {"text/plain": repr(self)}
        return text if self.is_leaf else {**text, "image/svg+xml": page_svg(self)}

    # --- operators from the table

    __add__ = __radd__ = add = binary(ops.add)
    __sub__ = sub = binary(ops.sub)
    __mul__ = __rmul__ = mul = binary(ops.mul)
    __truediv__ = div = binary(ops.div)
    __floordiv__ = floor_divide = binary(ops.floor_divide)
    __mod__ = remainder = binary(ops.remainder, by_number=ops.modulo)
    __pow__ = pow = binary(ops.pow, by_number=ops.power)
    __neg__ = unary(ops.neg)
    __abs__ = unary(ops.abs)
    maximum, minimum = binary(ops.maximum), binary(ops.minimum)
    atan2, hypot, logaddexp = binary(ops.atan2), binary(ops.hypot), binary(ops.logaddexp)
    __iadd__, __isub__ = in_place(__add__), in_place(__sub__)
    __imul__, __itruediv__, __ipow__ = in_place(__mul__), in_place(__truediv__), in_place(__pow__)

    def __rsub__(self, other: Any) -> Value:
        return record(ops.rsub, self, float(other)) if is_number(other) else NotImplemented

    def __rtruediv__(self, other: Any) -> Value:
        return self.reciprocal() * other if is_number(other) else NotImplemented

    def __rpow__(self, other: Any) -> Value:
        return record(ops.rpow, self, float(other)) if is_number(other) else NotImplemented

    def __rfloordiv__(self, other: Any) -> Value:
        return record(ops.floor_divide, other, self) if is_number(other) else NotImplemented

    def __rmod__(self, other: Any) -> Value:
        return record(ops.remainder, other, self) if is_number(other) else NotImplemented

    def __pos__(self) -> Value:
        return self

    def square(self) -> Value:
        """self ** 2."""
        return self**2

    def clamp(self, min: float | None = None, max: float | None = None) -> Value:
        """The nearest number in [min, max]; max, if min > max. ValueError if both are None."""
        if min is None and max is None:
            raise ValueError("torch.clamp: At least one of 'min' or 'max' must not be None")
        bounds = -inf if min is None else number(min), inf if max is None else number(max)
        return record(ops.clamp, self, bounds)

    clip = clamp

    def apply(self, op: Op, a: Any, b: Any) -> Value:
        """Record op(a, b), one of which is self."""
        return record(op, a, b)

    if TYPE_CHECKING:  # the rows with method=True are set below

        def __getattr__(self, name: str) -> Callable[..., Value]: ...

    # --- comparisons are of the numbers; the hash is the object's own

    __hash__ = object.__hash__  # not affected by ==, so that Values may live in sets and dictionaries
    __lt__, __le__ = compare("<", operator.lt), compare("<=", operator.le)
    __gt__, __ge__ = compare(">", operator.gt), compare(">=", operator.ge)
    __eq__, __ne__ = compare("==", operator.eq), compare("!=", operator.ne)

    def __bool__(self) -> bool:
        return self != 0.0

    def __float__(self) -> float:
        if local.enabled and self.op is not None:
            convert.warn_of_math()
        return self.item()

    def __int__(self) -> int:
        return int(self.item())

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        if self.is_leaf:
            return f"Value({self._data!r}{'' if self.requires_grad else ', requires_grad=False'}{label})"
        return f"Value({self._data!r}{label}, grad_fn={self.grad_fn!r})"


for _op in ops.TABLE.values():
    if _op.method:
        setattr(Value, _op.__name__, unary(_op))
for _name, _other_names in {
    **{f"a{name}": f"arc{name}" for name in ("sin", "cos", "tan", "tan2", "sinh", "cosh", "tanh")},
    "abs": "absolute",
    "neg": "negative",
    "sub": "subtract",
    "mul": "multiply",
    "trunc": "fix",
    "div": "divide true_divide",
}.items():
    for _other in _other_names.split():
        setattr(Value, _other, getattr(Value, _name))
