"""The examples of engine/README.md print what it shows."""

import re
import subprocess
import sys
from pathlib import Path

import engine

README = Path(engine.__file__).parent / "README.md"


def test_examples(tmp_path):
    """Every example, in one process of its own, since one of them adds an op to the table."""
    examples = tmp_path / "README.txt"
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    examples.write_text("\n".join(blocks), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "doctest", str(examples)],
        cwd=README.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_files():
    """The table of files names every module."""
    text = README.read_text(encoding="utf-8")
    modules = {path.name for path in README.parent.glob("*.py")} - {"__init__.py"}
    assert {name for name in modules if f"`{name}`" not in text} == set()
