"""Lists, tuples, dicts and modules of Values: taken apart into a flat list, and put together again.

flatten(x, leaves)      the kind of x, which can be hashed; its Values and floats are appended to `leaves`
rebuild(kind, leaves)   a new x of that kind around an iterator of leaves

A float is a leaf: a number to compute with. An int, a bool, a string or None belongs to the kind, and so does
any other object, by its identity.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .nn import Module
from .value import Value

LEAF = "leaf"
STATIC = (int, bool, str, bytes, type(None))
_SIMPLE = {Value, float}


class Same:
    """An object that is told apart by its identity."""

    __slots__ = ("object",)

    def __init__(self, x: Any) -> None:
        self.object = x

    def __hash__(self) -> int:
        return id(self.object)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.object is self.object


def flatten(x: Any, leaves: list[Any]) -> Any:
    """The kind of x. Its leaves, which are Values and floats, are appended to `leaves`."""
    kind: Any = type(x)
    if kind is Value:
        leaves.append(x)
        return LEAF
    if kind is list or kind is tuple:
        if set(map(type, x)) <= _SIMPLE:
            leaves += x
            return kind, len(x)
        below = tuple([flatten(item, leaves) for item in x])
        return kind, len(below) if below.count(LEAF) == len(below) else below
    if kind is dict:
        return kind, tuple(x), tuple([flatten(item, leaves) for item in x.values()])
    if isinstance(x, (float, Value)):
        leaves.append(x if isinstance(x, Value) else float(x))
        return LEAF
    if isinstance(x, Module):
        return kind, tuple(vars(x)), tuple([flatten(item, leaves) for item in vars(x).values()])
    if kind in STATIC:
        return "static", kind, x
    return "static", Same(x)


def rebuild(kind: Any, leaves: Iterator[Any]) -> Any:
    """A new structure of this kind, whose leaves are the next ones."""
    if kind == LEAF:
        return next(leaves)
    first, *rest = kind
    if first == "static":
        return rest[-1].object if type(rest[-1]) is Same else rest[-1]
    if first is list or first is tuple:
        below = [LEAF] * rest[0] if type(rest[0]) is int else rest[0]
        return first(rebuild(item, leaves) for item in below)
    names, below = rest
    items = {name: rebuild(item, leaves) for name, item in zip(names, below, strict=True)}
    if first is dict:
        return items
    module = first.__new__(first)
    vars(module).update(items)
    return module
