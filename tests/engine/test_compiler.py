"""trace and compile: the eager numbers bit for bit, guards, captured values, text, errors."""

import math
import random

import pytest

import engine
import engine.functional as F
from engine import TraceError, Value, compile, grad, no_grad, trace


def branching(x, y):
    """A function with three branches and a loop."""
    if x > y:
        return x * y
    if x == 0.0:
        return y.exp()
    while y < 10.0:
        y = y * 2 + 1
    return x / y


def eager(f, *numbers):
    """f's value and gradients without compiling."""
    xs = [Value(x) for x in numbers]
    out = f(*xs)
    return out.data, tuple(0.0 if g is None else g.data for g in grad(out, xs, allow_unused=True))


def test_guards_retrace():
    """Each branch is traced once, and every call gives the eager function's numbers."""
    compiled = compile(branching)
    points = [(2.0, 1.0), (0.0, 1.0), (1.0, 2.0), (1.0, 6.0), (3.0, 2.0), (0.0, 4.0), (1.5, 2.5)]
    for point in points:
        assert compiled.value_and_grad(*point) == eager(branching, *point)
        assert compiled(*point) == eager(branching, *point)[0]
    assert len(compiled.programs) == 4


def test_limit_of_traces():
    """Beyond the limit the function itself runs, and is still right."""
    compiled = compile(branching, limit=1)
    for point in [(2.0, 1.0), (0.0, 1.0), (1.0, 2.0)]:
        assert compiled.value_and_grad(*point) == eager(branching, *point)
        assert float(compiled(*map(Value, point))) == eager(branching, *point)[0]
    assert len(compiled.programs) == 1


def test_trace_bakes_branches():
    """trace keeps the branch of its examples, as torch.jit.trace does."""
    traced = trace(branching, 2.0, 1.0)
    assert traced(1.0, 2.0) == 2.0
    with pytest.raises(TypeError, match="traced with 2 arguments, called with 1"):
        traced(1.0)


def test_does_not_call_again():
    """A compiled function is not called again while its guards hold."""
    calls = []

    def f(x):
        calls.append(1)
        return x * x

    compiled = compile(f)
    assert [compiled(float(i)) for i in range(5)] == [0.0, 1.0, 4.0, 9.0, 16.0]
    assert len(calls) == 1


def test_source():
    """The text reads as one would write it, with f's own names."""

    def loss(w, x):
        return (w * x + 3) ** 2

    compiled = compile(loss)
    assert compiled.source == "# loss has not been called yet\n"
    compiled(1.0, 2.0)
    assert compiled.source.splitlines() == [
        "def value(w, x):",
        '    """loss, traced."""',
        "    v1 = w * x + 3.0",
        "    v2 = v1 * v1",
        "    return v2",
        "",
        "",
        "def value_and_grad(w, x):",
        '    """loss, traced."""',
        "    v1 = w * x + 3.0",
        "    v2 = v1 * v1",
        "    g1 = 2.0 * v1",
        "    return v2, (g1 * x + 0.0, g1 * w + 0.0)",
    ]


def test_values_in_values_out():
    """Called with Values it gives a Value with a graph: backward, grad, second derivatives."""
    compiled = compile(lambda x, y: (x * y).tanh() + x)
    x, y = Value(0.5), Value(1.5)
    out = compiled(x, y) * 2
    assert type(out.grad_fn.next_functions[0][0]).__name__ == "CompiledFunctionBackward"
    out.backward()
    a, b = Value(0.5), Value(1.5)
    (((a * b).tanh() + a) * 2).backward()
    assert (x.grad, y.grad) == (a.grad, b.grad)
    assert engine.hessian(compiled, (0.5, 1.5)) == engine.hessian(compiled.f, (0.5, 1.5))
    with no_grad():
        assert not compiled(x, y).requires_grad


def test_parameters_are_read_anew():
    """Values that f reads besides its arguments are read at each call, and get their gradients."""
    w, unused = Value(2.0, label="w"), Value(1.0)
    compiled = compile(lambda x: w * x * x)
    assert float(compiled(3.0)) == 18.0
    w.data = 5.0
    x = Value(3.0)
    compiled(x).backward()
    assert (x.grad, w.grad, unused.grad) == (30.0, 9.0, 0.0)
    assert "def value(x, w):" in compiled.source
    assert compiled.value_and_grad(3.0) == (45.0, (30.0,))


def test_no_grad_and_detach():
    """Values made under no_grad, or detached, are computed at each call, and get no gradient."""

    def f(x):
        with no_grad():
            scale = x * x
        return scale * x + x.detach() * x

    compiled = compile(f)
    for x in (2.0, 3.0):
        assert compiled.value_and_grad(x) == eager(f, x) == (x**3 + x * x, (x * x + x,))


def test_gradient_inside():
    """A function that differentiates compiles too, and its own derivative is the second."""

    def slope(x):
        return grad(x**3 + F.relu(x), x, create_graph=True)[0]

    compiled = compile(slope)
    assert compiled.value_and_grad(2.0) == eager(slope, 2.0) == (13.0, (12.0,))

    def newton(x):
        return x - grad(x * x - 2, x)[0] * 0.25

    assert compile(newton)(3.0) == 1.5


def test_hard_numbers():
    """inf, nan, 0 and overflow come out of compiled code as from eager."""

    def f(x, y):
        return x / y + x.log() + (y * 1000).exp() + x**y + F.maximum(x, y)

    compiled = compile(f)
    for x in (0.0, -1.0, 2.0, float("inf"), float("nan")):
        for y in (0.0, -2.0, 3.0, float("-inf")):
            assert repr(compiled.value_and_grad(x, y)) == repr(eager(f, x, y))


def test_deep_and_long():
    """A chain of 20,000 ops, and a sum of 20,000 terms, compile: long expressions are cut."""

    def deep(x):
        for _ in range(20_000):
            x = x * 0.9999 + 0.0001
        return x

    def long(x):
        return sum((x * float(i) for i in range(20_000)), Value(0.0, requires_grad=False))

    for f in (deep, long):
        assert compile(f).value_and_grad(0.5) == eager(f, 0.5)


@pytest.mark.parametrize(
    ("f", "what"),
    [
        (lambda x: x * x.item(), r"item\(\)"),
        (lambda x: x * float(x), r"item\(\)"),
        (lambda x: x * math.exp(x.data), r"item\(\)"),
        (lambda x: setattr(x, "data", 1.0), r"setting \.data"),
        (lambda x: (x * x).backward(), r"backward\(\)"),
        (lambda x: [], "returned a list"),
        (lambda x: {"a": [None, 1]}, "returned a dict"),
        (lambda x: None, "returned a NoneType"),
    ],
)
def test_what_cannot_be_traced(f, what):
    """The error names what takes a number out of the graph; tracing is switched off again."""
    f.__name__ = "shape"
    for start in (lambda: trace(f, 1.0), lambda: compile(f)(1.0)):
        with pytest.raises(TraceError, match=f"^shape cannot be traced: .*{what}"):
            start()
    assert engine.modes.state.special == 0
    assert (Value(2.0) * 3).data == 6.0


def test_functions_cannot_be_compiled():
    """The value of a Function compiles; compiling its gradient is an error that names it."""

    class Twice(engine.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    compiled = compile(lambda x: Twice.apply(x) + 1)
    assert compiled(3.0) == 7.0
    with pytest.raises(TraceError, match="TwiceBackward"):
        compiled.value_and_grad(3.0)


def test_odd_names():
    """Parameters with names that the text uses itself are renamed."""

    def f(v1, exp, g2):
        return v1 * exp + g2.exp()

    assert compile(f).value_and_grad(1.0, 2.0, 0.0) == (3.0, (2.0, 1.0, 1.0))


def test_network():
    """A small network's loss: many gradients alive at once, each equal to the eager one bit for bit."""
    rng = random.Random(3)
    points = [([rng.uniform(-1, 1), rng.uniform(-1, 1)], rng.choice((-1, 1))) for _ in range(6)]

    def loss(*weights):
        it = iter(weights)
        layers = [[[next(it) for _ in range(n + 1)] for _ in range(m)] for n, m in ((2, 4), (4, 3), (3, 1))]
        total = 0.0
        for x, y in points:
            h = x
            for layer in layers:
                h = [F.tanh(sum((w * v for w, v in zip(row, h, strict=False)), row[-1])) for row in layer]
            total = total + F.relu(1 - y * h[0]) + F.softplus(h[0])
        return total

    weights = [rng.uniform(-1, 1) for _ in range(12 + 15 + 4)]
    xs = [Value(w) for w in weights]
    out = loss(*xs)
    out.backward()
    assert compile(loss).value_and_grad(*weights) == (out.data, tuple(x.grad for x in xs))
