"""A student's commands."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.cli.commands import command
from autograder.cli.common import display_path
from autograder.errors import GradfnError
from autograder.student.terminal import for_terminal
from autograder.units.kit import Kit, KitUnit
from autograder.units.lookup import find, find_exercise, find_unit
from autograder.units.places import installed_beside

if TYPE_CHECKING:  # each command imports what it needs
    from autograder.answers.convert import Conversion


def progress(arguments: argparse.Namespace) -> None:
    """Print the progress, and what is next."""
    from autograder.student.drafts import outdated
    from autograder.student.progress import show

    kit = Kit.here()
    if waiting := [unit.name for unit in kit.units() if outdated(unit)]:
        print(
            "Answers of yours are missing here: a newer kit was unpacked over them, or you took them out. "
            f"gradfn update brings them back: {', '.join(waiting)}\n"
        )
    show(kit)


@command("watch", "[UNIT[.EXERCISE]]  the first exercise")
def _watch(arguments: argparse.Namespace) -> None:
    """Check the exercise you are working on at each save.

    Keep it open in a window beside the editor. The keys are shown at the bottom; q ends it.

        --poll  look for saves five times a second, where the system does not report them at once

        gradfn watch
        gradfn watch activations.softmax
    """
    from autograder.student.watch.loop import watch

    kit = Kit.here()
    watch(kit, find(kit, arguments.where) if arguments.where else None, arguments.poll)


@command("lesson", "UNIT")
def _lesson(arguments: argparse.Namespace) -> None:
    """Open a unit's lesson as a page in the browser.

    One file, which needs no network: .gradfn/pages/UNIT-lesson.html beside exercises/, or --out.

        --out FILE  write the page to this file and open nothing

        gradfn lesson activations
    """
    from autograder.units.lesson_page import page_of

    unit = find_unit(Kit.here(), arguments.unit)
    _show(page_of(unit), unit, "lesson", arguments.out)


@command("play", "UNIT")
def _play(arguments: argparse.Namespace) -> None:
    """Watch your own answers at work, as a page in the browser.

    Shows those that pass their checks. The scene of graph takes an expression.

        [EXPRESSION=]  what graph draws (default: its own)
        --out FILE     write the page to this file and open nothing

        gradfn play xor
        gradfn play graph "exp(-a * b) + a"
    """
    from autograder.student.play import page

    unit = find_unit(Kit.here(), arguments.unit)
    _show(page(unit, arguments.expression), unit, "play", arguments.out)


def _show(page: str, unit: KitUnit, name: str, out: Path | None) -> None:
    from autograder.student.pages import show, write

    if out:
        print(f"The page is in {display_path(write(page, out))}")
        return
    file, opened = show(page, unit, name)
    print(f"{'The page is open in the browser' if opened else 'Open this page in a browser'}: {file}")


@command("list", "[UNIT]  all units")
def _list(arguments: argparse.Namespace) -> None:
    """List every exercise with its stars, points and state.

    One star is easy, three are hard.

        gradfn list activations
    """
    from autograder.student.progress import list_lines

    here = Kit.here()
    kit = Kit(here.root, installed_beside(here.root))
    print(*list_lines([find_unit(kit, arguments.unit)] if arguments.unit else kit.units()), sep="\n")


@command("hint", "[UNIT[.EXERCISE]]  the exercise that is next")
def _hint(arguments: argparse.Namespace) -> None:
    """Give one more hint for an exercise.

    The hint is for the exercise's first failing check. Ask again for a stronger one.

        gradfn hint
        gradfn hint activations.softmax
    """
    from autograder.student.hints import next_hint
    from autograder.student.progress import first_open

    kit = Kit.here()
    unit, exercise = find(kit, arguments.where) if arguments.where else (None, None)
    found = (unit, exercise) if unit and exercise else first_open([unit] if unit else kit.units())
    done = f"All public checks{f' of {unit.name}' if unit else ''} pass: no hint is needed."
    words = next_hint(*found) if found else done
    print(for_terminal(words, sys.stdout))


@command("show", "UNIT.EXERCISE")
def _inputs(arguments: argparse.Namespace) -> None:
    """Show the first failing check's inputs, as Python to paste.

    For a console or a cell below the answer. Numbers are written to their last digit.

        gradfn show activations.softmax
    """
    from autograder.student.show import inputs_of

    print(inputs_of(*find_exercise(Kit.here(), arguments.exercise)))


@command("solution", "UNIT.EXERCISE")
def _solution(arguments: argparse.Namespace) -> None:
    """Show the kit's answer to an exercise, once yours passes.

    Also shows what goes wrong in other answers. A students' copy has no solutions to show.

        gradfn solution activations.softmax
    """
    from autograder.student.solution import reveal

    print(reveal(*find_exercise(Kit.here(), arguments.exercise)))


@command("reset", "UNIT[.EXERCISE]")
def _reset(arguments: argparse.Namespace) -> None:
    """Put a stub back; what you wrote is backed up.

    Puts an exercise, or all of a unit's file, back to how it was handed out. A backup lies beside the
    file; the command prints its name.

        gradfn reset activations.softmax
        gradfn reset activations
    """
    from autograder.student.drafts import reset

    unit, exercise = find(Kit.here(), arguments.where)
    backup = reset(unit, exercise.name if exercise else None)
    path = f"{unit.name}.{exercise.name}" if exercise else unit.name
    print(f"{path} is as it was handed out.{f' The file before: {display_path(backup)}' if backup else ''}")


@command("notebook", "UNIT")
def _notebook(arguments: argparse.Namespace) -> None:
    """Convert your work in a unit's .py file to a notebook.

    Your own cells and texts are converted too. A notebook that is already there is backed up.

        gradfn notebook activations
    """
    from autograder.answers.convert import to_notebook

    unit = find_unit(Kit.here(), arguments.unit)
    _say(to_notebook(unit), f"gradfn script {unit.name}")


@command("script", "UNIT")
def _script(arguments: argparse.Namespace) -> None:
    """Convert your work in a unit's notebook to its .py file.

    Your own cells and texts are converted too. What the .py file held is backed up.

        [NOTEBOOK]  a notebook elsewhere (default: the one beside the .py file)

        gradfn script activations
        gradfn script activations ~/Downloads/activations.ipynb
    """
    from autograder.answers.convert import to_script

    unit = find_unit(Kit.here(), arguments.unit)
    _say(to_script(unit, arguments.notebook), f"gradfn notebook {unit.name}")


def _say(conversion: Conversion, way_back: str) -> None:
    """Print what was converted, and where the backup is."""
    source, target = display_path(conversion.source), display_path(conversion.target)
    if not conversion.changed:
        print(f"{target} holds what {source} holds already")
        return
    print(f"{target} now holds what {source} holds")
    if conversion.backup is not None:
        newer = f", which was newer: {way_back} carries the other way" if conversion.newer else ""
        print(f"The file before: {display_path(conversion.backup)}{newer}")
    for note in conversion.notes:
        print(f"note: {note}")


@command("submit", "UNIT")
def _submit(arguments: argparse.Namespace) -> None:
    """Hand in a unit; shows first what will be handed in.

    Hands in to a course's folder (--to), else to nbgrader's exchange if there is one here, else copies
    the file to handed-in/ for you to upload.

        [FILE]          a .py or .ipynb file (default: the unit's own)
        --to DIR        a course's folder, or another folder to copy to
        --student NAME  your name in the course (default: your login name)
        --anyway        hand in even if the file does not load

        gradfn submit activations
        gradfn submit activations activations.ipynb --to /srv/fall --student ada
    """
    from autograder.student import submit

    kit = Kit.here()
    unit = find_unit(kit, arguments.unit)
    file = arguments.file or submit.choose_file(unit)
    print(f"{unit.name}: {display_path(file)}")
    preview = submit.preview(unit, file)
    print("\n".join(preview.lines), flush=True)
    if preview.problems and not arguments.anyway:
        raise GradfnError(f"not handed in: {preview.problems[0]}. To hand it in as it is: --anyway")
    print(_handed_in(arguments, kit, unit, file))


def _handed_in(arguments: argparse.Namespace, kit: Kit, unit: KitUnit, file: Path) -> str:
    """Hand in to a course's folder, to nbgrader's exchange, or as a file to upload; where it is."""
    from autograder.student import exchange, submit

    if arguments.to and submit.is_course(arguments.to):
        student = submit.student_name(arguments.student)
        return f"Handed in as {display_path(submit.to_course(unit, file, arguments.to, student))}"
    if not arguments.to and (course := exchange.course_here()):
        return f"Handed in to {course} by nbgrader: {exchange.submit(unit, file, arguments.student)}"
    target = submit.to_upload(unit, file, arguments.to or kit.root / "handed-in")
    return f"To upload, under this name: {display_path(target)}"


@command("update")
def _update(arguments: argparse.Namespace) -> None:
    """Update to a newer kit; your answers stay.

    A backup of each changed file stays beside it.

        [zip:KIT.zip]  the new kit; leave it out if you have unpacked it over this folder

        gradfn update ~/Downloads/gradfn-students.zip
    """
    from autograder.student.update import renew, update

    kit = Kit.here()
    lines = update(kit, arguments.zip) if arguments.zip else renew(kit)
    print("\n".join(lines) or "Nothing to carry over: every file is up to date")
    if arguments.zip:
        install = "python -m pip install -c constraints.txt -e ."
        print(f"The newer kit is in place. To install what it needs: {install}")
