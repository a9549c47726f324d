"""Derivatives of values already made, or of a function.

grad(outputs, inputs)      gradients as Values, without touching `.grad`, as torch.autograd.grad
hessian(f, xs), hvp(f, xs, vs)    second derivatives, by differentiating the gradient
gradcheck(f, xs)           backward against central differences
checkpoint(f, *xs)         keep only the inputs, and compute f again in backward
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .calls import Call, node
from .convert import number
from .function import connect
from .modes import enable_grad, local, no_grad, set_grad_enabled, state
from .value import Value, constant
from .walk import pull


def grad(
    outputs: Value | Sequence[Value],
    inputs: Value | Sequence[Value],
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> tuple[Value | None, ...]:
    """d sum(outputs) / d input for each input, as torch.autograd.grad; `.grad` stays as it is.

    grad_outputs weighs the outputs. RuntimeError if an output or input is a constant, the graph was freed, or
    an input was not used (None, with allow_unused).
    """
    roots = [outputs] if isinstance(outputs, Value) else list(outputs)
    wanted = [inputs] if isinstance(inputs, Value) else list(inputs)
    weights = (
        [grad_outputs] * len(roots) if grad_outputs is None or isinstance(outputs, Value) else grad_outputs
    )
    if isinstance(weights, (Value, float, int)):
        weights = [weights]
    for i, root in enumerate(roots):
        if not root.requires_grad:
            raise RuntimeError(f"element {i} of tensors does not require grad and does not have a grad_fn")
    if not all(x.requires_grad for x in wanted):
        raise RuntimeError("One of the differentiated Tensors does not require grad")
    graph = create_graph or local.tape is not None  # a trace must see the gradient being computed
    seeds = [1.0 if w is None else w if isinstance(w, Value) else number(w) for w in weights]
    with set_grad_enabled(graph):
        found = pull(
            roots,
            [constant(s) if graph else float(s) for s in seeds],
            wanted,
            create_graph=graph,
            retain_graph=create_graph if retain_graph is None else retain_graph,
        )
    for i, x in enumerate(wanted):
        if x not in found and not allow_unused:
            raise RuntimeError(
                f"The differentiated Tensor at index {i} appears to not have been used in the graph. "
                "Set allow_unused=True if this is the desired behavior."
            )
    return tuple(constant(found[x]) if x in found else None for x in wanted)


def _leaves(xs: Iterable[Any]) -> list[Value]:
    return [Value(x.data if isinstance(x, Value) else x) for x in xs]


def _slopes(f: Callable[..., Value], xs: Sequence[Value]) -> tuple[Value, tuple[Value, ...]]:
    """f(*xs) and its gradient, as Values that can be differentiated again."""
    out = constant(f(*xs))
    if not out.requires_grad:
        return out, tuple(constant(0.0) for _ in xs)
    first = grad(out, xs, create_graph=True, allow_unused=True)
    return out, tuple(constant(0.0) if g is None else g for g in first)


def _floats(out: Value, xs: Sequence[Value]) -> tuple[float, ...]:
    if not out.requires_grad:
        return (0.0,) * len(xs)
    return tuple(0.0 if g is None else g.data for g in grad(out, xs, retain_graph=True, allow_unused=True))


def hessian(f: Callable[..., Value], inputs: Sequence[Any]) -> tuple[tuple[float, ...], ...]:
    """Rows of d2 f / dx_i dx_j at the inputs, numbers or Values: n + 1 backward passes for n inputs."""
    with enable_grad():
        xs = _leaves(inputs)
        return tuple(_floats(slope, xs) for slope in _slopes(f, xs)[1])


def hvp(f: Callable[..., Value], inputs: Sequence[Any], v: Sequence[Any]) -> tuple[float, tuple[float, ...]]:
    """(f, H v) at the inputs, H the Hessian of f, by two backward passes: the gradient of (grad f) . v."""
    if len(inputs) != len(v):
        raise ValueError(f"v must have one number for each input: {len(inputs)} inputs, {len(v)} in v")
    with enable_grad():
        xs = _leaves(inputs)
        out, slopes = _slopes(f, xs)
        along = sum((slope * float(vi) for slope, vi in zip(slopes, v, strict=True)), constant(0.0))
        return out.data, _floats(along, xs)


class GradcheckError(RuntimeError):
    """backward and central differences disagree."""


def gradcheck(
    f: Callable[..., Any], inputs: Sequence[Any], eps: float = 1e-6, atol: float = 1e-5, rtol: float = 1e-3
) -> bool:
    """True if backward agrees with (f(x + eps) - f(x - eps)) / 2 eps for every output and input.

    GradcheckError names the first output and input that disagree, with both numbers.
    """

    def outputs(xs: Sequence[Value]) -> tuple[Value, ...]:
        result = f(*xs)
        return result if isinstance(result, tuple) else (result,)

    with enable_grad():
        xs = _leaves(inputs)
        rows = [_floats(out, xs) for out in outputs(xs)]
    for j in range(len(xs)):
        ends = []
        for step in (eps, -eps):
            moved = [Value(x.data + step * (i == j)) for i, x in enumerate(xs)]
            ends.append([out.data for out in outputs(moved)])
        for i, (high, low) in enumerate(zip(*ends, strict=True)):
            expected, got = (high - low) / (2 * eps), rows[i][j]
            if not abs(got - expected) <= atol + rtol * abs(expected):
                raise GradcheckError(
                    f"d output {i} / d input {j} at {tuple(x.data for x in xs)}: "
                    f"central differences give {expected:.6g}, backward gives {got:.6g}"
                )
    return True


# --- checkpoint -----------------------------------------------------------------------------------


class _Captures:
    """Stands in for a tape, and collects the values with a graph that a computation under no_grad reads."""

    def __init__(self, known: Iterable[Value]) -> None:
        self.values: dict[Value, None] = dict.fromkeys(x for x in known if x.requires_grad)

    def append(self, out: Value, op: Any, a: Any, b: Any) -> None:
        for x in (a, b):
            if isinstance(x, Value) and x.requires_grad:
                self.values[x] = None

    def compared(self, *_: Any) -> None: ...
    def escape(self, what: str) -> None: ...


class Recomputed(Call):
    """A call that keeps its inputs only: backward runs f again, recording, and walks that graph."""

    def __init__(
        self, op: Any, f: Callable[..., Any], args: tuple[Any, ...], inputs: tuple[Value, ...]
    ) -> None:
        super().__init__(op, inputs, 1)
        self.f, self.args = f, args

    def outputs(self, result: Any) -> Sequence[Any]:
        """The outputs of the call in what f returned."""
        return result if isinstance(result, tuple) else (result,)

    def pull(self, grads: list[Any], graph: bool) -> Iterable[tuple[Value, Any]]:
        with enable_grad():
            result = self.f(*self.args)
        pairs = [
            (out, g)
            for out, g in zip(self.outputs(result), grads, strict=True)
            if g is not None and out.requires_grad
        ]
        with set_grad_enabled(graph):
            found = pull(
                [out for out, _ in pairs],
                [constant(g) if graph else g for _, g in pairs],
                create_graph=graph,
                retain_graph=graph,
                boundary=self.b,
            )
        return [(x, found[x]) for x in self.b if x in found]


_CHECKPOINT = node("CheckpointFunctionBackward")


def checkpoint(f: Callable[..., Any], *args: Any) -> Any:
    """f(*args), keeping no graph of it: backward calls f a second time. As torch.utils.checkpoint.

    f must compute the same again: no side effects, no new random numbers. Values that it reads besides its
    arguments (parameters) get their gradients too.
    """
    if not local.enabled or local.tape is not None:
        return f(*args)
    captures = _Captures(x for x in args if isinstance(x, Value))
    local.tape = captures
    state.shift(1)
    try:
        with no_grad():
            result = f(*args)
    finally:
        local.tape = None
        state.shift(-1)
    if not captures.values:
        return result
    outputs = result if isinstance(result, tuple) else (result,)
    connected = connect(Recomputed(_CHECKPOINT, f, args, tuple(captures.values)), outputs)
    return connected if isinstance(result, tuple) else connected[0]
