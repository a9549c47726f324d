"""What is kept of each graded submission, and how it is said in a phrase.

keep(course, unit, student, report)     after grading
keep_failure(..., reason)               when a submission could not be graded
read(course, unit, student) -> Record   what was kept, or None
phrase(report)                          "softmax: normalised down the columns; gelu: not done yet"
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.judge import Report
from autograder.kit import KitUnit
from autograder.nbgrader.course import Course

MAX_WORDS = 80


@dataclass(frozen=True)
class Record:
    """One submission's end: points and what went wrong in a phrase, or the reason why it was not graded."""

    points: float
    max_points: float
    words: str
    failed: bool = False


def keep(course: Course, unit: KitUnit, student: str, report: Report) -> None:
    """Keep a report as JSON, as `gradfn judge --json` prints it."""
    _write(course, unit, student, report.to_dict())


def keep_failure(course: Course, unit: KitUnit, student: str, reason: str) -> None:
    """Keep the reason why a submission has no report."""
    _write(course, unit, student, {"failure": reason})


def forget(course: Course, unit: KitUnit, student: str) -> None:
    """Remove what was kept, before a submission is graded anew."""
    _file(course, unit, student).unlink(missing_ok=True)


def read(course: Course, unit: KitUnit, student: str) -> Record | None:
    """What became of a submission; None where it was never graded."""
    try:
        kept = json.loads(_file(course, unit, student).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if "failure" in kept:
        return Record(0.0, unit.points, f"not graded: {kept['failure']}", failed=True)
    return Record(kept["points"], kept["max_points"], phrase(kept))


def phrase(report: Mapping[str, Any]) -> str:
    """What went wrong, exercise by exercise; what several have in common is said once.

    Where all is right, what was odd about the file; empty where nothing was.
    """
    exercises = dict.fromkeys(check["exercise"] for check in report["checks"])
    groups: dict[str, list[str]] = {}
    for exercise in exercises:
        wrong = [c for c in report["checks"] if c["exercise"] == exercise and c["status"] != "passed"]
        if wrong:
            known = next((check["mistake"] for check in wrong if check["mistake"]), None)
            groups.setdefault(known or _reason(wrong[0]), []).append(exercise)
    if not groups:
        return "; ".join(report["notes"])
    return "; ".join(
        f"{'all' if len(names) == len(exercises) else ', '.join(names)}: {reason}"
        for reason, names in groups.items()
    )


def _reason(check: Mapping[str, Any]) -> str:
    """The first sentence of a card, as it reads behind a colon."""
    body = " ".join(line.strip() for line in check["message"].splitlines()[1:])
    first = body.removeprefix("Not run: ").split(". ")[0].rstrip(".")
    if check["status"] == "timeout":
        first = first.split(":")[0]
    if len(first) > MAX_WORDS:
        first = first[: MAX_WORDS - 1].rsplit(" ", 1)[0] + " …"
    is_exception = re.match(r"\w+(Error|Exit|Exception|Interrupt)\b", first)
    return first if is_exception else first[:1].lower() + first[1:]


def _file(course: Course, unit: KitUnit, student: str) -> Path:
    return course.private / "reports" / unit.name / f"{student}.json"


def _write(course: Course, unit: KitUnit, student: str, kept: Mapping[str, Any]) -> None:
    file = _file(course, unit, student)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
