"""Lessons: the numbers in their sentences and tables are what the units' own answers come to.

The claims stand in lesson_claims, lesson_claims_on_graphs and lessons_on_training. The examples in fences are
run by test_lessons.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

import tests.units.lesson_claims_on_graphs  # noqa: F401  each of its functions is a lesson's claims
from autograder.grading import oracle
from autograder.units.kit import Kit
from tests.conftest import ROOT
from tests.units import lessons_on_training
from tests.units.lesson_claims import LESSONS, given, shown

given("0.001", "1000", "10", "0.9", "0.5", "16", "1,797")(lessons_on_training.backprop)
given("16", "0.03", "120", "150", "1500", "64")(lessons_on_training.gpt)
given("0.5")(lessons_on_training.xor)  # where the border between the classes is not

NUMBER = re.compile(r"(?<![\w.])(?:\d+(?:[.,]\d+)+|\d\d+)")  # 0.5, 1,000 and 12; not 7, not float64
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
UNREAD = re.compile(r"`[^`]*`|\]\([^)]*\)")  # code in a sentence, and where a link leads


def filled(phrase: str, *values: Any) -> str:
    """A claim as the lesson should have it; its words hold no number, and stand around those it is given."""
    assert not NUMBER.search(phrase), phrase
    assert phrase == phrase.strip("#"), phrase
    first, *rest = phrase.split("#")
    return first + "".join(shown(value) + words for value, words in zip(values, rest, strict=True))


@pytest.fixture(scope="module", params=Kit(ROOT).names())
def lesson(kit: Kit, request: pytest.FixtureRequest) -> tuple[str, list[str], set[str]]:
    """A lesson on one line and without its fences, its claims, and the numbers given beside them."""
    unit = kit.unit(request.param)
    text = FENCE.sub("", unit.lesson_file.read_text(encoding="utf-8"))
    claims, numbers = LESSONS.get(unit.name, (lambda own: iter(()), set()))
    return " ".join(text.split()), [filled(*claim) for claim in claims(oracle.solution_of(unit))], numbers


def test_numbers_worked_by_hand_are_right(lesson: tuple[str, list[str], set[str]]) -> None:
    """Each claim stands in its lesson word for word, with the numbers that were computed just now."""
    text, claims, _ = lesson
    assert [claim for claim in claims if claim not in text] == []


def test_no_number_goes_unclaimed(lesson: tuple[str, list[str], set[str]]) -> None:
    """Every number of a lesson, single digits aside, was computed for a claim, unless it is a given one."""
    text, claims, numbers = lesson
    left = UNREAD.sub("", text)
    for claim in sorted(claims, key=len, reverse=True):
        left = left.replace(UNREAD.sub("", claim), " ")
    assert set(NUMBER.findall(left)) == numbers
