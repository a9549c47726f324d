"""What frameworks do with a graph: switch it off, keep it, extend it, differentiate it, forget it, freeze it.

Beside `Value` you need, each as in PyTorch (torch.set_grad_enabled, torch.autograd.grad, ...):

    is_grad_enabled(), set_grad_enabled(mode)    whether operations are recorded; switch it
    enable_grad()                                a `with` block in which they are
    grad(output, inputs, ...)                    a tuple of gradients, without touching any .grad
    Function                                     an operation of your own
    topological([v])                             what operations made on the way to v, parents before children

The engine has its own no_grad, hvp, checkpoint and trace. Here you write them; use its own to compare.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from engine import Function, Value, enable_grad, grad, is_grad_enabled, set_grad_enabled
from engine.walk import topological


# %% no_grad **
class no_grad:
    """Records nothing inside a `with` block, or inside a function that it decorates.

    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.requires_grad, (x * x).requires_grad
    (False, True)
    """

    def __enter__(self) -> None:
        """Remember whether operations are recorded, and switch that off."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        """Put back what was remembered. After an exception too, which goes on its way."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def __call__(self, function: Callable) -> Callable:
        """`function`, recording nothing while it runs: for `@no_grad()`. It keeps its name and its result.

        It may call itself. If it is a generator function, nothing is recorded while the generator runs, and
        between two of its items the caller has the mode it had.
        """
        # YOUR CODE HERE
        raise NotImplementedError()


# %% accumulate **
def accumulate(f: Callable[[Value], Value], x: float, times: int) -> float:
    """The gradient in a leaf at x after backward() was called `times` times on one graph of f.

    f is called once. Each backward pass adds to the leaf. All but the last keep the graph for the next one;
    the last lets it go, so that its memory is free.

    >>> accumulate(lambda v: v * v, 3.0, 2)
    12.0
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% Exp **
class Exp(Function):
    """exp as an operation of your own: Exp.apply(v) is a Value with one node, ExpBackward, in its graph.

    >>> x = Value(0.0)
    >>> y = Exp.apply(x)
    >>> y.backward()
    >>> y.item(), x.grad
    (1.0, 1.0)
    """

    @staticmethod
    def forward(ctx: Any, x: Value) -> Value:
        """exp(x), with x.exp(). What backward will need goes into ctx.save_for_backward(...).

        Nothing is recorded in here: how to go back is for `backward` to say.
        """
        # YOUR CODE HERE
        raise NotImplementedError()

    @staticmethod
    def backward(ctx: Any, gradient: Value) -> Value:
        """The gradient for x, from the gradient that arrived for exp(x); ctx.saved_tensors is what was saved.

        Compute with Values, so that the gradient can be differentiated again.
        """
        # YOUR CODE HERE
        raise NotImplementedError()


# %% hvp ***
def hvp(f: Callable[..., Value], xs: list[float], vs: list[float]) -> list[float]:
    """H v, where H holds the second derivatives of f(*xs): row i is sum_j vs[j] d2 f / dx_i dx_j.

    By two reverse passes, without writing down H: the gradient of (gradient of f) . v. Where a second
    derivative is missing from the graph because it is 0, the answer is 0.0.

    >>> list(hvp(lambda a, b: a * a * b, [3.0, 5.0], [1.0, 2.0]))
    [22.0, 6.0]
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% checkpoint ***
class Checkpoint(Function):
    """One node in place of all that fn did, which knows how to do it again."""

    @staticmethod
    def forward(ctx: Any, fn: Callable[..., Value], *xs: Value) -> Value:
        """fn(*xs). Of what fn did nothing is recorded in here; keep what backward needs to do it again."""
        # YOUR CODE HERE
        raise NotImplementedError()

    @staticmethod
    def backward(ctx: Any, gradient: Value) -> tuple[Value | None, ...]:
        """None for fn, which has no gradient, and then the gradient for each of xs.

        Run fn on copies of xs, recorded this time: the new graph has to end at them, since what is behind xs
        has a graph of its own. `grad` takes the arriving gradient as grad_outputs.
        """
        # YOUR CODE HERE
        raise NotImplementedError()


def checkpoint(fn: Callable[..., Value], *xs: Value) -> Value:
    """fn(*xs) without its graph: only xs are kept, and backward runs fn again to find the gradients.

    fn runs once now, with nothing recorded, and once when backward() comes by, recorded. All that it depends
    on is in xs. A constant among xs gets no gradient, and one that fn does not use gets 0.

    >>> x = Value(3.0)
    >>> y = checkpoint(lambda v: v * v * v, x)
    >>> y.backward()
    >>> y.item(), x.grad
    (27.0, 27.0)
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% trace ***
def trace(f: Callable[..., Value], *examples: float) -> Callable[..., float]:
    """Run f once on Values of the examples; a function of floats that repeats what was recorded.

    The returned function never calls f: it goes through the operations in the order in which they were
    made, with new numbers for the inputs. Which way an `if` went and how often a loop ran is as it was.

    A Value that an operation made has v.op, which computes on floats, and its operands v.a and v.b: a Value,
    a plain number, or None where there is no second one. v.op(2.0, 3.0) is 5.0 for an addition; v.op(2.0) or
    v.op(2.0, None) is for an operation with one operand. topological([out]) lists such Values in order.

    >>> replay = trace(lambda a, b: a * b + 1, 2.0, 3.0)
    >>> replay(2.0, 3.0), replay(10.0, 5.0)
    (7.0, 51.0)
    """
    # YOUR CODE HERE
    raise NotImplementedError()
