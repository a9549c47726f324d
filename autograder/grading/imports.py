"""What the judge's own processes import: this kit and installed packages, nothing of the working directory.

forget_working_directory()    of this process and of all that it starts
command(module, *words)       the command that runs a module of this kit

An instructor may work in a folder that a student handed in: a random.py there must not replace Python's own.
"""

from __future__ import annotations

import os
import sys

from autograder.grading.confinement import ROOT

BEGIN = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)


def forget_working_directory() -> None:
    """Take the working directory out of the places to import from; this kit's own folder stays."""
    os.environ["PYTHONSAFEPATH"] = "1"
    here = os.path.realpath(os.getcwd())
    if here != str(ROOT):
        sys.path[:] = [path for path in sys.path if os.path.realpath(path) != here]


def command(module: str, *words: str) -> list[str]:
    """The command that runs a module of this kit with some arguments."""
    return [sys.executable, "-P", "-c", BEGIN, str(ROOT), module, *words]
