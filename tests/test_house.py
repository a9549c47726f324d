"""The house: which room may know which, and the tools that keep the code in shape."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

#: What each room may import of the kit; everything else stays below.
MAY_IMPORT = {
    "engine": {"engine"},
    "exercises": {"engine", "autograder.declare"},
    "solutions": {"engine", "autograder.declare"},
    "autograder": {"engine", "autograder"},
}
ROOMS = ("engine", "autograder", "exercises", "solutions", "tests")


def sources(room: str) -> list[Path]:
    """The Python files of a room."""
    return sorted((ROOT / room).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports anywhere in it, relative ones by their whole name."""
    package = path.relative_to(ROOT).parent.parts
    for node in _walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            yield ".".join([*above, *([node.module] if node.module else [])])


def _walk(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a tree, but for what only the type checker reads."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield from _walk(child)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_rooms_know_only_what_is_below_them(room: str) -> None:
    """engine <- autograder.declare <- exercises, engine <- solutions, the rest of autograder on top."""
    allowed = MAY_IMPORT[room]
    found = {
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources(room)
        if path.name != "conftest.py"
        for module in imports(path)
        if module.split(".")[0] in ROOMS
        and not any(module == name or module.startswith(name + ".") for name in allowed)
    }
    assert found == set()


def test_the_engine_needs_the_standard_library_only() -> None:
    """Nothing is to be installed for it."""
    found = {module.split(".")[0] for path in sources("engine") for module in imports(path)}
    assert found - sys.stdlib_module_names == {"engine"}


@pytest.mark.parametrize("room", ["engine", "autograder"])
def test_there_is_no_circle(room: str) -> None:
    """Modules can be put in an order in which each imports only earlier ones."""
    paths = {_module(path): path for path in sources(room)}
    graph = {name: {_nearest(paths, found) for found in imports(path)} for name, path in paths.items()}
    graph = {name: targets & paths.keys() - {name, room} for name, targets in graph.items()}
    while free := {name for name, targets in graph.items() if not targets}:
        graph = {name: targets - free for name, targets in graph.items() if name not in free}
    assert graph == {}


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _nearest(paths: dict[str, Path], found: str) -> str:
    """The module itself, or the one that holds the name."""
    return found if found in paths else found.rpartition(".")[0]


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy", "--no-error-summary", "engine", "autograder"],
    ],
    ids=["ruff check", "ruff format", "mypy --strict"],
)
def test_tools_have_nothing_to_say(command: list[str]) -> None:
    """Lint, format and types are clean."""
    tool = [sys.executable, "-m", *command]
    done = subprocess.run(tool, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("room", ROOMS)
def test_files_stay_readable(room: str) -> None:
    """Each file opens with what lives there, and none has grown past its subject."""
    texts = {path: path.read_text(encoding="utf-8") for path in sources(room) if path.name != "__init__.py"}
    silent = {path.name for path, text in texts.items() if not ast.get_docstring(ast.parse(text))}
    content = ("checks.py", "mistakes.py")
    long = {path.name for path, text in texts.items() if text.count("\n") > 400 and path.name not in content}
    assert (silent, long) == (set(), set())
