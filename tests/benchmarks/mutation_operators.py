"""Two operators that cosmic-ray lacks, written as its own are.

DeleteStatement   a statement becomes `pass`
DropArgument      a call loses one of its arguments
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import parso
from cosmic_ray.operators.operator import Example, Operator

Span = tuple[tuple[int, int], tuple[int, int]]


class DeleteStatement(Operator):  # type: ignore[misc]
    """Leaves one simple statement out."""

    def mutation_positions(self, node: Any) -> Iterator[Span]:
        if node.type == "simple_stmt":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        return parso.parse(f"{node.get_first_leaf().prefix}pass\n")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("x = 1\n", "pass\n"),)


class DropArgument(Operator):  # type: ignore[misc]
    """Calls a function without one of its arguments."""

    def mutation_positions(self, node: Any) -> Iterator[Span]:
        for argument in _arguments(node):
            yield argument.start_pos, argument.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        kept = [argument.get_code() for argument in _arguments(node)]
        del kept[index]
        return parso.parse(f"({','.join(kept)})").children[0]

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("f(x, y)", "f( y)"), Example("f(x, y)", "f(x)", occurrence=1))


def _arguments(node: Any) -> list[Any]:
    """The arguments of a call's parentheses; none for any other node."""
    if node.type != "trailer" or node.children[0].value != "(" or len(node.children) < 3:
        return []
    inside = node.children[1]
    if inside.type != "arglist":
        return [inside]
    return [child for child in inside.children if child.type != "operator"]
