"""A student's commands.

gradfn                        progress, and what is next
gradfn hint UNIT.EXERCISE     one more hint
gradfn reset UNIT[.EXERCISE]  a stub put back
"""

from __future__ import annotations

import argparse

from autograder.commands.words import Commands, command, dotted, shown
from autograder.kit import Kit


def add(commands: Commands) -> None:
    """Declare the commands."""
    command(commands, "hint", _hint, "one more hint for an exercise", "UNIT.EXERCISE")
    command(commands, "reset", _reset, "put a stub back; what it replaces is kept", "UNIT[.EXERCISE]")


def progress(arguments: argparse.Namespace) -> None:
    """Where one is, and what is next."""
    from autograder.progress import show

    show(Kit.here())


def _hint(arguments: argparse.Namespace) -> None:
    from autograder.progress import next_hint

    print(next_hint(*Kit.here().exercise(dotted(getattr(arguments, "unit.exercise")))))


def _reset(arguments: argparse.Namespace) -> None:
    from autograder.stubs import reset

    path, kit = getattr(arguments, "unit[.exercise]"), Kit.here()
    unit, exercise = kit.exercise(path) if "." in path else (kit.unit(path), None)
    kept = reset(unit, exercise.name if exercise else None)
    print(f"{path} is as it was handed out. What it replaced is in {shown(kept)}")
