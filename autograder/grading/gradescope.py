"""In Gradescope's container: judge what was handed in, and write results.json.

    python -m autograder.grading.gradescope FOLDER    FOLDER is /autograder there
    results(unit, hidden, folder, visibility)         what results.json holds

    source/private/answers.json    the recorded answers on hidden inputs, for root only
    source/private/unit.json       the unit, the course's points, when students see the tests
    submission/                    what was handed in
    results/results.json           what Gradescope shows

The hidden inputs give the points. Students may hand in as often as they like: they read the cards on the
public inputs, never one on hidden inputs, since it shows values. Graders read both. The names of files and
keys are those of gradescope-utils 0.5.0, Gradescope's own package, and of Gradescope's documentation.
"""

from __future__ import annotations

import json
import os
import sys
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograder.errors import BadSubmission, GradfnError, NotFound
from autograder.grading import confinement
from autograder.grading.folder import read_answers
from autograder.grading.grade import grade_submission
from autograder.grading.isolation import ISOLATION, chosen
from autograder.judging.results import Report, Result
from autograder.units.files import os_words, write_whole
from autograder.units.kit import KitUnit
from autograder.units.recorded import Recorded

#: Gradescope stops a run after 10 minutes: after so many seconds there is no second run on the public inputs.
PATIENCE = 120.0
OTHER_INPUTS = (
    "It passes with the public inputs, and fails with others. Try inputs of your own: other shapes, zeros, "
    "negative and large numbers."
)
Test = dict[str, Any]


def main() -> int:
    """Write the results; the exit status."""
    folder = Path(sys.argv[1])
    try:
        _close(folder)
        private = folder / "source" / "private"
        said = json.loads((private / "unit.json").read_text(encoding="utf-8"))
        worth = tuple((name, points) for name, points in said["worth"])
        unit = KitUnit(said["unit"], folder / "source" / "exercises" / said["unit"], private, worth)
        found = results(unit, Recorded.read(private / "answers.json"), folder, said["visibility"])
        text = json.dumps(found, ensure_ascii=False, indent=1)
        write_whole(folder / "results" / "results.json", text, 0o600)
    except (GradfnError, OSError) as error:  # then Gradescope tells the student to ask the instructor
        print(f"gradfn: {os_words(error) if isinstance(error, OSError) else error}")
        return 2
    return 0


def _close(folder: Path) -> None:
    """Let nobody but root into what the student's code must not reach, and choose the walls around it."""
    for name in ("source/private", "results", "submission"):
        (folder / name).chmod(0o700)
    with suppress(FileNotFoundError):
        (folder / "submission_metadata.json").chmod(0o600)
    if confinement.lacking():
        os.environ[ISOLATION] = "account"


def results(unit: KitUnit, hidden: Recorded, folder: Path, visibility: str = "visible") -> dict[str, Any]:
    """The object that Gradescope reads; `visibility` says when students see tests and points."""
    settings = {"visibility": visibility, "stdout_visibility": "hidden"}
    try:
        submission = read_answers(folder / "submission", unit)
    except (BadSubmission, NotFound) as error:  # Gradescope has no other way to say so than with a score
        return {"score": 0.0, "output": f"Not graded: {error}. Hand in again.", **settings}
    report = grade_submission(unit, submission, hidden)
    public = None
    if report.points < report.max_points and report.account.wall < PATIENCE:
        public = grade_submission(unit, submission, unit.recorded)
    notes = [note for note in report.notes if not note.startswith("to look at")]
    shown = [*_tests(unit, report, public), *_texts(report), *_for_graders(unit, report)]
    return {"score": report.points, "output": "\n".join(notes), **settings, "tests": shown}


def _tests(unit: KitUnit, report: Report, public: Report | None) -> Iterator[Test]:
    """A test for each check: the points on the hidden inputs, the card on the public ones."""
    numbers = {name: number for number, name in enumerate(unit.exercises, 1)}
    also = {(r.exercise, r.check): r for r in public.checks} if public else {}
    for result in report.checks:
        place = report.of(result.exercise).index(result) + 1
        yield {
            "name": f"{result.exercise} · {unit.check(result.exercise, result.check).title}",
            "number": f"{numbers[result.exercise]}.{place}",
            "score": result.points,
            "max_score": result.max_points,
            "status": "passed" if result.status == "passed" else "failed",
            "output": _words(result, also.get((result.exercise, result.check))),
            "output_format": "text",
        }


def _words(result: Result, public: Result | None) -> str:
    """What a student reads about a check."""
    if result.status == "passed":
        return ""
    if public is None:
        return (
            "It took too long." if result.status == "timeout" else "It failed: no time was left to say why."
        )
    return OTHER_INPUTS if public.status == "passed" else _body(public)


def _body(result: Result) -> str:
    """A card without its first line: Gradescope shows the name and the points itself."""
    return textwrap.dedent(result.message.partition("\n")[2])


def _texts(report: Report) -> Iterator[Test]:
    """A line for each question that a person grades."""
    for question in report.manual:
        words = "Answered." if question.answered else "Not answered."
        words += f" A person reads it and gives up to {question.max_points:g} more."
        yield {"name": f"{question.question} · a text", "output": words}


def _for_graders(unit: KitUnit, report: Report) -> Iterator[Test]:
    """What only graders see: the cards on the hidden inputs, and how the run went."""
    cards = [result.message for result in report.checks if result.status != "passed"]
    if cards:
        yield {"name": "On the hidden inputs", "output": "\n\n".join(cards), "visibility": "hidden"}
    account = report.account
    refused = ", ".join(f"{name} ({count})" for name, count in (account.refused or {}).items()) or "none"
    walls = chosen(unit).title
    lines = [
        f"Kept apart by {walls}, resource limits and a filter of system calls.",
        f"{account.cpu:.1f} s CPU, {account.memory >> 20} MB; refused system calls: {refused}.",
        *account.ended,
        *(note for note in report.notes if note.startswith("to look at")),
    ]
    yield {"name": "How it ran", "output": "\n".join(lines), "visibility": "hidden"}


if __name__ == "__main__":
    sys.exit(main())
