"""Errors that say what to write, numbers that do not raise, and promises of the whole package."""

import ast
import math
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

import engine
from engine import Value

ENGINE = Path(engine.__file__).parent


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("2", r"got the str '2'. Convert it first: float\('2'\)"),
        (1 + 2j, r"got the complex \(1\+2j\)"),
        (np.array([1.0, 2.0]), r"got a numpy.ndarray. Take one element out"),
        (np.array(1.0), r"got a numpy.ndarray"),
        (torch.tensor(1.0), r"got a torch.Tensor"),
        (None, "got a builtins.NoneType"),
        ([1.0], "got a builtins.list"),
        (Value(1.0), "not another Value"),
    ],
    ids=["str", "complex", "array", "array0", "tensor", "None", "list", "Value"],
)
def test_data_that_is_no_number(data, message):
    """Each error says what it got and what to write instead."""
    with pytest.raises(TypeError, match=message):
        Value(data)


@pytest.mark.parametrize("other", ["a", 1j, np.ones(2), torch.tensor(1.0), None, [1.0]], ids=str)
def test_operands_that_are_no_numbers(other):
    """TypeError for such operands on either side, in powers and in comparisons."""
    v = Value(1.0)
    for run in (lambda: v + other, lambda: other * v, lambda: v / other, lambda: other - v, lambda: v**other):
        with pytest.raises(TypeError):
            run()
    if not isinstance(other, (np.ndarray, torch.Tensor)):
        assert v != other
        with pytest.raises(TypeError):
            v < other  # noqa: B015


def test_what_is_a_number():
    """ints, bools, fractions and NumPy's scalars are."""
    numbers = [1, True, Fraction(1, 2), np.float32(0.5), np.float64(0.5), np.int64(3)]
    assert [Value(n).data for n in numbers] == [1.0, 1.0, 0.5, 0.5, 0.5, 3.0]
    assert {type(Value(n).data) for n in numbers} == {float}
    v = Value(2.0)
    assert (np.float64(3.0) * v).data == (v * np.float32(3.0)).data == (Fraction(3) * v).data == 6.0
    assert type((np.float64(3.0) * v).data) is float


def test_numbers_that_python_would_refuse():
    """Division by 0, logarithms, roots, overflow: inf and nan, as in PyTorch."""
    zero, big, minus = Value(0.0), Value(1e308), Value(-8.0)
    values = [
        1 / zero,
        -1 / zero,
        zero / 0,
        zero.log(),
        minus.log(),
        minus.sqrt(),
        minus ** (1 / 3),
        big * 10,
    ]
    values += [
        big**2,
        zero**-1,
        big.exp(),
        (-minus) ** 1e6,
        (zero - 2).log1p(),
        (big * 10).sin(),
        0**zero,
        1e308 * big,
    ]
    inf, nan = math.inf, math.nan
    wanted = [inf, -inf, nan, -inf, nan, nan, nan, inf, inf, inf, inf, inf, nan, nan, 1.0, inf]
    assert list(map(repr, (v.data for v in values))) == list(map(repr, wanted))
    for v in values:
        v.backward(retain_graph=True)


def test_clamp_without_bounds():
    """clamp() needs a bound, as in PyTorch."""
    with pytest.raises(ValueError, match="At least one of 'min' or 'max' must not be None"):
        Value(1.0).clamp()
    with pytest.raises(ValueError, match="'none' or 'tanh', got 'fast'"):
        engine.functional.gelu(Value(1.0), approximate="fast")


def test_standard_library_only():
    """No module of the engine imports anything from outside the standard library and itself."""
    for path in ENGINE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names, path


def test_no_circles():
    """Imports at the top of the modules form a ladder."""
    below = {}
    for path in ENGINE.glob("*.py"):
        if path.stem == "__init__":
            continue
        below[path.stem] = set()
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.level:
                below[path.stem] |= {node.module} if node.module else {a.name for a in node.names}
    while below:
        free = [name for name, needs in below.items() if not needs & set(below)]
        assert free, f"a circle among {sorted(below)}"
        for name in free:
            del below[name]


def test_import_is_light():
    """`import engine` loads nothing heavy: no typing, inspect, dataclasses, enum or re of its own."""
    code = "import sys; before = set(sys.modules); import engine; print(*sorted(set(sys.modules) - before))"
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ENGINE.parent)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name for name in result.stdout.split() if not name.startswith("engine")}
    assert loaded <= {"__future__", "math", "_operator", "operator", "_thread"}


def test_names():
    """Every name of __all__ is there; another name is an AttributeError."""
    for name in engine.__all__:
        assert getattr(engine, name) is not None
        assert name in dir(engine)
    with pytest.raises(AttributeError, match="no attribute 'einsum'"):
        engine.einsum  # noqa: B018
