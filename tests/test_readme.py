"""README is true: its sessions are run, command by command, in a copy of the kit."""

from __future__ import annotations

import ast
import doctest
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

FENCE = re.compile(r"^```(?P<kind>python|console)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of what README's commands work on."""
    for name in ("exercises", "solutions"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_readme_says_what_happens(home: Path) -> None:
    """Every command prints what README shows; "..." stands for what differs from run to run."""
    folder, checker, told = home, doctest.OutputChecker(), []
    for fence in FENCE.finditer((ROOT / "README.md").read_text(encoding="utf-8")):
        if fence["kind"] == "python":
            _python(home, fence["text"])
            continue
        for command, want in _commands(fence["text"]):
            if command.startswith("cd "):
                folder = (folder / command.removeprefix("cd ")).resolve()
                continue
            got = _run(command, folder)
            if not checker.check_output(want, got, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE):
                told.append(f"$ {command}\n{got}")
    assert told == []


def _commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a session with the output shown below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def _run(command: str, folder: Path) -> str:
    """What a command prints in an activated environment."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    return done.stdout + done.stderr


def _python(home: Path, text: str) -> None:
    """Run an example with prompts, or put a function in the place of the one of its name."""
    if ">>>" in text:
        test = doctest.DocTestParser().get_doctest(text, {}, "README.md", "README.md", 0)
        assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test).failed == 0
        return
    name = ast.parse(text).body[0].name  # type: ignore[attr-defined]
    for path in sorted((home / "exercises").glob("*/*.py")):
        source = path.read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and node.name == name and path.stem == path.parent.name:
                lines = source.splitlines(keepends=True)
                lines[node.lineno - 1 : node.end_lineno] = [text]
                path.write_text("".join(lines), encoding="utf-8")
                return
    raise AssertionError(f"no exercise defines {name}")
