"""CONTRIBUTING.md is true: who follows it has added an exercise that keeps every promise of the kit."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

from autograder.grading import oracle
from autograder.grading.confinement import lacking
from autograder.units.kit import Kit
from tests.conftest import ROOT
from tests.sessions import copy_of_the_kit, follow

PAGE = ROOT / "CONTRIBUTING.md"
NAMED = re.compile(r"In `(?P<path>[\w/]+\.py)`:$")


def test_who_follows_the_page_has_added_an_exercise(tmp_path: Path) -> None:
    """The commands print what it shows, the file contents are all it takes, and ruff finds them in order."""
    home = copy_of_the_kit(tmp_path)
    before = sources(home)
    assert follow(PAGE, home, partial(_write_over, home)) == []
    after = sources(home)
    unit = Kit(home).unit("activations")
    assert unit.exercise("softsign").points == 1
    assert doctest.testmod(oracle.solution_of(unit)).failed == 0
    assert [path for path in after if after[path] != before.get(path)] == [
        "exercises/activations/activations.py",
        "exercises/activations/checks.py",
        "exercises/activations/recorded.json",
        "solutions/activations/activations.py",
        "solutions/activations/mistakes.py",
    ]
    for command in (["check"], ["format", "--check"]):
        first_party = ["--config", 'lint.isort.known-first-party = ["autograder", "engine"]']
        tool = [sys.executable, "-m", "ruff", *command, *first_party, "."]
        done = subprocess.run(tool, cwd=home, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_adding_an_exercise_is_one_page_and_its_paths_are_there() -> None:
    """Adding an exercise is told on one page; every file, folder and module that the file names exists."""
    text = PAGE.read_text(encoding="utf-8")
    page = text.partition("## Adding an exercise")[2].partition("\n## ")[0]
    assert 20 < page.count("\n") <= 72
    paths = re.findall(r"`((?:\w+|\.ci)/[\w/]+(?:\.\w+)?)`", text)
    paths += [f"{module.replace('.', '/')}.py" for module in re.findall(r"python -m ([\w.]+)", text)]
    assert len(paths) >= 6
    assert [path for path in paths if not (ROOT / path).exists()] == []


def sources(home: Path) -> dict[str, bytes]:
    """What the copy holds, without what the tools keep for themselves."""
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file() and not {"__pycache__", ".ruff_cache"} & set(path.parts)
    }


def _write_over(home: Path, text: str, above: str) -> None:
    """Put a block into the file that the line above it names, over the skeleton that begins as it does.

    An example with prompts is run, where there is a sandbox.
    """
    if text.startswith(">>>"):
        if not lacking():
            test = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, PAGE.name, 0)
            assert doctest.DocTestRunner().run(test).failed == 0
        return
    named = NAMED.search(above)
    assert named, f"no file is named above {text[:40]!r}"
    path = home / named["path"]
    kept, skeleton, _ = path.read_text(encoding="utf-8").partition(text.partition("\n")[0] + "\n")
    assert skeleton, f"{named['path']} has no skeleton that begins with {text[:20]!r}"
    path.write_text(kept + text, encoding="utf-8")
