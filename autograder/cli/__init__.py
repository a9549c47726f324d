"""The `gradfn` command: parse, call, exit code.

Exit status: 0 when what was asked was done, 1 when `gradfn dev verify` found a broken promise, 2 when it
could not be done, with one line on stderr that says why. The commands, by who uses them:

    student       progress, watch, list, hint, solution, reset, notebook, script, submit, update
    instructor    judge, course, release, grade, feedback, report, export, bundle, doctor
    author        dev build, dev verify, dev new
    grading_view  what `gradfn grade` shows
    common        what the commands share

A students' copy of the kit has those of students only.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from autograder import __version__
from autograder.cli import student
from autograder.errors import GradfnError, NotFound
from autograder.student.consoles import speak


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    speak(sys.stdout, sys.stderr)
    try:
        arguments = _parser().parse_args(argv)
        if getattr(arguments, "unconfined", False):
            os.environ["GRADFN_UNCONFINED"] = (
                "1"  # as `autograder.grading.confinement` says; processes inherit it
            )
        return int(arguments.run(arguments) or 0)
    except GradfnError as error:
        print(f"gradfn: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("gradfn: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 0  # the reader of our output, `head` perhaps, has had enough


class _Parser(argparse.ArgumentParser):
    """A parser that answers a mistyped command or option with the nearest one."""

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices and action.metavar == "COMMAND":
            raise NotFound.named("command", value, action.choices)
        super()._check_value(action, value)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does it, but for what is too much: here its neighbours and its usage are known."""
        known, extra = super().parse_known_args(args, namespace)
        if extra and extra[0].startswith("--"):
            raise NotFound.named(f"option of {self.prog}", extra[0], self._option_string_actions)
        if extra:
            self.error(f"unrecognized arguments: {' '.join(extra)}")
        return known, extra


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="gradfn", description="Exercises for neural-network fundamentals.")
    parser.add_argument("--version", action="version", version=f"gradfn {__version__}")
    parser.set_defaults(run=student.progress)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for group in _groups():
        group.add(commands)
    return parser


def _groups() -> Iterator[ModuleType]:
    """The modules that declare commands: a students' copy of the kit has those of students only."""
    yield student
    for name in ("instructor", "author"):
        if find_spec(f"autograder.cli.{name}"):
            yield import_module(f"autograder.cli.{name}")
