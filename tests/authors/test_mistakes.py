"""Mistakes as edits: each changes the answer where it says, and one that does not fit is refused loudly."""

from __future__ import annotations

import pytest

from autograder.declare import Mistake, slips
from autograder.errors import BadUnit
from autograder.grading.oracle import mistakes_of, record, with_mistake
from autograder.units.kit import KitUnit
from tests.conftest import root_of
from tests.tiny import open_unit, replace_in

CELL = '''\
def other(x):
    ### BEGIN SOLUTION
    x = x + 1
    x = x / 5
    x = x / 5
    ### END SOLUTION


def again(x):
    ### BEGIN SOLUTION
    return 7
    ### END SOLUTION


def step(x):
    """x = x + 1 is what it does first."""
    ### BEGIN SOLUTION
    x = x + 1
    if x > 3:
        x = 2 * x
    return x
    ### END SOLUTION
'''


def a_mistake() -> Mistake:
    """A mistake of `step`, without an edit so far."""
    return slips("step")("title", "advice")


@pytest.mark.parametrize(
    ("mistake", "region"),
    [
        (a_mistake().drop("x = x + 1"), ["if x > 3:", "    x = 2 * x", "return x"]),
        (a_mistake().drop("2 * "), ["x = x + 1", "if x > 3:", "    x = x", "return x"]),
        (a_mistake().swap("+", "*"), ["x = x * 1", "if x > 3:", "    x = 2 + x", "return x"]),
        (a_mistake().write("> 3", ">= 3"), ["x = x + 1", "if x >= 3:", "    x = 2 * x", "return x"]),
        (
            a_mistake().write("> 3", "> 4").write("> 4", "> 5"),
            ["x = x + 1", "if x > 5:", "    x = 2 * x", "return x"],
        ),
    ],
    ids=[
        "a line dropped",
        "a factor dropped",
        "two texts exchanged",
        "a text rewritten",
        "one after the other",
    ],
)
def test_an_edit_changes_the_answer_of_its_own_function_only(mistake: Mistake, region: list[str]) -> None:
    """What stands in another function, or outside the solution marks, stays as it is."""
    before, mark, _ = CELL.rpartition("    ### BEGIN SOLUTION\n")
    expected = before + mark + "".join(f"    {line}\n" for line in region) + "    ### END SOLUTION\n"
    assert mistake.edit(CELL) == expected


def test_a_text_that_is_not_in_the_function_is_edited_in_the_rest_of_its_cell() -> None:
    """A cell may hold a class beside the function that uses it."""
    assert a_mistake().write("7", "8").edit(CELL) == CELL.replace("7", "8")


@pytest.mark.parametrize(
    ("text", "count"),
    [("x = x + 2", 0), ("x", 6), ("def step", 0), ("x / 5", 2)],
    ids=["absent", "several", "outside", "several in the rest of the cell"],
)
def test_an_edit_that_does_not_fit_is_refused(text: str, count: int) -> None:
    """Its text has to be there exactly once, so that a changed answer cannot leave it behind in silence."""
    with pytest.raises(BadUnit) as refused:
        a_mistake().write(text, "y").edit(CELL)
    assert str(refused.value) == (
        f"mistake of step, 'title': {text!r} stands {count} times in the answer, not once"
    )


def test_an_edited_answer_is_run_with_the_others(tiny: KitUnit) -> None:
    """The solution with the edit in it: the edited function is wrong, the others are right."""
    replace_in(
        tiny.solutions / "mistakes.py",
        'halve = slips("halve")\n',
        'halve = slips("halve")\n\nhalve("a third", "Half is more than a third.").write("0.5", "(1 / 3)")\n',
    )
    unit = open_unit(root_of(tiny))
    mistake = next(mistake for mistake in mistakes_of(unit) if mistake.title == "a third")
    module = with_mistake(unit, mistake)
    assert (float(module.halve(3.0)), float(module.double(3.0))) == (1.0, 6.0)


def test_a_warning_of_an_edited_answer_is_recorded_without_its_line(tiny: KitUnit) -> None:
    """What is recorded of a mistake shows no code: an edited answer is the right one but for the edit."""
    replace_in(
        tiny.solutions / "mistakes.py",
        'halve = slips("halve")\n',
        'halve = slips("halve")\n\nhalve("0 / 0", "0 / 0 is nan.").write("0.5", "(0 / np.zeros(()))")\n',
    )
    known = next(known for known in record(open_unit(root_of(tiny))).mistakes if known.title == "0 / 0")
    warnings = {words for outcome in known.outcomes.values() for words in outcome.warnings}
    assert warnings == {"RuntimeWarning: invalid value encountered in divide"}


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ('halve("vague").write("0.5", "2.0")', "halve, 'vague' has no advice: it teaches nothing"),
        ('halve("vague", "Half is less.")', "halve, 'vague' has neither an edit nor a function"),
    ],
)
def test_a_mistake_that_says_too_little_is_refused(tiny: KitUnit, declared: str, words: str) -> None:
    """Without advice, or without anything wrong, it is named."""
    replace_in(
        tiny.solutions / "mistakes.py", 'halve = slips("halve")\n', f'halve = slips("halve")\n\n{declared}\n'
    )
    with pytest.raises(BadUnit) as refused:
        mistakes_of(open_unit(root_of(tiny)))
    assert str(refused.value) == f"tiny: {words}"
