"""Pictures of the graph, drawn without any library.

Drawing(v)     the values below v, nearest first, at most `limit` of them, in columns from leaves to v
to_svg(v)      an SVG text
page_svg(v)    the same as JupyterLab shows it: never wider than the page, dark where the system is
to_dot(v)      the same for Graphviz
to_mermaid(v)  the same for mermaid, which JupyterLab and GitHub draw in Markdown
show(v)        draw it here: in a notebook as a picture, elsewhere as print_chain
"""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from html import escape
from itertools import pairwise
from typing import Any

from .graph import call_of, print_chain
from .ops import LEAF
from .walk import operands

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .value import Value  # which imports this module to show itself

LIMIT = 60
WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 132, 58, 44, 14, 12
STYLE = (
    "svg.values { max-width: 100%; height: auto } "
    "@media (prefers-color-scheme: dark) { svg.values { filter: invert(1) hue-rotate(180deg) } }"
)
FILL = {"leaf": "#e8f0fe", "constant": "#f1f3f4", "op": "#ffffff"}


class Drawing:
    """`values`: those drawn, the root first; `edges`: (operand, value); `hidden`: how many are not drawn."""

    def __init__(self, root: Value, limit: int = LIMIT) -> None:
        if limit < 1:
            raise ValueError(f"limit must be at least 1, got {limit}")
        seen: dict[Any, None] = {root: None}
        queue = [root]
        for v in queue:  # breadth first: the values farthest from the root are cut
            for x in _below(v):
                if x not in seen:
                    seen[x] = None
                    queue.append(x)
        self.values, self.hidden = queue[:limit], len(queue) - limit if len(queue) > limit else 0
        drawn = set(self.values)
        self.edges = [(x, v) for v in self.values for x in _below(v) if x in drawn]
        self.stubs = {v for v in self.values if any(x not in drawn for x in _below(v))}
        self.routes: dict[tuple[Value, Value], list[Any]] = {}
        self.names = {v: f"n{i}" for i, v in enumerate(self.values)}
        self.parameters = _names(self.values)

    @property
    def note(self) -> str:
        """A line on what the picture leaves out; empty if it is whole."""
        if not self.hidden:
            return ""
        count, total = len(self.values), len(self.values) + self.hidden
        return f"cut: the {count} values nearest the result, of {total:,}; limit={count * 2} shows more"

    def lines(self, v: Value) -> list[str]:
        """The text of a box: label, parameter's name or op, data, grad."""
        kind = _kind(v)
        title = v.op.name if kind == "op" else v.label or self.parameters.get(v) or kind
        if kind == "op":
            title = f"{v.label} · {title}" if v.label else title
            if (v.op.db is None and v.b is not None and v.op.da is not None) or type(v.b) is float:
                title += f" {_short(v.b)}"
        lines = [title, f"data {_short(v.data)}"]
        return [*lines, f"grad {_short(getattr(v.grad, 'data', v.grad))}"] if v.requires_grad else lines

    def columns(self) -> list[list[Any]]:
        """Columns from the leaves to the root: values, and bends of edges that pass; few edges cross."""
        depth = self._depths()
        columns: list[list[Any]] = [[] for _ in range(max(depth.values()) + 1)]
        for v in self.values:
            columns[depth[v]].append(v)
        near: tuple[dict[Any, list[Any]], dict[Any, list[Any]]] = {}, {}  # to the left, to the right
        for x, y in self.edges:
            bends = [Bend() for _ in range(depth[x] + 1, depth[y])]
            for i, bend in enumerate(bends, start=depth[x] + 1):
                columns[i].append(bend)
            self.routes[x, y] = [x, *bends, y]
            for left, right in pairwise(self.routes[x, y]):
                near[0].setdefault(right, []).append(left)
                near[1].setdefault(left, []).append(right)
        for sweep in range(6):
            _order(columns if sweep % 2 == 0 else columns[::-1], near[sweep % 2])
        return columns

    def _depths(self) -> dict[Any, int]:
        """The column of each value: right of its operands; a leaf just left of the first made from it."""
        into: dict[Any, list[Any]] = {}
        users: dict[Any, list[Any]] = {}
        for x, y in self.edges:
            into.setdefault(y, []).append(x)
            users.setdefault(x, []).append(y)
        depth: dict[Any, int] = {}
        for v in reversed(_parents_last(self.values, self.edges)):
            depth[v] = 1 + max((depth[x] for x in into.get(v, ())), default=-1)
        for v in self.values:
            if v not in into and v in users:
                depth[v] = min(depth[y] for y in users[v]) - 1
        return depth


class Bend:
    """Where an edge passes a column."""


def _order(columns: list[list[Any]], near: dict[Any, list[Any]]) -> None:
    """Sort each column by the mean place of its neighbours in the column before."""
    place = {v: i - len(column) / 2 for column in columns for i, v in enumerate(column)}
    for column in columns:
        mean = {v: sum(place[x] for x in near[v]) / len(near[v]) for v in column if v in near}
        column.sort(key=lambda v: mean.get(v, place[v]))
        place.update({v: i - len(column) / 2 for i, v in enumerate(column)})


def _below(v: Value) -> list[Value]:
    return list(dict.fromkeys(x for x in operands(call_of(v)) if hasattr(x, "is_leaf")))


def _parents_last(values: list[Value], edges: list[tuple[Value, Value]]) -> list[Value]:
    """The values, each before those it was made from."""
    users: dict[Value, int] = dict.fromkeys(values, 0)
    below: dict[Value, list[Value]] = {}
    for x, y in edges:
        users[x] += 1
        below.setdefault(y, []).append(x)
    order = [v for v in values if not users[v]]
    for v in order:
        for x in below.get(v, ()):
            users[x] -= 1
            if not users[x]:
                order.append(x)
    return order


def _names(values: list[Value]) -> dict[Value, str]:
    """The names of parameters, as in PyTorch, where a module holds them: the outermost gives the longest."""
    nn = sys.modules.get(f"{__package__}.nn")
    found: dict[Value, str] = {}
    if nn is None or all(v.op is not LEAF or v.label for v in values):
        return found
    for module in [x for x in gc.get_objects() if issubclass(type(x), nn.Module)]:
        with suppress(Exception):  # a module that is not whole yet
            for name, p in module.named_parameters():
                found[p] = max(found.get(p, ""), name, key=len)
    return found


def _short(x: Any) -> str:
    return (
        f"({', '.join(map(_short, x))})"
        if isinstance(x, tuple)
        else f"{x:.4g}"
        if isinstance(x, float)
        else str(x)
    )


def _kind(v: Value) -> str:
    return "constant" if v.op is None else "leaf" if v.op is LEAF else "op"


def to_svg(v: Value, limit: int = LIMIT) -> str:
    """The graph below v as SVG, leaves on the left; beyond `limit` values it is cut, and says so."""
    drawing = Drawing(v, limit)
    columns = drawing.columns()
    box = max(WIDTH, 16 + int(7.3 * max(len(line) for x in drawing.values for line in drawing.lines(x))))
    tall = [sum(map(_height, column)) - GAP_Y for column in columns]
    width = MARGIN * 2 + len(columns) * (box + GAP_X) - GAP_X
    height = MARGIN * 2 + max(tall) + (24 if drawing.note else 0)
    at: dict[Any, tuple[float, float]] = {}
    for i, column in enumerate(columns):
        y = MARGIN + (max(tall) - tall[i]) / 2
        for x in column:
            at[x] = MARGIN + i * (box + GAP_X), y
            y += _height(x)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:g}" '
        f'viewBox="0 0 {width} {height:g}" role="img" font-family="monospace" font-size="12" fill="#202124">',
        f"<title>The graph of a value: {len(drawing.values)} values</title>",
        f'<rect width="{width}" height="{height:g}" fill="#ffffff"/>',
    ]
    parts += [_edge([(*at[x], _height(x) - GAP_Y) for x in route], box) for route in drawing.routes.values()]
    parts += [_box(x, drawing.lines(x), *at[x], box, x in drawing.stubs) for x in drawing.values]
    if drawing.note:
        parts.append(f'<text x="{MARGIN}" y="{height - 10:g}" fill="#b3261e">{escape(drawing.note)}</text>')
    return "\n".join([*parts, "</svg>"])


def page_svg(v: Value, limit: int = LIMIT) -> str:
    """`to_svg`, fitted to the page it is shown on."""
    return to_svg(v, limit).replace(">", f' class="values"><style>{STYLE}</style>', 1)


def _height(x: Any) -> int:
    """The height of a value, or of a passing edge, in a column."""
    return GAP_Y + (0 if isinstance(x, Bend) else HEIGHT)


def _edge(stops: list[tuple[float, float, float]], box: float) -> str:
    """A line from the first stop's right side, across the bends, to an arrow at the last one's left."""
    x, y = stops[0][0] + box, stops[0][1] + stops[0][2] / 2
    path = f"M{x:g} {y:g}"
    for left, top, tall in stops[1:]:
        bend, to = (left - x) / 2, top + tall / 2
        path += f"C{x + bend:g} {y:g} {left - bend:g} {to:g} {left:g} {to:g}"
        x, y = left + box, to
        path += f"L{x:g} {y:g}" if tall == 0 else ""
    left = stops[-1][0]
    return (
        f'<path d="{path}" fill="none" stroke="#5f6368"/>'
        f'<path d="M{left - 7:g} {y - 4:g}L{left:g} {y:g}L{left - 7:g} {y + 4:g}z" fill="#5f6368"/>'
    )


def _box(v: Value, lines: list[str], x: float, y: float, width: float, stub: bool) -> str:
    dash = ' stroke-dasharray="4 3"' if stub else ""
    first = y + HEIGHT / 2 + 4 - 8 * (len(lines) - 1)
    texts = [
        f'<text x="{x + 8:g}" y="{first + 16 * i:g}" font-weight="{400 if i else 700}">{escape(line)}</text>'
        for i, line in enumerate(lines)
    ]
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width}" height="{HEIGHT}" rx="6" '
        f'fill="{FILL[_kind(v)]}" stroke="#5f6368"{dash}/>' + "".join(texts)
    )


def to_dot(v: Value, limit: int = LIMIT) -> str:
    """The graph below v in Graphviz's language."""
    drawing = Drawing(v, limit)
    lines = ["digraph {", "  rankdir=LR; node [shape=box, style=rounded, fontname=monospace];"]
    for x in drawing.values:
        text = "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in drawing.lines(x))
        lines.append(
            f'  {drawing.names[x]} [label="{text}"{", style=dashed" if x in drawing.stubs else ""}];'
        )
    lines += [f"  {drawing.names[x]} -> {drawing.names[y]};" for x, y in drawing.edges]
    if drawing.note:
        lines.append(f'  label="{drawing.note}";')
    return "\n".join([*lines, "}"])


def to_mermaid(v: Value, limit: int = LIMIT) -> str:
    """The graph below v in mermaid's language."""
    drawing = Drawing(v, limit)
    lines = ["flowchart LR"]
    for x in drawing.values:
        text = "<br>".join(escape(line).replace("&quot;", "#quot;") for line in drawing.lines(x))
        lines.append(f'  {drawing.names[x]}["{text}"]')
    lines += [f"  {drawing.names[x]} --> {drawing.names[y]}" for x, y in drawing.edges]
    if drawing.note:
        lines.append(f'  note["{drawing.note}"]')
    return "\n".join(lines)


class _Picture:
    """A picture for a notebook, text elsewhere."""

    def __init__(self, svg: str, text: str) -> None:
        self.svg, self.text = svg, text

    def __repr__(self) -> str:
        return self.text

    def _repr_svg_(self) -> str:
        return self.svg


def show(v: Value, limit: int = LIMIT) -> None:
    """Draw the graph below v here: in a notebook as a picture, elsewhere as print_chain does."""
    ipython = sys.modules.get("IPython")
    if ipython is None or ipython.get_ipython() is None:
        print_chain(v)
    else:
        ipython.display.display(_Picture(page_svg(v, limit), repr(v)))
