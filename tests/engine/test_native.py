"""The back end "c": the Python code's numbers bit for bit, in C built by the system's compiler."""

import math
import os
import shutil

import pytest

from engine import Value, compile, native
from tests.benchmarks import gpt

from .cases import CASES, HARD, ORDINARY
from .test_compiled_structures import softmax
from .test_compiler import branching, eager
from .test_ops import bits

pytestmark = pytest.mark.skipif(shutil.which(os.environ.get("CC", "cc")) is None, reason="no C compiler")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    """Libraries are built for the tests alone."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_every_op():
    """All cases at ordinary and hard numbers: values and gradients have the Python code's bits."""

    def every(xs, ys):
        return [case.ours(*(x, y)[: case.arity]) for case, x, y in zip(CASES, xs, ys, strict=True)]

    count = len(CASES)
    functions = []
    for backend in ("python", "c"):
        compiled = compile(every, backend=backend)
        compiled([Value(0.5) for _ in CASES], [Value(0.25) for _ in CASES])
        program = compiled.last
        wanted = tuple(range(2 * count))
        functions.append((program.function("value"), program.function("gradients", wanted, program.live)))
    (values, slopes), (c_values, c_slopes) = functions
    ones = [1.0] * len(program.live)
    for a in [*ORDINARY, *HARD]:
        for b in (0.0, -0.0, -2.7, 2.0, 2.3, -2.0, 0.5, math.inf, -math.inf, math.nan):
            given = [a] * count + [b] * count
            ours, theirs = c_values(*given), values(*given)
            assert [
                case for case, x, y in zip(CASES, ours, theirs, strict=True) if bits(x) != bits(y)
            ] == [], (a, b)
            pairs = zip(c_slopes(*given, *ones), slopes(*given, *ones), strict=True)
            assert [CASES[i % count] for i, (x, y) in enumerate(pairs) if bits(x) != bits(y)] == [], (a, b)


def test_guards():
    """Guards work as in Python code."""
    compiled = compile(branching, backend="c")
    for point in [(2.0, 1.0), (0.0, 1.0), (1.0, 2.0), (1.0, 6.0), (3.0, 2.0)]:
        assert compiled.value_and_grad(*point) == eager(branching, *point)
    assert len(compiled.programs) == 4


def test_in_a_graph():
    """A compiled block is a node as before, also with several results and a maximum."""
    xs, ys = [Value(1.0), Value(3.0)], [Value(1.0), Value(3.0)]
    for f, values in ((compile(softmax, backend="c"), xs), (softmax, ys)):
        a, b = f(values)
        (a * 2 + b).backward(retain_graph=True)
        (a * 2 + b).backward()
    assert [x.grad for x in xs] == [y.grad for y in ys]
    model = gpt.GPT(gpt.weights(Value), lambda f: compile(f, backend="c"))
    assert gpt.step("ada", model) == gpt.step("ada", gpt.GPT(gpt.weights(Value)))


def test_source_and_cache(tmp_path, monkeypatch):
    """`.c_source` shows the C text; a long line is cut into functions; what was built is used again."""
    monkeypatch.setattr(native, "PART", 10)

    def line(x):
        for _ in range(30):
            x = x * x + 0.25
        return x

    compiled = compile(line, backend="c")
    assert compiled.c_source == "/* line has not been called yet */\n"
    assert compiled.value_and_grad(0.1) == compile(line).value_and_grad(0.1)
    assert compiled.c_source.count("static int part_") == 7
    built = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.so")}
    assert len(built) == 1
    monkeypatch.setattr(native.subprocess, "run", None)
    assert compile(line, backend="c").value_and_grad(0.1) == compiled.value_and_grad(0.1)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.so")} == built


def test_without_a_compiler(monkeypatch):
    """The error says what to install; another back end is an error too."""
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(RuntimeError, match=r"there is no 'no-such-compiler'\. Install gcc or clang"):
        compile(lambda x: x * x, backend="c")(2.0)
    with pytest.raises(ValueError, match="backend must be 'python' or 'c', got 'cuda'"):
        compile(lambda x: x, backend="cuda")
