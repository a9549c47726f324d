"""The functions for other people's programs, `from autograder import ...`, as autograder/README.md says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import autograder
from autograder.nbgrader.course import make_course
from autograder.nbgrader.steps import release
from autograder.units.kit import Kit, KitUnit
from tests.conftest import ROOT, root_of
from tests.tiny import answered


def test_the_pages_program_judges_a_file_and_grades_a_class(tiny: KitUnit, tmp_path: Path) -> None:
    """As it stands there, with other names, in a file of its own, which no process of a class runs again."""
    page = (ROOT / "autograder" / "README.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"^```py\n(from autograder .*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert 10 <= program.count("\n") <= 13
    assert re.findall(r"^(?:from|import) (\S+)", program, re.MULTILINE) == ["autograder"]
    course = make_course(tmp_path / "fall", Kit(ROOT, (root_of(tiny),)))
    release(course, course.unit("tiny"))
    half = answered(tiny, double="return abs(2 * x)")
    folder = course.submitted_folder(tiny, "ada")
    folder.mkdir(parents=True)
    (folder / "tiny.py").write_text(half, encoding="utf-8")
    (tmp_path / "tiny.py").write_text(half, encoding="utf-8")
    text = program.replace("spikes", "tiny").replace('"neurons"', repr(str(root_of(tiny))))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "program.py").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "other/program.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert [line.rstrip() for line in done.stdout.splitlines()] == [
        "0 of 3 points",
        "double values_double failed sign lost",
        "halve values_halve failed",
        "ada 0.0 double: sign lost; halve: not done yet",
    ]


def test_what_is_not_there_is_said_as_of_any_module() -> None:
    """Other names are no part of it."""
    with pytest.raises(AttributeError, match="module 'autograder' has no attribute 'grade_clas'"):
        autograder.grade_clas  # type: ignore[attr-defined]  # noqa: B018
