"""The house: which room may import which, and the tools that keep the code in shape."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

ROOMS = ("engine", "autograder", "exercises", "solutions", "tests")
LAYERS = (
    "-c",
    "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())",
)


def sources(room: str) -> list[Path]:
    """The Python files of a room."""
    return sorted((ROOT / room).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """What a file imports anywhere in it, but for what only the type checker reads."""
    for node in _walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            beside = ".".join([*path.relative_to(ROOT).parts[:-1], *filter(None, [node.module])])
            package = beside if node.level else node.module
            yield from (f"{package}.{alias.name}" for alias in node.names)


def _walk(tree: ast.AST) -> Iterator[ast.AST]:
    yield tree
    for child in ast.iter_child_nodes(tree):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield from _walk(child)


@pytest.mark.parametrize("room", ["exercises", "solutions"])
def test_exercises_and_solutions_know_only_the_engine_and_how_to_declare(room: str) -> None:
    """They are loaded by path: what they import of the kit is `engine` and `autograder.declare`.

    checks.py may import checks_*.py beside it.
    """
    found = {
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources(room)
        if path.name != "conftest.py"
        for module in imports(path)
        if module.split(".")[0] in ROOMS
        and not module.startswith(("engine", "autograder.declare.", f"exercises.{path.parent.name}.checks_"))
    }
    assert found == set()


def test_the_engine_needs_the_standard_library_only() -> None:
    """Nothing has to be installed for it."""
    found = {module.split(".")[0] for path in sources("engine") for module in imports(path)}
    assert found - sys.stdlib_module_names == {"engine"}


def test_an_import_that_runs_up_a_layer_is_found(tmp_path: Path) -> None:
    """The layers in pyproject.toml hold: with one planted import, lint-imports fails and names it."""
    for room in ("engine", "autograder"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "autograder" / "units" / "files.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef planted() -> None:\n    import autograder.judging.card\n")
    done = subprocess.run(
        [sys.executable, *LAYERS, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "autograder.units.files -> autograder.judging.card" in done.stdout


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "ruff", "check", "."],
        ["-m", "ruff", "format", "--check", "."],
        ["-m", "mypy", "--no-error-summary", "engine", "autograder"],
        [*LAYERS, "--no-cache", "--no-logo"],
    ],
    ids=["ruff check", "ruff format", "mypy --strict", "import layers"],
)
def test_tools_have_nothing_to_say(command: list[str]) -> None:
    """Lint, format, types and layers are clean."""
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("room", ROOMS)
def test_files_stay_readable(room: str) -> None:
    """Each file opens with what lives there, and none has grown past its subject.

    Checks and mistakes are as long as a unit asks for; the factories of value.py need the class beside them.
    """
    texts = {path: path.read_text(encoding="utf-8") for path in sources(room) if path.name != "__init__.py"}
    silent = {path.name for path, text in texts.items() if not ast.get_docstring(ast.parse(text))}
    content = ("checks.py", "mistakes.py", "value.py")
    longest = 330 if room in ("engine", "autograder") else 400
    long = {path.name for path, text in texts.items() if text.count("\n") > longest}
    assert (silent, long - {*content}) == (set(), set())


def test_autograder_has_twelve_entries() -> None:
    """One for each subject, and each package says what lives in it."""
    room = ROOT / "autograder"
    entries = {
        path for path in room.iterdir() if path.name not in ("__init__.py", "__pycache__", "README.md")
    }
    assert len(entries) == 12
    packages = [path for path in entries if path.is_dir()]
    silent = {
        path.name
        for path in packages
        if not ast.get_docstring(ast.parse((path / "__init__.py").read_text(encoding="utf-8")))
    }
    assert silent == set()
