"""The `gradfn` command: parse, call, exit code.

Exit status: 0 when what was asked was done, 1 when `gradfn dev verify` found a broken promise, 2 when it
could not be done, with one line on stderr that says why. The commands are those of `autograder.commands`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from autograder import __version__
from autograder.commands import author, instructor, student
from autograder.errors import GradfnError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    _speak_utf8()
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments) or 0)
    except GradfnError as error:
        print(f"gradfn: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("gradfn: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 0  # the reader of our output, `head` perhaps, has had enough


def _speak_utf8() -> None:
    """Never fail on a console that cannot print a character: show a question mark in its place."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gradfn", description="Exercises for neural-network fundamentals.")
    parser.add_argument("--version", action="version", version=f"gradfn {__version__}")
    parser.set_defaults(run=student.progress)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for group in (student, instructor, author):
        group.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
