"""The graph at work: gradients flow back through an expression that one types."""

from __future__ import annotations

import ast

from autograder.declare.drawing import film
from autograder.declare.scenes import scene
from engine import Value
from engine.picture import to_svg

FUNCTIONS = {name: lambda v, name=name: getattr(v, name)() for name in ("exp", "log", "tanh", "relu", "sqrt")}


@scene("Gradients flow back", needs=("topo_order", "backward"), typed="(w * x + 3) ** 2")
def flow(answer, expression):
    """In the order of your topo_order, backwards: when a Value's turn comes, all that was made from it has
    handed its share on, and the gradient that your backward found is complete. Another expression:
    gradfn play graph "exp(-a * b) + a".
    """
    root, names = _value(expression)
    answer.backward(root)
    order = answer.topo_order(root)
    found = {v: v.grad for v in order}
    for v in order:
        v.grad = 0.0
    frames = [_frame(root, expression)]
    for v in reversed(order):  # whatever was made from v stands behind it: its gradient is complete
        if v.requires_grad:
            v.grad = found[v]
            name = v.label or (v.op.name if v.parents else "a number")
            frames.append(_frame(root, f"d result / d {name} = {v.grad:.4g}"))
    frames.append(_frame(root, ", ".join(f"{name}.grad = {v.grad:.4g}" for name, v in names.items())))
    picture = to_svg(root)
    width, height = (int(float(picture.split(f'{side}="')[1].split('"')[0])) for side in ("width", "height"))
    return film(width, height + 40, f"Gradients of {expression}", frames, seconds=1.0)


def _frame(root, words) -> str:
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f'<text x="16" y="26" font-size="15" text-anchor="start">{escaped}</text>'
        f'<g transform="translate(0 40)" text-anchor="start">{to_svg(root)}</g>'
    )


def _value(expression) -> tuple[Value, dict[str, Value]]:
    """The expression of Values, and those in it by name: the first is 1, the second 2, and so on."""
    tree = ast.parse(expression.strip(), mode="eval")
    found = dict.fromkeys(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    names = {
        name: Value(float(number), label=name)
        for number, name in enumerate((name for name in found if name not in FUNCTIONS), start=1)
    }
    root = eval(compile(tree, "<expression>", "eval"), {"__builtins__": {}}, {**FUNCTIONS, **names})
    if not isinstance(root, Value):
        raise ValueError("an expression of at least one name is needed, such as (w * x + 3) ** 2")
    return root, names
