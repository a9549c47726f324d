"""What the tests of `gradfn collect` share: collect a download, look at what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from autograder.nbgrader.course import Course
from autograder.nbgrader.lms.collect import Options, Plan, carry_out, plan
from tests.nbgrader.lms.samples import CLASS

Enrolled = Callable[[str], Course]
ANSWER = b"def double(x):\n    return 2 * x\n"
BY_LOGIN = {person.login: person for person in CLASS}
ADA, BEN = BY_LOGIN["ada"], BY_LOGIN["ben"]
BERLIN = Options(zone="Europe/Berlin")
HOUR = timedelta(hours=1)


def collect(course: Course, source: Path | bytes, options: Options = BERLIN) -> Plan:
    """Collect a download of the tiny unit."""
    if isinstance(source, bytes):
        file = course.root.parent / "download.zip"
        file.write_bytes(source)
        source = file
    unit = course.kit.unit("tiny")
    done = plan(course, unit, source, options)
    carry_out(course, unit, done)
    return done


def held(course: Course) -> dict[str, bytes]:
    """Every file below submitted/, by its path."""
    root = course.root / "submitted"
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def states(done: Plan) -> dict[str, str]:
    return {one.student: one.state for one in done.tries}


def reasons(done: Plan) -> str:
    return "\n".join(f"{who}: {why}" for who, why in done.problems)


#: By system: the export with which its class is enrolled, its time less noon, and who cannot be told apart.
SYSTEMS = {
    "moodle": ("moodle", None, {"bob", "bob2"}),
    "canvas": ("canvas", None, set()),
    "brightspace": ("brightspace", -HOUR, {"bob", "bob2"}),
    "blackboard": ("blackboard", -HOUR, set()),
    "gradescope": ("moodle", 0 * HOUR, set()),
    "plain": ("csv", None, set()),
}
FOLDER = f"{ADA.name}_1_assignsubmission_file_/"
