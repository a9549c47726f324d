"""The functions of a unit's stub: the parameters they take, and whether they return something.

signatures_in(stub)                a Signature for each function by its name, each method by "Class.method"
signature.differs_from(found)      whether an answer's parameters cannot stand for these
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Signature:
    """One function of a stub; each parameter as written in the `def`, without its annotation."""

    parameters: tuple[str, ...]
    returns: bool
    method: bool = False

    def differs_from(self, found: Sequence[str]) -> bool:
        """Whether names, order or defaults differ; more parameters do no harm if they have a default.

        A method gets its arguments by position, so its parameters may have other names.
        """
        first, more = found[: len(self.parameters)], found[len(self.parameters) :]
        now, before = list(map(_shape, first)), list(map(_shape, self.parameters))
        same = now == before
        if self.method and {name for name, _ in now} != {name for name, _ in before}:
            same = len(first) == len(self.parameters) or any(name.startswith("*") for name in first)
        return not same or any("=" not in parameter and not parameter.startswith("*") for parameter in more)


def _shape(parameter: str) -> tuple[str, bool]:
    """A parameter's name, and whether it has a default."""
    name, default, _ = parameter.partition("=")
    return name.strip(), bool(default)


@lru_cache(maxsize=16)
def signatures_in(stub: str) -> Mapping[str, Signature]:
    """The signature of each function and each method of a stub."""
    return dict(_signatures(ast.parse(stub).body, ""))


def _signatures(body: Sequence[ast.stmt], holder: str) -> Iterator[tuple[str, Signature]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _signatures(node.body, f"{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            nothing = isinstance(node.returns, ast.Constant) and node.returns.value is None
            yield f"{holder}{node.name}", Signature(tuple(_parameters(node.args)), not nothing, bool(holder))


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
