"""A kit author's commands.

gradfn dev build [UNIT ...]      derive stubs, recorded answers and pictures
gradfn dev verify [UNIT ...]     prove what the kit promises of its exercises
gradfn dev new UNIT.EXERCISE     the skeletons of a new exercise
"""

from __future__ import annotations

import argparse

from autograder.cli.common import Commands, dotted, shown
from autograder.units.kit import Kit, KitUnit


def add(commands: Commands) -> None:
    """Declare the commands."""
    dev = commands.add_parser("dev", help="for the kit's authors").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    build = dev.add_parser("build", help="derive stubs and recorded answers")
    build.set_defaults(run=_build)
    verify = dev.add_parser("verify", help="prove what the kit promises of its exercises")
    verify.add_argument("--seeds", type=int, default=3, metavar="N", help="how many seeds (default: 3)")
    verify.set_defaults(run=_verify)
    new = dev.add_parser("new", help="write the skeletons of a new exercise")
    new.add_argument("unit.exercise", metavar="UNIT.EXERCISE")
    new.set_defaults(run=_new)
    for sub in (build, verify):
        sub.add_argument("units", nargs="*", metavar="UNIT", help="units (default: all)")


def _new(arguments: argparse.Namespace) -> None:
    from autograder.authors.scaffold import new_exercise

    path = dotted(getattr(arguments, "unit.exercise"))
    print("\n".join(map(shown, new_exercise(Kit.here(), path))))
    unit = path.partition(".")[0]
    print(f"Write over each TODO in them. Then: gradfn dev build {unit}; gradfn dev verify {unit}")


def _units(arguments: argparse.Namespace) -> list[KitUnit]:
    kit = Kit.here()
    return [kit.unit(name) for name in arguments.units] or list(kit.units())


def _build(arguments: argparse.Namespace) -> None:
    from autograder.authors.build import build

    for unit in _units(arguments):
        changed = build(unit)
        print(f"{unit.name}: {', '.join(path.name for path in changed) or 'nothing to change'}")


def _verify(arguments: argparse.Namespace) -> int:
    from autograder.authors.verify import RULES, verify

    broken = []
    for unit in _units(arguments):
        found = verify(unit, range(arguments.seeds))
        broken += found
        counts = f"{len(unit.checks)} checks, {len(RULES)} rules, {arguments.seeds} seeds"
        print(f"{unit.name}: {counts}: {f'{len(found)} broken' if found else 'all kept'}")
    for item in broken:
        print(item)
    return 1 if broken else 0
