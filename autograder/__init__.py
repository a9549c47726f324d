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
"""

from autograder.worker.imports import hidden_by as _hidden_by

__version__ = "0.1.0"

__path__.append(f"{__path__[0]}/student/older")  # what folders made by 0.1.0 import

for _name in ("numpy", "torch"):  # at the first import of the kit, which needs both
    if _file := _hidden_by(_name):
        raise SystemExit(f"gradfn: your file {_file} hides the package {_name}: give it another name")
