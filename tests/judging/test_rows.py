"""Which rows a card shows, and what it says of a single wrong one."""

from __future__ import annotations

from textwrap import dedent

from autograder.units.kit import Kit
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


def test_a_single_wrong_number_was_not_clipped(kit: Kit) -> None:
    """If it is the smallest or the largest, a bound would explain it, and anything else as well."""
    card = _failed(kit, "graph", "product_rule", KEPT_IF_ABOVE_0)
    assert "a.grad expected -13, got -12" in card
    assert "clipped" not in card
