"""Parsing what was handed in: a file that takes Python's parser too long costs its own submission only."""

from __future__ import annotations

import ast
import json
import resource
import time
from pathlib import Path

import pytest

from autograder.answers.submission import read
from autograder.errors import BadSubmission
from autograder.grading import sandbox
from autograder.grading.grade import grade_file
from autograder.grading.sandbox import read_submission
from autograder.nbgrader.classes import grade_class
from autograder.units.kit import KitUnit
from tests import courses
from tests.tiny import answered

NFKC = "a" + "\u0323\u0307" * 236_000 + " = 1\n"
FIELDS = "f'" + "{x}" * 155_000 + "'\n"
#: JSON takes a hundred times its size in memory.
DICTS = '{"cells": [' + ",".join(['{"a":{"b":{}}}'] * 1_300_000) + "]}"
BOMBS = {"one identifier": NFKC, "one string": FIELDS}


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsers have a second."""
    monkeypatch.setattr(sandbox, "PARSE_SECONDS", 1.0)


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize("notebook", [False, True], ids=["script", "notebook"])
def test_code_that_takes_hours_to_parse(tiny: KitUnit, tmp_path: Path, bomb: str, notebook: bool) -> None:
    """It is stopped, and the reason names the file."""
    text = f"{answered(tiny, double='return 2 * x')}\n\n# %%\n{bomb}"
    cells = [{"cell_type": "code", "metadata": {}, "source": bomb}]
    file = tmp_path / ("tiny.ipynb" if notebook else "tiny.py")
    file.write_text(json.dumps({"cells": cells}) if notebook else text, encoding="utf-8")
    begun = time.monotonic()
    with pytest.raises(BadSubmission, match=rf"^{file.name} could not be read: no answer within 1 s"):
        grade_file(tiny, file)
    assert time.monotonic() - begun < 60


def test_a_notebook_of_millions_of_parts(tiny: KitUnit, tmp_path: Path) -> None:
    """The memory that it takes is a worker's."""
    file = tmp_path / "tiny.ipynb"
    file.write_text(DICTS, encoding="utf-8")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BadSubmission, match=r"^tiny.ipynb (is not a notebook|could not be read)"):
        read_submission(file, tiny)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 200_000


def test_the_judge_parses_nothing_itself(
    tiny: KitUnit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading gives what it gives in this process; marks lost and cells found twice are seen as there."""
    text = answered(tiny, double="return 2 * x").replace("# %% halve **", "# %%")
    (tmp_path / "tiny.py").write_text(text + "\n\n# %% double\ndef double(x): return 1\n", encoding="utf-8")
    here = read(tmp_path / "tiny.py", tiny)
    tiny.exercises  # noqa: B018  the kit's own code is parsed before
    monkeypatch.setattr(ast, "parse", lambda *_: pytest.fail("it parsed"))
    assert read_submission(tmp_path / "tiny.py", tiny) == here
    assert len(here.notes) == 2


def test_the_others_of_a_class_are_graded(tmp_path: Path) -> None:
    """Such files get a zero with a reason, and the run goes on."""
    course = courses.make(tmp_path, ["right"])
    unit = course.unit("tiny")
    for name, bomb in BOMBS.items():
        folder = course.submitted_folder(unit, name)
        folder.mkdir(parents=True)
        (folder / "tiny.py").write_text(f"{unit.recorded.stub}\n\n# %%\n{bomb}", encoding="utf-8")
    found = grade_class(course, unit)
    assert {name: record.points for name, record in found.items()} == {"right": 3, **dict.fromkeys(BOMBS, 0)}
    assert not [record for record in found.values() if record.failed]
