"""A recorded run as Python source.

Writer     the functions of one run: "value", "value_and_grad", "gradients", and "run", a generator that
           yields the results, is sent their gradients and yields those of the inputs
Backward   the lines of the gradients
load       source text to a function
"""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from . import ops
from .symbols import ARRAYS, PYTHON, SUM, C, Rules, Style, Symbol, as_text
from .tape import TraceError
from .value import Value
from .walk import needed_for, topological

NAME = re.compile(r"\b(v\d+)\b")
LONG = 400  # characters: a longer expression is given a name, since Python parses nested ones recursively
NAMESPACE: dict[str, Any] = {key: row.forward for key, row in ops.TABLE.items()}
NAMESPACE |= {"fabs": math.fabs, "inf": math.inf, "nan": math.nan}
# Rows whose text names each operand once: there an operand may be an expression.
WRITES_ONCE = {row for row in ops.TABLE.values() if not row.inline} - {ops.power}
WRITES_ONCE_PLAIN = {ops.add, ops.sub, ops.rsub, ops.mul, ops.neg, ops.abs}
WRITES_ONCE |= WRITES_ONCE_PLAIN
GUARDS = {PYTHON: "if {}: return None", ARRAYS: "if any_of({}): return None", C: "if ({}) return 1"}
NEGATED = {PYTHON: "not {}", ARRAYS: "logical_not({})", C: "!({})"}


def load(text: str, name: str, space: dict[str, Any] = NAMESPACE) -> Callable[..., Any]:
    """The function of this name in the source text."""
    space = dict(space)
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
        parameters: Sequence[str],
        inputs: list[Value],
        entries: Sequence[Any],
        results: list[Value],
        single: bool,
        guarded: bool,
    ) -> None:
        self.name, self.results, self.inputs, self.single = name, results, inputs, single
        self.entries = _live(entries, results, guarded)
        self.rules: dict[Style, Rules] = {}
        self.captured: list[Value] = []
        self.given: dict[Value, str] = {}
        taken = set(NAMESPACE)
        for x, parameter in zip(inputs, parameters, strict=True):
            self.given[x] = _free(parameter, taken)
        known = {*inputs, *[entry[0] for entry in self.entries]}
        for operands in (*self.entries, [None, None, *results]):
            for v in operands[2:]:
                if v not in known and isinstance(v, Value):
                    known.add(v)
                    self.captured.append(v)
                    self.given[v] = _free(v.label or f"c{len(self.captured)}", taken)

    def function(self, kind: str, wanted: Collection[int] = (), seeded: Collection[int] = ()) -> str:
        """The text of one function.

        "value" and "value_and_grad" (by the inputs). The others give the gradients by the inputs numbered in
        `wanted` and by captured values: "gradients" takes those of the results numbered in `seeded`, "run" is
        a generator that is sent them, "arrays" takes arrays of examples, "total" adds up over lists of them.
        """
        by_seeds = kind in ("gradients", "run")
        seeds: list[Any] = [f"s{i + 1}" for i in seeded] if by_seeds else [1.0]
        targets = (
            self.inputs if kind == "value_and_grad" else [*[self.inputs[i] for i in wanted], *self.captured]
        )
        roots = (
            []
            if kind in ("value", "array_values")
            else [*zip(seeded if by_seeds else [0], seeds, strict=True)]
        )
        names = self.names("v{}")
        lines, backward, slopes = self.lines(
            names,
            roots,
            targets,
            ARRAYS if kind.startswith("array") else PYTHON,
            kind if kind == "run" else "",
        )
        results = [names[v] for v in self.results]
        result = results[0] if self.single else _tuple(results)
        parameters = [*self.given.values(), *(seeds if kind == "gradients" else [])]
        if kind == "value_and_grad":  # + 0.0, since eager gradients start at 0.0 and so are never -0.0
            slopes = [g + 0.0 if type(g) is Symbol else 0.0 + g for g in slopes]
        given = _tuple(map(as_text, slopes))
        if kind == "run":
            lines += [f"{_tuple(seeds)[1:-1]} = yield {result}", *backward, f"yield {given}"]
        elif kind == "total":
            lines = self._loop([*lines, *backward], result, slopes)
        else:
            end = {
                "value": f"return {result}",
                "array_values": f"return {result}",
                "gradients": f"return {given}",
            }
            lines += [*backward, end.get(kind, f"return {result}, {given}")]
        body = "".join(f"    {line}\n" for line in lines)
        return f'def {kind}({", ".join(parameters)}):\n    """{self.name}, traced."""\n' + _numbered(body)

    def _loop(self, lines: list[str], result: str, slopes: list[Any]) -> list[str]:
        """The lines for each example, and the sums of the result and of its gradients."""
        columns = [self.given[x] for x in self.inputs]
        sums = [f"t{i}" for i in range(len(slopes) + 1)]
        adding = [f"{t} += {as_text(x)}" for t, x in zip(sums, [Symbol(result), *slopes], strict=True)]
        head = [f"{' = '.join(sums)} = 0.0", f"for {_tuple(columns)[1:-1]} in zip({', '.join(columns)}):"]
        return [*head, *(f"    {line}" for line in [*lines, *adding]), f"return t0, {_tuple(sums[1:])}"]

    def names(self, pattern: str, given: dict[Value, str] | None = None) -> dict[Value, str]:
        """The name of every value; those of the tape by the pattern."""
        names = dict(given or self.given)
        for i, (out, op, a, _) in enumerate(self.entries):
            if not isinstance(out, bool):  # a copy is another name for the same
                names[out] = names[a] if op is ops.clone else pattern.format(i)
        return names

    def lines(
        self,
        names: dict[Value, str],
        roots: Sequence[tuple[int, Any]],
        targets: list[Value],
        style: Style,
        kind: str = "",
    ) -> tuple[list[str], list[str], list[Any]]:
        """The lines of the values, those of the gradients, and the gradients by the targets.

        roots: the results, by number, with the gradients that reach them.
        """
        rules = self.rules.setdefault(style, Rules(style))
        backward, slopes = Backward(self, names, rules), []
        start: dict[Value, Any] = {}
        for i, seed in roots:
            root, g = self.results[i], Symbol(seed) if type(seed) is str else seed
            start[root] = start[root] + g if root in start else g
        if roots:
            slopes = backward.lines_for(start, targets)
        kept = backward.used | {names[v] for v in self.results}
        return self._forward(names, kept, rules, kind), backward.lines, slopes

    def _forward(self, names: dict[Value, str], kept: set[str], rules: Rules, kind: str) -> list[str]:
        """The lines of the values. Values in `kept` are read later, and get a line of their own."""
        leave = GUARDS[rules.style] if kind != "run" else "if {}: yield None"
        once_only = WRITES_ONCE if rules.style is PYTHON else WRITES_ONCE_PLAIN
        lines = []
        uses: dict[Any, int] = {}
        for out, op, a, b in self.entries:
            times = 1 if op in once_only and type(out) is not bool else 2
            uses[a] = uses.get(a, 0) + times
            uses[b] = uses.get(b, 0) + times
        written: dict[Any, Symbol] = {}  # names, and the values that are written in their place
        forward = rules.forward

        def symbol(v: Any) -> Any:
            found = written.get(v)
            if found is None:
                if not isinstance(v, Value):
                    return v
                found = written[v] = Symbol(names[v])
            return found

        for out, op, a, b in self.entries:
            x, y = symbol(a), symbol(b)
            if isinstance(out, bool):
                test = f"{as_text(x, SUM)} {op} {as_text(y, SUM)}"
                lines.append(leave.format(NEGATED[rules.style].format(test) if out else test))
            elif op is ops.clone:
                written[out] = x
            else:
                text = forward(op, x, y)
                if uses.get(out) == 1 and names[out] not in kept and len(text.text) < LONG:
                    written[out] = text
                else:
                    lines.append(f"{names[out]} = {text.text}")
        return lines


class Backward:
    """Writes the lines of the gradients, in the order of walk.backward."""

    def __init__(self, writer: Writer, names: dict[Value, str], rules: Rules) -> None:
        self.writer, self.names, self.rules = writer, names, rules
        self.name = "g[{}]" if rules.style is C else "g{}"
        self.lines: list[str] = []
        self.used: set[str] = set()  # the values that the lines read
        self.grads: dict[Value, Any] = {}  # what has reached a value so far: a number or a Symbol
        self.parts: dict[Value, list[str]] = {}  # the gradients' names in that Symbol
        self.users: dict[str, int] = {}  # how many Symbols each name is part of
        self.free: list[str] = []  # names to use again

    def lines_for(self, roots: dict[Value, Any], wanted: list[Value]) -> list[Any]:
        """Write the lines, and return the gradients of the values wanted: Symbols or numbers."""
        writer, grads, parts = self.writer, self.grads, self.parts
        order = topological(roots, boundary=writer.given)
        needed = needed_for(order, wanted)
        self.seeds = {g.text: 1 for g in roots.values() if type(g) is Symbol}
        self.users.update(self.seeds)  # names that are never free
        grads.update(roots)
        parts.update((root, []) for root in roots)
        for v in reversed(order):
            if v not in grads or v not in needed:
                continue
            op, a, b = v.op.whole, v.a, v.b
            if op.da is None:
                raise TraceError(
                    f"{writer.name}: the backward of {op.name} cannot be compiled; call {writer.name} itself"
                )
            self._settle(v)
            both = op.db is not None and type(b) is not float
            flows = []
            if not both or a in needed:
                flows.append((a, *self._flow(op, True, v, None if both else b)))
            if both and b in needed:
                flows.append((b, *self._flow(op, False, v, None)))
            self._release(v)
            for parent, gradient, names in flows:
                if parent in grads:
                    now = grads[parent] = grads[parent] + gradient
                    parts[parent] += names
                    if type(now) is Symbol and len(now.text) > LONG:
                        self._settle(parent)
                else:
                    grads[parent], parts[parent] = gradient, [*names]
        return [grads.get(x, 0.0) for x in wanted]

    def _flow(self, op: Any, to_a: bool, v: Value, y: Any) -> tuple[Any, list[str]]:
        """The gradient that reaches an operand of v, a Symbol or a number, and the names it is made of.

        y is the operand b, if that is a number.
        """
        g, names = self.grads[v], self.names
        slope = self.rules.backward(op, to_a, g, y)
        if slope.number is not None:
            return slope.number, []
        out, a, b = names[v], names[v.a], names[v.b] if slope.b else ""
        if slope.out:
            self.used.add(out)
        if slope.a:
            self.used.add(a)
        if slope.b:
            self.used.add(b)
        if not slope.g:
            return Symbol(slope.write("", out, a, b), slope.binds), []
        own = self.parts[v]
        for name in own:
            self.users[name] += 1
        return Symbol(slope.write(g.text, out, a, b), slope.binds), own

    def _settle(self, v: Value) -> None:
        """Give the gradient of v a name of its own, unless it is a number or a name already."""
        g = self.grads[v]
        if type(g) is Symbol and g.text not in self.users:
            self._release(v)
            name = self.free.pop() if self.free else self.name.format(len(self.users) + 1 - len(self.seeds))
            self.lines.append(f"{name} = {g.text}")
            self.grads[v], self.parts[v], self.users[name] = Symbol(name), [name], 1

    def _release(self, v: Value) -> None:
        """The gradient of v is not read any more: names that nothing else reads are free."""
        for name in self.parts[v]:
            self.users[name] -= 1
            if not self.users[name]:
                self.free.append(name)
        self.parts[v] = []


def _tuple(texts: Iterable[str]) -> str:
    """A tuple as text."""
    items = list(texts)
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"


def _free(name: str, taken: set[str]) -> str:
    """The name if it is a free identifier, else another one; it is taken now."""
    own = name[:1] in ("v", "g", "s", "t") and name[1:].isdigit()
    if not name.isidentifier() or keyword.iskeyword(name) or name in taken or own:
        name = f"x{len(taken) - len(NAMESPACE)}_"
    taken.add(name)
    return name


class _Numbers(dict[str, str]):
    def __missing__(self, name: str) -> str:
        self[name] = number = f"v{len(self) + 1}"
        return number


def _numbered(body: str) -> str:
    """The text with its values named v1, v2, ... in order."""
    texts = NAME.split(body)
    texts[1::2] = map(_Numbers().__getitem__, texts[1::2])
    return "".join(texts)


def _live(entries: Sequence[Any], results: list[Value], guarded: bool) -> list[Any]:
    """The entries that the results and the guards depend on."""
    used = set(results)
    live = []
    for entry in reversed(entries):
        out, _, a, b = entry
        if out is None or not (guarded if isinstance(out, bool) else out in used):
            continue
        if not isinstance(out, bool):
            used.discard(out)
        live.append(entry)
        if isinstance(a, Value):
            used.add(a)
        if isinstance(b, Value):
            used.add(b)
    return live[::-1]
