"""What check programs ask with: an input is written once, and its label follows from it.

ask(answer, "sigmoid(x)", [-3.0, 0.0, 1.0], rng.normal(size=(2, 3)))
    {"sigmoid(x), x = [-3, 0, 1]": ..., "sigmoid(x), x random, shape (2, 3)": ...}
call(answer, "softmax", np.array([0.0, 1.0]), np.array([1000.0, 0.0]))
    {"softmax([0, 1])": ..., "softmax([1000, 0])": ...}
written(value)    numbers as they stand in a label
relu(z)           the activation that networks are given
"""

from __future__ import annotations

import ast
import re
from typing import Any

import numpy as np


def ask(answer: Any, call: str, *inputs: Any, **settings: float) -> dict[str, Any]:
    """Call a function of the answer on several inputs: what it returns, by labels that tell the inputs.

    `call` is written as a student would: its function, one name for the input, and constants as in Python; a
    name that `settings` has stands for that number, which the label shows to four decimals. An input is a
    list, which its label shows; an array, taken as random, of which it shows the shape; or a pair of the
    label's words and an array.
    """
    tree = ast.parse(call, mode="eval").body
    assert isinstance(tree, ast.Call)
    assert isinstance(tree.func, ast.Name)
    function = getattr(answer, tree.func.id)
    arguments = [*tree.args, *(keyword.value for keyword in tree.keywords)]
    (name,) = {node.id for node in arguments if isinstance(node, ast.Name)} - settings.keys()
    label = re.sub(r"\w+", lambda word: f"{settings[word[0]]:.4f}" if word[0] in settings else word[0], call)

    def value_of(node: ast.expr, given: Any) -> Any:
        if isinstance(node, ast.Name):
            return settings.get(node.id, given)
        return ast.literal_eval(node)

    answers = {}
    for given in inputs:
        words, value = _told(name, given)
        positional = [value_of(node, value) for node in tree.args]
        named = {str(keyword.arg): value_of(keyword.value, value) for keyword in tree.keywords}
        answers[f"{label}, {words}"] = function(*positional, **named)
    return answers


def _told(name: str, given: Any) -> tuple[str, Any]:
    """The words of a label for an input, and the input itself."""
    if isinstance(given, tuple):
        return given
    if isinstance(given, list):
        return f"{name} = {written(given)}", np.array(given)
    return f"{name} random, shape {given.shape}", given


def call(answer: Any, name: str, *inputs: Any) -> dict[str, Any]:
    """Call a function of the answer on each input: what it returns, by the call as a student would write it.

    An input is the argument (a number, a list or an array), or a tuple of several arguments.
    """
    answers = {}
    for given in inputs:
        arguments = given if isinstance(given, tuple) else (given,)
        label = f"{name}({', '.join(map(written, arguments))})"
        answers[label] = getattr(answer, name)(*arguments)
    return answers


def written(value: Any) -> str:
    """A number, or a list of them, as in a label: 1.0 as 1, -0.0 as -0, 1e-09 as 1e-9."""
    if isinstance(value, list | tuple | np.ndarray):
        return f"[{', '.join(written(each) for each in value)}]"
    return f"{value:g}".replace("e-0", "e-") if isinstance(value, float) else str(value)


def relu(z: np.ndarray) -> np.ndarray:
    """Negative numbers as 0, the others as they are."""
    return np.where(z > 0, z, 0.0)
