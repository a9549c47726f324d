"""What an exercise's author declares: units, checks and mistakes.

    unit    Unit("Activations", number=2, packages=("numpy",)), once at the top of a checks.py
    check   @check("softmax", points=2) on a check program; its docstring holds the promise and three hints
    raised  raised(lambda: answer.gelu(x, "fast")): the exception's name as data, for a check program
    here    here().device, here().dtype: where a check program makes its tensors
    slips   softmax = slips("softmax"), at the top of the mistakes of an exercise (see `mistakes`)

    mistakes       a mistake as an edit of the answer, or as a function of its own
    probes         what check programs of several units ask with
    drawing        pictures and animated pictures as SVG
    scenes         @scene: a learner's own functions at work, in a unit's play.py
    torch_probes   the same for PyTorch: tensors and models on any device

A check program is called with an answer module and a seeded generator; it returns named plain data and never
compares. Everything else about an exercise follows from its answer (see `autograder.authors.build`).
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autograder.declare.mistakes import TIERS, Mistake, Slips, mistake, slips

if TYPE_CHECKING:
    from doctest import Example

__all__ = [
    "CPU",
    "ONCE_MORE",
    "Check",
    "Mistake",
    "Setting",
    "Slips",
    "Unit",
    "builtin_name",
    "check",
    "here",
    "mistake",
    "move_to",
    "raised",
    "slips",
]

Program = Callable[..., Mapping[str, Any]]

DTYPES = ("kind", "exact", "number")
ONCE_MORE = "once more, "  # how a label of `once_more` in probes begins

_HINT = re.compile(r"^\d\. ", re.MULTILINE)


@dataclass(frozen=True)
class Unit:
    """One folder of exercises: its title, its place in the learning order and what its answers may import.

    `packages` names the third-party packages an answer may use; the standard library and `engine`
    are always there. `without` names, by exercise, what stands there ready-made and is to be written by hand:
    {"hvp": ("engine.hvp", "engine.hessian")}. A check in which the answer calls it is not passed.
    `unasked` says why no check asks with a kind of input (see autograder/authors/input_classes.py):
    {"gelu.x: an infinity": "0 times infinity"}, or {"gelu.x": ...} for all kinds of x.
    """

    title: str
    number: int
    packages: tuple[str, ...] = ("numpy",)
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unasked: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.title:
            raise ValueError("Unit: the title must not be empty")
        if self.number < 1:
            raise ValueError(f"Unit {self.title!r}: number must be 1 or more (got {self.number})")
        for exercise, names in self.without.items():
            if isinstance(names, str) or not all("." in name for name in names):
                words = f"must be a tuple of dotted names (got {names!r})"
                raise ValueError(f"Unit {self.title!r}: without[{exercise!r}] {words}")


@dataclass(frozen=True)
class Setting:
    """Where the tensors of a check program live, and how many digits they have."""

    device: str = "cpu"
    dtype: str = "float64"

    def __str__(self) -> str:
        return f"{self.device} {self.dtype}"


CPU = Setting()
_here = CPU


@dataclass(frozen=True)
class Check:
    """A check program with its points and how closely answers must agree.

    The program's docstring is what people read of it: the promise first, and below it, numbered from 1, the
    hints, each leading a step further:

        sigmoid(x) is 1 / (1 + exp(-x)) for every element.

        1. Work out sigmoid(0) by hand. What is exp(0)?
        2. ...

    `rtol` and `atol` are those of numpy.allclose. `dtype` says how kinds of numbers are compared: "kind"
    (bool, int and float are told apart, their widths are not), "exact" (float32 is not float64) or "number"
    (1 and 1.0 are alike). `seconds` is the time one run may take. `repeat=False` spares a slow program its
    second run, which shows that the same question gets the same answer.

    `dtypes` are those in which the program runs on a GPU too, and `terms` is the length of the longest sum
    behind its numbers, from which their tolerance there follows. A check with `tier="gpu"` makes sense on a
    GPU only. `setting` is where this check runs. `examples` are those of docstrings, derived from the unit's
    stub. Raises ValueError for options that could not be judged.
    """

    exercise: str
    program: Program
    points: float = 0.0
    rtol: float = 1e-9
    atol: float = 1e-12
    dtype: str = "kind"
    seconds: float = 2.0
    repeat: bool = True
    tier: str = "cpu"
    terms: int = 1
    dtypes: tuple[str, ...] = ()
    setting: Setting = CPU
    examples: tuple[Example, ...] = ()

    def __post_init__(self) -> None:
        wrong = {
            f"tier must be one of {TIERS} (got {self.tier!r})": self.tier not in TIERS,
            f"points must be above 0 (got {self.points!r})": self.tier == "cpu" and not self.points > 0,
            "one of the GPU tier has dtypes, and no points of its own": (
                self.tier == "gpu" and (self.points or not self.dtypes)
            ),
            f"terms must be 1 or more (got {self.terms!r})": self.terms < 1,
            f"dtype must be one of {DTYPES} (got {self.dtype!r})": self.dtype not in DTYPES,
            "rtol and atol must be 0 or more, seconds above 0": (
                self.rtol < 0 or self.atol < 0 or self.seconds <= 0
            ),
        }
        for words, is_wrong in wrong.items():
            if is_wrong:
                raise ValueError(f"check of {self.exercise!r}: {words}")
        object.__setattr__(self, "points", float(self.points))

    @property
    def name(self) -> str:
        """The program's name, as pytest and `gradfn judge` spell it: rows_sum_to_1."""
        return self.program.__name__

    @property
    def label(self) -> str:
        """The name, with the dtype in the GPU tier: rows_sum_to_1[float32]."""
        return self.name if self.tier == "cpu" else f"{self.name}[{self.setting.dtype}]"

    @property
    def title(self) -> str:
        """The name as words: rows sum to 1."""
        words = self.name.replace("_", " ")
        return words if self.tier == "cpu" else f"{words} · {self.setting}"

    @property
    def without(self) -> tuple[str, ...]:
        """What an answer to its exercise must do without, as the Unit in the same file declares."""
        return tuple(name for unit in self._units for name in unit.without.get(self.exercise, ()))

    @property
    def packages(self) -> tuple[str, ...]:
        """The third-party packages that an answer may use, as the Unit in the same file declares."""
        return tuple(name for unit in self._units for name in unit.packages)

    @property
    def _units(self) -> list[Unit]:
        found = inspect.unwrap(self.program).__globals__.values()
        return [value for value in found if isinstance(value, Unit)]

    @property
    def promise(self) -> str:
        """What stands above the hints in the program's docstring: what a right answer does."""
        return self._paragraphs()[0]

    @property
    def hints(self) -> tuple[str, ...]:
        """The numbered paragraphs of the program's docstring, each as one line."""
        return self._paragraphs()[1:]

    def _paragraphs(self) -> tuple[str, ...]:
        text = inspect.cleandoc(self.program.__doc__ or "")
        return tuple(" ".join(paragraph.split()) for paragraph in _HINT.split(text))


def check(exercise: str, *, hints: Sequence[str] = (), **options: Any) -> Callable[[Program], Check]:
    """Declare the decorated function a check program of `exercise`; see `Check` for the options.

    `hints` are for checks written for version 0.1.0: they are added to the docstring. Raises ValueError or
    TypeError, at import, for a declaration that could not be judged.
    """

    def declare(program: Program) -> Check:
        lines = [f"{number}. {hint}" for number, hint in enumerate(hints, 1)]
        program.__doc__ = "\n".join([inspect.cleandoc(program.__doc__ or ""), *lines])
        return Check(exercise, program, **options)

    return declare


def raised(call: Callable[[], object]) -> str:
    """The name of the exception that `call` raises, or "nothing": a promised error as plain data.

    An answer's own kind of ValueError is a ValueError. NotImplementedError passes through, so that a stub is
    seen as a stub and not as an answer.
    """
    try:
        call()
    except NotImplementedError:
        raise
    except Exception as error:
        return builtin_name(type(error))
    return "nothing"


def builtin_name(kind: type[BaseException]) -> str:
    """The name of the exception's first class that Python itself has: ValueError for a subclass of it."""
    return next(parent.__name__ for parent in kind.__mro__ if parent.__module__ == "builtins")


def here() -> Setting:
    """Where check programs make their tensors now."""
    return _here


def move_to(setting: Setting) -> Setting:
    """Let check programs make their tensors in `setting` from now on; the setting until now.

    torch, where it is there, computes with all the digits of the setting's dtype from then on.
    """
    global _here
    before, _here = _here, setting
    if (torch := sys.modules.get("torch")) is not None and setting != CPU:
        torch.set_float32_matmul_precision("highest")  # no TF32 where float32 is meant
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction = False  # sums in float32
    return before
