"""backward(): accumulation, freeing, constants, in-place updates, depth; each as PyTorch does it."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
import torch

import engine
from engine import Value, modes, no_grad

from .cases import tensor


def both(program):
    """The program's result on Values and on torch's scalars."""
    return program(Value), program(tensor)


def test_leaves_accumulate():
    """Two backward calls add up on a leaf; 0 assigned to .grad starts again."""

    def program(make):
        x = make(3.0)
        (x * x).backward()
        (x * x).backward()
        twice = float(x.grad)
        x.grad = None
        (x * x).backward()
        return twice, float(x.grad)

    assert both(program) == ((12.0, 6.0), (12.0, 6.0))
    x = Value(3.0)
    x.grad = 0
    (x * x).backward()
    assert x.grad == 6.0


def test_inner_gradients_are_fresh():
    """x^3 at 3, twice on one graph: 54 on the leaf, and 3, not 6, on x * x."""

    def program(make):
        x = make(3.0)
        inner = x * x
        if isinstance(inner, torch.Tensor):
            inner.retain_grad()
        out = inner * x
        out.backward(retain_graph=True)
        if isinstance(inner, torch.Tensor):
            inner.grad = None  # PyTorch accumulates retained gradients
        out.backward()
        return float(x.grad), float(inner.grad)

    assert both(program) == ((54.0, 3.0), (54.0, 3.0))


def test_freed_graph():
    """The second backward raises PyTorch's error, also through a part shared with another result."""

    def program(make):
        x = make(2.0)
        shared = x.exp()
        (shared * 2).backward()
        with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
            (shared * 3).backward()
        (x + 1).backward()
        total = x + 1
        total.backward()
        total.backward()  # an addition saves nothing
        return True

    assert both(program) == (True, True)


def test_gradient_argument():
    """backward(gradient) multiplies by it."""

    def program(make):
        x = make(2.0)
        (x * x).backward(make(3.0, requires_grad=False) if make is tensor else 3.0)
        return float(x.grad)

    assert both(program) == (12.0, 12.0)


def test_leaf_backward():
    """A leaf's own gradient is 1, added."""

    def program(make):
        x = make(2.0)
        x.backward()
        x.backward()
        return float(x.grad)

    assert both(program) == (2.0, 2.0)


def test_constants():
    """No gradient flows to a constant: requires_grad=False, detach(), no_grad, numbers."""

    def program(make):
        x, c = make(2.0), make(5.0, requires_grad=False)
        y = x * c + x.detach() * x
        y.backward()
        with no_grad(), torch.no_grad():
            z = x * 3
        return float(x.grad), c.grad in (None, 0.0), (c * 3).requires_grad, z.requires_grad, z.grad_fn

    assert program(Value) == program(tensor) == (7.0, True, False, False, None)


def test_backward_of_a_constant():
    """backward() on a constant raises PyTorch's error."""
    for make in (Value, tensor):
        with pytest.raises(RuntimeError, match="element 0 of tensors does not require grad"):
            make(1.0, requires_grad=False).backward()


def test_requires_grad():
    """requires_grad can be switched on a leaf, and not off on an inner value."""

    def program(make):
        x = make(1.0)
        x.requires_grad_(False)
        frozen = (x * 2).requires_grad
        x.requires_grad = True
        y = x * 2
        with pytest.raises(RuntimeError, match="you can only change requires_grad flags of leaf variables"):
            y.requires_grad_(False)
        return frozen, y.requires_grad_().requires_grad, x.is_leaf, y.is_leaf

    assert both(program) == ((False, True, True, False),) * 2


def test_in_place_on_a_leaf():
    """Recorded, `w -= ...` is refused; under no_grad it changes the same w; `.data` is always free."""

    def program(make):
        w = same = make(2.0)
        (w * 3).backward()
        with pytest.raises(
            RuntimeError, match="a leaf Variable that requires grad is being used in an in-place"
        ):
            w -= 1.0
        with no_grad(), torch.no_grad():
            w -= 0.5
            w *= 2.0
        w.data += 1.0
        return float(w.detach()), w is same, w.requires_grad, w.is_leaf

    assert both(program) == ((4.0, True, True, True),) * 2


def test_in_place_on_an_inner_value():
    """`c += 1` on an inner value makes a new value from it."""

    def program(make):
        x = make(2.0)
        c = x * x
        c += c + 1
        c *= 2
        c.backward()
        return float(c.detach()), float(x.grad), type(c.grad_fn).__name__

    assert both(program) == ((18.0, 16.0, "MulBackward0"),) * 2


def test_in_place_after_use():
    """backward raises if it would read a leaf that was changed in place after the op; else it works."""

    def program(make):
        w, x = make(2.0), make(3.0)
        square, total, scaled, power = w * x, w + x, w * 3, w.exp()
        with no_grad(), torch.no_grad():
            w += 1
        total.backward()
        scaled.backward()
        power.backward()
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            square.backward()
        (w * x).backward()
        return float(w.grad)

    ours, theirs = both(program)
    assert ours == pytest.approx(theirs, rel=1e-15)


@pytest.mark.filterwarnings("ignore:Using backward:UserWarning")
def test_create_graph():
    """With create_graph the gradients are Values with a graph, and can be differentiated again."""

    def program(make):
        x = make(2.0)
        (x**4).backward(create_graph=True)
        first = x.grad
        x.grad = None
        first.backward()
        return float(first.detach()), float(x.grad)

    assert both(program) == ((32.0, 48.0), (32.0, 48.0))


def test_shared_value_twice():
    """c * c adds to c twice, and deep sharing costs no more than its size: 2^64 paths, 64 ops."""
    x = Value(1.0)
    v = x
    for _ in range(64):
        v = v * 0.5 + v * 0.5
    v.backward()
    assert x.grad == 1.0


def test_a_million_deep():
    """A chain of a million ops runs forward and backward under the default recursion limit, and is freed."""
    assert sys.getrecursionlimit() <= 3000
    x = Value(1.0)
    v = x
    for _ in range(10**6):
        v = v + 1e-6
    v.backward()
    assert x.grad == 1.0
    del v


def test_trail():
    """In the browser a trail frees graphs, a value before those it was made from."""
    trail = modes.Trail(shortest=100)
    x = Value(1.0)
    modes.state.trail = trail
    modes.state.shift(1)
    try:
        v = x
        for _ in range(5000):
            v = v * 1.0
        kept = v.a.a
        v.backward()
        assert x.grad == 1.0
        assert len(trail.values) == 5000
        del v
        trail.sweep()
        assert (len(trail.values), trail.values[-1] is kept) == (4998, True)
        del kept
        for _ in range(10_000):
            x * 2.0
        assert len(trail.values) <= 100
    finally:
        modes.state.shift(-1)
        modes.state.trail = None


BROWSER = """
import sys
sys.platform = sys.argv[1]
from engine import Value, modes

nested = 0

class Watched(Value):
    __slots__ = ()

    def __del__(self):
        global nested
        nested += sys.getrefcount(self.a) == alone  # nothing but this value holds it: freed within this one

class Holder:
    a = object()
    def count(self):
        return sys.getrefcount(self.a)

Holder.a, holder = None, Holder()
holder.a = object()
alone = holder.count()
v = x = Value(1.0)
for _ in range(10_000):
    v = v * 1.0 + 0.0
    v.__class__ = v.a.__class__ = Watched
v.backward()
assert x.grad == 1.0
del v
if modes.state.trail:
    modes.state.trail.sweep()
    assert len(modes.state.trail.values) <= 1
print(nested)
"""


@pytest.mark.parametrize(("platform", "nested"), [("emscripten", 0), (sys.platform, 19_999)])
def test_letting_go_in_the_browser(platform, nested):
    """In the browser a chain of 20,000 ops is freed value by value; elsewhere one within the other."""
    done = subprocess.run(
        [sys.executable, "-c", BROWSER, platform],
        cwd=Path(engine.__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == (str(nested), "")


def test_size_of_an_op():
    """An op takes one object of at most 140 bytes with its float and gradient; its slots are read fast."""
    assert not hasattr(Value, "__getattr__")  # with one, Python reads no slot the fast way
    v = Value(1.5) * 2.5
    assert sys.getsizeof(v) + sys.getsizeof(v.data) <= 140 - sys.getsizeof(v.grad)
    assert not hasattr(v, "__dict__")


def test_backward_in_threads():
    """Threads that build and walk their own graphs do not disturb each other."""
    results = {}

    def work(k):
        x = Value(float(k))
        for _ in range(50):
            v = x
            for _ in range(100):
                v = v * 1.0 + 0.0
            v.backward()
        results[k] = x.grad

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == dict.fromkeys(range(4), 50.0)


def test_graph_protocol():
    """grad_fn, next_functions and print_chain as the design's example prints them."""
    w, x = Value(1.0, label="w"), Value(2.0, requires_grad=False)
    loss = (w * x + 3) ** 2
    assert repr((loss.grad_fn, loss.grad_fn.next_functions)) == "(<PowBackward0>, ((<AddBackward0>, 0),))"
    assert engine.graph.chain(loss).splitlines() == [
        "PowBackward0",
        "└─ AddBackward0",
        "   ├─ MulBackward0",
        "   │  ├─ AccumulateGrad  w = 1.0",
        "   │  └─ None",
        "   └─ None",
    ]
    assert loss.grad_fn == loss.grad_fn
    assert len({loss.grad_fn, loss.grad_fn}) == 1
    assert w.grad_fn is None
    assert loss.grad_fn.next_functions[0][0].next_functions[0][0].next_functions[0][0].variable is w


def test_values_in_sets():
    """The hash is the object's; == is of the numbers, as in PyTorch."""
    a, b = Value(1.0), Value(1.0)
    assert len({a, b}) == 2
    assert a == b
    assert a == 1
    assert a != 2.0
    assert a < 2 <= Value(3.0)
    assert not a > b
    assert bool(Value(0.0)) is False
