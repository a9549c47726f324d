"""The recorded graph as PyTorch shows it: nodes, edges, and the chain in text.

    node_of(v)         v.grad_fn: a Node whose class is named after the op, such as PowBackward0
    print_chain(v)     the whole graph below v as an indented tree
    chain(v)           the same as text

Nodes are views, made on demand. As in PyTorch, a value has one node while a reference to it exists; two that
were made one after the other for the same value are equal.
"""

from __future__ import annotations

from .ops import LEAF
from .walk import operands

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any
    from weakref import WeakValueDictionary


class Node:
    """The op that made a value: its `name()`, and `next_functions`, the nodes its gradient flows to."""

    __slots__ = ("__weakref__", "variable")
    variable: Any

    def __init__(self, variable: Any) -> None:
        self.variable = variable  # the value made; for an AccumulateGrad the leaf, as in PyTorch

    def name(self) -> str:
        """The node's name, which is the name of its class too: type(v.grad_fn).__name__."""
        return type(self).__name__

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """((node, which of its outputs), ...), one edge an operand; (None, 0) for a constant."""
        v = self.variable
        if v.op is LEAF:
            return ()
        edges = [(edge_of(operand), _output(operand)) for operand in operands(call_of(v))]
        if v.op.db is not None and len(edges) == 1:  # the other operand is a number
            edges.append((None, 0))
        return tuple(edges)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and call_of(self.variable) is call_of(other.variable)

    def __hash__(self) -> int:
        return hash(id(call_of(self.variable)))

    def __repr__(self) -> str:
        return f"<{self.name()}>"


_kinds: dict[str, type[Node]] = {}
_nodes: WeakValueDictionary[int, Node] | None = None
_IN_ASCII = str.maketrans("├└─│", "|`-|")


def edge_of(v: Any) -> Node | None:
    """The node that v's gradient flows to: None for a constant, AccumulateGrad for a leaf."""
    if v is None or getattr(v, "op", None) is None:
        return None
    name, key, held = v.op.name, id(call_of(v)), _held()
    node = held.get(key)
    if node is None or node.name() != name:
        kind = _kinds.get(name)
        if kind is None:
            kind = _kinds[name] = type(name, (Node,), {"__slots__": ()})
        node = held[key] = kind(v)
    return node


def _held() -> WeakValueDictionary[int, Node]:
    """The nodes that are still referenced, by the id of the value or call behind them."""
    global _nodes
    if _nodes is None:
        from weakref import WeakValueDictionary  # imported when a graph is first looked at

        _nodes = WeakValueDictionary()
    return _nodes


def node_of(v: Any) -> Node | None:
    """The node that made v; None for leaves and constants."""
    return None if v.op is LEAF else edge_of(v)


def call_of(v: Any) -> Any:
    """The node behind an output of a Function is its call; any other value is its own."""
    return v.a if v.op is not None and v.op.da is None and v.a is not None else v


def _output(v: Any) -> int:
    return v.b if call_of(v) is not v else 0


def chain(v: Any, limit: int = 200) -> str:
    """The graph below v as a tree, one node a line: leaves with label and data, None for constants.

    A node that comes again is one line, `(shown above)`; after `limit` lines the tree is cut.
    """
    lines: list[str] = []
    for line in _lines(v):
        if len(lines) == limit:
            lines.append(f"... cut after {limit} lines; print_chain(v, limit=...) shows more")
            break
        lines.append(line)
    return "\n".join(lines)


def print_chain(v: Any, limit: int = 200) -> None:
    """Print `chain(v)`, with branches in ASCII where the console cannot show the others."""
    text = chain(v, limit)
    try:
        print(text)
    except UnicodeEncodeError:  # cp1252, say, where output is sent to a file on Windows
        print(text.translate(_IN_ASCII))


def _lines(v: Any) -> Iterator[str]:
    met: dict[Node, int] = {}
    stack: list[tuple[Node | None, str, str]] = [(edge_of(v), "", "")]
    while stack:
        node, branch, indent = stack.pop()
        if node is None:
            yield f"{branch}None"
            continue
        if node.next_functions and node in met:
            yield f"{branch}{node.name()} (shown above)"
            continue
        met[node] = len(met)
        yield branch + _title(node)
        below = [edge for edge, _ in node.next_functions]
        for i, edge in reversed(list(enumerate(below))):
            last = i == len(below) - 1
            stack.append((edge, indent + ("└─ " if last else "├─ "), indent + ("   " if last else "│  ")))


def _title(node: Node) -> str:
    v = node.variable
    if v.op is not LEAF:
        return node.name()
    return f"{node.name()}  {v.label} = {v.data!r}" if v.label else f"{node.name()}  {v.data!r}"
