"""Function: an op of your own, with forward(ctx, ...) and backward(ctx, ...), as torch.autograd.Function.

class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * 3 * x**2

Cube.apply(v)

Context    the call of a Function: ctx
"""

from __future__ import annotations

from typing import Any

from . import ops
from .calls import Call, node
from .modes import local, no_grad, set_grad_enabled
from .ops import Op
from .value import Value, constant, record


class Context(Call):
    """`ctx`: carries what forward saves for backward; any attribute may be set on it."""

    def __init__(self, function: type[Function], args: tuple[Any, ...]) -> None:
        super().__init__(function.node, tuple(x for x in args if isinstance(x, Value)), 0)
        self.function, self.args = function, args
        self.needs_input_grad = tuple(isinstance(x, Value) and x.requires_grad for x in args)
        self.constants: tuple[Value, ...] = ()
        self.materialize = True
        self._saved: tuple[Any, ...] = ()

    def save_for_backward(self, *values: Value | None) -> None:
        """Keep inputs or outputs for backward, freed with the graph."""
        self._saved = values

    def mark_non_differentiable(self, *outputs: Value) -> None:
        """Make these outputs constants."""
        self.constants = outputs

    def set_materialize_grads(self, value: bool) -> None:
        """Whether backward gets 0.0 (the default) or None for an output that was not used."""
        self.materialize = value

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """The values of save_for_backward. RuntimeError once the graph is freed."""
        if self._saved and self.op is self.op.freed:
            ops.refuse()
        return self._saved

    def pull(self, grads: list[Any], graph: bool) -> list[tuple[Value, Any]]:
        missing = 0.0 if self.materialize else None
        seeds = [missing if g is None else g for g in grads]
        with set_grad_enabled(graph):
            result = self.function.backward(self, *(None if g is None else constant(g) for g in seeds))
        flows = result if isinstance(result, tuple) else (result,)
        if len(flows) < len(self.args) or any(g is not None for g in flows[len(self.args) :]):
            raise RuntimeError(
                f"{self.function.__name__}.backward returned an incorrect number of gradients: expected "
                f"{len(self.args)}, one for each argument of forward, got {len(flows)}. Return None for an "
                "argument that has none."
            )
        return [
            (x, g if graph else float(g))
            for x, g, wanted in zip(self.args, flows, self.needs_input_grad, strict=False)
            if wanted and g is not None
        ]


class Function:
    """An op of your own: static methods forward(ctx, *args) and backward(ctx, *grads); call `apply`.

    forward runs without recording. backward returns a gradient, or None, for each argument, and is itself
    differentiated under create_graph=True.
    """

    node: Op = node("FunctionBackward")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.node = node(f"{cls.__name__}Backward")

    @staticmethod
    def forward(ctx: Any, *args: Any) -> Any:
        """The value, from the arguments: a Value, or a tuple of them."""
        raise NotImplementedError("a Function needs a static method forward(ctx, *args)")

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        """A gradient for each argument of forward, from one for each output."""
        raise NotImplementedError("a Function needs a static method backward(ctx, *grads)")

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """forward(ctx, *args), recorded as one node."""
        ctx = Context(cls, args)
        with no_grad():
            result = cls.forward(ctx, *args)
        outputs = result if isinstance(result, tuple) else (result,)
        if local.enabled and any(ctx.needs_input_grad):
            outputs = connect(ctx, outputs, ctx.constants)
        return outputs if isinstance(result, tuple) else outputs[0]


def connect(call: Call, results: tuple[Any, ...], constants: tuple[Value, ...] = ()) -> tuple[Value, ...]:
    """Turn the results into outputs of the call, in place: a result saved by forward gets the graph too."""
    call.width = len(results)
    outputs: list[Value] = []
    for index, out in enumerate(map(constant, results)):
        if (
            any(out is other for other in (*call.b, *outputs)) or out.op is not None
        ):  # an input, or from another graph
            with no_grad():
                out = record(ops.clone, out)
        if not any(out is other for other in constants):
            out.op, out.a, out.b = call.op, call, index
        outputs.append(out)
    return tuple(outputs)
