"""Pages that are true: their sessions are run, command by command, in a copy of the kit.

copy_of_the_kit(folder)      what the commands of a page work on
follow(page, home, example)  run a page; the commands that print otherwise than it shows
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.conftest import ROOT

FENCE = re.compile(r"^```(?P<kind>python|console)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


def copy_of_the_kit(folder: Path) -> Path:
    """The kit in `folder`, for commands that change it; `follow` runs it as the installed one."""
    for name in ("exercises", "solutions", "autograder", "engine"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "constraints.txt", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    return folder


def follow(page: Path, home: Path, example: Callable[[str, str], None]) -> list[str]:
    """Run a page's sessions in `home`; each command that prints otherwise than shown, with what it prints.

    "..." stands for what differs from run to run. `example` is called with each Python block and the line
    of text in front of it.
    """
    folder, checker, told = home, doctest.OutputChecker(), []
    text = page.read_text(encoding="utf-8")
    for fence in FENCE.finditer(text):
        if fence["kind"] == "python":
            example(fence["text"], text[: fence.start()].rstrip().rpartition("\n")[2])
            continue
        for command, want in _commands(fence["text"]):
            if command.startswith("cd "):
                folder = (folder / command.removeprefix("cd ")).resolve()
                continue
            got = _run(command, folder, home)
            if not checker.check_output(want, got, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE):
                told.append(f"$ {command}\n{got}")
    return told


def _commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a session with the output shown below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def _run(command: str, folder: Path, home: Path) -> str:
    """What a command prints in an activated environment in which the kit in `home` is installed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(home)}
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    return done.stdout + done.stderr
