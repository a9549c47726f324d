"""Compare what an answer returned with the expected values: kind and shape first, then closeness.

    differences(check, expected, got)   a Difference for each named value that is not right
    agree(check, a, b)                  whether two runs of a check gave the same
    close(check, expected, got)         whether arrays agree within the check's tolerance
    asked(returned)                     what a check program returned, without its examples
    side_by_side(expected, got)         the lines of two small arrays, beside each other
    number(value, other)                two numbers, with as many digits as it takes to tell them apart

A list will do where a tuple is expected: a pair is a pair. Only plain data is compared, so no code of a
submission can run here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat, zip_longest
from typing import Any

import numpy as np

from autograder.declare import Check
from autograder.worker.examples import EXAMPLES, holds
from autograder.worker.outcome import Outcome, harmless
from autograder.worker.plain import Opaque, describe

MAX_SHOWN = 200
DIGITS = (4, 6, 9, 12, 17)
SMALL, WIDEST = 12, 84  # numbers of an array that is shown whole, and characters of a line
MISSING = Opaque("nothing")
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Difference:
    """One value that is not right: its name, what is wrong in words, and both sides for a diagnosis.

    Of an example, `lines` are those below its first.
    """

    name: str
    words: str
    expected: Any
    got: Any
    lines: Sequence[str] = ()


def agree(check: Check, a: Outcome, b: Outcome) -> bool:
    """Whether two runs gave the same, examples aside: equal data within tolerance, or the same exception."""
    if any(bool(getattr(a, name)) != bool(getattr(b, name)) for name in ("modified", "unstable", "taken")):
        return False
    if a.raised is not None or b.raised is not None:
        return _exception(a) == _exception(b)
    return next(_differences(check, "", asked(a.returned), asked(b.returned)), None) is None


def _exception(outcome: Outcome) -> tuple[str, ...]:
    raised = outcome.raised
    if raised is None:
        return ()
    return raised.source, raised.type_name, re.sub(r"(overflow encountered in) \w+", r"\1", raised.message)


def differences(check: Check, expected: Any, got: Any) -> list[Difference]:
    """Every named value of `got` that is not within the check's tolerance of `expected`.

    Where all are right, the first example of a docstring that is not.
    """
    return list(_differences(check, "", asked(expected), asked(got))) or list(_of_examples(check, got))


def asked(returned: Any) -> Any:
    """What a check program returned, without what the examples show."""
    return {k: v for k, v in returned.items() if k != EXAMPLES} if isinstance(returned, dict) else returned


def _of_examples(check: Check, returned: Any) -> Iterator[Difference]:
    """The first example that does not show what the docstring says, with the lines that lead to it."""
    found = returned.get(EXAMPLES) if isinstance(returned, dict) else None
    texts = [harmless(text) for text in found if isinstance(text, str)] if isinstance(found, list) else []
    lead: list[str] = []
    for example, text in zip(check.examples[1:], chain(texts, repeat("")), strict=False):
        lead += [f"{'...' if n else '>>>'} {line}" for n, line in enumerate(example.source.splitlines())]
        if not holds(example, text, check.dtype == "exact"):
            want = example.exc_msg or example.want
            columns = beside(*(one.rstrip().splitlines() or ["nothing"] for one in (want, text)))
            yield Difference(lead[0], "", want, text, (*lead[1:], *columns))
            return
        lead = [] if example.want else lead


def _differences(check: Check, name: str, expected: Any, got: Any) -> Iterator[Difference]:
    if isinstance(expected, dict) and isinstance(got, dict):
        extra = [key for key in got if key not in expected]
        missing = [key for key in expected if key not in got]
        if len(extra) == len(missing) > 0:
            names = [", ".join(keys)[:MAX_SHOWN] for keys in (missing, extra)]
            yield Difference(name, f"expected the names {names[0]}, got {names[1]}", expected, got)
            return
        for key, value in expected.items():
            yield from _differences(check, _join(name, key), value, got.get(key, MISSING))
        if extra:
            yield Difference(name, f"unexpected {', '.join(extra)[:MAX_SHOWN]}", expected, got)
    elif isinstance(expected, tuple | list) and type(got) in (list, type(expected)):
        if _say_more_whole(expected, got):
            if _as_text(expected) != _as_text(got):  # 0 is not False
                yield Difference(name, _kind_words(expected, got), expected, got)
            return
        if len(expected) != len(got):
            yield Difference(name, f"expected {len(expected)} items, got {len(got)}", expected, got)
            return
        for index, pair in enumerate(zip(expected, got, strict=True)):
            yield from _differences(check, f"{name}[{index}]", *pair)
    elif _is_number(expected) and _is_number(got):
        if words := _array_words(check, np.asarray(expected), np.asarray(got)):
            yield Difference(name, words, np.asarray(expected), np.asarray(got))
    elif type(expected) is not type(got) or expected != got:
        yield Difference(name, _kind_words(expected, got), expected, got)


def _join(name: str, key: str) -> str:
    return f"{name}: {key}" if name else key


def _is_number(value: Any) -> bool:
    return isinstance(value, bool | int | float | np.ndarray)


def _is_word(value: Any) -> bool:
    """Whether a value is a text, a whole number or a truth value: what has no digits to compare."""
    return value is None or isinstance(value, str | bool | int)


def _say_more_whole(*lists: Any) -> bool:
    """Whether two lists of words, such as shapes, are better shown as a whole; lists of lists if short."""
    flat = all(_is_word(item) for each in lists for item in each)
    return flat or all(_has_words(each) and len(_as_text(each)) <= MAX_SHOWN / 2 for each in lists)


def _has_words(value: Any) -> bool:
    return all(map(_has_words, value)) if isinstance(value, tuple | list) else _is_word(value)


def _as_text(value: Any) -> str:
    """A list of words as Python writes it, tuples as lists: either will do."""
    return repr(value).replace("(", "[").replace(",)", "]").replace(")", "]")


def _kind_words(expected: Any, got: Any) -> str:
    return f"expected {_shown(expected)}, got {_shown(got)}"


def _shown(value: Any) -> str:
    """A text or number, or a list of them, as Python writes it, cut if long; anything else in words."""
    if value is MISSING:
        return "nothing"
    listed = isinstance(value, tuple | list) and _has_words(value)
    if not listed and not isinstance(value, str | bool | int | float):
        return describe(value)
    written = repr(value)
    return written if len(written) <= MAX_SHOWN else f"{written[:MAX_SHOWN]}… ({len(written)} characters)"


def _array_words(check: Check, expected: Array, got: Array) -> str:
    """What is wrong with the array `got`; "" if it is right."""
    if expected.shape != got.shape:
        return f"expected {describe(expected)}, got {describe(got)}"
    if dtype := _dtype_words(check, expected, got):
        return dtype
    right = _close(check, expected, got)
    if right.all():
        return ""
    if expected.ndim == 0:
        return "expected {}, got {}".format(*number(expected, got))
    first = tuple(int(i) for i in np.argwhere(~right)[0])
    pair = number(expected[first], got[first])
    index = ", ".join(map(str, first))
    return (
        f"shape {expected.shape} ok · {(~right).sum()} of {right.size} wrong · "
        f"first at [{index}]: expected {pair[0]}, got {pair[1]}"
    )


def _dtype_words(check: Check, expected: Array, got: Array) -> str:
    if check.dtype == "exact":
        differs = expected.dtype != got.dtype
    else:
        differs = _kind(check, expected) != _kind(check, got)
    if differs and not expected.ndim:
        values = (_digits(value, 6) for value in (expected, got))
        return "expected {} ({}), got {} ({})".format(
            *(word for pair in zip(values, (expected.dtype, got.dtype), strict=True) for word in pair)
        )
    return f"shape {expected.shape} ok · expected dtype {expected.dtype}, got {got.dtype}" if differs else ""


def _kind(check: Check, array: Array) -> str:
    kind = "i" if array.dtype.kind == "u" else array.dtype.kind
    return "f" if check.dtype == "number" and kind == "i" else kind


def _close(check: Check, expected: Array, got: Array) -> Array:
    """Which elements are close; NaN is right only where it is expected."""
    if expected.dtype.kind not in "fc" and got.dtype.kind not in "fc":
        return np.asarray(expected == got)
    expected = np.asarray(expected, np.result_type(expected, 1.0))
    with np.errstate(all="ignore"):  # as np.isclose, which takes three times as long
        near = abs(got - expected) <= check.atol + check.rtol * abs(expected)
        both_nan = (got != got) & (expected != expected)
        return np.asarray((near & np.isfinite(expected)) | (got == expected) | both_nan)


def close(check: Check, expected: Array, got: Array) -> bool:
    """Whether two arrays have one shape and agree within the check's tolerance, whatever their kinds."""
    return expected.shape == got.shape and bool(_close(check, expected, got).all())


def number(value: Any, other: Any) -> tuple[str, str]:
    """Two numbers with the fewest digits, four at least, that tell them apart and by how much."""
    for digits in DIGITS:
        a, b = (_digits(item, digits) for item in (value, other))
        if a != b and _tells(a, b, value, other):
            break
    return a, b


def _tells(a: str, b: str, value: Any, other: Any) -> bool:
    """Whether two written numbers are about as far apart as the numbers themselves."""
    try:
        written, true = float(a) - float(b), float(value) - float(other)
    except (ValueError, OverflowError):
        return True
    return not np.isfinite(true) or abs(written - true) <= abs(true) / 5


def side_by_side(expected: Any, got: Any) -> list[str]:
    """Two small arrays of numbers as lines, the expected one on the left; none for other values."""
    arrays = [array for array in (expected, got) if isinstance(array, np.ndarray) and 0 < array.ndim < 3]
    if len(arrays) < 2 or not all(0 < array.size <= SMALL for array in arrays):
        return []
    for digits in DIGITS[:3]:
        blocks = [_block(array, digits) for array in arrays]
        if blocks[0] != blocks[1]:
            break
    return beside(*blocks)


def beside(expected: Sequence[str], got: Sequence[str]) -> list[str]:
    """Two blocks of lines, the expected one on the left, or above where both are too wide."""
    left, right = ["expected", *expected], ["got", *got]
    width = max(map(len, left))
    lines = [f"{a:<{width}}    {b}".rstrip() for a, b in zip_longest(left, right, fillvalue="")]
    return lines if max(map(len, lines)) <= WIDEST else [*left, *right]


def _block(array: Array, digits: int) -> list[str]:
    """The rows of an array, its columns below each other."""
    rows = [[_digits(item, digits) for item in row] for row in np.atleast_2d(array)]
    width = max(len(item) for row in rows for item in row)
    return ["[" + "  ".join(f"{item:>{width}}" for item in row) + "]" for row in rows]


def _digits(value: Any, digits: int) -> str:
    item = np.asarray(value).item()
    return f"{item:.{digits}g}" if isinstance(item, float) else repr(item)
