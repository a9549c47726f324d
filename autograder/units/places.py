"""Where units come from: folders that hold exercises/ and solutions/, the kit's own, yours, or a package's.

units_in(folder)      the names of the units in a folder
homes(folders)        the folder of each unit; raises BadUnit where two units have one name
own_units(paths)      folders that somebody names; raises NotFound for one without units
installed_beside(F)   those of the next without a unit of the same name as one in F
installed_units()     the folders of installed packages that say they hold units

A package says so by an entry point of the group "gradfn.units", whose value is the package's name:

    [project.entry-points."gradfn.units"]
    neurons = "neurons_units"

Its folder holds exercises/, and solutions/ unless these are in another package of the group. It is not
imported. Nothing here looks at the working directory: what lies there may have been handed in.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from autograder.errors import BadUnit, NotFound

GROUP = "gradfn.units"


def units_in(folder: Path) -> list[str]:
    """The names of the units in a folder, sorted; a copy of a unit's folder is no unit."""
    folders = [file.parent for file in (folder / "exercises").glob("*/checks.py")]
    files = {f"{unit.name}.py" for unit in folders}

    def is_copy(unit: Path) -> bool:
        own = files & {file.name for file in unit.iterdir()}
        return bool(own) and f"{unit.name}.py" not in own

    return sorted(unit.name for unit in folders if not is_copy(unit))


def homes(folders: Iterable[Path]) -> dict[str, Path]:
    """The folder of each unit, sorted by the units' names; raises BadUnit where two have the same name."""
    found: dict[str, Path] = {}
    for folder in folders:
        for name in units_in(folder):
            if name in found:
                raise BadUnit(f"two units are called {name}: in {found[name]} and in {folder}. Rename one")
            found[name] = folder
    return dict(sorted(found.items()))


def own_units(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The folders, each once; raises NotFound for one without units."""
    for path in paths:
        if not units_in(path):
            raise NotFound(f"{path} is not a kit: it holds no exercises/")
    return tuple(dict.fromkeys(path.resolve() for path in paths))


def installed_units() -> tuple[Path, ...]:
    """The folders of installed packages with units; raises BadUnit for an entry point that leads nowhere."""
    return _installed_units(tuple(sys.path))


def installed_beside(root: Path) -> tuple[Path, ...]:
    """The folders of installed units, without those that have a unit of the same name as one in `root`."""
    own = {*units_in(root)}
    return tuple(folder for folder in installed_units() if not own & {*units_in(folder)})


@lru_cache(maxsize=4)
def _installed_units(_: tuple[str, ...]) -> tuple[Path, ...]:
    found = []
    for point in sorted(entry_points(group=GROUP)):
        try:
            spec = find_spec(point.module)
        except ImportError:
            spec = None
        folders = [Path(folder).resolve() for folder in (spec and spec.submodule_search_locations) or ()]
        if not any((folder / part).is_dir() for folder in folders for part in ("exercises", "solutions")):
            words = f"{point.module} is not a package that holds exercises/ or solutions/"
            raise BadUnit(f"the entry point {point.name} of {GROUP}: {words}. Mend or uninstall it")
        found += folders
    return tuple(dict.fromkeys(found))
