"""Whatever plain data an answer makes up, it is judged, loses points, and its card can be shown."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograder.declare import CPU
from autograder.judging.judge import judge
from autograder.units.kit import Kit
from autograder.worker.plain import Opaque

MADE_UP = (
    *(
        10**400,
        -(10**4000),
        float("nan"),
        -0.5,
        "\ud800",
        "a\n" * 500,
        (),
        {},
        [[[]]],
        {"\udc80": [1]},
        Opaque("x"),
    ),
    *(
        np.zeros((0, 1 << 27)),
        np.zeros((1,) * 32),
        np.array(True),
        np.array([1 + 1j]),
        np.full(3, 2**63, np.uint64),
    ),
    *(np.zeros(0), np.full((3, 4), 1e300), (np.zeros(2), np.zeros(3), 1), [np.zeros(2)] * 2),
)


def with_one_changed(value: Any, made_up: Any) -> Iterator[Any]:
    """The value with `made_up` in place of each of its parts in turn, and of itself."""
    yield made_up
    if isinstance(value, dict):
        for key, part in value.items():
            yield from (value | {key: changed} for changed in with_one_changed(part, made_up))
    if isinstance(value, list | tuple):
        for n, part in enumerate(value):
            yield from (
                type(value)([*value[:n], c, *value[n + 1 :]]) for c in with_one_changed(part, made_up)
            )


@pytest.mark.parametrize("name", ["perceptron", "graph"])
def test_what_is_made_up_is_judged_and_fails(kit: Kit, name: str) -> None:
    """No exception leaves the judge, nothing is written beside the card."""
    unit = kit.unit(name)
    for exercise in unit.exercises:
        right = dict(unit.recorded.answers[exercise])
        for check in unit.checks_of(exercise, CPU)[:2]:
            own = right[check.name].returned
            tried = [each for made_up in MADE_UP for each in with_one_changed(own, made_up)]
            for each in (each for each in tried[::17] if isinstance(each, dict)):
                outcomes = right | {check.name: replace(right[check.name], returned=each)}
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    results = judge(unit, exercise, outcomes, unit.recorded)
                (found,) = (result for result in results if result.check == check.name)
                assert found.points == 0
                assert found.message.encode()
