"""No command waits for an import that it does not need."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: What is slow to import and no command of a student needs; and what reading the gradebook does not need.
SLOW = ("torch", "nbgrader", "sqlalchemy", "nbconvert", "nbformat", "IPython", "traitlets", "matplotlib")
SLOW_TOO = (
    "torch",
    "nbconvert",
    "IPython",
    "jupyter_client",
    "tornado.web",
    "matplotlib",
    "autograder.worker.shell",
)
LIGHT = """\
import sys
from autograder.cli import main
for line in sys.argv[2:]:
    try:
        print("exit status", main(line.split()))
    except SystemExit:
        pass
    found = [name for name in sys.argv[1].split() if name in sys.modules]
    assert not found, (line, found)
"""


def test_light_commands_import_nothing_slow() -> None:
    """Neither a student's commands nor any help waits for what grading a class needs."""
    helps = [f"{name} --help" for name in ("grade", "feedback", "export", "report", "dev", "watch")]
    done = ["--help", "", "list perceptron", "hint perceptron.signed_distance", "list graph", *helps]
    command = [sys.executable, "-c", LIGHT, " ".join(SLOW), *done]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.count("exit status 0") == len(done) - len(helps) - 1


def test_the_gradebook_opens_without_a_notebook_server() -> None:
    """nbgrader's own __init__ imports one: half of what `gradfn deadline` or `gradfn export` would take."""
    names = "autograder.nbgrader.gradebook, autograder.nbgrader.classes, nbgrader.api, nbgrader"
    script = (
        f"import sys, {names}\nprint([n for n in sys.argv[1:] if n in sys.modules], nbgrader.__version__)"
    )
    run = subprocess.run(
        [sys.executable, "-c", f"{script}\nnbgrader._jupyter_server_extension_points()", *SLOW_TOO],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.stdout.split() == ["[]", version("nbgrader")], run.stderr
