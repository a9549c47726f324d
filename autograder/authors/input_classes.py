"""The kinds of inputs in which mistakes hide, and which of them a unit's checks have not asked with.

    CLASSES          each kind: which parameters it concerns, by their signature, and how one is told
    unasked(unit)    "softmax.x: an infinity" for each that no check asks, in the order of the exercises
    inputs_that_hide_mistakes_are_asked    the rule of `gradfn dev verify` on them

The checks run on the solution, whose functions note what they are called with. Classes are not watched.
"""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import wraps
from itertools import chain, pairwise
from typing import Any

import numpy as np

from autograder.declare.probes import values_behind
from autograder.grading import oracle
from autograder.units.kit import KitUnit
from autograder.units.recorded import PUBLIC_SEED

ARRAYS = ("numpy.ndarray", "torch.Tensor")


@dataclass(frozen=True)
class Parameter:
    """One parameter of an answer's function, with what the function's head says of it."""

    function: str
    name: str
    kind: str  # the annotation: "numpy.ndarray", "list[int]"
    returns: str
    doc: str
    has_axis: bool

    @property
    def is_elementwise(self) -> bool:
        """Whether it is an array of numbers, each treated by itself or by its axis: x, y or z."""
        return self.kind == self.returns == "numpy.ndarray" and bool(re.fullmatch("[xyz]", self.name))

    @property
    def is_batch(self) -> bool:
        """Whether it has one example a row."""
        return self.kind in ARRAYS and self.name in ("X", "dY", "logits")

    @property
    def is_network(self) -> bool:
        """Whether it describes one layer after the other."""
        return self.name in ("sizes", "layers", "weights")


@dataclass(frozen=True)
class Call:
    """A call of an answer's function: one argument, all of them by name, and what came back."""

    value: Any
    arguments: dict[str, Any]
    result: Any

    @property
    def numbers(self) -> np.ndarray:
        """The argument as an array."""
        return np.asarray(self.value)

    @property
    def shape(self) -> tuple[int, ...]:
        """The argument's shape."""
        return np.shape(self.value)


@dataclass(frozen=True)
class InputClass:
    """A kind of input: its name, the parameters that it concerns, and whether a call is one."""

    name: str
    concerns: Callable[[Parameter], bool]
    is_one: Callable[[Call], bool]


def _is_numeric(p: Parameter) -> bool:
    return p.kind == "numpy.ndarray" and (p.is_elementwise or p.name in ("X", "logits"))


def _widths(value: Any) -> list[Any]:
    """What the layers are told by: numbers of units, or shapes."""
    return [np.shape(layer[0] if isinstance(layer, tuple) else layer) or layer for layer in value]


def _repeats(call: Call) -> bool:
    """Whether two layers are alike: a width comes three times, or a shape twice."""
    widths = _widths(call.value)
    return any(a == b for a, b in pairwise(list(pairwise(widths)) if isinstance(widths[0], int) else widths))


def _has_a_flat_end(call: Call) -> bool:
    return any(v.parents and 0.0 in v.local_gradients() for v in values_behind(call.value))


def _is_nested(call: Call) -> bool:
    return any(list(child.children()) for child in call.value.children())


def _has_a_subclass(call: Call) -> bool:
    return any(not type(module).__module__.startswith("torch.nn") for module in call.value.modules())


CLASSES = (
    InputClass("a single example", lambda p: p.is_batch, lambda c: len(c.shape) > 1 and c.shape[0] == 1),
    InputClass(
        "a single column",
        lambda p: p.kind == "numpy.ndarray" and (p.is_batch or p.name == "W"),
        lambda c: len(c.shape) > 1 and c.shape[1] == 1,
    ),
    InputClass(
        "one x beside a batch", lambda p: p.is_batch and "a single x" in p.doc, lambda c: len(c.shape) == 1
    ),
    InputClass("integers", _is_numeric, lambda c: c.numbers.dtype.kind == "i"),
    InputClass("float32", _is_numeric, lambda c: c.numbers.dtype == np.float32),
    InputClass(
        "three axes, the default axis",
        lambda p: p.is_elementwise and p.has_axis,
        lambda c: len(c.shape) == 3 and "axis" not in c.arguments,
    ),
    InputClass("a zero", lambda p: p.kind == "float", lambda c: c.value == 0),
    InputClass("a negative number", lambda p: p.kind == "float", lambda c: c.value < 0),
    InputClass(
        "0 and the numbers next to it",
        lambda p: p.is_elementwise and not p.has_axis,
        lambda c: bool((c.numbers == 0).any() and (abs(c.numbers[c.numbers != 0]) < 1e-300).any()),
    ),
    InputClass("an infinity", lambda p: p.is_elementwise, lambda c: bool(np.isinf(c.numbers).any())),
    InputClass(
        "a large mean",
        lambda p: _is_numeric(p) and (p.has_axis or p.returns in ("float", "list[float]")),
        lambda c: c.numbers.size > 1 and abs(c.numbers.mean()) >= 100 * c.numbers.std() > 0,
    ),
    InputClass(
        "100 classes",
        lambda p: p.is_batch and "classes" in p.doc,
        lambda c: max((*c.shape[1:], *np.shape(c.result)[1:]), default=0) >= 100,
    ),
    InputClass("more than 10 layers", lambda p: p.is_network, lambda c: len(c.value) > 10),
    InputClass("layers that are alike", lambda p: p.is_network, _repeats),
    InputClass("a module in a module", lambda p: p.kind.endswith(".Module"), _is_nested),
    InputClass("a subclass of a layer", lambda p: p.kind.endswith(".Module"), _has_a_subclass),
    InputClass(
        "a gradient of 0", lambda p: p.name == "grads", lambda c: any(0.0 in np.ravel(g) for g in c.value)
    ),
    InputClass("a gradient of 0 in the middle", lambda p: p.name == "root", _has_a_flat_end),
)


def inputs_that_hide_mistakes_are_asked(evidence: Any) -> Iterator[str]:
    """Checks ask with each kind of input that concerns a function, or the unit says why they do not."""
    reasons, found = evidence.unit.declaration.unasked, list(unasked(evidence.unit))
    for title in found:
        if title not in reasons and title.partition(":")[0] not in reasons:
            yield f"no check asks {title}: ask, or say in Unit(unasked=...) why not"
    for title, reason in reasons.items():
        if not any(title in (one, one.partition(":")[0]) for one in found):
            yield f"Unit(unasked=...) speaks of {title!r}, which checks ask, or which there is not"
        if not reason:
            yield f"Unit(unasked=...) gives no reason for {title!r}"


def unasked(unit: KitUnit) -> Iterator[str]:
    """Each kind of input that concerns a parameter of the unit's functions and that no check asks with."""
    module, asked = oracle.solution_of(unit), set[str]()
    functions = {
        name: function
        for exercise in unit.exercises.values()
        for name in exercise.names
        if isinstance(function := getattr(module, name), types.FunctionType)
    }
    for name, function in functions.items():
        setattr(module, name, _watched(function, asked))
    concerned = {n: [p for p in parameters_of(f) if _kinds(p)] for n, f in functions.items()}
    for exercise in unit.exercises.values():
        if any(concerned.get(name) for name in exercise.names):
            oracle.outcomes((replace(c, examples=()) for c in exercise.checks), module, PUBLIC_SEED)
    for parameter in chain(*concerned.values()):
        for kind in _kinds(parameter):
            if (title := f"{parameter.function}.{parameter.name}: {kind.name}") not in asked:
                yield title


def _kinds(parameter: Parameter) -> list[InputClass]:
    return [kind for kind in CLASSES if kind.concerns(parameter)]


def parameters_of(function: types.FunctionType) -> list[Parameter]:
    """The parameters of an answer's function."""
    signature, doc = inspect.signature(function), " ".join((function.__doc__ or "").split())
    returns = inspect.formatannotation(signature.return_annotation)
    return [
        Parameter(
            function.__name__,
            p.name,
            inspect.formatannotation(p.annotation),
            returns,
            doc,
            "axis" in signature.parameters,
        )
        for p in signature.parameters.values()
        if p.kind is p.POSITIONAL_OR_KEYWORD
    ]


def _watched(function: types.FunctionType, asked: set[str]) -> Callable[..., Any]:
    """The function, noting in `asked` the kinds of inputs that it is called with."""
    parameters = {p.name: _kinds(p) for p in parameters_of(function)}

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        arguments = inspect.signature(function).bind(*args, **kwargs).arguments
        for name, value in arguments.items():
            for kind in parameters.get(name, ()):
                if kind.is_one(Call(value, arguments, result)):
                    asked.add(f"{function.__name__}.{name}: {kind.name}")
        return result

    return call
