"""What check programs ask with: an input is written once, and its label follows from it.

ask(answer, "sigmoid(x)", [-3.0, 0.0, 1.0], rng.normal(size=(2, 3)))
    {"sigmoid(x), x = [-3, 0, 1]": ..., "sigmoid(x), x random, shape (2, 3)": ...}
ask(answer, "accuracy(logits = [2.0, -1.0], y = [1, 0])")
    {"accuracy(logits = [2, -1], y = [1, 0])": ...}
each("f = x ** 3, x = {}, eps = {}", program, (2.0, 0.5), (0.1234567, 0.25))
    {"f = x ** 3, x = 2, eps = 0.5": ..., "f = x ** 3, x = 0.1235, eps = 0.25": ...}

written(value)      numbers as they stand in a label
other_dtypes(answer, "relu(x)", [-2, 3])
                    the same for integers, and for their halves in float32
once_more(rng, facts)
                    some of the facts again, so that the answer differs for each seed
is_new(call, *args) whether what a call returns is an array of its own
gradient(v)         what backward() left in a Value or tensor
reachable(v, edges) the nodes of a graph behind v
values_behind(v)    v and every Value it was made from
node_names(v)       the names of the nodes in the graph behind v
relu(z)             the activation that networks are given
both_signs(rng)     random numbers of either sign
with_zeros(rng)     random numbers, four of them 0
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograder.declare import ONCE_MORE

_NUMBERS = re.compile(r"\[[^()=]*\]|= [^\[,)]+")  # a list, or the number behind "name = "


def ask(answer: Any, call: str, *inputs: Any, **settings: float) -> dict[str, Any]:
    """Call a function of the answer on several inputs: what it returns, by labels that tell the inputs.

    `call` is written as a student would: the function, at most one name for the input, and constants as in
    Python, of which lists are given as arrays. `axis=0` is given by its name; `z = [0.0]`, with blanks, is
    given by its place and named in the label only. A name in `settings` stands for that number, which the
    label shows to four decimals. `answer` may be the function itself, where the label calls it otherwise.

    An input is a list, which its label shows; an array, taken as random, of which it shows the shape; or a
    pair of the label's words and an array. A call without a name for the input takes none.
    """
    tree = ast.parse(call, mode="eval").body
    assert isinstance(tree, ast.Call)
    assert isinstance(tree.func, ast.Name)
    function = answer if callable(answer) else getattr(answer, tree.func.id)
    places = [*tree.args, *(word.value for word in tree.keywords if f"{word.arg} = " in call)]
    keywords = {str(word.arg): word.value for word in tree.keywords if f"{word.arg}=" in call}
    names = {node.id for node in (*places, *keywords.values()) if isinstance(node, ast.Name)} - {*settings}
    label = _NUMBERS.sub(lambda part: re.sub(r"\.0\b", "", part[0]), call)
    label = re.sub(r"\w+", lambda word: f"{settings[word[0]]:.4f}" if word[0] in settings else word[0], label)

    def value_of(node: ast.expr, given: Any) -> Any:
        if isinstance(node, ast.Name):
            return settings.get(node.id, given)
        value = ast.literal_eval(node)
        return np.array(value) if isinstance(value, list) else value

    def returned(given: Any) -> Any:
        named = {key: value_of(node, given) for key, node in keywords.items()}
        return function(*(value_of(node, given) for node in places), **named)

    if not names:
        return {label: returned(None)}
    (name,) = names
    described = [_described(name, given) for given in inputs]
    return {f"{label}, {words}": returned(value) for words, value in described}


def _described(name: str, given: Any) -> tuple[str, Any]:
    """The words of a label for an input, and the input itself."""
    if isinstance(given, tuple):
        return given
    if isinstance(given, list):
        return f"{name} = {written(given)}", np.array(given)
    return f"{name} random, shape {given.shape}", given


def each(words: str, program: Callable[..., Any], *cases: tuple[Any, ...]) -> dict[str, Any]:
    """What `program` returns for each case, by the words with the numbers of the case in them."""
    return {words.format(*map(written, case)): program(*case) for case in cases}


def written(value: Any) -> str:
    """A number, or a list of them, as in a label: 1.0 as 1, -0.0 as -0, 0.1234567 as 0.1235."""
    if isinstance(value, list | tuple | np.ndarray):
        return f"[{', '.join(map(written, value))}]"
    if not isinstance(value, float):
        return str(value)
    short = f"{value:g}"
    return short if float(short) == value else f"{value:.4f}"


def other_dtypes(answer: Any, call: str, integers: list[Any], **settings: float) -> dict[str, Any]:
    """What `ask` finds for integers, and for their halves in float32: to 5 decimals, in any dtype."""
    numbers = np.array(integers)
    whole = f"integers {written(integers)}", numbers
    halves = f"float32 {written((numbers / 2).tolist())}", (numbers / 2).astype(np.float32)
    found = ask(answer, call, whole, halves, **settings)
    return {title: np.round(np.asarray(value, dtype=float), 5) for title, value in found.items()}


def once_more(rng: np.random.Generator, facts: dict[str, Any]) -> dict[str, Any]:
    """Some of the facts in a random order, so that True and False differ by seed too; no card shows it."""
    order = [int(place) for place in rng.integers(len(facts), size=12)]
    return {f"{ONCE_MORE}in the order {order}": [list(facts.values())[place] for place in order]}


def is_new(function: Callable[..., Any], x: np.ndarray, *args: Any) -> bool:
    """Whether what function(x, ...) returns is an array of its own, which shares no memory with x."""
    return not np.shares_memory(np.asarray(function(x, *args)), x)


def gradient(v: Any) -> float:
    """The number in the .grad of a Value or tensor; 0.0 for a tensor that has none."""
    return 0.0 if v.grad is None else float(v.grad)


def reachable(first: Any, edges: Callable[[Any], Iterable[Any]]) -> list[Any]:
    """`first` and all nodes behind it, each once, in any order; edges(node) leads to the next ones."""
    found, waiting = {first}, [first]
    while waiting:
        new = set(edges(waiting.pop())) - found
        found |= new
        waiting += new
    return list(found)


def values_behind(value: Any) -> list[Any]:
    """`value` and every Value it was made from, each once."""
    return reachable(value, lambda v: v.parents)


def node_names(value: Any) -> list[str]:
    """The names of the nodes behind a value, each node once, in the engine's graph or PyTorch's."""
    if (first := getattr(value, "grad_fn", None)) is None:
        return []
    nodes = reachable(first, lambda node: [edge for edge, _ in node.next_functions if edge is not None])
    return [type(node).__name__ for node in nodes]


def relu(z: np.ndarray) -> np.ndarray:
    """Negative numbers as 0, the others as they are."""
    return np.where(z > 0, z, 0.0)


def both_signs(rng: np.random.Generator) -> np.ndarray:
    """Random numbers of shape (2, 3), three of them positive and three negative, none near 0."""
    sizes = rng.uniform(0.5, 3.0, size=(2, 3))
    numbers: np.ndarray = sizes * rng.permutation([1, 1, 1, -1, -1, -1]).reshape(2, 3)
    return numbers


def with_zeros(rng: np.random.Generator) -> np.ndarray:
    """Sixteen random numbers, four of them 0."""
    numbers = rng.normal(size=16)
    numbers[rng.permutation(16)[:4]] = 0.0
    return numbers
