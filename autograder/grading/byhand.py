"""What an answer's text mentions: what a person should look at, and what is asked a second time.

look_at(unit, labels, mentions)   a note for each cell that mentions what its unit does without, or the judge
asked_again(unit, cells, ...)     the exercises to ask in a second worker, and what is taken away there
without(unit)                     what each exercise does without, as its unit declares, or the whole engine
setup_of(recorded)                the unit's own first cell

A worker notices what an answer calls and changes, and an answer can hide that from it, but only by means that
its text mentions. An answer that mentions only what honest ones do (honest_names.json) is asked once: that
takes half the time.
"""

from __future__ import annotations

import builtins
import importlib
import inspect
import json
import pkgutil
import types
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from types import CodeType, FunctionType

import numpy as np

import engine
from autograder.answers.submission import Submission
from autograder.units import script
from autograder.units.kit import KitUnit
from autograder.units.recorded import Recorded
from autograder.worker.parsing import mentions as mentions_in

#: What an answer may mention and be asked once: the names of modules, "builtins", "attributes" of objects and
#: those that it may "set"; beside these the "ways around" what is hidden, at which a person should look.
HONEST = {
    home: set(names.split())
    for home, names in json.loads(Path(__file__).with_name("honest_names.json").read_text())["names"].items()
}
SELF = "self", "ctx", "cls"
BUILTINS = {*dir(builtins)} - {"_"}  # which consoles and doctest set
#: Attributes of Python's and NumPy's own: one of that name, set by an answer, does not count as its own.
FOREIGN = {name for kind in (np, np.ndarray, *vars(types).values()) for name in dir(kind)}
ENGINE = ["engine", *(f"engine.{module.name}" for module in pkgutil.iter_modules(engine.__path__))]
HOMES = {*ENGINE, *HONEST} - {"builtins", "attributes", "set", "ways around"}


def look_at(unit: KitUnit, labels: Sequence[str], mentions: Sequence[Sequence[str]]) -> Iterator[str]:
    """The notes on some cells, by what each mentions."""
    names = {name.rpartition(".")[2] for names in unit.declaration.without.values() for name in names}
    if "engine.functional" not in unit.recorded.stub:
        names.add("functional")
    usual = unit.recorded.stub
    for label, mentioned in zip(labels, mentions, strict=True):
        found = [name for name in mentioned if _is_odd(name, names) and name not in usual]
        found = list(dict.fromkeys(name.removeprefix("import ") for name in found))
        if found:
            more = f" and {len(found) - 5} more" if len(found) > 5 else ""
            yield f"to look at: {label} mentions {', '.join(found[:5])}{more}"


def _is_odd(name: str, names: set[str]) -> bool:
    kind, _, rest = name.rpartition(" ")
    parts = rest.split(".")
    if parts[0] == "autograder":
        return parts[1:2] != ["jupyter"]
    ways = bool(HONEST["ways around"] & set(parts)) or parts[:2] == ["sys", "modules"]
    return kind != "def" and (ways or (parts[0] == "engine" and bool(names & set(parts[1:]))))


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
    whole = _reaches({name for _, mentioned in cells for name in mentioned}, usual)
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
    return {*setup}, {*stub}


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
    mentioned = mentioned.removeprefix("import ")
    if "engine" in names or mentioned in ENGINE or mentioned == "engine.*":
        return _of_the_engine(mentioned)
    parts = {*mentioned.split(".")[1:]}
    methods = {name.rpartition(".")[2] for name in names if name.rpartition(".")[0] not in ENGINE}
    functions = {name.rpartition(".")[2] for name in names}
    return bool(parts & (functions if _of_the_engine(mentioned) else methods))


def _reaches(mentioned: set[str], usual: set[str]) -> bool:
    """Whether a submission mentions, beside the usual, what may reach the worker or change what it calls.

    Its own attributes do not count, where nothing else has one of the name.
    """
    own = {name.rpartition(".")[2] for name in mentioned if name.startswith(("= self.", "= ctx.", "= cls."))}
    own = {name for name in own - FOREIGN if not name.startswith("__")} | HONEST["attributes"]
    imported = {name[7:].partition(".")[0] for name in mentioned if name.startswith("import ")}
    homes = [home for home in HOMES if home.partition(".")[0] in imported]
    return not all(_is_honest(name, own, homes) for name in mentioned - usual)


def _is_honest(name: str, attributes: set[str], homes: Sequence[str]) -> bool:
    kind, _, rest = name.rpartition(" ")
    root, *parts = rest.split(".")
    if kind == "=":
        last = parts.pop()
        if root in homes or (last not in HONEST["set"] and (root not in SELF or last.startswith("__"))):
            return False
    home = max((each for each in homes if f"{rest}.".startswith(f"{each}.")), key=len, default="")
    if home:  # a module by itself is for an import only: a function that gets it could change it
        first, *parts = rest[len(home) + 1 :].split(".")
        begins = bool({first, "*"} & _names_of(home)) or (kind == "import" and not first)
    else:
        own = kind != "import" and root not in BUILTINS and root not in ("?", "get_ipython")
        begins = kind == "def" or root in HONEST["builtins"] or (own and not root.startswith("__"))
    return begins and attributes.issuperset(parts)


@lru_cache(maxsize=64)
def _names_of(home: str) -> set[str]:
    """What a module has that an answer may mention: all that is not a module, of the engine's."""
    if home not in ENGINE:
        return HONEST[home]
    module = importlib.import_module(home)
    modules = {name for name, value in vars(module).items() if isinstance(value, types.ModuleType)}
    return {name for name in dir(module) if name[0] != "_"} - modules
