"""What nbgrader calls to take a late penalty off; a course's nbgrader_config.py names it.

LatePenalty    the rule of `gradfn deadline --late`; without one, nbgrader's own penalty_method
"""

from __future__ import annotations

from pathlib import Path

from nbgrader.plugins import LateSubmissionPlugin

from autograder.nbgrader.course import open_course
from autograder.nbgrader.lms.late import Rule
from autograder.nbgrader.lms.people import Notes


class LatePenalty(LateSubmissionPlugin):  # type: ignore[misc]  # nbgrader comes without types
    """nbgrader's plugin; its parent is the preprocessor that asks."""

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """The points to take off."""
        unit, course = self.parent.assignment_id, open_course(Path(self.parent.parent.parent.coursedir.root))
        rule = Notes.of(course).late.get(unit)
        if rule is None:
            own: float | None = super().late_submission_penalty(student_id, score, total_seconds_late)
            return own
        most = float(self.parent.gradebook.find_assignment(unit).max_score)
        return Rule(rule).penalty(total_seconds_late, score, most)
