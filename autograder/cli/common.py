"""What the commands share: the kit and the course that they use, how paths and points are printed.

kit_to_grade(arguments)                     the kit that --kit names, or the installed one
course_here(), course_and_unit(arguments)   the course that the working directory is in
display_path(path)                          a path as the reader would type it
points(number), manual_text(unit)           "1 point"; the points that a person gives
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.units.kit import Kit, KitUnit

if TYPE_CHECKING:  # nbgrader takes seconds to import: each command imports what it needs
    from autograder.nbgrader.course import Course


def points(number: float) -> str:
    """1 point, 2 points."""
    return f"{number:g} point{'s' * (number != 1)}"


def manual_text(unit: KitUnit) -> str:
    """What follows a unit's points if a person gives some of them."""
    return f", and up to {unit.manual_points:g} by hand" if unit.questions else ""


def display_path(path: Path) -> str:
    """The path, relative to the working directory if it is below it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def kit_to_grade(arguments: argparse.Namespace) -> Kit:
    """The kit to grade with; from now on nothing is imported from the working directory."""
    from autograder.grading.imports import forget_working_directory

    forget_working_directory()
    return Kit.to_grade(arguments.kit, arguments.units)


def course_here() -> Course:
    """The course that the working directory is in; nothing else is imported from there."""
    from autograder.grading.imports import forget_working_directory

    forget_working_directory()
    from autograder.nbgrader.course import course_around, write_privately

    course = course_around(Path.cwd())
    write_privately(course)
    return course


def course_and_unit(arguments: argparse.Namespace) -> tuple[Course, KitUnit]:
    """The course around the working directory, and its unit that was typed, with the course's points."""
    from autograder.units.lookup import find_unit

    course = course_here()
    return course, course.unit(find_unit(course.kit, arguments.unit).name)
