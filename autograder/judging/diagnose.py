"""What a wrong answer looks like: a classic mistake by name, or else the general shape of the error.

    recognise(failed, checks, outcomes, mistakes, passed)   the mistake that gives these answers, or None
    remark(check, expected, got)                            "Every value is 2 times the right one.", and so on

A mistake is named only when the evidence is clear: a wrong name confuses more than none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.declare import Check
from autograder.judging.compare import Array, agree, asked, close, differences
from autograder.units.recorded import KnownMistake
from autograder.worker.outcome import Outcome
from autograder.worker.plain import same

OPEN = ("The first ", "No answer is ", "Every answer is ")  # remarks that hold for any size of a mistake
LATE = 1e-4  # the largest relative error of which only late digits tell
Pair = tuple[Any, Any]  # the expected value and the answer's


def recognise(
    failed: Check,
    checks: Sequence[Check],
    outcomes: Mapping[str, Outcome],
    mistakes: Sequence[KnownMistake],
    right: Mapping[str, Outcome],
    passed: Sequence[Check] = (),
) -> KnownMistake | None:
    """The mistake that explains the failed check, and each other failed one that uses the same function.

    It fails them as this answer does and passes the `passed` ones too, up to a number that is the mistake's
    own, such as a bound; the source has what its words claim. None if several do.
    """

    def alike(check: Check, m: KnownMistake) -> bool:
        known, answer = (found.get(check.name) for found in (m.outcomes, outcomes))
        if known is None or answer is None:  # of the GPU tier few mistakes are recorded
            return False
        if (known.raised is None) != (answer.raised is None):
            return False
        if check in passed:
            return agree(check, right[check.name], known) or bool(m.code and _form(check, right, known))
        if not (agree(check, known, answer) or (m.code and _same_form(check, right, known, answer))):
            return False
        fails = known.returned is None or known.modified or known.unstable or known.taken
        return bool(fails or differences(check, right[check.name].returned, known.returned))

    def explains(m: KnownMistake) -> bool:
        own = [c for c in checks if c.name in outcomes and c.name in m.outcomes]
        own = [c for c in own if c in passed or _uses(m.name, outcomes[c.name])]
        # The failed check first: it tells most mistakes apart.
        return failed in own and alike(failed, m) and all(alike(c, m) for c in own if c is not failed)

    fits = [m for m in mistakes if explains(m) and _has_code(m, outcomes[failed.name])]
    if not fits:
        return None
    counts = [sum(alike(check, m) for check in checks) for m in fits]
    best = max(counts)
    return fits[counts.index(best)] if counts.count(best) == 1 else None


def _same_form(check: Check, right: Mapping[str, Outcome], known: Outcome, answer: Outcome) -> bool:
    """Whether a remark says the same of both, up to its number."""
    form = _form(check, right, known)
    return form != "" and form == _form(check, right, answer)


def _form(check: Check, right: Mapping[str, Outcome], outcome: Outcome) -> str:
    """What a remark says that leaves a number open, without the number; or ""."""
    words = "" if outcome.returned is None else remark(check, right[check.name].returned, outcome.returned)
    return words[:12] if words.startswith(OPEN) else ""


def _uses(name: str, outcome: Outcome) -> bool:
    """Whether a run used a function of the answer, or may have; a run that tells of none used them all."""
    used = {key.partition(".")[0] for key in outcome.parameters} | {*outcome.calls}
    return name in used or not used


def _has_code(mistake: KnownMistake, outcome: Outcome) -> bool:
    """Whether the answer's source has what the mistake's words claim of it."""
    return not mistake.code or bool(re.search(mistake.code, "\n".join(outcome.code.values())))


def remark(check: Check, expected: Any, got: Any) -> str:
    """A sentence that holds of all values of a check, by its own tolerance, or ""."""
    pairs = list(_pairs(asked(expected), asked(got)))
    wrong = [p for p in pairs if p[0] is None or not (np.array_equal(*p) or close(check, *p))]
    if not wrong or not all(_is_array(*pair) for pair in wrong):
        return ""
    numbers = [pair for pair in pairs if _is_array(*pair)]
    return next(_remarks(check, wrong, numbers), "")


def _pairs(expected: Any, got: Any) -> Iterator[Pair]:
    """The values that stand at the same place; numbers as arrays."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for key, value in expected.items():
            yield from _pairs(value, got.get(key))
    elif isinstance(expected, tuple | list) and type(got) is type(expected) and len(got) == len(expected):
        for pair in zip(expected, got, strict=True):
            yield from _pairs(*pair)
    elif all(isinstance(value, bool | int | float | np.ndarray) for value in (expected, got)):
        pair = np.asarray(expected), np.asarray(got)
        yield (None, None) if pair[1].dtype == object else pair  # an int of more than 64 bits
    elif not same(expected, got):
        yield None, None


def _is_array(expected: Any, got: Any) -> bool:
    return expected is not None and expected.dtype.kind in "fi" and got.dtype.kind in "fib"


def _remarks(check: Check, wrong: Sequence[Pair], numbers: Sequence[Pair]) -> Iterator[str]:
    """What the detectors find, the most specific first."""
    if any(e.shape != g.shape for e, g in wrong):
        yield from _of_shapes(check, wrong)
        return
    e, g = (np.concatenate([np.ravel(pair[side]).astype(float) for pair in numbers]) for side in (0, 1))
    if not np.isfinite(g[np.isfinite(e)]).all():
        yield "There is a NaN or an infinity where a finite number is expected."
        return
    values = sorted({*e.tolist()})
    counts = all(x.dtype.kind == "i" for x, _ in numbers)
    cut = len(values) > 1 and not counts
    if words := _late_digits(e, g) or (_cut_off(e, g) if cut else "") or _late_digits(e, g, zero=True):
        yield words
        return
    if len(values) < 2 or not np.isfinite(e).all():
        return
    if len(values) == 2 and close(check, sum(values) - e, g):
        yield "{:g} and {:g} are exchanged.".format(*values)
    elif close(check, e, -g):
        yield "The sign is wrong everywhere."
    elif factor := _constant_factor(check, e, g, wrong):
        yield f"Every value is {factor} the right one."
    elif all(x.ndim == 2 and len(x) > 1 and x.T.shape == y.shape and close(check, x.T, y) for x, y in wrong):
        yield "The values are right but transposed."
    elif close(check, e + np.mean(g - e), g) and np.ptp(g - e) <= LATE * abs(np.mean(g - e)):
        yield f"Every value is off by the same amount, {np.mean(g - e):.4g}."
    elif all(x.ndim == 2 and x.shape[1] > 1 and close(check, x + (y - x)[:, :1], y) for x, y in wrong):
        yield "Every row is off by a constant of its own."
    elif all(
        len(np.unique(x)) > 2 and close(check, *(np.sort(z, axis=None) for z in (x, y))) for x, y in wrong
    ):
        yield "The values are right but in another order."


def _cut_off(e: Array, g: Array) -> str:
    """A sentence on answers that are all the same, or that never go beyond a bound; or ""."""
    low, high = g.min(), g.max()
    if low == high or (np.isfinite(high - low) and high - low <= LATE * abs(high)):
        return f"Every answer is {low:.4g}. Is the input used, and is nothing clipped or rounded?"
    few = np.sum((e < low) | (e > high)) < 2  # a single number may be wrong in any way
    if few or not np.allclose(np.clip(e, low, high), g, rtol=LATE, atol=0, equal_nan=True):
        return ""
    ends = [f"below {low:.9g}"] * bool((e < low).any()) + [f"above {high:.9g}"] * bool((e > high).any())
    return f"No answer is {' or '.join(ends)}: it, or what it is computed from, was clipped."


def _late_digits(e: Array, g: Array, zero: bool = False) -> str:
    """A sentence on rounded values, or on others of which only the first digits are right; or "".

    With `zero` a small number will do for a 0, too.
    """
    for places in range(9):
        if np.array_equal(np.round(e, places), g) and not np.array_equal(e, g):
            return f"The numbers were rounded to {places} decimal places. Leave the rounding out."
    with np.errstate(all="ignore"):
        share = (g - e) / np.where(zero & (e == 0), 1, e)
    error = np.abs(share[np.isfinite(e) & (g != e)]).max(initial=0)
    if not 0 < error < LATE:
        return ""
    first = f"The first {int(-np.log10(error))} digits are right, the later ones are not: "
    if np.array_equal(g.astype(np.float32), g):
        return f"{first}somewhere the numbers were float32, which has seven."
    words = f"{first}look for float32, a rounding, or a small number that was added, such as 1e-8."
    return f"{words} None of them has a place here."


def _of_shapes(check: Check, wrong: Sequence[Pair]) -> Iterator[str]:
    """What arrays of a wrong shape have to do with the right ones."""
    shapes = wrong[0][1].shape, wrong[0][0].shape
    if all(e.ndim > 1 and e.T.shape == g.shape and close(check, e.T, g) for e, g in wrong):
        yield "The values are right but transposed."
    elif all(not e.ndim and g.ndim and g.size for e, g in wrong):
        for words, over in (("mean", np.mean), ("sum", np.sum)):
            if all(close(check, e, np.asarray(over(g))) for e, g in wrong):
                yield f"You gave one number for each example: the {words} of them is right."
                return
    elif all(e.size == g.size and close(check, e.ravel(), g.ravel()) for e, g in wrong):
        yield f"The values are right, but their shape is {shapes[0]} instead of {shapes[1]}."


def _constant_factor(check: Check, e: Array, g: Array, wrong: Sequence[Pair]) -> str:
    """The c of got = c * expected, in words: "2 times", "1/6 of"; "" if there is none."""
    largest = np.argmax(np.abs(e))
    factor = float(g[largest] / e[largest])
    if not factor or (np.abs(e) > check.atol).sum() < 2 or not close(check, factor * e, g):
        return ""
    names = {"2 times": 2.0, "half": 0.5, "sqrt(2) times": math.sqrt(2), "1/sqrt(2) of": math.sqrt(0.5)}
    names |= {"ln(2) times": math.log(2), "1/ln(2) times": 1 / math.log(2)}
    for size in sorted({size for x, _ in wrong for size in (*x.shape, x.size)}):
        names |= {f"{size} times": float(size), f"1/{size} of": 1 / size}
    near = (name for name, value in names.items() if math.isclose(factor, value, rel_tol=1e-6))
    return next(near, f"{factor:.4g} times")
