"""The card: what a student reads about one check, as plain text; no meaning is in colour alone.

softmax · rows sum to 1                                                        0 / 2 points
  Looks like: normalised down the columns. Each row should sum to 1: ...
  softmax(x)  shape (3, 4) ok · 12 of 12 wrong · first at [0, 0]: expected 0.0321, got 0.0906
  next hint: gradfn hint activations.softmax

What its sentences say is in `autograder.judging.explain`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator

from autograder.declare import CPU, Check
from autograder.judging.compare import Difference
from autograder.judging.explain import PRINTED, WARNING, Context, explain, printed, warnings
from autograder.judging.gpu_faults import fault_of
from autograder.units.recorded import KnownMistake
from autograder.worker.outcome import Outcome, harmless

WIDTH = 92
#: What may differ between two cards that say the same: the values on a line, and the sentences that begin so.
VALUES = re.compile(r"\n    where .*", re.DOTALL)
REMARKS = (f"  {PRINTED}", "  next hint: ", f"  {WARNING}")
AT_LINE = re.compile(r", line \d+")  # where an exception was raised
SIZES = re.compile(r"\([\d, ]*\)|size \d+ is different from \d+")  # of two arrays in an exception's message
SAME = "The same: "  # and the headline of another check that says what this card says
#: Said once where public checks pass.
OTHER_INPUTS = "Graded runs use other inputs."
PUBLIC_ONLY = f"These were the public checks. {OTHER_INPUTS}"


def points_text(points: float, max_points: float) -> str:
    """1 / 2 points."""
    return f"{points:g} / {max_points:g} point{'' if max_points == 1 else 's'}"


def headline(check: Check, points: float, status: str) -> str:
    """The card's first line: exercise, check, and at the right edge the points.

    A check of the GPU tier has no points of its own: its status is there.
    """
    left = f"{check.exercise} · {check.title}"
    right = points_text(points, check.points) if check.tier == "cpu" else status
    return f"{left}{right:>{max(WIDTH - len(left), len(right) + 2)}}"


def render(check: Check, points: float, status: str, body: Iterable[str]) -> str:
    """A whole card: the headline, and the sentences of the body, indented and wrapped.

    A sentence may quote the answer, so it is cut and loses its control characters.
    """
    lines = [headline(check, points, status)]
    for sentence in body:
        lines += textwrap.wrap(harmless(sentence), WIDTH, initial_indent="  ", subsequent_indent="    ") or [
            ""
        ]
    return "\n".join(lines)


def without_repeats(cards: Iterable[str]) -> Iterator[str]:
    """Cards that are shown together: one card for all checks that say the same, and each warning once.

    The same is a body, whatever the sizes of arrays, or a first sentence that names a mistake or holds of
    all values.
    """
    shown: dict[str, list[str]] = {}
    warned: set[str] = set()
    for number, card in enumerate(cards):
        head, *sentences = re.split(r"\n(?=  \S)", card)
        body = SIZES.sub("", "\n".join(VALUES.sub("", s) for s in sentences if not s.startswith(REMARKS)))
        named = [sentence for sentence in sentences if sentence.startswith("  Looks like: ")]
        if not named and not AT_LINE.search(body):
            words = re.sub(r"\d+", "#", re.sub(r"\s*\n\s*", " ", "".join(sentences[:1]))).strip()
            named = [words] if words and "  " not in words else []
        if named:
            body = f"{head.split()[0]}{named[0]}"
        if body and body in shown:
            first = shown[body]
            at = len(first) - first[-1].startswith("  next hint: ")
            first.insert(at, f"  {SAME}{re.sub('  +', ', ', head)}.")
            continue
        shown[body or f"card {number}"] = [head, *(each for each in sentences if each not in warned)]
        warned |= {sentence for sentence in sentences if sentence.startswith(f"  {WARNING}")}
    yield from map("\n".join, shown.values())


def passed_card(check: Check, outcome: Outcome, context: Context) -> str:
    """The card of a check that is passed: its headline, its warnings, and what was printed."""
    return render(check, check.points, "passed", [*warnings(outcome, context), *printed(outcome)])


def not_run_card(check: Check, reason: str) -> str:
    """The card of a check that could not be run."""
    return render(check, 0, "not run", [f"Not run: {reason}"])


def failed_card(
    check: Check, outcome: Outcome, wrong: list[Difference], mistake: KnownMistake | None, context: Context
) -> str:
    """The card of a check that was run and is not passed."""
    return render(
        check,
        0,
        "failed",
        [*_on_gpu(check, outcome), *explain(check, outcome, wrong, mistake, context)],
    )


def _on_gpu(check: Check, outcome: Outcome) -> Iterator[str]:
    """What an error of the GPU means."""
    if check.setting != CPU and (fault := fault_of(outcome.raised)) and not fault.machine:
        yield f"On the GPU: {fault.name}. {fault.words}"
    elif check.tier == "gpu" and outcome.raised is not None and outcome.raised.source == "timeout":
        yield "The GPU gave no answer in time: a kernel that does not end counts too."
