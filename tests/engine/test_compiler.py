"""trace and compile: the eager numbers bit for bit, guards, captured values, text, errors."""

import math
import random

import pytest

import engine
import engine.functional as F
from engine import TraceError, Value, compile, grad, nn, no_grad, trace
from tests.benchmarks import gpt


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
        "    g2 = g1 * x",
        "    g1 = g1 * w",
        "    return v2, (g2 + 0.0, g1 + 0.0)",
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


def shift_and_scale(xs, scale):
    """Several results from structures: a list, a dict and one more."""
    moved = [x * scale["by"] + scale["to"][0] for x in xs]
    return moved, {"sum": sum(moved[1:], moved[0])}, xs[0] * 2


def test_structures():
    """Lists, tuples and dicts go in and out; each result has its own backward, with the eager gradients."""

    def run(f, result):
        xs = [Value(1.0), Value(-2.0), Value(0.5)]
        scale = {"by": Value(3.0), "to": (Value(0.25), 7.0)}
        out = f(xs, scale)
        assert [type(part) for part in out] == [list, dict, Value]
        (out[0][1] if result == 0 else out[1]["sum"] if result == 1 else out[2]).backward()
        leaves = [*xs, scale["by"], scale["to"][0]]
        return [v.data for v in (*out[0], out[1]["sum"], out[2])], [v.grad for v in leaves]

    compiled = compile(shift_and_scale)
    for result in range(3):
        assert run(compiled, result) == run(shift_and_scale, result)
    assert len(compiled.programs) == 1
    assert "def value(xs_0, xs_1, xs_2, scale_by, scale_to_0, scale_to_1):" in compiled.source


def test_results_one_after_the_other():
    """Two results of one call: backward of each gives the eager gradients, together and one by one."""
    compiled = compile(lambda x: (x * x, x.exp()))
    x, y = Value(0.5), Value(0.5)
    for run, v in ((compiled, x), (compiled.f, y)):
        a, b = run(v)
        a.backward()
        b.backward()
        (a, b) = run(v)
        (a * b).backward()
    assert x.grad == y.grad
    a, b = compiled(x)
    assert a.grad_fn == b.grad_fn
    assert [index for _, index in (a * b).grad_fn.next_functions] == [0, 1]


def test_shapes_and_statics_are_traced_again():
    """Another length, another int or string is another program; the numbers stay the eager ones."""

    def f(xs, power, how):
        total = sum(x**power for x in xs)
        return total if how == "sum" else total / len(xs)

    compiled = compile(f)
    for xs in ([1.0, 2.0], [3.0, 4.0, 5.0], [2.0, 7.0]):
        for power in (2, 3):
            for how in ("sum", "mean"):
                values = [Value(x) for x in xs]
                out = compiled(values, power, how=how)
                out.backward()
                others = [Value(x) for x in xs]
                f(others, power, how).backward()
                assert [v.grad for v in values] == [v.grad for v in others]
    assert len(compiled.programs) == 8


def test_modules():
    """A module is an argument like another: its parameters get their gradients, also new ones."""

    class Scale(nn.Module):
        def __init__(self, w):
            self.w, self.steps = [Value(w)], 2

        @compile
        def forward(self, x):
            for _ in range(self.steps):
                x = x * self.w[0]
            return x

    for w in (3.0, 5.0):
        model = Scale(w)
        model(Value(2.0)).backward()
        assert model.w[0].grad == 4.0 * w
    model.w = [Value(7.0)]
    model(2.0).backward()
    assert model.w[0].grad == 28.0
    assert len(Scale.forward.programs) == 1


def test_value_and_grad_of_structures():
    """The gradient has the structure of the arguments."""
    value, slopes = compile(lambda w, x: w[0] * x + w[1]).value_and_grad([2.0, 1.0], 3.0)
    assert (value, slopes) == (7.0, ([3.0, 1.0], 2.0))


def softmax(xs):
    """As in microgpt.py, with the largest number read out of the graph."""
    top = max(x.data for x in xs)
    exps = [(x - top).exp() for x in xs]
    total = sum(exps)
    return [e / total for e in exps]


def test_softmax():
    """The maximum of numbers read from Values is followed without a guard: one trace, the eager bits."""
    compiled = compile(softmax)
    for numbers in ([1.0, 2.0, 3.0], [900.0, -5.0, 1.0], [0.5, 0.5, 0.5], [1.0, 1e9, 2.0]):
        xs, ys = [Value(x) for x in numbers], [Value(x) for x in numbers]
        ours, theirs = compiled(xs), softmax(ys)
        ours[1].backward()
        theirs[1].backward()
        assert [v.data for v in ours] == [v.data for v in theirs]
        assert [x.grad for x in xs] == [y.grad for y in ys]
    assert len(compiled.programs) == 1
    assert [v.data for v in compile(softmax)([Value(4.0)])] == [1.0]


def test_maximum_that_is_kept():
    """Where the numbers live on, what the maximum meant cannot be known: an error that names the line."""

    def largest(xs):
        numbers = [x.data for x in xs]
        top = max(numbers)
        return (xs[0] - top) * numbers.index(top)

    with pytest.raises(TraceError, match=r"test_compiler.py:\d+, in largest.*max\(xs\).detach\(\)"):
        compile(largest)([Value(1.0), Value(2.0)])


def test_numbers_that_are_compared():
    """A loop that looks for the largest by itself is guarded, and so is a key."""

    def by_hand(xs):
        best = xs[0]
        for x in xs[1:]:
            if x.data > best.data:
                best = x
        return best * 2

    def by_key(xs):
        return max(xs, key=lambda x: x.data) * 2

    for f in (by_hand, by_key, lambda xs: xs[0] * xs[1].data):
        compiled = compile(f)
        for numbers in ([1.0, 2.0, 3.0], [3.0, 2.0, 1.0], [1.0, 3.0, 2.0]):
            xs, ys = [Value(x) for x in numbers], [Value(x) for x in numbers]
            compiled(xs).backward()
            f(ys).backward()
            assert [x.grad for x in xs] == [y.grad for y in ys]


def test_arguments_that_are_changed():
    """A function that changes a list it was given cannot be compiled."""

    def grow(xs):
        xs.append(xs[0] * 2)
        return xs[-1]

    with pytest.raises(TraceError, match="changes a list, dict or module"):
        compile(grow)([Value(1.0)])


def test_blocks_of_a_program():
    """A dynamic program with compiled blocks: the losses of the eager one, and its gradients to 1e-12."""
    results = []
    for decorate in (lambda f: f, compile):
        model = gpt.GPT(gpt.weights(Value), decorate)
        losses = []
        for document in ("ada", "hypatia", "emmy"):
            losses.append(gpt.step(document, model))
        results.append((losses, [p.grad for p in gpt.flat(model.w)]))
    assert results[0][0] == results[1][0]
    assert results[0][1] == pytest.approx(results[1][1], rel=1e-12, abs=1e-16)


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
