"""A student's commands.

gradfn                          progress, and what is next
gradfn watch [UNIT[.EXERCISE]]  check each save
gradfn list [UNIT]              every exercise, its stars, its points and how far it is
gradfn hint [UNIT[.EXERCISE]]   one more hint
gradfn solution UNIT.EXERCISE   the answer, once it is solved
gradfn reset UNIT[.EXERCISE]    a stub put back
gradfn notebook UNIT            the work in the script, carried into a notebook
gradfn script UNIT [NOTEBOOK]   and back
gradfn submit UNIT [FILE]       hand in, after a look at what it is
gradfn update [KIT.zip]         a newer kit, with the answers so far
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.cli.common import Commands, command, shown
from autograder.errors import GradfnError
from autograder.student.terminal import for_terminal
from autograder.units.kit import Kit, KitUnit
from autograder.units.lookup import find, find_exercise, find_unit

if TYPE_CHECKING:  # each command brings what it needs
    from autograder.answers.convert import Conversion


def add(commands: Commands) -> None:
    """Declare the commands."""
    watched = command(commands, "watch", _watch, "check the exercise being worked on at each save")
    watched.add_argument("where", nargs="?", metavar="UNIT[.EXERCISE]", help="where to begin")
    watched.add_argument(
        "--poll", action="store_true", help="look for saves again and again, where none is noticed"
    )
    listed = command(commands, "list", _list, "every exercise: stars, points, and how far it is")
    listed.add_argument("unit", nargs="?", metavar="UNIT", help="one unit (default: all)")
    hinted = command(commands, "hint", _hint, "one more hint for an exercise, each time")
    hinted.add_argument("where", nargs="?", metavar="UNIT[.EXERCISE]", help="default: what is next")
    command(commands, "solution", _solution, "the answer, once its checks pass", "UNIT.EXERCISE")
    command(commands, "reset", _reset, "put a stub back; what it replaces is kept", "UNIT[.EXERCISE]")
    command(commands, "notebook", _notebook, "carry the work in a unit's .py into its .ipynb", "UNIT")
    script = command(commands, "script", _script, "carry the work in a unit's .ipynb into its .py", "UNIT")
    hand_in = command(commands, "submit", _submit, "hand in, after a look at what it is", "UNIT")
    hand_in.add_argument("file", nargs="?", type=Path, metavar="FILE", help="default: the unit's own")
    hand_in.add_argument("--to", type=Path, metavar="DIR", help="a course's folder, or any other")
    hand_in.add_argument("--student", metavar="NAME", help="default: who is logged in")
    hand_in.add_argument("--anyway", action="store_true", help="also what does not load")
    newer = command(commands, "update", _update, "lay a newer kit over this one, with the answers so far")
    newer.add_argument("zip", nargs="?", type=Path, metavar="KIT.zip", help="default: unpacked here already")
    script.add_argument("notebook", nargs="?", type=Path, metavar="NOTEBOOK", help="a notebook elsewhere")


def progress(arguments: argparse.Namespace) -> None:
    """Where one is, and what is next."""
    from autograder.student.drafts import outdated
    from autograder.student.progress import show

    kit = Kit.here()
    if waiting := [unit.name for unit in kit.units() if outdated(unit)]:
        print(
            f"A newer kit was unpacked here. gradfn update brings your answers back: {', '.join(waiting)}\n"
        )
    show(kit)


def _watch(arguments: argparse.Namespace) -> None:
    from autograder.student.watch.loop import watch

    kit = Kit.here()
    watch(kit, find(kit, arguments.where) if arguments.where else None, arguments.poll)


def _list(arguments: argparse.Namespace) -> None:
    from autograder.student.listing import lines

    kit = Kit.here()
    for line in lines([find_unit(kit, arguments.unit)] if arguments.unit else kit.units()):
        print(line)


def _hint(arguments: argparse.Namespace) -> None:
    from autograder.student.progress import first_open, next_hint

    kit = Kit.here()
    unit, exercise = find(kit, arguments.where) if arguments.where else (None, None)
    found = (unit, exercise) if unit and exercise else first_open([unit] if unit else kit.units())
    done = f"All public checks{f' of {unit.name}' if unit else ''} pass: no hint is needed."
    words = next_hint(*found) if found else done
    print(for_terminal(words, sys.stdout))


def _solution(arguments: argparse.Namespace) -> None:
    from autograder.student.solution import reveal

    print(reveal(*find_exercise(Kit.here(), getattr(arguments, "unit.exercise"))))


def _reset(arguments: argparse.Namespace) -> None:
    from autograder.student.reset import reset

    unit, exercise = find(Kit.here(), getattr(arguments, "unit[.exercise]"))
    kept = reset(unit, exercise.name if exercise else None)
    path = f"{unit.name}.{exercise.name}" if exercise else unit.name
    print(f"{path} is as it was handed out.{f' What it replaced is in {shown(kept)}' if kept else ''}")


def _notebook(arguments: argparse.Namespace) -> None:
    from autograder.answers.convert import to_notebook

    unit = find_unit(Kit.here(), arguments.unit)
    _say(to_notebook(unit), f"gradfn script {unit.name}")


def _script(arguments: argparse.Namespace) -> None:
    from autograder.answers.convert import to_script

    unit = find_unit(Kit.here(), arguments.unit)
    _say(to_script(unit, arguments.notebook), f"gradfn notebook {unit.name}")


def _say(conversion: Conversion, way_back: str) -> None:
    """What was written from what, and where to find what it replaced."""
    source, target = shown(conversion.source), shown(conversion.target)
    if not conversion.changed:
        print(f"{target} holds what {source} holds already")
        return
    print(f"{target} now holds what {source} holds")
    if conversion.backup is not None:
        newer = f", which was newer: {way_back} carries the other way" if conversion.newer else ""
        print(f"What it replaced is in {shown(conversion.backup)}{newer}")
    for note in conversion.notes:
        print(f"note: {note}")


def _submit(arguments: argparse.Namespace) -> None:
    from autograder.student import submit

    kit = Kit.here()
    unit = find_unit(kit, arguments.unit)
    file = arguments.file or submit.chosen(unit)
    print(f"{unit.name}: {shown(file)}")
    seen = submit.look(unit, file)
    print("\n".join(seen.lines), flush=True)
    if seen.trouble and not arguments.anyway:
        raise GradfnError(f"not handed in: {seen.trouble[0]}. To hand it in as it is: --anyway")
    print(_handed_in(arguments, kit, unit, file))


def _handed_in(arguments: argparse.Namespace, kit: Kit, unit: KitUnit, file: Path) -> str:
    """Hand in to where it was asked for: a course's folder, nbgrader's exchange, or a file to upload."""
    from autograder.student import exchange, submit

    if arguments.to and submit.is_course(arguments.to):
        student = submit.student_name(arguments.student)
        return f"Handed in as {shown(submit.to_course(unit, file, arguments.to, student))}"
    if not arguments.to and (course := exchange.course_here()):
        return f"Handed in to {course} by nbgrader: {exchange.submit(unit, file, arguments.student)}"
    target = submit.to_upload(unit, file, arguments.to or kit.root / "handed-in")
    return f"To upload, under this name: {shown(target)}"


def _update(arguments: argparse.Namespace) -> None:
    from autograder.student.update import renew, update

    kit = Kit.here()
    lines = update(kit, arguments.zip) if arguments.zip else renew(kit)
    print("\n".join(lines) or "Nothing to carry over: every file is as this kit wants it")
    if arguments.zip:
        print("The newer kit is in place; python -m pip install -c constraints.txt -e . brings what it needs")
