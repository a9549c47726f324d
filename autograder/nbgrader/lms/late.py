"""Due dates, extensions and late penalties, in nbgrader's own fields.

deadlines(course, unit) -> Deadlines      when the unit is due for whom, and the rule for what comes later
set_due, set_extension, set_rule          change them; times are in UTC
show_in(course, zone)                     the time zone in which times are shown
Rule                                      "10%/day, grace 30min, at most 50%"; `none`; `zero`
lateness(when, student, time)             how late it is, in words
text_of(course, unit, student)            what a late penalty depends on, for the decision what to grade again

nbgrader takes the penalty off when it autogrades: `gradfn grade` does that again where the lateness changed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from autograder.errors import GradfnError, NotFound
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import gradebook, must_hold
from autograder.nbgrader.inbox import time_of
from autograder.nbgrader.lms import times
from autograder.nbgrader.lms.people import Notes
from autograder.units.kit import KitUnit

PLUGIN = "autograder.nbgrader.lms.plugin.LatePenalty"
ACCEPTED = '"10%/day", "2/hour" (points), "zero" or "none"; behind it ", grace 30min" and ", at most 50%"'
_RULE = re.compile(
    r"(?P<amount>\d+(?:\.\d+)?)(?P<percent>%?)/(?P<per>hour|day)"
    r"(?:, grace (?P<grace>[^,]+))?(?:, at most (?P<cap>\d+(?:\.\d+)?)(?P<cap_percent>%?))?"
)


@dataclass(frozen=True)
class Deadlines:
    """When a unit is due, in UTC; `rule` is empty if none is set."""

    due: datetime | None
    extensions: Mapping[str, datetime]
    rule: str = ""
    zone: str = ""  # in which the course's times are printed

    def of(self, student: str) -> datetime | None:
        return self.extensions.get(student, self.due)

    def seconds_late(self, student: str, time: datetime | None) -> float:
        due = self.of(student)
        return max(0.0, (time - due).total_seconds()) if time and due else 0.0


@dataclass(frozen=True)
class Rule:
    """So much for each hour or day that has begun; % are of the unit's points."""

    text: str

    def __post_init__(self) -> None:
        if self.text not in ("none", "zero") and not _RULE.fullmatch(self.text):
            raise GradfnError(f"{self.text!r} is not a late rule: write {ACCEPTED}")
        self.penalty(1.0, 0.0, 0.0)  # raises for a grace that is no length of time

    def penalty(self, seconds: float, score: float, most: float) -> float:
        """The points to take off a score of at most `most`."""
        found = _RULE.fullmatch(self.text)
        if not found:
            return score if self.text == "zero" else 0.0
        if seconds <= times.length(found["grace"] or "0min").total_seconds():
            return 0.0
        begun = math.ceil(seconds / (3600 if found["per"] == "hour" else 86400))
        points = begun * float(found["amount"]) * (most / 100 if found["percent"] else 1.0)
        if found["cap"]:
            points = min(points, float(found["cap"]) * (most / 100 if found["cap_percent"] else 1.0))
        return min(points, score)


def deadlines(course: Course, unit: KitUnit) -> Deadlines:
    """Raises NotFound if the unit is not released, or the gradebook does not hold it."""
    if not course.released_file(unit).exists():
        raise NotFound(f"{unit.name} is not released in this course: gradfn release {unit.name}")
    must_hold(course, unit)
    with gradebook(course) as opened:
        due = opened.find_assignment(unit.name).duedate
        extended = [s for s in opened.assignment_submissions(unit.name) if s.extension and due]
        extensions, notes = {s.student_id: s.duedate for s in extended}, Notes.of(course)
    return Deadlines(due, extensions, notes.late.get(unit.name, ""), notes.shown or notes.zone)


def set_due(course: Course, unit: KitUnit, due: datetime | None) -> None:
    """Set or remove a unit's due date; extensions stay the days that they are, but end with it."""
    before = deadlines(course, unit)
    with gradebook(course) as opened:
        opened.find_assignment(unit.name).duedate = due
        for submission in opened.assignment_submissions(unit.name):
            until = before.extensions.get(submission.student_id)
            submission.extension = until - due if until and due and until > due else None
        opened.db.commit()


def set_extension(course: Course, unit: KitUnit, student: str, until: datetime | None) -> None:
    """Give one student more time, or take it back."""
    due = deadlines(course, unit).due
    if due is None or (until and until <= due):
        when = f"due on {times.said(due)} anyway" if due else "not due: set the date for all first"
        raise GradfnError(f"{unit.name} is {when}, so {student} needs no extension")
    with gradebook(course) as opened:
        known = [known.id for known in opened.students]
        if student not in known:
            raise NotFound.named("student", student, known)
        opened.update_or_create_submission(unit.name, student).extension = until - due if until else None
        opened.db.commit()


def set_rule(course: Course, unit: KitUnit, rule: Rule) -> None:
    """Set a unit's late rule; a course of an earlier version gets the plugin into its nbgrader_config.py."""
    plugin = str(course.config.AssignLatePenalties.get("plugin_class", ""))
    if plugin and plugin != PLUGIN:
        raise GradfnError(f"nbgrader_config.py names its own late plugin, {plugin}: late rules are set there")
    if not plugin:
        with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
            file.write(
                f'\n# For `gradfn deadline --late`.\nc.AssignLatePenalties.plugin_class = "{PLUGIN}"\n'
            )
    notes = Notes.of(course)
    notes.late[unit.name] = rule.text
    notes.write(course)


def show_in(course: Course, zone: str) -> None:
    """Show the course's times in this time zone from now on."""
    notes = Notes.of(course)
    notes.shown = zone
    notes.write(course)


def lateness(when: Deadlines, student: str, time: datetime | None) -> str:
    """When it was due and how late it came, for the feedback; empty if it was in time."""
    due, late = when.of(student), when.seconds_late(student, time)
    return f"handed in {times.span(late)} late, due {times.said(due, when.zone)}" if due and late else ""


def text_of(course: Course, unit: KitUnit, student: str, when: Deadlines | None = None) -> str:
    """Empty for a submission that is in time, or has no time."""
    try:
        time = time_of(course.submitted_folder(unit, student))
    except (GradfnError, OSError):
        time = None
    when = when or deadlines(course, unit) if time else None
    late = when.seconds_late(student, time) if when else 0.0
    return f"{late} s late, {when.rule}" if when and late else ""
