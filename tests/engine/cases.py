"""Every row of the op table, for the engine and for torch: a new row becomes a case by itself.

A row without a number beside its operand is found in torch or torch.nn.functional by its name. The other rows
are spelled here; `missing()` names the rows without a case.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as TF

import engine.functional as F
from engine import Value
from engine.ops import TABLE

ORDINARY = [-2.7, -1.0, -0.3, 0.4, 1.0, 2.3]
HARD = [
    0.0,
    -0.0,
    math.inf,
    -math.inf,
    math.nan,
    1e-310,
    -1e-310,
    1e308,
    -1e308,
    750.0,
    -750.0,
    20.0,
    20.5,
    0.5,
    2.0,
]


@dataclass(frozen=True)
class Case:
    """One program on `arity` scalars, written for both."""

    key: str
    name: str
    ours: Callable[..., Any]
    theirs: Callable[..., Any]
    arity: int = 1

    def __str__(self) -> str:
        return self.name


def same(name: str, key: str, program: Callable[..., Any], arity: int = 1) -> Case:
    """A case that is spelled the same for both."""
    return Case(key, name, program, program, arity)


def _exponents() -> list[Case]:
    numbers = (0.0, 1.0, 2.0, 3.0, -1.0, -2.0, 0.5, 2.5, -0.5)
    powers = [same(f"a ** {n}", "power", lambda a, n=n: a**n) for n in numbers]
    bases = [same(f"{n} ** a", "rpow", lambda a, n=n: n**a) for n in (0.0, 1.0, 2.0, 0.5, -2.0)]
    return powers + bases


SPELLED = [
    *_exponents(),
    same("3 - a", "rsub", lambda a: 3 - a),
    *(same(f"a % {n}", "modulo", lambda a, n=n: a % n) for n in (2.0, -0.7, 0.0, math.inf)),
    Case(
        "floor_divide",
        "a // b",
        lambda a, b: a // b,
        lambda a, b: torch.div(a, b, rounding_mode="floor"),
        2,
    ),
    Case("floor_divide", "a // 2", lambda a: a // 2, lambda a: torch.div(a, 2, rounding_mode="floor")),
    Case("leaky_relu", "leaky_relu", F.leaky_relu, TF.leaky_relu),
    Case("leaky_relu", "leaky_relu 0.3", lambda a: F.leaky_relu(a, 0.3), lambda a: TF.leaky_relu(a, 0.3)),
    Case("elu", "elu", F.elu, TF.elu),
    Case("elu", "elu 1.7", lambda a: F.elu(a, alpha=1.7), lambda a: TF.elu(a, alpha=1.7)),
    Case("softplus", "softplus", F.softplus, TF.softplus),
    Case("softplus", "softplus 2, 5", lambda a: F.softplus(a, 2, 5), lambda a: TF.softplus(a, 2, 5)),
    Case(
        "gelu_tanh",
        "gelu tanh",
        lambda a: F.gelu(a, approximate="tanh"),
        lambda a: TF.gelu(a, approximate="tanh"),
    ),
    same("clamp 0, 1", "clamp", lambda a: a.clamp(0, 1)),
    same("clamp min", "clamp", lambda a: a.clamp(min=-0.3)),
    same("clamp max", "clamp", lambda a: a.clamp(max=0.4)),
    same("clamp 1, 0", "clamp", lambda a: a.clamp(1, 0)),
]


def _by_name() -> list[Case]:
    cases = []
    spelled = {case.key for case in SPELLED}
    for key, row in TABLE.items():
        theirs = getattr(torch, key, None) or getattr(TF, key, None)
        if key not in spelled and theirs is not None:
            cases.append(Case(key, key, row, theirs, 2 if row.db else 1))
    return cases


OPERATORS = [
    *(same("a + b", "add", lambda a, b: a + b, 2), same("a - b", "sub", lambda a, b: a - b, 2)),
    *(same("a * b", "mul", lambda a, b: a * b, 2), same("a / b", "div", lambda a, b: a / b, 2)),
    *(same("a ** b", "pow", lambda a, b: a**b, 2), same("-a", "neg", lambda a: -a)),
    *(same("a + 3", "add", lambda a: a + 3), same("3 + a", "add", lambda a: 3 + a)),
    *(same("a - 3", "sub", lambda a: a - 3), same("a * 3", "mul", lambda a: a * 3)),
    *(same("3 * a", "mul", lambda a: 3 * a), same("a / 3", "div", lambda a: a / 3)),
    *(same("3 / a", "reciprocal", lambda a: 3 / a), same("a / 0", "div", lambda a: a / 0)),
    *(same("+a", "neg", lambda a: -(+a)), same("abs(a)", "abs", lambda a: abs(a))),
    *(same("a * a", "mul", lambda a: a * a), same("a / a", "div", lambda a: a / a)),
    *(same("a % b", "remainder", lambda a, b: a % b, 2), same("arctan", "atan", lambda a: a.arctan())),
    *(same("square", "power", lambda a: a.square()), same("clip", "clamp", lambda a: a.clip(-1, 1))),
]
CASES = [*_by_name(), *SPELLED, *OPERATORS]
UNARY = [case for case in CASES if case.arity == 1]
BINARY = [case for case in CASES if case.arity == 2]


def missing() -> set[str]:
    """The rows of the table without a case."""
    return set(TABLE) - {case.key for case in CASES}


def tensor(x: float, requires_grad: bool = True) -> torch.Tensor:
    """torch's counterpart of Value(x)."""
    return torch.tensor(x, dtype=torch.float64, requires_grad=requires_grad)


def close(ours: float | None, theirs: float | None, rel: float = 1e-12, floor: float = 1e-300) -> bool:
    """Whether two numbers agree: both None, both nan, the same infinity, or within rel."""
    if ours is None or theirs is None:
        return ours is theirs
    if math.isnan(theirs) or math.isinf(theirs):
        return math.isnan(ours) if math.isnan(theirs) else ours == theirs
    return abs(ours - theirs) <= rel * abs(theirs) + floor


def chain_of(node: Any) -> Any:
    """The graph below a grad_fn as nested (name, ((child, index), ...)); torch's and ours read the same."""
    if node is None:
        return None
    name = type(node).__name__
    return name, tuple((chain_of(below), index) for below, index in node.next_functions)


def value_of(x: Value | torch.Tensor) -> float:
    """The number."""
    return float(x.detach())
