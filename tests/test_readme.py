"""README is true: its sessions are run, command by command, in a copy of the kit."""

from __future__ import annotations

import ast
import doctest
from functools import partial
from pathlib import Path

from tests.conftest import ROOT
from tests.sessions import copy_of_the_kit, follow


def test_readme_says_what_happens(tmp_path: Path) -> None:
    """Every command prints what README shows; "..." stands for what differs from run to run."""
    home = copy_of_the_kit(tmp_path)
    assert follow(ROOT / "README.md", home, partial(_python, home)) == []


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
