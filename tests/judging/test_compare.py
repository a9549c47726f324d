"""Comparison: kind, then shape, then values; NaN is right only where it is expected."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.declare import Check, check
from autograder.judging.card import WIDTH, failed_card
from autograder.judging.compare import differences, number
from autograder.judging.diagnose import remark
from autograder.judging.explain import Context
from autograder.worker.outcome import Frame, Outcome, Raised
from autograder.worker.plain import Opaque, plain

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])


def a_check(**options: Any) -> Check:
    """A check with the given tolerances."""

    @check("softmax", points=2, **options)
    def rows_sum_to_1(answer: Any, rng: Any) -> dict[str, Any]:
        """Each row of softmax(x) sums to 1."""
        return {}

    return rows_sum_to_1


def words(expected: Any, got: Any, **options: Any) -> list[str]:
    """The differences of one value, in words."""
    found = differences(a_check(**options), {"v": plain(expected)}, {"v": plain(got)})
    return [difference.words for difference in found]


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (1.0, 1.0 + 1e-10),
        (1.0, np.float64(1.0)),
        (np.float64(2.0), 2.0),
        (np.array(2.0), 2.0),
        (X, X * (1 + 1e-10)),
        (np.array([np.nan, np.inf]), np.array([np.nan, np.inf])),
        (X.astype(np.float32), X),
        (np.arange(3), np.arange(3, dtype=np.int32)),
        ("a", "a"),
        (None, None),
        ((1, [2.0]), (1, [2.0])),
        ({"a": 1}, {"a": 1}),
        (True, np.bool_(True)),
    ],
    ids=repr,
)
def test_equal_answers_have_no_differences(expected: Any, got: Any) -> None:
    """The width of a dtype does not matter, nor does a 0-d array in place of a scalar."""
    assert words(expected, got) == []


@pytest.mark.parametrize(
    ("expected", "got", "said"),
    [
        (X, X.T, "expected an array of shape (2, 3), got an array of shape (3, 2)"),
        (X, X.tolist(), "expected an array of shape (2, 3), got a list of 2"),
        (X, None, "expected an array of shape (2, 3), got None"),
        (X, X.astype(int), "shape (2, 3) ok · expected dtype float64, got int64"),
        (X > 2, X, "shape (2, 3) ok · expected dtype bool, got float64"),
        (X, X + np.eye(2, 3), "shape (2, 3) ok · 2 of 6 wrong · first at [0, 0]: expected 1, got 2"),
        (1.0, np.nan, "expected 1, got nan"),
        (np.nan, 1.0, "expected nan, got 1"),
        (0.5, 0.5000001, "expected 0.5, got 0.5000001"),
        (1, True, "expected 1 (int64), got True (bool)"),
        ("ValueError", "nothing", "expected 'ValueError', got 'nothing'"),
        ((1, 2), (1, 2, 3), "expected (1, 2), got (1, 2, 3)"),
        ((1.5, 2), (1, 2, 3), "expected 2 items, got 3"),
        (0.75, 3, "expected 0.75 (float64), got 3 (int64)"),
        (0.0403453, 0.0403450, "expected 0.0403453, got 0.040345"),
        ([1, 2], (1, 2), "expected [1, 2], got (1, 2)"),
        ([0, False], [False, 0], "expected [0, False], got [False, 0]"),
        (1.0, Opaque("engine.Value"), "expected 1.0, got an object of type engine.Value"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_each_difference_in_words(expected: Any, got: Any, said: str) -> None:
    """Shape and kind before values; values with enough digits to tell them apart."""
    got = got if isinstance(got, Opaque) else plain(got)
    found = differences(a_check(), {"v": plain(expected)}, {"v": got})
    assert [difference.words for difference in found] == [said]


def test_a_missing_name_is_a_difference() -> None:
    """A forged answer that leaves a value out is not right."""
    found = differences(a_check(), {"a": 1.0, "b": 2.0}, {"a": 1.0})
    assert [difference.name for difference in found] == ["b"]


def test_an_extra_name_is_a_difference() -> None:
    """An answer has the expected names and no others."""
    assert len(differences(a_check(), {"a": 1.0}, {"a": 1.0, "b": 2.0})) == 1


@pytest.mark.parametrize(
    ("dtype", "expected", "got", "right"),
    [
        ("exact", np.float32(1), np.float32(1), True),
        ("exact", np.float32(1), np.float64(1), False),
        ("number", 1.0, 1, True),
        ("number", 1.0, True, False),
        ("kind", 1.0, 1, False),
    ],
)
def test_a_check_says_which_dtypes_are_alike(dtype: str, expected: Any, got: Any, right: bool) -> None:
    """float32 for float64, and 1 for 1.0, are right or wrong as the check declares."""
    assert (words(expected, got, dtype=dtype) == []) is right


@pytest.mark.parametrize(
    ("got", "said"),
    [
        (-X, "The sign is wrong everywhere."),
        (2 * X, "Every value is 2 times the right one."),
        (X / 6, "Every value is 1/6 of the right one."),
        (X * np.sqrt(2), "Every value is sqrt(2) times the right one."),
        (X * 1.7, "Every value is 1.7 times the right one."),
        (X.T, "The values are right but transposed."),
        (X.ravel(), "The values are right, but their shape is (6,) instead of (2, 3)."),
        (X + 3, "Every value is off by the same amount, 3."),
        (X + np.array([[1.0], [2.0]]), "Every row is off by a constant of its own."),
        (X[::-1], "The values are right but in another order."),
        (X * np.nan, "There is a NaN or an infinity where a finite number is expected."),
        (X**2, ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_shape_of_an_error_is_named(got: Any, said: str) -> None:
    """Each detector names its own kind of error; for an error without a shape there is no sentence."""
    assert remark(a_check(), {"v": X}, {"v": got}) == said


LABELS = np.array([0, 1, 1, 0])


@pytest.mark.parametrize(
    ("expected", "got", "said"),
    [
        ([2.0, 6.0], [1.0, 4.0], ""),  # half the right one in one case only
        ([2.0, 6.0], [1.0, 3.0], "Every value is half the right one."),
        ([X, 2.0], [2 * X, 2.0], ""),
        ([X, "a"], [2 * X, "b"], ""),  # a value that is no number is wrong too
        ([np.array([0.0, 2e-22])], [np.array([0.0, 2e-9])], ""),  # within np.allclose's own tolerance
        ([np.array([-1.0, 0.0, 1.0])], [np.array([1.0, 2e-9, -1.0])], ""),
        (
            [X / 7],
            [np.round(X / 7, 6)],
            "The numbers were rounded to 6 decimal places. Leave the rounding out.",
        ),
        (
            [X / 7],
            [(X / 7).astype(np.float32)],
            "The first 7 digits are right, the later ones are not: somewhere",
        ),
        ([X / 7], [X / (7 + 1e-6)], "The first 6 digits are right, the later ones are not: look for float32"),
        ([LABELS], [1 - LABELS], "0 and 1 are exchanged."),
        ([LABELS], [np.array([1, 0, 0, 1])], "0 and 1 are exchanged."),
        ([LABELS], [LABELS[[1, 0, 2, 3]]], ""),  # of labels every order is the right one somewhere
        (
            [2.0, 3.0],
            [np.array([1.0, 3.0]), np.array([3.0])],
            "You gave one number for each example: the mean",
        ),
        ([4.0], [np.array([1.0, 3.0])], "You gave one number for each example: the sum"),
        ([4.0], [np.array([1.0, 9.0])], ""),
    ],
    ids=str,
)
def test_a_remark_holds_of_all_cases(expected: list[Any], got: list[Any], said: str) -> None:
    """By the check's own tolerance, and of the values that are right too."""
    found = remark(a_check(), dict(enumerate(map(plain, expected))), dict(enumerate(map(plain, got))))
    assert found.startswith(said)
    assert bool(found) == bool(said)


def test_numbers_get_the_digits_that_tell_them_apart() -> None:
    """Four digits if they are enough, more if not."""
    assert number(0.5, 0.25) == ("0.5", "0.25")
    assert number(1.0, 1.0 + 1e-8) == ("1", "1.00000001")


def test_a_card_is_as_designed() -> None:
    """Headline with points at the right edge, the difference, the next hint."""
    wrong = differences(a_check(), {"softmax(x)": X}, {"softmax(x)": X**2})
    card = failed_card(a_check(), Outcome(returned={}), wrong, None, Context("activations"))
    assert card == (
        f"softmax · rows sum to 1{'0 / 2 points':>{WIDTH - len('softmax · rows sum to 1')}}\n"
        "  softmax(x)  shape (2, 3) ok · 5 of 6 wrong · first at [0, 1]: expected 2, got 4\n"
        "      expected     got\n"
        "      [1  2  3]    [ 1   4   9]\n"
        "      [4  5  7]    [16  25  49]\n"
        "  next hint: gradfn hint activations.softmax"
    )


@pytest.mark.parametrize(
    ("raised", "last_call", "said"),
    [
        (Raised("stub", "NotImplementedError", ""), "", "Not done yet. Each row of softmax(x) sums to 1."),
        (Raised("missing", "MissingName", "softmax"), "", "softmax is not defined."),
        (Raised("call", "TypeError", "softmax() takes 1"), "", "It does not take the arguments"),
        (Raised("timeout", "TimeUp", ""), "", "Stopped after 2 s"),
        (Raised("timeout", "TimeUp", "over 10 s"), "", "Stopped after 10 s: a loop"),
        (Raised("check", "TypeError", "no"), "softmax returned None", "is a return missing?"),
        (
            Raised("check", "TypeError", "no"),
            "softmax returned a float",
            "softmax returned a float (TypeError: no)",
        ),
        (
            Raised("answer", "ZeroDivisionError", "by zero", (Frame("a.py", 3, "softmax", "1 / 0"),)),
            "",
            "a.py, line 3 in softmax:  1 / 0",
        ),
    ],
    ids=lambda value: value.source if isinstance(value, Raised) else "",
)
def test_every_kind_of_exception_has_its_words(raised: Raised, last_call: str, said: str) -> None:
    """Each way in which a check can end early has its sentence."""
    card = failed_card(
        a_check(), Outcome(raised=raised, last_call=last_call), [], None, Context("activations")
    )
    assert said in " ".join(card.split())[:400] or said in card
