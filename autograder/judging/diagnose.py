"""What a wrong answer looks like: a classic mistake by name, or else the general shape of the error.

    recognise(failed, checks, outcomes, mistakes, passed)   the mistake that gives these answers, or None
    shape_of_error(expected, got)                           "Every value is 2 times the right one.", and so on

A mistake is named only when the evidence is clear: a wrong name confuses more than none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.declare import Check
from autograder.judging.compare import Array, agree
from autograder.units.recorded import KnownMistake
from autograder.worker.outcome import Outcome


def recognise(
    failed: Check,
    checks: Sequence[Check],
    outcomes: Mapping[str, Outcome],
    mistakes: Sequence[KnownMistake],
    passed: Sequence[Check] = (),
) -> KnownMistake | None:
    """The mistake that answers the failed check as this answer does, and the most of the exercise's others.

    None if several fit equally well, or if the mistake fails as many of the `passed` checks as it explains of
    the others.
    """
    wrong = [check for check in checks if check not in passed]

    def explains(m: KnownMistake) -> bool:
        against = sum(c.name in m.outcomes and not _alike(c, m, outcomes) for c in passed)
        return sum(_alike(check, m, outcomes) for check in wrong) > against

    fits = [m for m in mistakes if _alike(failed, m, outcomes) and explains(m)]
    if not fits:
        return None
    counts = [sum(_alike(check, m, outcomes) for check in checks) for m in fits]
    best = max(counts)
    return fits[counts.index(best)] if counts.count(best) == 1 else None


def _alike(check: Check, mistake: KnownMistake, outcomes: Mapping[str, Outcome]) -> bool:
    """Whether both answered the check, and alike; for checks of the GPU tier few mistakes are recorded."""
    if check.name not in outcomes or check.name not in mistake.outcomes:
        return False
    return agree(check, mistake.outcomes[check.name], outcomes[check.name])


def shape_of_error(expected: Any, got: Any) -> str:
    """A sentence on how `got` as a whole differs from `expected`, or ""."""
    if not isinstance(expected, np.ndarray) or not isinstance(got, np.ndarray):
        return ""
    if expected.dtype.kind not in "fi" or got.dtype.kind not in "fib":
        return ""
    return next(_shapes(np.asarray(expected, float), np.asarray(got, float)), "")


def _shapes(expected: Array, got: Array) -> Iterator[str]:
    """What the detectors find, the most specific first."""
    if expected.shape == got.shape and np.allclose(expected, got, rtol=1e-6, atol=0.0):
        return  # another kind of number, or wrong only in late digits
    if expected.shape != got.shape:
        if expected.ndim > 1 and expected.T.shape == got.shape and np.allclose(expected.T, got):
            yield "The values are right but transposed."
        elif expected.size == got.size and np.allclose(expected.ravel(), got.ravel()):
            yield f"The values are right, but their shape is {got.shape} instead of {expected.shape}."
        return
    if not np.isfinite(got[np.isfinite(expected)]).all():
        yield "There is a NaN or an infinity where a finite number is expected."
        return
    if expected.size < 2:
        return
    if np.allclose(expected, -got):
        yield "The sign is wrong everywhere."
    elif factor := _constant_factor(expected, got):
        yield f"Every value is {factor} the right one."
    elif expected.ndim == 2 and expected.shape[0] == expected.shape[1] and np.allclose(expected.T, got):
        yield "The values are right but transposed."
    elif np.allclose(expected - got, np.mean(expected - got)):
        yield f"Every value is off by the same amount, {np.mean(got - expected):.4g}."
    elif expected.ndim == 2 and np.allclose(expected - got, (expected - got)[:, :1]):
        yield "Every row is off by a constant of its own."
    elif np.allclose(np.sort(expected, axis=None), np.sort(got, axis=None)):
        yield "The values are right but in another order."


def _constant_factor(expected: Array, got: Array) -> str:
    """The c of got = c * expected, in words: "2 times", "1/6 of"; "" if there is none."""
    nonzero = expected != 0
    if not nonzero.any() or np.any(got[~nonzero] != 0):
        return ""
    ratios = got[nonzero] / expected[nonzero]
    if not np.allclose(ratios, ratios[0], rtol=1e-6) or ratios[0] == 0:
        return ""
    names = {"2 times": 2.0, "half": 0.5, "sqrt(2) times": math.sqrt(2), "1/sqrt(2) of": math.sqrt(0.5)}
    names |= {"ln(2) times": math.log(2), "1/ln(2) times": 1 / math.log(2)}
    for size in sorted({*expected.shape, expected.size}):
        names |= {f"{size} times": float(size), f"1/{size} of": 1 / size}
    close = (name for name, value in names.items() if math.isclose(ratios[0], value, rel_tol=1e-6))
    return next(close, f"{ratios[0]:.4g} times")
