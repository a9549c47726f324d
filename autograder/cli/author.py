"""A kit author's commands.

gradfn dev build [UNIT ...]      derive stubs, recorded answers and pictures
gradfn dev verify [UNIT ...]     check what the kit promises about its exercises
gradfn dev new UNIT.EXERCISE     the skeletons of a new exercise
"""

from __future__ import annotations

import argparse

from autograder.cli.common import Commands, command, display_path
from autograder.errors import NotFound
from autograder.units.kit import Kit, KitUnit
from autograder.units.lookup import find_unit


def add(commands: Commands) -> str:
    """Declare the commands; the title of their group."""
    dev = commands.add_parser("dev", help="for the kit's authors", description="For the kit's authors.")
    subcommands = dev.add_subparsers(title="commands", metavar="COMMAND", required=True)
    build = command(
        subcommands,
        "build",
        _build,
        "write stubs, recorded answers and pictures",
        """They are derived from solutions/ and checks.py: never edit them. Without UNIT the pictures in
        README.md are drawn too.""",
        "gradfn dev build activations",
    )
    verify = command(
        subcommands,
        "verify",
        _verify,
        "check what the kit promises about its exercises",
        """Every stub fails, every solution and PyTorch reference passes, every mistake is caught and
        recognised, every check has three hints. Exit status 1 if a promise is broken.""",
        "gradfn dev verify activations --seeds 10",
    )
    verify.add_argument("--seeds", type=int, default=3, metavar="N", help="how many seeds (default: 3)")
    new = command(
        subcommands,
        "new",
        _new,
        "write the skeletons of a new exercise",
        """An answer, a check and a mistake, each with TODOs to replace. A unit that does not exist yet is
        made too.""",
        "gradfn dev new activations.softsign",
    )
    words = "the exercise to add, such as activations.softsign"
    new.add_argument("exercise", metavar="UNIT.EXERCISE", help=words)
    for parser in (build, verify):
        words = "units by their names, such as activations (default: all)"
        parser.add_argument("units", nargs="*", metavar="UNIT", help=words)
    return "commands for kit authors"


def _new(arguments: argparse.Namespace) -> None:
    from autograder.authors.scaffold import new_exercise

    path = arguments.exercise
    if "." not in path:
        raise NotFound(f"which exercise? Write UNIT.EXERCISE, for example activations.softmax (got {path!r})")
    print("\n".join(map(display_path, new_exercise(Kit.here(), path))))
    unit = path.partition(".")[0]
    print(f"Replace each TODO in them. Then: gradfn dev build {unit}; gradfn dev verify {unit}")


def _units(arguments: argparse.Namespace) -> list[KitUnit]:
    kit = Kit.here()
    return [find_unit(kit, name) for name in arguments.units] or list(kit.units())


def _build(arguments: argparse.Namespace) -> None:
    from autograder.authors.build import build

    for unit in _units(arguments):
        changed = build(unit)
        print(f"{unit.name}: {', '.join(path.name for path in changed) or 'nothing to change'}")
    if not arguments.units:
        from autograder.authors.screens import build_screens

        for path in build_screens(Kit.here()):
            print(display_path(path))


def _verify(arguments: argparse.Namespace) -> int:
    from autograder.authors.verify import RULES, verify

    broken = []
    for unit in _units(arguments):
        found = verify(unit, range(arguments.seeds))
        broken += found
        checks = f"{len(unit.checks)} check{'s' * (len(unit.checks) != 1)}"
        seeds = f"{arguments.seeds} seed{'s' * (arguments.seeds != 1)}"
        counts = f"{checks}, {len(RULES)} rules, {seeds}"
        print(f"{unit.name}: {counts}: {f'{len(found)} broken' if found else 'all kept'}")
    for item in broken:
        print(item)
    return 1 if broken else 0
