"""What check programs ask with: the labels that follow from inputs, and the arguments that answers get."""

from __future__ import annotations

import types
from typing import Any

import numpy as np
import pytest
import torch

from autograder.declare.probes import (
    ask,
    both_signs,
    each,
    gradient,
    node_names,
    reachable,
    relu,
    values_behind,
    with_zeros,
    written,
)
from engine import Value


def arguments(*places: Any, **keywords: Any) -> tuple[list[Any], dict[str, Any]]:
    """An answer that returns the arguments it got, arrays as lists."""
    return [place.tolist() if isinstance(place, np.ndarray) else place for place in places], keywords


ANSWER = types.SimpleNamespace(f=arguments)


@pytest.mark.parametrize(
    ("call", "given", "label", "places", "keywords"),
    [
        ("f(x)", [-3.0, -0.0, 0.5], "f(x), x = [-3, -0, 0.5]", [[-3.0, -0.0, 0.5]], {}),
        ("f(x)", [[1.0, 2.0], [3.0, 4.0]], "f(x), x = [[1, 2], [3, 4]]", [[[1.0, 2.0], [3.0, 4.0]]], {}),
        ("f(x)", np.ones((1, 2)), "f(x), x random, shape (1, 2)", [[[1.0, 1.0]]], {}),
        ("f(x)", ("x random, near 1", np.ones(1)), "f(x), x random, near 1", [[1.0]], {}),
        ("f(x, 2.0)", [1.0], "f(x, 2.0), x = [1]", [[1.0], 2.0], {}),
        ('f(x, form="tanh")', [1.0], 'f(x, form="tanh"), x = [1]', [[1.0]], {"form": "tanh"}),
        ("f(x, slope)", [1.0], "f(x, 0.1235), x = [1]", [[1.0], 0.12345], {}),
        ("f(x, s=slope)", [1.0], "f(x, s=0.1235), x = [1]", [[1.0]], {"s": 0.12345}),
        ("f(X, w = [2.0], b = -2.0)", [[3.0]], "f(X, w = [2], b = -2), X = [[3]]",
         [[[3.0]], [2.0], -2.0], {}),
    ],
)  # fmt: skip
def test_a_label_tells_the_input(
    call: str, given: Any, label: str, places: list[Any], keywords: dict[str, Any]
) -> None:
    """An input is given in its place; a constant, a setting and a keyword are given as they are written."""
    settings = {"slope": 0.12345} if "slope" in call else {}
    assert ask(ANSWER, call, given, **settings) == {label: (places, keywords)}


@pytest.mark.parametrize(
    ("call", "label", "places"),
    [
        ("f([[1.0, 20.0], [0.05, -3.0]], [2])", "f([[1, 20], [0.05, -3]], [2])",
         [[[1.0, 20.0], [0.05, -3.0]], [2]]),
        ("f(z = [0.0, 2.0], y = [1, 0])", "f(z = [0, 2], y = [1, 0])", [[0.0, 2.0], [1, 0]]),
        ("f(w = [1.0], b = 0.0, y = +1)", "f(w = [1], b = 0, y = +1)", [[1.0], 0.0, 1]),
    ],
)  # fmt: skip
def test_a_call_may_contain_its_inputs(call: str, label: str, places: list[Any]) -> None:
    """Names with blanks around = are for the label: their values are given in order, integers as integers."""
    (found,) = ask(ANSWER, call).items()
    assert found == (label, (places, {}))
    assert [type(value) for value in found[1][0]] == [type(value) for value in places]


def test_each_input_has_an_answer_in_order() -> None:
    """One call asks several inputs; the answers stand in the order of the inputs."""
    assert list(ask(ANSWER, "f(x)", np.ones(2), [1.0])) == ["f(x), x random, shape (2,)", "f(x), x = [1]"]


def test_a_function_may_be_called_otherwise_in_the_label() -> None:
    """Given the function itself, the label's name for it is not looked up."""
    assert ask(arguments, "predict(x)", [1.0]) == {"predict(x), x = [1]": ([[1.0]], {})}


def test_each_case_is_labelled_with_its_numbers() -> None:
    """The words have a place for each number of a case; the program gets the numbers in full."""
    found = each("a = {}, b = {}", lambda a, b: (a, b), (2.0, 3), (0.123456789, [1.0]))
    assert found == {"a = 2, b = 3": (2.0, 3), "a = 0.1235, b = [1]": (0.123456789, [1.0])}


def test_numbers_are_written_short() -> None:
    """A float without a fraction loses its .0, a long one keeps four decimals; lists may be nested."""
    numbers = [1.0, -0.0, 0.25, 3, float("nan"), (1000.0,), 0.123456789]
    assert written(numbers) == "[1, -0, 0.25, 3, nan, [1000], 0.1235]"


def test_a_missing_gradient_counts_as_0() -> None:
    """A tensor that nothing flowed into has None for .grad, a Value has 0.0."""
    found = [gradient(types.SimpleNamespace(grad=grad)) for grad in (None, np.float32(2.0))]
    assert (found, [type(number) for number in found]) == ([0.0, 2.0], [float, float])


def test_a_node_that_many_ways_lead_to_is_reached_once() -> None:
    """The first node is among those that are found, and none is walked through twice."""
    graph = {"d": "cbb", "c": "ba", "b": "a", "a": ""}
    walked: list[str] = []

    def edges(node: str) -> str:
        walked.append(node)
        return graph[node]

    found = reachable("d", edges)
    assert (sorted(found), sorted(walked)) == (["a", "b", "c", "d"], ["a", "b", "c", "d"])


def test_relu_switches_negative_numbers_off() -> None:
    """Shape and dtype stay."""
    found = relu(np.array([[-2.0, -0.5], [0.0, 3.0]]))
    assert (found.tolist(), found.dtype) == ([[0.0, 0.0], [0.0, 3.0]], np.float64)


def test_random_inputs_have_what_they_promise() -> None:
    """Both signs are there on every seed, none near 0, and exactly four numbers are 0."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        signed = both_signs(rng)
        assert ((signed > 0).sum(), signed.shape, np.abs(signed).min() >= 0.5) == (3, (2, 3), True)
        assert (with_zeros(rng) == 0).sum() == 4


@pytest.mark.parametrize(
    "make", [Value, lambda x: torch.tensor(x, requires_grad=True)], ids=["engine", "torch"]
)
def test_each_node_behind_a_value_is_named_once(make: Any) -> None:
    """Two ways lead to exp, which counts once; a leaf has no node of its own, and a float has none either."""
    x = make(0.5)
    y = x.exp()
    assert sorted(node_names(y * y + x)) == ["AccumulateGrad", "AddBackward0", "ExpBackward0", "MulBackward0"]
    assert node_names(x) == node_names(0.5) == []


def test_each_value_behind_a_value_is_found_once() -> None:
    """The Value itself is among them; equal Values are told apart."""
    a, b = Value(2.0), Value(2.0)
    c = a * b
    d = c + a
    assert sorted(map(id, values_behind(d))) == sorted(map(id, [a, b, c, d]))
