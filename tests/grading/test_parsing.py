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
from autograder.grading.byhand import look_at
from autograder.grading.grade import judge_file
from autograder.grading.sandbox import read_submission
from autograder.nbgrader.classes import grade_class
from autograder.units.kit import Kit, KitUnit
from autograder.units.script import split
from autograder.worker.parsing import mentions
from tests import courses
from tests.conftest import ROOT
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
        judge_file(tiny, file)
    assert time.monotonic() - begun < 60


def test_a_notebook_of_millions_of_parts(tiny: KitUnit, tmp_path: Path) -> None:
    """The memory that it takes is a worker's."""
    file = tmp_path / "tiny.ipynb"
    file.write_text(DICTS, encoding="utf-8")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BadSubmission, match=r"^tiny.ipynb (is not a notebook|is cut off|could not be read)"):
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
    """Such files have no score, with a reason, and the run goes on."""
    course = courses.make(tmp_path, ["right"])
    unit = course.unit("tiny")
    for name, bomb in BOMBS.items():
        folder = course.submitted_folder(unit, name)
        folder.mkdir(parents=True)
        (folder / "tiny.py").write_text(f"{unit.recorded.stub}\n\n# %%\n{bomb}", encoding="utf-8")
    found = grade_class(course, unit)
    assert {name: record.points for name, record in found.items()} == {"right": 3, **dict.fromkeys(BOMBS, 0)}
    assert {name for name, record in found.items() if record.failed} == {*BOMBS}


ODD = {
    "a default argument": (
        "autograd",
        "import engine\ndef hvp(f, xs, vs, _ready=engine.hvp): ...",
        "engine.hvp",
    ),
    "a list": ("graph", "from engine import Value as V\nTOOLS = [V.backward]", "engine.Value.backward"),
    "what was wrapped": (
        "graph",
        "import engine.walk as w\norder = w.topological.__wrapped__",
        "engine.walk.topological.__wrapped__",
    ),
    "another module's name": ("graph", "from engine.source import topological", "engine.source.topological"),
    "a class": ("autograd", "from engine import no_grad as mine", "engine.no_grad"),
    "a patched fence": ("autograd", "from autograder.worker import fence", "autograder.worker.fence"),
    "the engine for NumPy": ("activations", "import engine.functional as F", "engine.functional"),
}


@pytest.mark.parametrize(("unit", "source", "name"), ODD.values(), ids=ODD)
def test_what_is_to_be_written_by_hand_is_looked_at(kit: Kit, unit: str, source: str, name: str) -> None:
    """The note names the cell and what it mentions; it costs no points."""
    (note,) = look_at(kit.unit(unit), ["hvp"], mentions([source]))
    assert note.startswith("to look at: hvp mentions ")
    assert name in note


def test_a_note_is_in_the_report(tiny: KitUnit, tmp_path: Path) -> None:
    """A worker finds it, and the judge writes it down."""
    file = tmp_path / "tiny.py"
    body = "import gc; return 2 * x"
    file.write_text(answered(tiny, double=body, halve="return x / 2"), encoding="utf-8")
    report = judge_file(tiny, file)
    assert (report.points, report.notes) == (3, ("to look at: double mentions gc",))


@pytest.mark.parametrize("name", Kit(ROOT).names())
def test_honest_answers_need_no_look(kit: Kit, name: str) -> None:
    """The kit's own, and PyTorch's."""
    unit = kit.unit(name)
    cells = split(unit.solution_file.read_text(encoding="utf-8"))
    found = look_at(unit, [cell.name for cell in cells], mentions([cell.source for cell in cells]))
    assert list(found) == []
