"""What an answer's text mentions: what a person should look at, and what is asked a second time.

look_at(unit, labels, mentions)   a note for each cell that mentions what its unit does without, or the judge
asked_again(unit, cells, ...)     the exercises to ask in a second worker, and what is taken away there
without(unit)                     what each exercise does without, as its unit declares, or the whole engine
setup_of(recorded)                the unit's own first cell

A worker notices what an answer calls and changes, and an answer can hide that from it, but only by means that
its text mentions. An answer that mentions none of these is asked once; that takes half the time.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from types import CodeType, FunctionType

import numpy as np

import engine
from autograder.answers.submission import Submission
from autograder.units import script
from autograder.units.kit import KitUnit
from autograder.units.recorded import Recorded
from autograder.worker.parsing import mentions as mentions_in


def _words(text: str) -> set[str]:
    return set(text.split())


#: By which a function gets at what is hidden from it.
WAYS_AROUND = _words(
    """__wrapped__ __closure__ __globals__ __code__ __subclasses__ __builtins__ f_back f_globals f_locals
    _getframe ctypes gc importlib"""
)
#: Other means to reach a worker's own code, so that it is asked again; there are honest uses of them.
MEANS = _words(
    """sys os io builtins inspect types threading signal socket pickle weakref subprocess traceback linecache
    shutil tempfile pathlib atexit marshal copyreg runpy site pkgutil multiprocessing autograder attrgetter
    methodcaller mro get_type_hints singledispatch singledispatchmethod ForwardRef catch_warnings tb_frame
    tb_next gi_frame cr_frame ag_frame gi_code cr_code lib core compat testing f2py distutils ctypeslib load
    memmap fromfile as_strided set_numeric_ops seterrcall hub jit ops library package overrides distributed
    storage untyped_storage data_ptr from_file set_ cpp_extension"""
)
BUILTINS = _words(
    """eval exec compile globals locals vars dir getattr setattr delattr open input breakpoint memoryview
    get_ipython help ?"""
)
IMPORTS = _words(
    """numpy torch engine matplotlib math cmath random statistics time timeit typing itertools functools
    collections dataclasses abc copy operator fractions enum decimal numbers heapq bisect contextlib warnings
    textwrap pprint graphlib inspect __future__"""
)
OF_INSPECT = {"", "signature", "Parameter", "isfunction", "isclass", "isgeneratorfunction"}
METHODS = {
    f"__{name}__"
    for name in _words(
        """init call enter exit iter next len getitem add mul sub truediv pow neg radd rmul rsub rtruediv repr
        str name doc new eq hash class"""
    )
}
#: Attributes that answers set on what they are given.
DATA = _words("data grad label requires_grad training op a b")
ENGINE = {"engine", *(f"engine.{module.name}" for module in pkgutil.iter_modules(engine.__path__))}


def look_at(unit: KitUnit, labels: Sequence[str], mentions: Sequence[Sequence[str]]) -> Iterator[str]:
    """The notes on some cells, by what each mentions."""
    names = {name.rpartition(".")[2] for names in unit.declaration.without.values() for name in names}
    if "engine.functional" not in unit.recorded.stub:
        names.add("functional")
    usual = unit.recorded.stub
    for label, mentioned in zip(labels, mentions, strict=True):
        found = [name for name in mentioned if _is_odd(name, names) and name not in usual]
        if found:
            more = f" and {len(found) - 5} more" if len(found) > 5 else ""
            yield f"to look at: {label} mentions {', '.join(found[:5])}{more}"


def _is_odd(name: str, names: set[str]) -> bool:
    parts = name.removeprefix("= ").split(".")
    if parts[0] == "autograder":
        return parts[1:2] != ["jupyter"]
    ways = bool(WAYS_AROUND & set(parts)) or parts[:2] == ["sys", "modules"]
    return ways or (parts[0] == "engine" and bool(names & set(parts[1:])))


@lru_cache(maxsize=64)
def without(unit: KitUnit) -> Mapping[str, tuple[str, ...]]:
    """What each exercise does without, as its unit declares.

    It does without the whole engine where neither its stub nor its check programs use that.
    """
    cells = script.split(unit.recorded.stub)
    found = zip(cells, mentions_in([cell.source for cell in cells]), strict=True)
    uses = {cell.name for cell, mentioned in found if any(map(_of_the_engine, mentioned))}
    uses |= {check.exercise for check in unit.all_checks if _uses_engine(inspect.unwrap(check.program))}
    declared = unit.declaration.without
    return {name: declared.get(name, () if name in uses else ("engine",)) for name in unit.exercises}


def _uses_engine(function: FunctionType) -> bool:
    """Whether a check program uses the engine, itself or by a function that it calls."""
    waiting, functions = [function], {function}
    while waiting:
        function = waiting.pop()
        names = chain.from_iterable(code.co_names for code in _codes(function.__code__))
        used = [function.__globals__[name] for name in names if name in function.__globals__]
        homes = (getattr(value, "__module__", "") or getattr(value, "__name__", "") for value in used)
        if any(home.startswith("engine") for home in homes):
            return True
        inner = {value for value in used if isinstance(value, FunctionType)} - functions
        waiting += inner
        functions |= inner
    return False


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def asked_again(
    unit: KitUnit, submission: Submission, mentions: Sequence[Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """The exercises to ask in a second worker, and for each what is taken away there."""
    setup, usual = _usual(unit)
    cells = [(cell.name, {*found}) for cell, found in zip(submission.cells, mentions, strict=True)]
    whole = any(_reaches(name) for _, mentioned in cells for name in mentioned - usual)
    names = without(unit)

    def may_take(exercise: str) -> bool:
        return any(
            _may_be(each, names[exercise])
            for cell, mentioned in cells
            if not _keeps_to(mentioned, setup)
            if not _is_of_another(unit, cell, names[exercise], names, mentioned)
            for each in mentioned
        )

    return {name: taken for name, taken in names.items() if whole or may_take(name)}


@lru_cache(maxsize=64)
def _usual(unit: KitUnit) -> tuple[set[str], set[str]]:
    """What the unit's own first cell mentions, and what its whole stub does."""
    setup, stub = mentions_in([setup_of(unit.recorded), unit.recorded.stub])
    return {*setup}, {*stub} | METHODS


def setup_of(recorded: Recorded) -> str:
    """The unit's own first cell, which every answer may rely on."""
    return script.split(recorded.stub)[0].source


def _keeps_to(mentioned: set[str], setup: set[str]) -> bool:
    """Whether a cell has of the engine what the unit's own first cell has, and defines nothing with it."""
    imported = {part for name in mentioned if name.startswith("import ") for part in name[7:].split(".")}
    defined = {name for name in mentioned if name.startswith("def ") and name[4:] not in imported}
    return {*filter(_of_the_engine, mentioned)} <= setup and defined <= setup


def _is_of_another(
    unit: KitUnit, cell: str, taken: Sequence[str], names: Mapping[str, Sequence[str]], mentioned: set[str]
) -> bool:
    """Whether a cell is that of an exercise which may use what is taken, and defines nothing for others."""
    if cell not in unit.exercises or names[cell] == taken:
        return False
    own = {f"def {each}" for each in unit.exercises[cell].names}
    return {each for each in mentioned if each.startswith("def ")} <= own


def _of_the_engine(name: str) -> bool:
    return name.removeprefix("import ").partition(".")[0] == "engine"


def _may_be(mentioned: str, names: Sequence[str]) -> bool:
    """Whether what is mentioned may be one of the functions, a class's method, or a module that holds one."""
    if "engine" in names or mentioned in ENGINE or mentioned == "engine.*":
        return _of_the_engine(mentioned)
    last = mentioned.rpartition(".")[2]
    methods = {name.rpartition(".")[2] for name in names if name.rpartition(".")[0] not in ENGINE}
    functions = {name.rpartition(".")[2] for name in names}
    return (_of_the_engine(mentioned) and last in functions) or ("." in mentioned and last in methods)


def _reaches(name: str) -> bool:
    """Whether code that mentions this may reach the worker's own code, or change what that calls."""
    kind, _, rest = name.rpartition(" ")
    root, *parts = rest.split(".")
    if kind == "def":
        return False
    if kind == "=":
        if parts[-1] not in DATA and (root not in ("self", "ctx", "cls") or hasattr(np, parts[-1])):
            return True
    elif root == "inspect" and (parts or [""])[0] not in OF_INSPECT:
        return True
    if (kind == "import" and root not in IMPORTS) or (not parts and root in BUILTINS):
        return True
    return any(map(_is_means, parts if root in IMPORTS else [root, *parts]))


def _is_means(part: str) -> bool:
    hidden = part.startswith("__") and part not in METHODS
    return hidden or part in WAYS_AROUND or part.lstrip("_") in MEANS or part == "_C"
