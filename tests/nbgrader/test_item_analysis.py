"""The item analysis of the class report: its numbers computed independently, its words by the books."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, pstdev
from typing import Any

import numpy as np
import pytest

from autograder.declare import Check, check
from autograder.nbgrader.report.item_analysis import Item, analyse


def checks(*points: float, of: Sequence[str] | None = None) -> list[Check]:
    """Checks with these points, each in an exercise of its own unless `of` names it."""

    def program(answer: Any, rng: Any) -> dict[str, Any]:
        """A promise."""
        return {}

    names = of or [f"e{number}" for number in range(len(points))]
    return [check(name, points=p)(program) for name, p in zip(names, points, strict=True)]


def one(items: Sequence[Item], exercise: str) -> Item:
    """The item of an exercise's only check."""
    return next(item for item in items if item.exercise == exercise and item.check)


def by_hand(item: Sequence[float], rest: Sequence[float]) -> float:
    """The textbook's point-biserial correlation: (M1 - M0) / s * sqrt(p q)."""
    right = [r for i, r in zip(item, rest, strict=True) if i]
    wrong = [r for i, r in zip(item, rest, strict=True) if not i]
    p = len(right) / len(item)
    return (fmean(right) - fmean(wrong)) / pstdev(rest) * math.sqrt(p * (1 - p))


@pytest.mark.parametrize("seed", range(5))
def test_discrimination_is_the_corrected_point_biserial(seed: int) -> None:
    """The correlation of each check with the points of all other checks."""
    worth = [1.0, 2.0, 3.0, 1.0, 0.5]
    passed = np.random.default_rng(seed).random((40, 5)) < [0.2, 0.5, 0.8, 0.4, 0.6]
    items = analyse(passed * np.array(worth), checks(*worth))
    for column, item in enumerate(item for item in items if item.check):
        others = [sum(w for k, w in enumerate(worth) if row[k] and k != column) for row in passed]
        assert item.discrimination == pytest.approx(by_hand(passed[:, column].tolist(), others), abs=1e-12)
        assert item.share == pytest.approx(fmean(passed[:, column].tolist()))


def test_an_exercise_is_an_item_too() -> None:
    """Its difficulty is the mean share of its points; its rest are the points of the other exercises."""
    earned = np.array([[1.0, 3.0, 2.0], [1.0, 0.0, 0.0], [0.0, 0.0, 2.0], [0.0, 3.0, 2.0]])
    items = analyse(earned, checks(1, 3, 2, of=["a", "a", "b"]))
    assert [(item.exercise, bool(item.check)) for item in items] == [
        ("a", False), ("a", True), ("a", True), ("b", False), ("b", True)
    ]  # fmt: skip
    whole = items[0]
    assert (whole.points, whole.share) == (4, 0.5)
    assert whole.discrimination == pytest.approx(np.corrcoef([4, 1, 0, 3], [2, 0, 2, 2])[0, 1])


def class_of(count: int, seed: int = 0) -> np.ndarray[Any, Any]:
    """Points in nine checks of one ability, and in a tenth check of its opposite."""
    rng = np.random.default_rng(seed)
    ability = rng.normal(size=(count, 1))
    tells = np.array([2.0] * 9 + [-2.0])
    return (rng.random((count, 10)) < 1 / (1 + np.exp(-tells * ability))).astype(float)


def test_a_check_that_the_strong_fail_is_flagged() -> None:
    """Only that check is flagged: in a class of 200, chance does not explain it."""
    items = analyse(class_of(200), checks(*[1] * 10))
    flagged = {item.exercise: item.flag for item in items if item.flag}
    assert flagged == {"e9": "the stronger fail it more often: is the check right?"}
    assert one(items, "e9").discrimination_words == "negative"
    assert one(items, "e0").discrimination_words == "very good"


def test_chance_is_not_blamed_on_a_check() -> None:
    """Unrelated checks are rarely flagged in a class of 12."""
    flags = 0
    for seed in range(40):
        earned = (np.random.default_rng(seed).random((12, 10)) < 0.5).astype(float)
        flags += sum(bool(item.flag) for item in analyse(earned, checks(*[1] * 10)))
    assert flags < 0.12 * 40 * 10


def test_what_nobody_or_everybody_passes_is_flagged() -> None:
    """Its correlation is undefined, and computing it warns about nothing."""
    earned = class_of(30)
    earned[:, 0], earned[:, 1] = 0, 1
    items = analyse(earned, checks(*[1] * 10))
    assert one(items, "e0").flag == "nobody passes: is it taught, and is the check right?"
    assert one(items, "e1").flag == "does not discriminate"
    assert [one(items, name).discrimination for name in ("e0", "e1")] == [None, None]
    assert one(items, "e0").difficulty_words == "nobody passes"


def test_a_few_submissions_get_no_verdict() -> None:
    """Five submissions are too few for a coefficient, and so is a single failure."""
    items = analyse(class_of(5), checks(*[1] * 10))
    assert {item.discrimination_words for item in items} <= {"too few to say", "no spread"}
    earned = class_of(30)
    earned[:, 0] = 1
    earned[0, 0] = 0
    assert one(analyse(earned, checks(*[1] * 10)), "e0").discrimination_words == "too few to say"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.4, "very good"),
        (0.396, "very good"),
        (0.39, "good"),
        (0.2, "fair"),
        (0.19, "poor"),
        (-0.1, "negative"),
    ],
)
def test_the_words_are_ebel_and_frisbies(value: float, words: str) -> None:
    """The word fits the rounded number that the page shows."""
    assert Item("e", "c", "c", 1, 0.5, value, 100).discrimination_words == words


def test_no_submission_is_no_item() -> None:
    """No submissions, no items."""
    assert analyse(np.empty((0, 2)), checks(1, 1)) == []
