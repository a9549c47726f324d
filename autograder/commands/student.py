"""A student's commands.

gradfn                          progress, and what is next
gradfn watch [UNIT[.EXERCISE]]  check each save
gradfn list [UNIT]              every exercise, its stars, its points and how far it is
gradfn hint UNIT.EXERCISE       one more hint
gradfn solution UNIT.EXERCISE   the answer, once it is solved
gradfn reset UNIT[.EXERCISE]    a stub put back
"""

from __future__ import annotations

import argparse

from autograder.commands.words import Commands, command, shown
from autograder.kit import Kit
from autograder.names import find, find_exercise, find_unit


def add(commands: Commands) -> None:
    """Declare the commands."""
    watched = command(commands, "watch", _watch, "check the exercise being worked on at each save")
    watched.add_argument("where", nargs="?", metavar="UNIT[.EXERCISE]", help="where to begin")
    watched.add_argument(
        "--poll", action="store_true", help="look for saves again and again, where none is noticed"
    )
    listed = command(commands, "list", _list, "every exercise: stars, points, and how far it is")
    listed.add_argument("unit", nargs="?", metavar="UNIT", help="one unit (default: all)")
    command(commands, "hint", _hint, "one more hint for an exercise", "UNIT.EXERCISE")
    command(commands, "solution", _solution, "the answer, once its checks pass", "UNIT.EXERCISE")
    command(commands, "reset", _reset, "put a stub back; what it replaces is kept", "UNIT[.EXERCISE]")


def progress(arguments: argparse.Namespace) -> None:
    """Where one is, and what is next."""
    from autograder.progress import show

    show(Kit.here())


def _watch(arguments: argparse.Namespace) -> None:
    from autograder.watch.loop import watch

    kit = Kit.here()
    watch(kit, find(kit, arguments.where) if arguments.where else None, arguments.poll)


def _list(arguments: argparse.Namespace) -> None:
    from autograder.listing import lines

    kit = Kit.here()
    for line in lines([find_unit(kit, arguments.unit)] if arguments.unit else kit.units()):
        print(line)


def _hint(arguments: argparse.Namespace) -> None:
    from autograder.progress import next_hint

    print(next_hint(*find_exercise(Kit.here(), getattr(arguments, "unit.exercise"))))


def _solution(arguments: argparse.Namespace) -> None:
    from autograder.reveal import reveal

    print(reveal(*find_exercise(Kit.here(), getattr(arguments, "unit.exercise"))))


def _reset(arguments: argparse.Namespace) -> None:
    from autograder.reset import reset

    unit, exercise = find(Kit.here(), getattr(arguments, "unit[.exercise]"))
    kept = reset(unit, exercise.name if exercise else None)
    path = f"{unit.name}.{exercise.name}" if exercise else unit.name
    print(f"{path} is as it was handed out.{f' What it replaced is in {shown(kept)}' if kept else ''}")
