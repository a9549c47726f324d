"""A student's commands.

gradfn                          progress, and what is next
gradfn watch [UNIT[.EXERCISE]]  check each save
gradfn list [UNIT]              every exercise, its stars, its points and how far it is
gradfn hint UNIT.EXERCISE       one more hint
gradfn solution UNIT.EXERCISE   the answer, once it is solved
gradfn reset UNIT[.EXERCISE]    a stub put back
gradfn notebook UNIT            the work in the script, carried into a notebook
gradfn script UNIT [NOTEBOOK]   and back
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.commands.words import Commands, command, shown
from autograder.kit import Kit
from autograder.names import find, find_exercise, find_unit

if TYPE_CHECKING:  # each command brings what it needs
    from autograder.carry import Carried


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
    command(commands, "notebook", _notebook, "carry the work in a unit's .py into its .ipynb", "UNIT")
    script = command(commands, "script", _script, "carry the work in a unit's .ipynb into its .py", "UNIT")
    script.add_argument("notebook", nargs="?", type=Path, metavar="NOTEBOOK", help="a notebook elsewhere")


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


def _notebook(arguments: argparse.Namespace) -> None:
    from autograder.carry import to_notebook

    unit = find_unit(Kit.here(), arguments.unit)
    _say(to_notebook(unit), f"gradfn script {unit.name}")


def _script(arguments: argparse.Namespace) -> None:
    from autograder.carry import to_script

    unit = find_unit(Kit.here(), arguments.unit)
    _say(to_script(unit, arguments.notebook), f"gradfn notebook {unit.name}")


def _say(carried: Carried, way_back: str) -> None:
    """What was written from what, and where to find what it replaced."""
    source, target = shown(carried.source), shown(carried.target)
    if not carried.changed:
        print(f"{target} holds what {source} holds already")
        return
    print(f"{target} now holds what {source} holds")
    if carried.copy is not None:
        newer = f", which was newer: {way_back} carries the other way" if carried.newer else ""
        print(f"What it replaced is in {shown(carried.copy)}{newer}")
    for note in carried.notes:
        print(f"note: {note}")
