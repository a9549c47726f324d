"""The record of each submission: what is stored of it, and its summary in a phrase.

of_report(report), of_failure(error)    the record of a report, or of why there is none
write(course, unit, student, record)    store a record
read(course, unit, student) -> Record   points and summary of a submission, or None
stored(course, unit, student)           the whole stored record, or None
summary(unit, record)                   a record in short
completed(...), completion(...)         whether grading was completed, from what, and with which score
is_final(record), not_now(...)          a failure of ours leaves the earlier report, with the reason
in_a_line(error)                        an exception in one line
reopen(course, unit, student)           take that back
phrase(report)                          "softmax: normalised down the columns; gelu: not done yet"
reason(check), oddities(report)         the parts of it: of one check, and of the file

The records are the JSON files in .gradfn/reports/.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from typing import Any

from autograder.answers.submission import OWN
from autograder.errors import BadSubmission, GradfnError
from autograder.judging.results import Report
from autograder.nbgrader.course import Course
from autograder.units.files import write_whole
from autograder.units.kit import KitUnit
from autograder.worker.outcome import harmless

MAX_WORDS = 80
MAX_NAMES = 4
MAX_BYTES = 200
NOT_DONE, GONE = "not done yet", "no cell for: "
NOT_NOW = "not_now"  # in a record: why the submission could not be graded again


@dataclass(frozen=True)
class Record:
    """A submission's points and what went wrong in a phrase, or the reason why it was not graded.

    `before` and `after` are its scores in the gradebook: None for none, or for a record that was only read.
    `seconds` are what grading it took, by stage; `restarts` how often its process was started again.
    `not_now` is why it could not be graded again, so that its earlier points count.
    """

    points: float
    max_points: float
    words: str
    failed: bool = False
    before: float | None = field(default=None, compare=False)
    after: float | None = field(default=None, compare=False)
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False)
    restarts: int = field(default=0, compare=False)
    not_now: str = ""
    late: str = field(default="", compare=False)  # how late it came and what that cost, in this run


@dataclass(frozen=True)
class Completion:
    """Digests of what a submission was graded from, and its automatic points in the gradebook."""

    digests: Mapping[str, str]
    saved: float | None


def of_report(report: Report) -> dict[str, Any]:
    """The record of a report: what `gradfn judge --json` prints, and the account of what running it took."""
    return report.to_dict() | {"account": asdict(report.account)}


def of_failure(error: Exception) -> dict[str, Any]:
    """The record of why there is no report, and whether grading the submission again would give the same."""
    return {"failure": harmless(in_a_line(error)), "final": isinstance(error, BadSubmission)}


def in_a_line(error: Exception) -> str:
    """An exception in one line; for the kit's own exceptions without the type."""
    words = " ".join(str(error).split())
    return words if isinstance(error, GradfnError) else f"{type(error).__name__}: {words}"


def read(course: Course, unit: KitUnit, student: str) -> Record | None:
    """Points and summary of a submission; None if it was never graded."""
    found = stored(course, unit, student)
    return None if found is None else summary(unit, found)


def summary(
    unit: KitUnit, record: Mapping[str, Any], before: float | None = None, after: float | None = None
) -> Record:
    """A record in short, with the scores in the gradebook before and after."""
    if "failure" in record:
        return Record(0.0, unit.points, str(record["failure"]), True, before, after)
    restarts = len(record.get("account", {}).get("ended", ()))
    words, not_now = phrase(record), str(record.get(NOT_NOW, ""))
    if not_now:
        words += f"{'; ' * bool(words)}not graded again, so the earlier score counts: {not_now}"
    return Record(record["points"], record["max_points"], words, False, before, after, {}, restarts, not_now)


def stored(course: Course, unit: KitUnit, student: str) -> dict[str, Any] | None:
    """A submission's report, as `gradfn judge --json` prints it, or {"failure": why there is none}."""
    try:
        found = json.loads(_file(course, unit, student).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def completed(
    record: Mapping[str, Any], digests: Mapping[str, str], saved: float | None, notes: Sequence[str]
) -> dict[str, Any]:
    """The record of a submission that is graded to the end, with more notes; unless it failed for now."""
    if not is_final(record):
        return dict(record)
    found = {key: value for key, value in record.items() if key != "final"}
    found |= {"notes": [*found["notes"], *notes]} if notes else {}
    return found | {"graded_from": dict(digests), "saved": saved}


def is_final(record: Mapping[str, Any]) -> bool:
    """Whether the score follows from the submission: not where a file, a disk or a process failed us."""
    return record.get("final") is not False


def not_now(earlier: Mapping[str, Any], failure: Mapping[str, Any]) -> dict[str, Any]:
    """The record after a failure that is not final: an earlier report stays, with the reason."""
    return {**earlier, NOT_NOW: failure["failure"]} if "checks" in earlier else dict(failure)


def reopen(course: Course, unit: KitUnit, student: str) -> None:
    """Take back what `completed` added: the submission is to be graded again, in this run or the next."""
    found = stored(course, unit, student) or {}
    if "graded_from" in found:
        write(course, unit, student, {k: v for k, v in found.items() if k not in ("graded_from", "saved")})


def completion(course: Course, unit: KitUnit, student: str) -> Completion | None:
    """What `completed` added, or None."""
    found = stored(course, unit, student) or {}
    if not {"graded_from", "saved"} <= set(found):
        return None
    digests = found["graded_from"]  # a text in courses of 0.1.0
    return Completion(digests if isinstance(digests, dict) else {}, found["saved"])


def phrase(report: Mapping[str, Any]) -> str:
    """What went wrong, by exercise; exercises with the same fault share one entry.

    What was odd about the file comes last. Empty if nothing was wrong or odd.
    """
    exercises = dict.fromkeys(check["exercise"] for check in report["checks"])
    gone = {
        name for note in report["notes"] if note.startswith(GONE) for name in note[len(GONE) :].split(", ")
    }
    groups: dict[str, list[str]] = {}
    for exercise in exercises:
        wrong = [c for c in report["checks"] if c["exercise"] == exercise and c["status"] != "passed"]
        if wrong:
            known = next((check["mistake"] for check in wrong if check["mistake"]), None)
            why = "its cell is missing (deleted?)" if exercise in gone else known or reason(wrong[0])
            groups.setdefault(why, []).append(exercise)
    if groups == {NOT_DONE: list(exercises)}:
        return "; ".join(["no exercise answered", *oddities(report)])
    everything = f"all of {report['unit']}"
    said = [
        f"{everything if len(names) == len(exercises) else _list(names)}: {why}"
        for why, names in groups.items()
        if why not in report["notes"]
    ]
    return "; ".join([*said, *(note for note in oddities(report) if not (gone and note.startswith(GONE)))])


def oddities(report: Mapping[str, Any]) -> list[str]:
    """What was odd about the file: the notes, except those that an exercise's words repeat."""
    exercises = {check["exercise"] for check in report["checks"]}
    return [n for n in report["notes"] if n.partition(":")[0] not in exercises and not n.startswith(OWN)]


def _list(names: list[str]) -> str:
    """The names, or of many their number."""
    return ", ".join(names) if len(names) <= MAX_NAMES else f"{len(names)} exercises"


def reason(check: Mapping[str, Any]) -> str:
    """Why a check did not pass: the beginning of its card, in a few words that follow a colon."""
    head, *rest = [line[2:] for line in check["message"].splitlines()[1:]] or [check["status"]]
    # The name SyntaxError says the same as the card's words before it.
    head = head.removeprefix("Python cannot read it: ")
    first = " ".join([head, *(line.strip() for line in takewhile(_goes_on, rest))])
    if check["status"] == "not run":
        return first.removeprefix("Not run: ")
    if check["status"] == "timeout":
        return _lower(first.partition(":")[0])
    if "  " in first:  # a wrong value, whose numbers say little in a table
        return f'fails "{check["check"].replace("_", " ")}"'
    return textwrap.shorten(_lower(first.partition(". ")[0].rstrip(".")), MAX_WORDS, placeholder=" …")


def _goes_on(line: str) -> bool:
    """Whether a card's line continues the line above."""
    return line.startswith("  ")


def _lower(sentence: str) -> str:
    """The sentence with a small first letter, unless it starts with the name of an exception or a class."""
    is_name = re.match(r"\w+(Error|Exit|Exception|Interrupt)\b|\w+[A-Z_]", sentence)
    return sentence if is_name else sentence[:1].lower() + sentence[1:]


def _file(course: Course, unit: KitUnit, student: str) -> Path:
    return course.private / "reports" / unit.name / file_name(student)


def file_name(student: str) -> str:
    """The name of a student's records; a folder's name may be so long that ".json" does not fit behind it."""
    name = student if len(student.encode()) <= MAX_BYTES else sha256(student.encode()).hexdigest()
    return f"{name}.json"


def write(course: Course, unit: KitUnit, student: str, record: Mapping[str, Any]) -> None:
    """Store a record."""
    write_whole(_file(course, unit, student), json.dumps(record, ensure_ascii=False, indent=1))
