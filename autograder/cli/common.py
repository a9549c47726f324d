"""What the commands share: how one is declared, how names are explained, how paths are printed.

command(commands, name, run, words, ...)    declare a command
add_kit_folder, add_unconfined              its options --kit, --units and --unconfined
kit_to_grade(arguments)                     the kit that --kit names, or the installed one
course_here(), course_and_unit(arguments)   the course that the working directory is in
add_unit, add_exercise, add_where           its argument UNIT, UNIT.EXERCISE or UNIT[.EXERCISE]
at_least_1(text)                            a whole number as typed, for argparse
display_path(path)                          a path as the reader would type it
points(number), manual_text(unit)           "1 point"; the points that a person gives
"""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from autograder.units.kit import Kit, KitUnit

if TYPE_CHECKING:  # nbgrader takes seconds to import: each command imports what it needs
    from autograder.nbgrader.course import Course

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Run = Callable[[argparse.Namespace], int | None]

WIDTH = 78


def command(
    commands: Commands, name: str, run: Run, words: str, details: str = "", examples: str = ""
) -> argparse.ArgumentParser:
    """Declare a command: `words` say what it does; its own help adds the details and the examples."""
    paragraphs = [f"{words[0].upper()}{words[1:]}.", *details.split("\n\n")]
    lines = textwrap.indent(textwrap.dedent(examples).strip(), "  ")
    several = len(lines.splitlines()) > 1
    parser = commands.add_parser(
        name,
        help=words,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="\n\n".join(textwrap.fill(" ".join(p.split()), WIDTH) for p in paragraphs if p),
        epilog=f"example{'s' * several}:\n{lines}" if lines else None,
    )
    parser.set_defaults(run=run)
    return parser


def add_unit(parser: argparse.ArgumentParser, default: str = "") -> None:
    """The argument UNIT; it may be left out if there is a default."""
    words = f"a unit by its name or its path, such as activations or exercises/activations{_or(default)}"
    parser.add_argument("unit", metavar="UNIT", nargs="?" if default else None, help=words)


def add_exercise(parser: argparse.ArgumentParser) -> None:
    """The argument UNIT.EXERCISE."""
    words = "an exercise, such as activations.softmax; softmax alone will do"
    parser.add_argument("exercise", metavar="UNIT.EXERCISE", help=words)


def add_where(parser: argparse.ArgumentParser, default: str = "") -> None:
    """The argument UNIT[.EXERCISE]; it may be left out if there is a default."""
    words = (
        "a unit or one of its exercises, such as activations or activations.softmax; "
        f"softmax alone will do{_or(default)}"
    )
    parser.add_argument("where", metavar="UNIT[.EXERCISE]", nargs="?" if default else None, help=words)


def _or(default: str) -> str:
    return f" (default: {default})" if default else ""


def at_least_1(text: str) -> int:
    """A whole number from 1 on; argparse prints the error otherwise."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a number from 1 on, not {text!r}")
    return int(text)


def points(number: float) -> str:
    """1 point, 2 points."""
    return f"{number:g} point{'s' * (number != 1)}"


def manual_text(unit: KitUnit) -> str:
    """What follows a unit's points if a person gives some of them."""
    return f", and up to {unit.manual_points:g} by hand" if unit.questions else ""


def display_path(path: Path) -> str:
    """The path, relative to the working directory if it is below it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def add_kit_folder(parser: argparse.ArgumentParser) -> None:
    """The options --kit and --units of a command that grades."""
    words = "the kit's folder (default: the installed kit); its code runs with your rights"
    parser.add_argument("--kit", type=Path, metavar="DIR", help=words)
    words = "units of your own beside the kit's: a folder with exercises/ and solutions/; may be repeated"
    parser.add_argument("--units", type=Path, metavar="DIR", action="append", default=[], help=words)


def add_unconfined(parser: argparse.ArgumentParser) -> None:
    """The option --unconfined of a command that runs submissions."""
    words = "run submissions without a sandbox: their code can then do all that you can"
    parser.add_argument("--unconfined", action="store_true", help=words)


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
