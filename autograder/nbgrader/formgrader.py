"""`gradfn formgrader`: open the course in a Jupyter that can grade and do nothing else.

    launch(course, options)    replace this process by JupyterLab
    write_settings(course)     its settings, in a folder below the course's private one
    GradingOnly                what its API refuses: to write files, to start kernels and terminals
    advice(course)             what `gradfn doctor` says of formgrader

Formgrader's pages stand on Jupyter's own origin: a script on one of them could do all that Jupyter can.
nbgrader writes some of what it shows into its pages as it is (see `handlers`). So this Jupyter can do little,
and its answers carry a policy that keeps scripts of other origins and in attributes from running.
"""

from __future__ import annotations

import json
import os
import sys
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from jupyter_server.auth import Authorizer
from jupyter_server.base.handlers import AuthenticatedFileHandler
from jupyter_server.nbconvert.handlers import NbconvertFileHandler

from autograder.errors import GradfnError
from autograder.nbgrader.course import FORMGRADER, Course, open_course
from autograder.nbgrader.inbox import time_of
from autograder.units.files import write_whole

REFUSED = frozenset({"contents", "kernels", "nbconvert", "sessions", "terminals"})
#: Extensions that run notebooks or language servers, or read settings from the folder that is opened.
OTHERS = ("assignment_list", "course_list", "validate_assignment")
OFF = ("jupyter_lsp", "jupyterlab_jupytext", *(f"nbgrader.server_extensions.{name}" for name in OTHERS))
#: What formgrader's own pages have in attributes; a hash allows a text, wherever it stands.
BUTTONS = ("toggleAllNames()", "createAssignmentModal();", "createStudentModal();")
HASHES = " ".join(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in BUTTONS)
#: JupyterLab and formgrader have scripts of their own in their pages, and JupyterLab compiles some.
POLICY = (
    f"script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; script-src-attr 'unsafe-hashes' {HASHES}; "
    "object-src 'none'; base-uri 'self'; frame-ancestors 'self'"
)
SETTINGS = {
    "ServerApp": {
        "authorizer_class": "autograder.nbgrader.formgrader.GradingOnly",
        "terminals_enabled": False,
        "jpserver_extensions": {"autograder.nbgrader.formgrader": True} | dict.fromkeys(OFF, False),
        "tornado_settings": {"headers": {"Content-Security-Policy": POLICY}},
    },
    "LabApp": {"extension_manager": "readonly"},
}


def _load_jupyter_server_extension(app: Any) -> None:
    """Let formgrader read times as the course does: else it says "needs autograding" of what is graded.

    nbgrader takes "+0200" for 200 seconds, and believes a time that is not believed when it is graded.
    A file that is opened by itself runs nothing.
    """
    from nbgrader.apps.api import NbGraderAPI

    NbGraderAPI.get_submitted_timestamp = _time
    files: Any = AuthenticatedFileHandler
    files.content_security_policy = "sandbox; frame-ancestors 'self'"


def _time(api: Any, assignment: str, student: str) -> datetime | None:
    from autograder.nbgrader.notebook import doubt

    course = open_course(Path(api.coursedir.root))
    unit = course.unit(assignment)
    with suppress(GradfnError):
        return None if doubt(course, unit, student) else time_of(course.submitted_folder(unit, student))
    return None


class GradingOnly(Authorizer):
    """Reading is allowed, and grading, which formgrader's own API does; no notebook is made a page."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        reads = action == "read" and not isinstance(handler, NbconvertFileHandler)
        return reads or resource not in REFUSED


def launch(course: Course, options: Sequence[str] = ()) -> None:
    """Replace this process by JupyterLab in the course's folder."""
    others = os.environ.get("JUPYTER_CONFIG_PATH")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, [str(write_settings(course)), others]))
    os.chdir(course.root)
    os.execv(sys.executable, [sys.executable, "-P", "-m", "jupyterlab", *options])


def write_settings(course: Course) -> Path:
    """Write Jupyter's settings; their folder.

    They also hold for courses whose nbgrader_config.py was written by an earlier version.
    """
    folder = course.private / "jupyter"
    write_whole(folder / "jupyter_server_config.json", json.dumps(SETTINGS))
    lines = f"from autograder.nbgrader.templates import FOLDERS\n\nc = get_config()\n{FORMGRADER}"
    write_whole(folder / "nbgrader_config.py", lines)
    return folder


def advice(course: Course | None) -> str:
    """How to open formgrader, and what an earlier version's course lacks."""
    words = "open it with gradfn formgrader: a Jupyter without terminals, kernels or writing to files"
    if course and "protect()" not in (course.root / "nbgrader_config.py").read_text(encoding="utf-8"):
        words += ". Elsewhere it typesets what students wrote: nbgrader_config.py is of an earlier version"
    return words
