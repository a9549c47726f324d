"""nbgrader's exchange: what comes back by it. What is handed in by it is in tests/student/test_submit.py."""

from __future__ import annotations

from pathlib import Path

from nbgrader.utils import notebook_hash

from autograder.nbgrader import steps
from autograder.nbgrader.classes import grade_class, write_feedback_pages
from autograder.nbgrader.course import Course
from tests import courses
from tests.nbgrader.test_course_life import ANSWERS, put


def test_feedback_goes_back_under_the_secret_of_the_submission(tmp_path: Path) -> None:
    """One that came otherwise, or has a time that is not believed, stops nobody's."""
    course: Course = courses.make(tmp_path / "a", [])
    (exchange := tmp_path / "exchange").mkdir()
    exchange.chmod(0o777)
    for student in ("ada", "ben"):
        put(course, student, ANSWERS)
    put(course, "ada", "ab12", "submission_secret.txt")
    put(course, "ada", "2026-02-01 10:00:00 UTC", "timestamp.txt")  # not believed
    course = courses.configured(course, f"c.Exchange.root = {str(exchange)!r}\n")
    unit = course.unit("tiny")
    grade_class(course, unit)
    assert set(write_feedback_pages(course, [unit]).values()) == {""}
    with steps.nbgrader_api(course) as api:
        steps.must_succeed(api.release_feedback("tiny"), "releasing the feedback")
    found = {page.name for page in exchange.rglob("*.html")}
    assert f"{notebook_hash(secret='ab12', notebook_id='tiny')}.html" in found
    assert len(found) == 2
    put(course, "ada", "cd34", "submission_secret.txt")  # handed in again, the same
    assert set(write_feedback_pages(course, [unit]).values()) == {"", "as it was"}
