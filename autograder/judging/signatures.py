"""What a unit's stub asks its functions to be: the parameters they take, and whether they return something.

asked_in(stub)            an Asked for each function, by its name, and for each method by "Class.method"
asked.edited(found)       whether an answer's parameters cannot stand for these
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Asked:
    """One function of a stub; each parameter as it stands in the `def`, without its annotation."""

    parameters: tuple[str, ...]
    returns: bool
    method: bool = False

    def edited(self, found: Sequence[str]) -> bool:
        """Whether names, order or defaults differ; further parameters that have a default do no harm.

        A method is called by what it belongs to, by position: its parameters may have other names.
        """
        there, more = found[: len(self.parameters)], found[len(self.parameters) :]
        now, before = list(map(_shape, there)), list(map(_shape, self.parameters))
        same = now == before
        if self.method and {name for name, _ in now} != {name for name, _ in before}:
            same = len(there) == len(self.parameters) or any(name.startswith("*") for name in there)
        return not same or any("=" not in parameter and not parameter.startswith("*") for parameter in more)


def _shape(parameter: str) -> tuple[str, bool]:
    """A parameter's name, and whether it has a default."""
    name, default, _ = parameter.partition("=")
    return name.strip(), bool(default)


@lru_cache(maxsize=16)
def asked_in(stub: str) -> Mapping[str, Asked]:
    """What each function and each method of a stub is asked to be."""
    return dict(_asked(ast.parse(stub).body, ""))


def _asked(body: Sequence[ast.stmt], holder: str) -> Iterator[tuple[str, Asked]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _asked(node.body, f"{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            nothing = isinstance(node.returns, ast.Constant) and node.returns.value is None
            yield f"{holder}{node.name}", Asked(tuple(_parameters(node.args)), not nothing, bool(holder))


def _parameters(arguments: ast.arguments) -> Iterator[str]:
    """Each parameter as Python would write it: "x", "axis=-1", "*xs", "**options"."""
    plain = [*arguments.posonlyargs, *arguments.args]
    required = len(plain) - len(arguments.defaults)
    for index, argument in enumerate(plain):
        default = arguments.defaults[index - required] if index >= required else None
        yield argument.arg + (f"={ast.unparse(default)}" if default else "")
    if arguments.vararg:
        yield f"*{arguments.vararg.arg}"
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield argument.arg + (f"={ast.unparse(default)}" if default else "")
    if arguments.kwarg:
        yield f"**{arguments.kwarg.arg}"
