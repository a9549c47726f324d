"""The graph behind a number, walked by hand: what backward() knows, and what it does with it.

A `Value` remembers how it was made. Of that memory you need:

    v.data                the number
    v.grad                a float, 0.0 at first: the derivative of the end result by v, as far as it is known
    v.parents             the Values it was made from: (a, b) for a * b, (c, c) for c * c, () for a leaf
    v.local_gradients()   the derivative of v by each of its parents, as floats, in the same order
    v.requires_grad       False for a constant, such as Value(2.0, requires_grad=False)
    v.grad_fn             the operation that made it, in PyTorch's words; None if no operation did

A function may call those before it.
"""

from collections.abc import Callable

from engine import Value


# %% product_rule *
def product_rule(a: Value, b: Value, out: Value) -> None:
    """Send the gradient of out = a * b one step back: add to a.grad and to b.grad what flows there.

    out.grad is known already. What a.grad and b.grad held before stays in the sum, and a and b may be one
    and the same Value. Gradients are floats.

    >>> a, b = Value(3.0), Value(5.0)
    >>> out = a * b
    >>> out.grad = 2.0
    >>> product_rule(a, b, out)
    >>> a.grad, b.grad
    (10.0, 6.0)
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% topo_order **
def topo_order(root: Value) -> list[Value]:
    """All Values that root was made from, and root itself, in an order in which parents come before children.

    Each Value stands in the list once, however many others use it; two Values with the same number are still
    two Values. Of several such orders any will do. A chain 5,000 Values deep is no problem, so walk with a
    list of your own and not by recursion, which Python ends at a depth of 1,000.

    >>> a, b = Value(2.0), Value(3.0)
    >>> c = a * b
    >>> sorted(v.data for v in topo_order(c + a)), topo_order(c)[-1] is c
    ([2.0, 3.0, 6.0, 8.0], True)
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% backward **
def backward(root: Value) -> None:
    """Fill in d root / d v for every Value v behind root, using `parents` and `local_gradients()`.

    The gradient of root by itself is 1. As in PyTorch, a leaf (a Value without parents) adds the result to
    the .grad it had, so that a second call counts on top of the first; an inner Value starts afresh with
    each call; a constant keeps its .grad of 0. Value.backward itself is not to be used: you are writing it.
    Each Value passes its gradient on once, not once for each path that leads to it.

    >>> x = Value(3.0)
    >>> y = x * x + x
    >>> backward(y)
    >>> x.grad
    7.0
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% grad_fn_chain **
def grad_fn_chain(v: Value) -> list[str | None]:
    """The names of the nodes behind v, depth first: a node, all that is behind its first edge, and so on.

    Start from v.grad_fn. The name of a node is that of its class, type(node).__name__; its edges are
    node.next_functions, pairs of which the first element is the next node, or None where the operand is a
    constant. List None for each such edge. A node that two others lead to is named where it is first met and
    not again: keep the nodes that you have met, not their id(), which is free again when nobody holds a node.
    A leaf or a constant has no grad_fn, hence an empty chain.

    >>> w, x = Value(1.0), Value(2.0, requires_grad=False)
    >>> grad_fn_chain((w * x + 3) ** 2)
    ['PowBackward0', 'AddBackward0', 'MulBackward0', 'AccumulateGrad', None, None]
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% numeric_grad *
def numeric_grad(f: Callable[[list[float]], float], x: list[float], eps: float) -> list[float]:
    """(f(x + eps e_i) - f(x - eps e_i)) / (2 eps) for each i: the gradient of f at x, by trying.

    e_i is 1 in place i and 0 elsewhere, so one number of x is moved at a time. f takes a list of floats and
    returns a float. x must hold its old numbers afterwards, to the last bit.

    >>> list(numeric_grad(lambda x: x[0] * x[0] + 3 * x[1], [2.0, 7.0], 0.5))
    [4.0, 3.0]
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% sgd *
def sgd(loss_fn: Callable[[], Value], params: list[Value], lr: float, steps: int) -> list[float]:
    """Walk downhill: `steps` times compute the loss, its gradients, and move each p by -lr * p.grad.

    loss_fn() computes the loss from the params as they are at that moment. The params are changed in place,
    through p.data. Their .grad may hold something from before, which must not count. Returns the loss of
    each step as a float, as it was before that step's move.

    >>> x = Value(2.0)
    >>> sgd(lambda: x * x, [x], 0.25, 3), x.data
    ([4.0, 1.0, 0.25], 0.25)
    """
    # YOUR CODE HERE
    raise NotImplementedError()
