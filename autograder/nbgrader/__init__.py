"""Units as nbgrader assignments: a course, its steps, and what nbgrader calls while it grades.

    course      a course's folder, its kit and its secret: make_course, open_course
    steps       release, feedback, each by nbgrader's own API
    classes     grade_class, grade_all: a class, on as many processes as there are cores
    resume      which submissions need not be graded again
    inbox       what lies in a submission's folder, looked at before it is opened
    pool        the processes
    gradebook   scores: the gradebook's read-out, in SQLite or PostgreSQL
    database    whether it answers; one engine a process
    marks       everybody's marks, penalties and points given by hand included
    export      the marks as CSV: nbgrader's columns, Canvas's or Moodle's
    records     what is kept of each submission, and its phrase
    byhand      points that a person gave, when it is graded again
    gpu         the GPU tier, as extra credit beside the scores

    graft       the released notebook with a submission's answers
    outputs     what a graded notebook shows
    converter   the exporter and the preprocessor that nbgrader_config.py names
    feedback    the exporter that writes the pages students get back

nbgrader itself is imported late, when a step needs it: that takes seconds.
"""

from __future__ import annotations

import sys
from importlib import import_module


def _spare_a_grammar() -> None:
    """Import jsonschema, which nbformat needs, without a package that spends 1.5 s to build one.

    It is there to check web addresses in foreign scripts, and no notebook's schema has any.
    """
    if "jsonschema" not in sys.modules and "rfc3987_syntax" not in sys.modules:
        sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # how Python spells "not there"
        try:
            import_module("jsonschema")
        finally:
            del sys.modules["rfc3987_syntax"]


_spare_a_grammar()
