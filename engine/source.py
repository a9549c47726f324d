"""A recorded run as Python source.

Writer     the functions "value", "value_and_grad" and "gradients" of one run
load       source text to a function
"""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Callable
from typing import Any

from . import ops
from .symbols import SUM, Symbol, as_text, both_ways
from .value import Value
from .walk import needed_for, topological

NAME = re.compile(r"\b[vg]\d+\b")
LONG = 400  # characters: a longer expression is given a name, since Python parses nested ones recursively


class TraceError(RuntimeError):
    """The function does something that a trace cannot follow."""


NAMESPACE: dict[str, Any] = {key: row.forward for key, row in ops.TABLE.items()}
NAMESPACE |= {"fabs": math.fabs, "inf": math.inf, "nan": math.nan}


# Rows whose text names each operand once: there an operand may be an expression.
WRITES_ONCE = {row for row in ops.TABLE.values() if not row.inline} - {ops.power}
WRITES_ONCE |= {ops.add, ops.sub, ops.rsub, ops.mul, ops.neg, ops.abs}


def load(text: str, name: str) -> Callable[..., Any]:
    """The function of this name in the source text."""
    space = dict(NAMESPACE)
    exec(compile(text, f"<compiled {name}>", "exec"), space)  # our own text: names and numbers of the tape
    return space[name]  # type: ignore[no-any-return]


class Writer:
    """Writes the functions of one run.

    Every value has a name, v1, v2, ..., and every gradient, g1, g2, .... A value used once, as an operand of
    plain arithmetic, is written in its place; the name of a gradient is used again after its last use.
    """

    def __init__(
        self,
        name: str,
        parameters: list[str],
        inputs: list[Value],
        entries: list[Any],
        result: Value,
        guarded: bool,
    ) -> None:
        self.name, self.result, self.inputs = name, result, inputs
        self.entries = _live(entries, result, guarded)
        self.symbols: dict[Value, Symbol] = {}
        self.captured: list[Value] = []
        for x, parameter in zip(inputs, parameters, strict=True):
            self.symbols[x] = Symbol(self._free(parameter))
        made = {id(out) for out, *_ in self.entries}
        for entry in (*self.entries, (None, None, result, None)):
            for v in entry[2:]:
                if isinstance(v, Value) and v not in self.symbols and id(v) not in made:
                    self.captured.append(v)
                    self.symbols[v] = Symbol(self._free(v.label or f"c{len(self.captured)}"))
        self.given = dict(self.symbols)

    def _free(self, name: str) -> str:
        """The name if it is a free identifier, else another one."""
        taken = {s.text for s in self.symbols.values()}
        own = name[:1] in ("v", "g") and name[1:].isdigit()
        if not name.isidentifier() or keyword.iskeyword(name) or name in NAMESPACE or name in taken or own:
            return f"x{len(self.symbols)}_"
        return name

    def _symbol(self, v: Any) -> Any:
        return self.symbols[v] if isinstance(v, Value) else v

    def function(self, kind: str) -> str:
        """The text of "value", "value_and_grad" (by the inputs) or "gradients" (by captured values too)."""
        names = [s.text for s in self.given.values()]
        self.symbols = dict(self.given)
        for out, op, a, _ in self.entries:
            if not isinstance(out, bool):  # a copy is another name for the same
                self.symbols[out] = self._symbol(a) if op is ops.clone else Symbol(f"v{len(self.symbols)}")
        backward: list[str] = []
        if kind == "value":
            returned = as_text(self._symbol(self.result))
        else:
            wanted = self.inputs if kind == "value_and_grad" else [*self.inputs, *self.captured]
            # + 0.0, since eager gradients start at 0.0 and so are never -0.0
            slopes = [g + 0.0 if isinstance(g, Symbol) else 0.0 + g for g in self._backward(wanted, backward)]
            returned = f"({', '.join(map(as_text, slopes))}{',' if len(slopes) == 1 else ''})"
            if kind == "value_and_grad":
                returned = f"{as_text(self._symbol(self.result))}, {returned}"
        backward.append(f"return {returned}")
        lines = _renamed([*self._forward(set(NAME.findall("\n".join(backward)))), *backward], names)
        head = f'def {kind}({", ".join(names)}):\n    """{self.name}, traced."""\n'
        return head + "".join(f"    {line}\n" for line in lines)

    def _forward(self, kept: set[str]) -> list[str]:
        """The lines of the values. Values in `kept` are read later, and get a line of their own."""
        lines = []
        uses: dict[Any, int] = {}
        for out, op, *operands in self.entries:
            for v in operands:
                once = not isinstance(out, bool) and op in WRITES_ONCE
                uses[v] = uses.get(v, 0) + (1 if once else 2)
        for out, op, a, b in self.entries:
            x, y = self._symbol(a), self._symbol(b)
            if isinstance(out, bool):
                test = f"{as_text(x, SUM)} {op} {as_text(y, SUM)}"
                lines.append(f"if not {test}: return None" if out else f"if {test}: return None")
            elif op is not ops.clone:
                name = self.symbols[out].text
                written = x.apply(op, x, y) if isinstance(x, Symbol) else y.apply(op, x, y)
                written = written if isinstance(written, Symbol) else Symbol(as_text(written))
                if uses.get(out) == 1 and name not in kept and len(written.text) < LONG:
                    self.symbols[out] = written
                else:
                    lines.append(f"{name} = {written.text}")
        return lines

    def _backward(self, wanted: list[Value], lines: list[str]) -> list[Any]:
        """Append the lines that compute the gradients, in the order of walk.backward, and return them."""
        order = topological([self.result])
        needed = needed_for(order, wanted)
        leaves = set(wanted)
        grads: dict[Value, Any] = {self.result: 1.0}

        def settle(v: Value) -> None:
            """Give the gradient of v, so far an expression, a name."""
            g = grads[v]
            if isinstance(g, Symbol) and not g.text.isidentifier():
                name = f"g{settled.setdefault(v, len(settled))}"
                lines.append(f"{name} = {g.text}")
                grads[v] = Symbol(name)

        settled: dict[Value, int] = {}
        for v in reversed(order):
            if v not in needed or v not in grads:
                continue
            if v.op.da is None:
                raise TraceError(
                    f"{self.name}: the backward of {v.op.name} cannot be compiled; call {self.name} itself"
                )
            settle(v)
            for parent, gradient in self._flow(v, grads[v], needed):
                grads[parent] = grads[parent] + gradient if parent in grads else gradient
                if parent in leaves or (isinstance(grads[parent], Symbol) and len(grads[parent].text) > LONG):
                    settle(parent)
        return [grads.get(x, 0.0) for x in wanted]

    def _flow(self, v: Value, g: Any, needed: set[Value]) -> list[tuple[Value, Any]]:
        """walk.flow on symbols."""
        op, a, b = v.op.whole, v.a, v.b
        out, x, y = self.symbols[v], self._symbol(a), self._symbol(b)
        if op.db is None:
            return [(a, both_ways(lambda: op.da(g, out, x) if b is None else op.da(g, out, x, y)))]
        flows = []
        if a in needed:
            flows.append((a, both_ways(lambda: op.da(g, out, x, y))))
        if type(b) is not float and b in needed:
            flows.append((b, both_ways(lambda: op.db(g, out, x, y))))
        return flows


def _renamed(lines: list[str], taken: list[str]) -> list[str]:
    """The lines with v1, v2, ... in order, and a gradient's name used again after its last use."""
    last = {name: i for i, line in enumerate(lines) for name in NAME.findall(line)}
    names = {name: name for name in taken}
    free: list[str] = []
    count = {"v": 0, "g": 0}

    def rename(match: re.Match[str]) -> str:
        name = match[0]
        if name not in names:
            if name[0] == "g" and free:
                names[name] = free.pop()
            else:
                count[name[0]] += 1
                names[name] = f"{name[0]}{count[name[0]]}"
        return names[name]

    renamed = []
    for i, line in enumerate(lines):
        target, equals, rest = line.partition(" = ")
        if equals and NAME.fullmatch(target):  # what is read here for the last time may be written here
            rest = NAME.sub(rename, rest)
            for name in set(NAME.findall(line.partition(" = ")[2])):
                if last[name] == i and name[0] == "g" and name in names and name != target:
                    free.append(names[name])
            renamed.append(f"{NAME.sub(rename, target)} = {rest}")
        else:
            renamed.append(NAME.sub(rename, line))
    return renamed


def _live(entries: list[Any], result: Value, guarded: bool) -> list[Any]:
    """The entries that the result and the guards depend on."""
    used = {result}
    live = []
    for entry in reversed(entries):
        out, _, a, b = entry
        if guarded if isinstance(out, bool) else out in used:
            live.append(entry)
            used.update(v for v in (a, b) if isinstance(v, Value))
    return live[::-1]
