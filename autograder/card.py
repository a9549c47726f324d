"""The card: what a student reads about one check, as plain text; no meaning is in colour alone.

softmax · rows sum to 1                                                        0 / 2 points
  Looks like: normalised down the columns. Each row should sum to 1: ...
  softmax(x)  shape (3, 4) ok · 12 of 12 wrong · first at [0, 0]: expected 0.0321, got 0.0906
  next hint: gradfn hint activations.softmax
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from autograder.compare import Difference
from autograder.declare import Check
from autograder.diagnose import shape_of_error
from autograder.recorded import KnownMistake
from autograder.worker.outcome import Outcome, Raised

WIDTH = 92
SHOWN = 3  # differences shown before the rest is counted


def points_text(points: float, max_points: float) -> str:
    """1 / 2 points."""
    return f"{points:g} / {max_points:g} point{'' if max_points == 1 else 's'}"


def headline(check: Check, points: float) -> str:
    """The card's first line: exercise, check, and points at the right edge."""
    left, right = f"{check.exercise} · {check.title}", points_text(points, check.points)
    return f"{left}{right:>{max(WIDTH - len(left), len(right) + 2)}}"


def render(check: Check, points: float, body: Iterable[str]) -> str:
    """A whole card; long sentences are wrapped, every line of the body is indented."""
    lines = [headline(check, points)]
    for sentence in body:
        lines += textwrap.wrap(sentence, WIDTH, initial_indent="  ", subsequent_indent="    ") or [""]
    return "\n".join(lines)


def passed(check: Check) -> str:
    return render(check, check.points, [])


def not_run(check: Check, reason: str) -> str:
    """The card of a check that could not be run, and so proves nothing."""
    return render(check, 0, [f"Not run: {reason}"])


def failed(
    check: Check, outcome: Outcome, wrong: list[Difference], mistake: KnownMistake | None, unit: str
) -> str:
    """The card of a check that was run and is not right."""
    body = [*_what_happened(check, outcome, wrong, mistake), *_noticed(outcome)]
    if outcome.raised is None or outcome.raised.source != "stub":
        body.append(f"next hint: gradfn hint {unit}.{check.exercise}")
    return render(check, 0, body)


def _what_happened(
    check: Check, outcome: Outcome, wrong: list[Difference], mistake: KnownMistake | None
) -> Iterator[str]:
    if mistake is not None:
        yield f"Looks like: {mistake.title}. {mistake.advice}"
    if outcome.raised is not None:
        yield from _exception(check, outcome, outcome.raised)
        return
    if outcome.modified:
        yield f"Changed the caller's data: {', '.join(outcome.modified)}. Work on a copy."
    if outcome.unstable:
        yield f"The same question got another answer the second time: {', '.join(outcome.unstable)}."
    if wrong and all(difference.got is None for difference in wrong):
        yield f"{outcome.last_call}: is a return missing? Printing a value does not hand it back."
        return
    if mistake is None and wrong and (words := shape_of_error(wrong[0].expected, wrong[0].got)):
        yield words
    for difference in wrong[:SHOWN]:
        yield f"{difference.name}  {difference.words}"
    if len(wrong) > SHOWN:
        yield f"and {len(wrong) - SHOWN} more values that are not right"


def _exception(check: Check, outcome: Outcome, raised: Raised) -> Iterator[str]:
    what = f"{raised.type_name}: {raised.message}" if raised.message else raised.type_name
    match raised.source:
        case "stub":
            yield f"Not done yet. {check.promise}"
            return
        case "missing":
            yield f"{raised.message} is not defined. Was it renamed or deleted? Its name must stay as it was."
        case "call":
            yield f"It does not take the arguments of its exercise: {what}. Was its signature edited?"
        case "timeout":
            yield f"Stopped after {check.seconds:g} s: a loop that does not end, or far too many steps."
        case "lost":
            yield f"{what}."
        case "check":
            if outcome.last_call.endswith("returned None"):
                yield f"{outcome.last_call}: is a return missing? Printing a value does not hand it back."
            elif outcome.last_call:
                yield f"The check cannot use what came back: {outcome.last_call} ({what})."
            else:
                yield f"The check could not go on: {what}."
        case _:
            yield f"{what}"
    for frame in raised.frames:
        inside = f" in {frame.function}" if frame.function else ""
        yield f"{frame.place}, line {frame.line}{inside}:  {frame.code}"


def _noticed(outcome: Outcome) -> Iterator[str]:
    """Warnings and output, for what they explain; they cost nothing."""
    for warning in outcome.warnings[:2]:
        yield f"NumPy or Python warned: {warning}"
    if outcome.printed.strip():
        yield f"It printed: {textwrap.shorten(outcome.printed, 120)}"
