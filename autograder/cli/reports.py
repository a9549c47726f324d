"""An instructor's pages about a class.

gradfn report UNIT     scores, mistakes, who needs attention, which checks are poor
gradfn similar UNIT    answers that are too alike, side by side
"""

from __future__ import annotations

import argparse
from contextlib import chdir
from pathlib import Path

from autograder.cli.common import Commands, add_unit, command, course_and_unit, display_path


def add(commands: Commands) -> None:
    """Declare the commands."""
    report = command(
        commands,
        "report",
        _report,
        "write a page about the class: scores, mistakes, checks",
        """The page shows who needs attention, the distribution of scores, which mistakes were made, and which
        checks are too hard or do not discriminate.""",
        "gradfn report activations",
    )
    similar = command(
        commands,
        "similar",
        _similar,
        "write a page about answers that are too alike",
        """Compares what is graded. Names, the order of lines, and what many answers share do not count.""",
        "gradfn similar activations",
    )
    for parser, name in ((report, "UNIT"), (similar, "UNIT-similar")):
        add_unit(parser)
        words = f"the page (default: reports/{name}.html in the course)"
        parser.add_argument("--out", type=Path, metavar="FILE", help=words)


def _report(arguments: argparse.Namespace) -> None:
    course, unit = course_and_unit(arguments)
    with chdir(course.root):  # matplotlib looks for its settings in the working directory
        from autograder.nbgrader.report.page import write_report
    written = write_report(course, unit, arguments.out)
    print(f"{unit.name}: {written.words}")
    print(f"The report is in {display_path(written.file)}")


def _similar(arguments: argparse.Namespace) -> None:
    course, unit = course_and_unit(arguments)
    with chdir(course.root):
        from autograder.nbgrader.similar.page import write_page
    file, words = write_page(course, unit, arguments.out)
    print(f"{unit.name}: {words}")
    print(f"The page is in {display_path(file)}")
