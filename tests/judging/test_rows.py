"""Which rows a card shows, and what it says of a single wrong one."""

from __future__ import annotations

import builtins
from textwrap import dedent

import pytest

from autograder.judging.explain import printed
from autograder.units.kit import Kit
from autograder.worker.outcome import Outcome
from autograder.worker.run import Output
from tests.judging.test_cards import cards, one_line

MINIBATCHES = """
def minibatches(X, y, size, rng):
    order = {order}
    labels = {labels}
    for start in range(0, len(X), size):
        part = slice(start, start + size)
        yield X[order[part]], labels[part]
"""
ROTATED = MINIBATCHES.format(order="np.roll(np.arange(len(X)), rng.integers(len(X)))", labels="y[order]")
LABELS_SORTED = MINIBATCHES.format(order="rng.permutation(len(X))", labels="np.sort(y)")
WITHOUT_F = """
def linear(X, W, b):
    if X.shape[1] != W.shape[0]:
        raise ValueError("shapes {X.shape} and {W.shape} do not fit")
    if b.shape != (W.shape[1],):
        raise ValueError("b")
    return X @ W + b
"""
WITHOUT_MARKS = """
def tokenize(text, alphabet):
    return [alphabet.index(letter) for letter in text]
"""
NOT_TURNED = """
def load_numpy_layers(model, layers):
    for layer, (W, b) in zip((m for m in model.modules() if isinstance(m, nn.Linear)), layers):
        layer.weight.data, layer.bias.data = torch.tensor(W), torch.tensor(b)
"""
KEPT_IF_ABOVE_0 = """
def product_rule(a, b, out):
    a.grad = max(a.grad, 0.0) + out.grad * b.data
    b.grad = max(b.grad, 0.0) + out.grad * a.data
"""


def _failed(kit: Kit, unit_name: str, exercise: str, answer: str) -> str:
    """The cards of the checks that the answer does not pass."""
    unit = kit.unit(unit_name)
    solved = unit.solution_file.read_text(encoding="utf-8")
    results = cards(unit, f"{solved}\n\n{dedent(answer)}", exercise)
    return one_line("\n".join(result.message for result in results if result.status != "passed"))


def test_facts_that_are_asked_once_more_are_not_shown(kit: Kit) -> None:
    """They tell one seed from another, and a student nothing."""
    card = _failed(kit, "backprop", "minibatches", ROTATED)
    assert "most neighbours of the data stay neighbours expected False, got True" in card
    assert "once more" not in card


def test_sorted_labels_are_not_called_those_of_the_data(kit: Kit) -> None:
    """The labels of the data are in no order of their own."""
    card = _failed(kit, "backprop", "minibatches", LABELS_SORTED)
    assert "(example, label)" in card
    assert "in the order of the data." not in card


def test_a_text_without_its_f_names_no_numbers(kit: Kit) -> None:
    """Neither shapes nor numbers are in the message."""
    card = _failed(kit, "forward", "linear", WITHOUT_F)
    assert "The text has {...} and no f before it: f'...' puts the values in." in card
    assert "only the differing numbers named" not in card


def test_a_method_takes_what_a_call_gives(kit: Kit) -> None:
    """The loss in next_token_loss(...).backward() is not thrown away."""
    card = _failed(kit, "gpt", "train_gpt", WITHOUT_MARKS)
    assert "It calls `tokenize`" in card
    assert "thrown away" not in card


def test_what_returns_nothing_is_not_blamed_for_it(kit: Kit) -> None:
    """The check fails at the model, which load_numpy_layers has changed."""
    pytest.importorskip("torch")
    card = _failed(kit, "modules", "load_numpy_layers", NOT_TURNED)
    assert "The check could not go on: RuntimeError: mat1 and mat2 shapes cannot be multiplied" in card
    assert "returned None" not in card


def test_a_notebook_does_not_ask_for_each_call(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jupyter puts a function of its own in the place of input(), which opens a field below the cell."""
    kernel = type("Kernel", (), {"__module__": "ipykernel.ipkernel", "raw_input": lambda self: "1"})()
    monkeypatch.setattr(builtins, "input", kernel.raw_input)
    card = _failed(kit, "perceptron", "step", "\ndef step(z):\n    return input()\n")
    assert "input() cannot work here" in card


def test_what_was_printed_is_counted_to_its_end() -> None:
    """Of 5,000 lines 25 are shown; some hundred more were kept, the others are counted as characters."""
    output = Output()
    output.write("".join(f"line {number}\n" for number in range(5000)))
    *_, last = printed(Outcome(printed=output.getvalue()))
    assert last.startswith("    … and ")
    assert last.endswith(" more characters")
    assert " more lines and " in last


def test_a_single_wrong_number_was_not_clipped(kit: Kit) -> None:
    """If it is the smallest or the largest, a bound would explain it, and anything else as well."""
    card = _failed(kit, "graph", "product_rule", KEPT_IF_ABOVE_0)
    assert "a.grad expected -13, got -12" in card
    assert "clipped" not in card
