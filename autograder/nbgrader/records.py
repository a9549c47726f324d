"""What is kept of each graded submission, and how it is said in a phrase.

keep(course, unit, student, report)     after grading
keep_failure(..., reason)               when a submission could not be graded
read(course, unit, student) -> Record   what became of a submission, or None
kept(course, unit, student)             all that was kept of it, or None
finish(...), finished(...)              whether it was graded to the end, from what, and with which score
reopen(course, unit, student)           take that back
phrase(report)                          "softmax: normalised down the columns; gelu: not done yet"
reason(check), odd(report)              what it is made of: of one check, and of the file
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from autograder.answers.submission import OWN
from autograder.judging.results import Report
from autograder.nbgrader.course import Course
from autograder.units.files import write_whole
from autograder.units.kit import KitUnit
from autograder.worker.outcome import harmless

MAX_WORDS = 80
MAX_NAMES = 4


@dataclass(frozen=True)
class Record:
    """One submission's end: points and what went wrong in a phrase, or the reason why it was not graded."""

    points: float
    max_points: float
    words: str
    failed: bool = False


@dataclass(frozen=True)
class Finished:
    """A digest of what a submission was graded from, and its automatic points in the gradebook."""

    digest: str
    saved: float | None


def keep(course: Course, unit: KitUnit, student: str, report: Report) -> None:
    """Keep a report as JSON, as `gradfn judge --json` prints it."""
    _write(course, unit, student, report.to_dict())


def keep_failure(course: Course, unit: KitUnit, student: str, reason: str) -> None:
    """Keep the reason why a submission has no report."""
    _write(course, unit, student, {"failure": " ".join(harmless(reason).split())})


def forget(course: Course, unit: KitUnit, student: str) -> None:
    """Remove what was kept, before a submission is graded anew."""
    _file(course, unit, student).unlink(missing_ok=True)


def read(course: Course, unit: KitUnit, student: str) -> Record | None:
    """What became of a submission; None where it was never graded."""
    found = kept(course, unit, student)
    if found is None:
        return None
    if "failure" in found:
        return Record(0.0, unit.points, str(found["failure"]), failed=True)
    return Record(found["points"], found["max_points"], phrase(found))


def kept(course: Course, unit: KitUnit, student: str) -> dict[str, Any] | None:
    """A submission's report, as `gradfn judge --json` prints it, or {"failure": why there is none}."""
    try:
        found = json.loads(_file(course, unit, student).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def finish(course: Course, unit: KitUnit, student: str, digest: str, saved: float | None) -> None:
    """Add to what was kept that nothing is left to do; `keep` and `keep_failure` take that back."""
    found = kept(course, unit, student) or {}
    _write(course, unit, student, found | {"graded_from": digest, "saved": saved})


def reopen(course: Course, unit: KitUnit, student: str) -> None:
    """Take back what `finish` added: the submission is to be graded again, in this run or the next."""
    if found := kept(course, unit, student):
        _write(course, unit, student, {k: v for k, v in found.items() if k not in ("graded_from", "saved")})


def finished(course: Course, unit: KitUnit, student: str) -> Finished | None:
    """What `finish` added; None where it did not."""
    found = kept(course, unit, student) or {}
    return Finished(found["graded_from"], found["saved"]) if {"graded_from", "saved"} <= set(found) else None


def phrase(report: Mapping[str, Any]) -> str:
    """What went wrong, exercise by exercise; what several have in common is said once.

    What was odd about the file comes last; empty where nothing was odd and nothing wrong.
    """
    exercises = dict.fromkeys(check["exercise"] for check in report["checks"])
    groups: dict[str, list[str]] = {}
    for exercise in exercises:
        wrong = [c for c in report["checks"] if c["exercise"] == exercise and c["status"] != "passed"]
        if wrong:
            known = next((check["mistake"] for check in wrong if check["mistake"]), None)
            groups.setdefault(known or reason(wrong[0]), []).append(exercise)
    everything = f"all of {report['unit']}"
    said = [
        f"{everything if len(names) == len(exercises) else _list(names)}: {why}"
        for why, names in groups.items()
        if why not in report["notes"]
    ]
    return "; ".join([*said, *odd(report)])


def odd(report: Mapping[str, Any]) -> list[str]:
    """What was odd about the file: the notes, but for those that are in an exercise's words already."""
    exercises = {check["exercise"] for check in report["checks"]}
    return [n for n in report["notes"] if n.partition(":")[0] not in exercises and not n.startswith(OWN)]


def _list(names: list[str]) -> str:
    """A few names, or how many they are."""
    return ", ".join(names) if len(names) <= MAX_NAMES else f"{len(names)} exercises"


def reason(check: Mapping[str, Any]) -> str:
    """Why a check did not pass, as its card begins, in a few words that go behind a colon."""
    head, *rest = [line[2:] for line in check["message"].splitlines()[1:]] or [check["status"]]
    # An exception says by its name what the card says in front of it.
    head = head.removeprefix("Python cannot read it: ")
    first = " ".join([head, *(line.strip() for line in takewhile(_goes_on, rest))])
    if check["status"] == "not run":
        return first.removeprefix("Not run: ")
    if check["status"] == "timeout":
        return _lower(first.partition(":")[0])
    if "  " in first:  # a value that differs: its numbers say little in a table
        return f'fails "{check["check"].replace("_", " ")}"'
    return textwrap.shorten(_lower(first.partition(". ")[0].rstrip(".")), MAX_WORDS, placeholder=" …")


def _goes_on(line: str) -> bool:
    """Whether a card's line continues the sentence above it."""
    return line.startswith("  ")


def _lower(sentence: str) -> str:
    """The sentence without its capital; an exception's name keeps it."""
    is_exception = re.match(r"\w+(Error|Exit|Exception|Interrupt)\b", sentence)
    return sentence if is_exception else sentence[:1].lower() + sentence[1:]


def _file(course: Course, unit: KitUnit, student: str) -> Path:
    return course.private / "reports" / unit.name / f"{student}.json"


def _write(course: Course, unit: KitUnit, student: str, kept: Mapping[str, Any]) -> None:
    write_whole(_file(course, unit, student), json.dumps(kept, ensure_ascii=False, indent=1))
