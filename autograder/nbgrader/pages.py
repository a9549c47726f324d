"""What a feedback page is made from, and which pages must be made again.

    making(course, unit, students)      what the gradebook and the disk hold for the page of each student
    write_for_exchange(course, ...)     what `nbgrader release_feedback` wants to find beside a page
    outdated(course, unit, students)    those whose page is not there, or was made from something else

The last line of a page holds a digest of all that it was made from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from autograder.errors import GradfnError
from autograder.grading.folder import SECRET, TIME
from autograder.nbgrader import attempts
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import Marked, marked
from autograder.nbgrader.inbox import time_of
from autograder.nbgrader.lms.late import deadlines, lateness
from autograder.units import files
from autograder.units.kit import KitUnit


@dataclass(frozen=True)
class Making:
    """What a page is made from: the gradebook, how late it came, and a digest of these and all else."""

    student: str
    marked: Marked
    late: str
    attempt: str
    digest: str

    @property
    def waits(self) -> set[str]:
        """The cells that wait for a person."""
        return {name for name, (_, _, waits) in self.marked.scores.items() if waits}

    @property
    def score(self) -> float:
        return sum(score for score, _, _ in self.marked.scores.values()) - self.marked.penalty

    @property
    def max_score(self) -> float:
        return sum(most for _, most, _ in self.marked.scores.values())


def making(course: Course, unit: KitUnit, students: Sequence[str]) -> Iterator[Making]:
    """What the pages of some students are made from."""
    when, found = deadlines(course, unit), marked(course, unit, students)
    own = sorted(path for path in course.source_folder(unit).rglob("*") if path.is_file())
    common = files.digest([course.root / "nbgrader_config.py", *own], version("nbconvert"), _digest_of_code())
    for student in students:
        notebook, marks, late = course.autograded_file(unit, student), found.get(student, Marked()), ""
        with suppress(GradfnError):
            late = lateness(when, student, time_of(notebook.parent))
        attempt = attempts.words(course, unit, student)
        secret = secret_of(course, unit, student)
        digest = files.digest([notebook], common, repr(marks), late, attempt, secret)
        yield Making(student, marks, late, attempt, digest)


def secret_of(course: Course, unit: KitUnit, student: str) -> str:
    """The secret that nbgrader's exchange puts into a submission; without one, a text that nobody knows."""
    with suppress(OSError, ValueError):
        text = files.read_untrusted(course.submitted_folder(unit, student) / SECRET, 200).decode()
        if text.isalnum():
            return text
    return files.digest([], str(course.seed(unit, 0)), student)


def write_for_exchange(course: Course, unit: KitUnit, student: str) -> None:
    """Put secret and time beside a page: without one of them, nbgrader releases the feedback of nobody."""
    folder = course.feedback_file(unit, student).parent
    files.write_whole(folder / SECRET, secret_of(course, unit, student), 0o660)
    if not (folder / TIME).exists():
        files.write_whole(folder / TIME, "", 0o660)


@cache
def _digest_of_code() -> str:
    """The kit's code and templates: another version might make other pages."""
    package = Path(__file__).resolve().parents[1]
    return files.digest(sorted(path for path in package.rglob("*") if path.suffix in (".py", ".j2", ".json")))


def outdated(course: Course, unit: KitUnit, students: Sequence[str]) -> list[str]:
    """Those of the students whose page is not there, or was made from something else."""
    return [
        one.student
        for one in making(course, unit, students)
        if not _ends_with(course.feedback_file(unit, one.student), one.digest)
    ]


def _ends_with(page: Path, digest: str) -> bool:
    """Whether a page is whole, and was made from what has this digest."""
    try:
        return page.read_text(encoding="utf-8").rstrip().endswith(f"<!-- {digest} -->")
    except (OSError, ValueError):
        return False
