"""The `gradfn` command: parse, call, exit code.

Exit status: 0 if the command succeeded; 1 if something needs attention: a submission without a score, a
broken promise, a missing layer, a score below --min; 2 if the command could not be carried out, with one line
on stderr that says why. The commands:

    student       watch, lesson, play, list, hint, show, solution, reset, notebook, script, submit, update
    instructor    course, release, grade, feedback, report, similar, student, formgrader, bundle, doctor
    judge         judge
    site          site
    lms           roster, collect, deadline, export
    author        dev build, dev verify, dev new
    grading_view  what `gradfn grade` shows
    commands      how a command is declared
    common        what the commands share

A students' copy of the kit has the student's commands only.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from autograder import __version__
from autograder.cli import student
from autograder.cli.commands import add_commands
from autograder.errors import GradfnError, NotFound, database_fault
from autograder.student.terminal import replace_unprintable
from autograder.units.files import os_words

GROUPS = {
    "instructors": ("judge", "instructor", "site"),
    "classes in a learning system": ("lms",),
    "kit authors": ("author",),
}
DESCRIPTION = """\
Exercises for the fundamentals of neural networks. gradfn alone shows your
progress and what is next; gradfn COMMAND --help explains a command."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    replace_unprintable(sys.stdout, sys.stderr)
    try:
        arguments = _parser().parse_args(argv)
        if getattr(arguments, "unconfined", False):
            # autograder.grading.confinement reads it; child processes inherit it.
            os.environ["GRADFN_UNCONFINED"] = "1"
        status = int(arguments.run(arguments) or 0)
        sys.stdout.flush()
        return status
    except GradfnError as error:
        print(f"gradfn: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("gradfn: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 128 + 13  # as the shell says of a program whose reader, such as `head`, has ended
    except OSError as error:  # a file is locked, a folder read-only or the disk full
        print(f"gradfn: {os_words(error)}", file=sys.stderr)
        return 2
    except Exception as error:
        if not (words := database_fault(error)):
            raise
        print(f"gradfn: {words}", file=sys.stderr)
        return 2


class _Parser(argparse.ArgumentParser):
    """A parser that answers a mistyped command or option with the nearest one."""

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices and action.metavar == "COMMAND":
            raise NotFound.named("command", value, action.choices)
        super()._check_value(action, value)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As in argparse, but report unknown arguments here, where the command and its usage are known."""
        known, extra = super().parse_known_args(args, namespace)
        if extra and extra[0].startswith("--"):
            raise NotFound.named(f"option of {self.prog}", extra[0], self._option_string_actions)
        lists = [each.dest for each in self._actions if each.nargs == "*" and not each.option_strings]
        if extra and lists:  # names behind an option, as in `gradfn grade UNIT --regrade ada`
            setattr(known, lists[0], [*getattr(known, lists[0]), *extra])
        elif extra:
            self.error(f"unrecognized arguments: {' '.join(extra)}")
        return known, []


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="gradfn",
        usage="gradfn [COMMAND ...]",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"gradfn {__version__}")
    parser.set_defaults(run=student.progress)
    commands = parser.add_subparsers(metavar="COMMAND", prog="gradfn", help=argparse.SUPPRESS)
    for title, modules in _groups():
        before = set(commands.choices)
        for module in modules:
            add_commands(commands, module.__name__)
        added = {name: each for name, each in commands.choices.items() if name not in before}
        parser.add_argument_group(f"commands for {title}", "\n".join(_summaries(added)))
    return parser


def _summaries(commands: Mapping[str, argparse.ArgumentParser]) -> Iterator[str]:
    """A line for each command: its name, and the first sentence of its help."""
    for name, parser in commands.items():
        below = next((a.choices for a in parser._actions if a.metavar == "COMMAND"), None)
        if below:
            yield from _summaries({f"{name} {each}": sub for each, sub in dict(below).items()})
        else:
            words = (parser.description or "").partition("\n")[0]
            yield f"{name:<15}{words.removesuffix('.')}"


def _groups() -> Iterator[tuple[str, list[ModuleType]]]:
    """The modules that declare commands, by who needs them; a students' copy has the first only."""
    yield "students", [student]
    for title, names in GROUPS.items():
        if find_spec(f"autograder.cli.{names[0]}"):
            yield title, [import_module(f"autograder.cli.{name}") for name in names]
