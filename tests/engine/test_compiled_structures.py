"""compile with lists, tuples, dicts and modules: several results, softmax, maxima, blocks of a program."""

import random

import pytest

from engine import TraceError, Value, compile, nn
from engine.losses import cross_entropy, logsumexp
from tests.benchmarks import gpt


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


@pytest.mark.parametrize(
    "f",
    [
        lambda xs: sum((x - max(xs).detach()).exp() for x in xs),
        lambda xs: xs[0] * max(x * 2 for x in xs).data,
        lambda xs: logsumexp(xs) * xs[1],
        lambda xs: cross_entropy([xs, [xs[2], xs[0] * 2, xs[1]]], [1, 2]),
    ],
    ids=["detach", "data", "logsumexp", "cross_entropy"],
)
def test_maximum_of_values(f):
    """max(xs).detach(), max(xs).data and logsumexp need no guards: one trace, whichever is the largest."""
    compiled = compile(f)
    rng = random.Random(3)
    for _ in range(12):
        numbers = [rng.uniform(-3.0, 3.0) for _ in range(5)]
        xs, ys = [Value(x) for x in numbers], [Value(x) for x in numbers]
        ours, theirs = compiled(xs), f(ys)
        ours.backward()
        theirs.backward()
        assert ours.data == theirs.data
        assert [x.grad for x in xs] == pytest.approx([y.grad for y in ys], rel=1e-14)
    assert len(compiled.programs) == 1


def test_maximum_that_is_a_value():
    """The Value that max() returns is one of those given: kept or computed with, it is guarded."""

    def kept(xs):
        top = max(xs)
        return top * 3 + max(xs).detach() + (top.detach() if xs[0] is not top else 0.0)

    def by_key(xs):
        return max([xs[0], xs[1]], key=lambda x: -x).detach() * xs[2]

    def by_steps(xs):
        best = xs[0]
        for x in xs:
            best = max(best, x)
        return best * xs[0]

    for f in (kept, by_key, by_steps, lambda xs: max(xs) * 2):
        compiled = compile(f, limit=20)
        for numbers in ([1.0, 2.0, 3.0], [3.0, 2.0, 1.0], [1.0, 3.0, 2.0]):
            xs, ys = [Value(x) for x in numbers], [Value(x) for x in numbers]
            ours, theirs = compiled(xs), f(ys)
            ours.backward()
            theirs.backward()
            assert (ours.data, [x.grad for x in xs]) == (theirs.data, [y.grad for y in ys])
        assert len(compiled.programs) > 1


def test_maximum_that_is_kept():
    """Where the numbers live on, what the maximum meant cannot be known: an error that names the line."""

    def largest(xs):
        numbers = [x.data for x in xs]
        top = max(numbers)
        return (xs[0] - top) * numbers.index(top)

    with pytest.raises(
        TraceError, match=r"test_compiled_structures.py:\d+, in largest.*max\(xs\).detach\(\)"
    ):
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
