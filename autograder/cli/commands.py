"""How a command is declared: by a function, whose docstring is its help and says what it takes.

    @command("judge", "UNIT", "--kit")
    def _judge(arguments):
        \"\"\"Judge one file, without a course.

        Details, in paragraphs.

            FILE               a positional argument, arguments.file
            --seed SEED=0      an option with its default
            --tier TIER=cpu|gpu  one with choices, of which the first is the default
            --yes              a flag

            gradfn judge activations bob/activations.ipynb
        \"\"\"

[FILE] may be left out, [FILE ...] may be repeated, and so may --column HEADER ...; "system:NAME" is
arguments.system. A type follows from the name (`TYPES`). Behind a command's name are things of `SHARED`;
"[UNIT]  all units" may be left out, and says what that means.

command(name, *shared)         declare a command of the module
add_commands(commands, module) the parsers of a module's commands, in the order of the file
"""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[Any]"
Run = Callable[[argparse.Namespace], int | None]

WIDTH = 78
SHARED = {
    "UNIT": "a unit by its name or its path, such as activations or exercises/activations",
    "UNIT[.EXERCISE]": "a unit or one of its exercises, such as activations or activations.softmax; softmax "
    "alone will do",
    "UNIT.EXERCISE": "an exercise, such as activations.softmax; softmax alone will do",
    "--kit DIR": "the kit's folder (default: the installed kit); its code runs with your rights",
    "--units DIR ...": "units of your own beside the kit's: a folder with exercises/ and solutions/; may be "
    "repeated",
    "--unconfined": "run submissions without a sandbox: their code can then do all that you can",
}
KIT = ("--kit DIR", "--units DIR ...")
NAMES = {"UNIT[.EXERCISE]": "where", "UNIT.EXERCISE": "exercise"}  # in arguments
#: What the commands with two words have in common, by the first.
GROUPS = {"dev": "for the kit's authors", "student": "remove a student"}
_declared: dict[str, list[tuple[str, Run, Sequence[str]]]] = {}
_LINE = re.compile(r"\n(?! )")  # a line that goes on is indented further


def at_least_1(text: str) -> int:
    """A whole number from 1 on; argparse prints the error otherwise."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a number from 1 on, not {text!r}")
    return int(text)


TYPES: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("FILE", "DIR", "SOURCE", "NOTEBOOK", "KIT.zip"), Path),
    "N": at_least_1,
    "SECONDS": at_least_1,
    "SEED": int,
    "POINTS": float,
}


def command(name: str, *shared: str) -> Callable[[Run], Run]:
    """Declare a command of the module; see above."""

    def declare(run: Run) -> Run:
        _declared.setdefault(run.__module__, []).append((name, run, shared))
        return run

    return declare


def add_commands(commands: Commands, module: str) -> None:
    """Add the commands that a module declares, in the order of the file."""
    groups: dict[str, Commands] = {"": commands}
    for path, run, shared in _declared[module]:
        group, _, name = path.rpartition(" ")
        if group not in groups:
            words = GROUPS[group]
            above = commands.add_parser(group, help=words, description=f"{words.capitalize()}.")
            groups[group] = above.add_subparsers(title="commands", metavar="COMMAND", required=True)
        _add(groups[group], name, run, shared)


def _add(commands: Commands, name: str, run: Run, shared: Sequence[str]) -> None:
    """Add one command's parser."""
    paragraphs = textwrap.dedent(f"    {run.__doc__}").rstrip().split("\n\n")
    texts = [textwrap.fill(" ".join(each.split()), WIDTH) for each in paragraphs if each[0] != " "]
    tables = [textwrap.dedent(each) for each in paragraphs if each[0] == " "]
    examples = "\n".join(each for each in tables if each.startswith("gradfn "))
    title = "examples" if "\n" in examples else "example"
    parser = commands.add_parser(
        name,
        help=f"{texts[0][0].lower()}{' '.join(texts[0].split())[1:].removesuffix('.')}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="\n\n".join(texts),
        epilog=f"{title}:\n{textwrap.indent(examples, '  ')}" if examples else None,
    )
    parser.set_defaults(run=run)
    own = [line for each in tables if not each.startswith("gradfn ") for line in _LINE.split(each)]
    ends = [spec for each in shared if each[0] == "-" for spec in (KIT if each == "--kit" else [each])]
    for line in (*(each for each in shared if each[0] != "-"), *own, *ends):
        spec, _, words = line.partition("  ")
        _add_argument(parser, spec, " ".join(words.split()))


def _add_argument(parser: argparse.ArgumentParser, spec: str, words: str) -> None:
    """Add an argument or an option, from its line."""
    flag, _, value = spec.partition(" ") if spec.startswith("--") else ("", "", spec)
    optional = value.startswith("[")
    value = value[1:-1] if optional else value
    if (known := spec if flag else value) in SHARED:
        words = f"{SHARED[known]}{f' (default: {words})' if words else ''}"
    settings: dict[str, Any] = {"help": words.replace("%", "%%")}
    if flag and not value:
        parser.add_argument(flag, action="store_true", **settings)
        return
    several, value = value.endswith(" ..."), value.removesuffix(" ...")
    name, _, value = value.rpartition(":")
    metavar, given, default = (value, "", "") if several else value.partition("=")
    settings |= {"metavar": metavar, "type": TYPES.get(metavar)}
    if "|" in default:
        settings["choices"] = default.replace("\\t", "\t").split("|")
        default = settings["choices"][0]
    if given:
        settings["default"] = int(default) if default.isdecimal() else default
    if flag:
        settings |= {"action": "append", "default": []} if several else {}
        settings |= {"dest": name} if name else {}
        parser.add_argument(flag, **settings)
        return
    nargs = "*" if several else "?" if optional else None
    parser.add_argument(name or NAMES.get(metavar, metavar.lower()), nargs=nargs, **settings)
