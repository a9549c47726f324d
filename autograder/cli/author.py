"""A kit author's commands; with --in DIR each works on a folder of one's own."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder.cli.commands import command
from autograder.cli.common import display_path
from autograder.errors import NotFound
from autograder.units.kit import Kit, KitUnit
from autograder.units.lookup import find_unit
from autograder.units.places import own_units


def _kit(arguments: argparse.Namespace) -> Kit:
    return Kit(own_units([arguments.folder])[0]) if arguments.folder else Kit.here()


def _units(arguments: argparse.Namespace) -> list[KitUnit]:
    kit = _kit(arguments)
    return [find_unit(kit, name) for name in arguments.units] or list(kit.units())


@command("dev build")
def _build(arguments: argparse.Namespace) -> None:
    """Write stubs, recorded answers and pictures.

    They are derived from solutions/ and checks.py: never edit them. Without UNIT the pictures in
    README.md are drawn too.

        --in folder:DIR   the folder of your own units (default: the kit around the working directory)
        [units:UNIT ...]  units by their names, such as activations (default: all)

        gradfn dev build activations
    """
    from autograder.authors.build import build

    for unit in _units(arguments):
        changed = build(unit)
        print(f"{unit.name}: {', '.join(path.name for path in changed) or 'nothing to change'}")
    if not arguments.units:
        from autograder.authors.screens import build_screens

        for path in build_screens(_kit(arguments)):
            print(display_path(path))


@command("dev verify")
def _verify(arguments: argparse.Namespace) -> int:
    """Check what the kit promises about its exercises.

    Every stub fails, every solution and PyTorch reference passes, every mistake is caught and
    recognised, every check has three hints. Exit status 1 if a promise is broken.

        --seeds N=3       how many seeds (default: 3)
        --in folder:DIR   the folder of your own units (default: the kit around the working directory)
        [units:UNIT ...]  units by their names, such as activations (default: all)

        gradfn dev verify activations --seeds 10
    """
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


@command("dev new")
def _new(arguments: argparse.Namespace) -> None:
    """Write the skeletons of a new exercise.

    An answer, a check and a mistake, each with TODOs to replace. A unit that does not exist yet is made
    too. With --in it lies in a folder of your own, which is made too.

        exercise:UNIT.EXERCISE  the exercise to add, such as activations.softsign
        --in folder:DIR         the folder of your own units (default: the kit around the working
            directory)

        gradfn dev new activations.softsign
        gradfn dev new neurons.spike --in ~/neurons
    """
    from autograder.authors.scaffold import new_exercise

    path, folder = arguments.exercise, arguments.folder
    if "." not in path:
        raise NotFound(f"which exercise? Write UNIT.EXERCISE, for example activations.softmax (got {path!r})")
    kit = Kit(folder.resolve()) if folder else Kit.around(Path.cwd())
    if kit is None:  # nothing is written into a kit elsewhere
        raise NotFound(f"no exercises here. To begin with units of your own: gradfn dev new {path} --in DIR")
    print("\n".join(map(display_path, new_exercise(kit, path))))
    unit = f"{path.partition('.')[0]}{f' --in {folder}' if folder else ''}"
    print(f"Replace each TODO in them. Then: gradfn dev build {unit}; gradfn dev verify {unit}")
