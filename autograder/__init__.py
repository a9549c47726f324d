"""gradfn's judge: runs check programs on answers, compares what they return and explains the difference.

Packages in layers; each may import those below it and none above it:

cli                                       parse, call, exit code
jupyter       nbgrader       authors      notebooks; a class and its course; deriving and proving units
student       grading                     a student's own process; one submission graded
answers       judging                     a student's file as cells; right or wrong, and the words for it
units                                     the kit on disk
worker                                    all of ours that an untrusted process sees
declare       errors                      @check, slips, Unit; the exception tree

Students receive `cli` (their part of it), `jupyter`, `student` and what these import.

For programs, imported when they are first used (README.md has an example):

load_unit(name, *folders)       a unit of the installed kit, of packages, or of folders of one's own
judge_file(unit, path)          the Report on a file: what `gradfn judge` prints
open_course(folder)             a course: its units, its students
grade_class(course, unit)       what `gradfn grade` does: a Record for each student
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

from autograder.worker.imports import hidden_by as _hidden_by

if TYPE_CHECKING:
    from autograder.grading.grade import judge_file, load_unit
    from autograder.nbgrader.classes import grade_class
    from autograder.nbgrader.course import open_course

__all__ = ["grade_class", "judge_file", "load_unit", "open_course"]
__version__ = "0.1.0"
_HOMES = {"grade_class": "nbgrader.classes", "open_course": "nbgrader.course"}

__path__.append(f"{__path__[0]}/student/older")  # what folders made by 0.1.0 import

for _name in ("numpy", "torch"):  # at the first import of the kit, which needs both
    if _file := _hidden_by(_name):
        raise SystemExit(f"gradfn: your file {_file} hides the package {_name}: give it another name")


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(_import_module(f"autograder.{_HOMES.get(name, 'grading.grade')}"), name)
