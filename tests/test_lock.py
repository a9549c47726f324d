"""constraints.txt is a full lock: pip resolves nothing, and it holds for every Python that is promised."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PINS = dict(
    re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
)
PINNED = {canonicalize_name(name): version for name, version in PINS.items()}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def needed() -> dict[str, list[Requirement]]:
    """Every requirement of this project and, through them, of all that is installed for it, by name."""
    waiting = [Requirement("gradfn[dev]")]
    found: dict[str, list[Requirement]] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement = waiting.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        found.setdefault(name, []).append(requirement)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        for text in distribution(name).requires or ():
            more = Requirement(text)
            if more.marker is None or any(more.marker.evaluate({"extra": e}) for e in (*extras, "")):
                waiting.append(more)
    return found


def test_each_requirement_is_met_within_the_lock() -> None:
    """`pip install --no-deps -r constraints.txt` gives an environment in which nothing is missing."""
    names = needed()
    del names["gradfn"]
    assert sorted({*names} - {*PINNED}) == []
    wrong = [
        f"{name}=={PINNED[name]}: {requirement}"
        for name, requirements in names.items()
        for requirement in requirements
        if not requirement.specifier.contains(PINNED[name], prereleases=True)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", PINNED)
def test_each_pin_runs_on_the_oldest_python_that_is_promised(name: str) -> None:
    """Debian 12 has Python 3.11.2."""
    oldest = PROJECT["requires-python"].removeprefix(">=") + ".0"
    about = distribution(name)
    if about.version.partition("+")[0] != PINNED[name]:
        pytest.skip(
            f"{about.version} is installed, not {PINNED[name]}: pip install --no-deps -r constraints.txt"
        )
    needs = about.metadata.get("Requires-Python")
    assert needs is None or Requirement(f"python{needs}").specifier.contains(oldest)
