"""What a course's nbgrader_config.py says, and in it what it sets for the kit, as c.Gradfn.NAME.

load(root)                    the file as a traitlets Config
unit_folders(root, config)    c.Gradfn.units: folders with units of one's own
worth(root, config, names)    c.Gradfn.points: what a unit or an exercise is worth, by unit
attempts(root, config)        c.Gradfn.attempts: how often a student's new files are graded, by unit
cool_down(root, config)       c.Gradfn.cool_down: how long after that the next ones wait, by unit
cluster(root, config)         c.Gradfn.cluster: the address of a Dask scheduler whose workers grade

A setting of another form raises GradfnError with an example.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from autograder.errors import GradfnError, NotFound
from autograder.units.places import own_units

T = TypeVar("T")
Worth = tuple[tuple[str, float], ...]  # points by exercise, or by "" for the whole unit
FILE = "nbgrader_config.py"
POINTS = '{"activations": 50, "activations.gelu": 0}'


def load(root: Path) -> Any:
    """nbgrader_config.py as a traitlets Config; raises GradfnError if running it fails."""
    from traitlets.config import PyFileConfigLoader

    try:
        return PyFileConfigLoader(FILE, str(root)).load_config()
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        raise GradfnError(f"{root / FILE} does not load: {words}") from error


def unit_folders(root: Path, config: Any) -> tuple[Path, ...]:
    """The folders in c.Gradfn.units, from the course's own; raises GradfnError for one without units."""
    folders = _read(root, config, "units", '["../neurons"]', lambda said: [root / str(each) for each in said])
    try:
        return own_units(folders or ())
    except NotFound as error:
        raise GradfnError(f"{root / FILE}: c.Gradfn.units: {error}") from error


def worth(root: Path, config: Any, names: Callable[[], list[str]]) -> dict[str, Worth]:
    """What c.Gradfn.points says of each unit; `names` gives the units there are."""
    found: dict[str, Worth] = {}
    for key, points in (_read(root, config, "points", POINTS, _points) or {}).items():
        unit, _, exercise = key.partition(".")
        if unit not in names():
            raise NotFound.named("unit", unit, names())
        found[unit] = (*found.get(unit, ()), (exercise, points))
    return found


def attempts(root: Path, config: Any) -> dict[str, int]:
    """The attempt limit of each unit that has one."""
    example = '{"activations": 5}'
    return _read(root, config, "attempts", example, lambda said: {k: int(n) for k, n in said.items()}) or {}


def cool_down(root: Path, config: Any) -> dict[str, str]:
    """How long after an attempt the next one waits, such as 30min, for each unit where it does."""
    example = '{"activations": "30min"}'
    return _read(root, config, "cool_down", example, lambda said: {k: str(t) for k, t in said.items()}) or {}


def cluster(root: Path, config: Any) -> str:
    """The scheduler's address, or an empty text."""
    return _read(root, config, "cluster", '"tls://head.example.org:8786"', _text) or ""


def _text(said: Any) -> str:
    if not isinstance(said, str):
        raise TypeError("not a text")
    return said


def _points(said: Any) -> dict[str, float]:
    points = {str(key): float(number) for key, number in dict(said).items()}
    if any(not 0 <= number < 1e6 for number in points.values()):
        raise ValueError("points are from 0 on")
    return points


def _read(root: Path, config: Any, name: str, example: str, form: Callable[[Any], T]) -> T | None:
    """A setting in its form, None where it is not set."""
    said = config.Gradfn.get(name)
    try:
        return None if said is None else form(said)
    except (TypeError, ValueError, AttributeError) as error:
        raise GradfnError(f"{root / FILE}: write c.Gradfn.{name} = {example}") from error
