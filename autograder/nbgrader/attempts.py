"""How often a student's new files are graded: c.Gradfn.attempts and c.Gradfn.cool_down, by unit.

held_back(course, unit, student, files)    why other files are not graded now; empty if they are
words(course, unit, student)               "attempt 2 of 5"
count(course, unit, student, files)        these files have been graded

`files` is a digest of what was handed in. Only other files are an attempt, not what is graded again for
another reason, and not what could not be graded.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.nbgrader import settings
from autograder.nbgrader.course import Course
from autograder.nbgrader.lms.times import length
from autograder.nbgrader.records import file_name
from autograder.units.files import write_whole
from autograder.units.kit import KitUnit


def held_back(course: Course, unit: KitUnit, student: str, files: str) -> str:
    """Why these files are not graded now; empty where nothing is in their way."""
    found = _read(course, unit, student)
    if not found or found["files"] == files:
        return ""
    most = settings.attempts(course.root, course.config).get(unit.name)
    if most is not None and found["number"] >= most:
        return f"{found['number']} of {most} attempts used"
    pause = settings.cool_down(course.root, course.config).get(unit.name, "0min")
    until = datetime.fromisoformat(found["at"]) + length(pause)
    return f"waits until {until:%d %b %H:%M}" if datetime.now().astimezone() < until else ""


def words(course: Course, unit: KitUnit, student: str) -> str:
    """Which attempt it is, and of how many, for the feedback; empty for the first where there is no limit."""
    number = _read(course, unit, student).get("number", 0)
    most = settings.attempts(course.root, course.config).get(unit.name)
    of_most = f" of {most}" if most is not None else ""
    return f"attempt {number}{of_most}" if number > 1 or (number and of_most) else ""


def count(course: Course, unit: KitUnit, student: str, files: str) -> None:
    """Note that these files have been graded; the same ones again are no further attempt."""
    found = _read(course, unit, student)
    if found.get("files") != files:
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        noted = {"files": files, "number": found.get("number", 0) + 1, "at": now}
        write_whole(_file(course, unit, student), json.dumps(noted))


def _read(course: Course, unit: KitUnit, student: str) -> dict[str, Any]:
    try:
        found = json.loads(_file(course, unit, student).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _file(course: Course, unit: KitUnit, student: str) -> Path:
    return course.private / "attempts" / unit.name / file_name(student)
