"""What the commands share: how one is declared, and how names and paths are read and said.

command(commands, name, run, words, *arguments)    declare one
dotted(path)                                       "UNIT.EXERCISE" as typed; NotFound says what is missing
shown(path)                                        a path as the reader would type it
at_least_1(text)                                   a number as typed, for argparse
manual_text(unit)                                      what a person adds to its points, or nothing
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from autograder.errors import NotFound
from autograder.units.kit import KitUnit

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Run = Callable[[argparse.Namespace], int | None]


def command(commands: Commands, name: str, run: Run, words: str, *arguments: str) -> argparse.ArgumentParser:
    """Declare a command; the value of an argument NAME is the attribute `name`."""
    parser = commands.add_parser(name, help=words, description=words)
    for argument in arguments:
        parser.add_argument(argument.lower(), metavar=argument)
    parser.set_defaults(run=run)
    return parser


def dotted(path: str) -> str:
    """`path`; raises NotFound where it names no exercise of a unit."""
    if "." not in path:
        raise NotFound(f"which exercise? Write UNIT.EXERCISE, for example activations.softmax (got {path!r})")
    return path


def at_least_1(text: str) -> int:
    """A whole number from 1 on; argparse prints what is raised otherwise."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a number from 1 on, not {text!r}")
    return int(text)


def manual_text(unit: KitUnit) -> str:
    """What follows a unit's points where a person grades a part of it."""
    return f", and up to {unit.manual_points:g} by hand" if unit.questions else ""


def shown(path: Path) -> str:
    """The path as the reader would type it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
