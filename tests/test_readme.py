"""The pages are true: their sessions are run, command by command, in a copy of the kit."""

from __future__ import annotations

import ast
import doctest
import re
from functools import partial
from pathlib import Path

from autograder.authors import screens
from autograder.units.kit import Kit
from tests.conftest import ROOT
from tests.sessions import FENCE, copy_of_the_kit, follow
from tests.terminal import Terminal

PAGE = ROOT / "autograder" / "README.md"


def test_readme_says_what_happens(tmp_path: Path) -> None:
    """Every command prints what README shows; "..." stands for what differs from run to run."""
    home = copy_of_the_kit(tmp_path)
    assert follow(ROOT / "README.md", home, partial(_python, home)) == []


def test_the_page_on_autograder_says_what_happens(tmp_path: Path) -> None:
    """As README."""
    home = copy_of_the_kit(tmp_path)
    assert follow(PAGE, home, partial(_python, home)) == []


def test_the_page_on_autograder_names_what_is_there() -> None:
    """Each file it names exists, each word of the glossary is defined where it says, no layer is missing."""
    text = PAGE.read_text(encoding="utf-8")
    files = [PAGE.parent / name for name in re.findall(r"`((?!exercises/)(?:\w+/)+\w+\.py)`", text)]
    assert len(files) > 25
    assert [file for file in files if not file.exists()] == []
    words = re.findall(r"^\| `(\w+)` \| `([\w/]+\.py)` \|", text, re.MULTILINE)
    assert len(words) >= 12
    assert [w for w, file in words if f"class {w}" not in (PAGE.parent / file).read_text("utf-8")] == []
    packages = {path.parent.name for path in PAGE.parent.glob("*/__init__.py")}
    assert {name for name in packages if f'{name}["{name}<br>' not in text} == set()


def test_readme_shows_the_window_of_watch(tmp_path: Path) -> None:
    """With the same answer, in a window of that size, but for the time."""
    home, page = copy_of_the_kit(tmp_path), (ROOT / "README.md").read_text(encoding="utf-8")
    assert "(autograder/authors/readme/watch.svg)" in page
    first_try = next(fence["text"] for fence in FENCE.finditer(page) if fence["kind"] == "python")
    assert first_try.strip() == screens.ANSWER
    with Terminal(home, "activations", size=(screens.COLUMNS, screens.ROWS)) as terminal:
        terminal.wait("Not done yet")
        _python(home, first_try, "")
        terminal.wait("3 / 38 points")
        terminal.wait("next hint: press h")
        lines = [line.rstrip() for line in terminal.window.split("\n")]
        unit = Kit(home).unit("activations")
        shown = [line.rstrip() for line in screens.watch_window(unit).plain.split("\n")]
        assert (lines[0].split()[:-3], lines[1:]) == (shown[0].split()[:-3], shown[1:])
        terminal.process.setwinsize(screens.LIST_ROWS, screens.COLUMNS)
        terminal.press("l")
        terminal.wait("forward: 0 of 5 exercises done")
        listed = [line.rstrip() for line in terminal.window.split("\n")]
    shown = [line.rstrip() for line in screens.watch_window(unit, listed=True).plain.split("\n")]
    assert listed[1:] == shown[1:]


def _python(home: Path, text: str, _: str) -> None:
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
