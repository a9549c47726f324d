"""Units as nbgrader assignments: a course, its steps, and what nbgrader calls while it grades.

    course      make_course, open_course: a course's folder, its kit and its secret
    steps       release and feedback, by nbgrader's own API
    classes     grade_class, grade_units: grade a class, on one process per core or on a cluster
    bulk        one submission graded, without the gradebook
    saving      many of them saved, in one transaction
    notebook    a submission's notebook: grafted, run and judged
    resume      which submissions can be skipped
    inbox       what lies in submitted/ beside the answers: times, names, what is not taken
    pool        the processes
    cluster     a Dask cluster in their place; workers: what runs there
    gradebook   scores and manual points in nbgrader's gradebook, in SQLite or PostgreSQL
    cells       a unit's cells in it, where they change after something was handed in
    database    whether the gradebook's database answers; one engine per process
    marks       the marks of all students, with late penalties and manual points
    export      the marks as CSV, with the columns of nbgrader, Moodle, Canvas, Brightspace or Blackboard
    records     what is stored of each graded submission, and its summary in a phrase
    students    remove a student, with everything that is known of them
    gpu         the GPU tier, as extra credit beside the scores

    graft       the released notebook with a submission's answers
    outputs     what a graded notebook shows
    converter   the exporter and the preprocessor that nbgrader_config.py names
    feedback    the exporter that writes the pages students get back
    pages       what a page is made from, and which are outdated

    lms/        where classes live: class lists, downloads, due dates
    report/     the class report
    similar/    answers that are too alike

nbgrader itself is imported only when a step needs it, because that takes seconds.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec, module_from_spec
from typing import Any


def _without_rfc3987() -> None:
    """Import jsonschema, which nbformat needs, without rfc3987_syntax.

    Building that package's grammar takes 1.5 s. It only validates internationalised URLs, which no notebook's
    schema contains.
    """
    if "jsonschema" not in sys.modules and "rfc3987_syntax" not in sys.modules:
        sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # makes its import fail
        try:
            import_module("jsonschema")
        finally:
            del sys.modules["rfc3987_syntax"]


def _without_server_extensions() -> None:
    """Let parts of nbgrader be imported without the package's own __init__: it imports a server's extensions.

    They take as long as all else together, and Jupyter alone needs them. What they define is there once it is
    asked for.
    """
    spec = find_spec("nbgrader")
    if spec is None or spec.loader is None or "nbgrader" in sys.modules:
        return
    package, loader = module_from_spec(spec), spec.loader

    def attribute(name: str) -> Any:
        if not name.startswith(("_jupyter", "_load_jupyter")):
            raise AttributeError(f"module 'nbgrader' has no attribute {name!r}")
        loader.exec_module(package)
        return getattr(package, name)

    package.__dict__.update(__getattr__=attribute, __version__=version("nbgrader"))
    sys.modules["nbgrader"] = package


_without_rfc3987()
_without_server_extensions()
