"""The GPU tier in a course: extra credit for those who earn it; without a GPU nothing changes."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from autograder.answers.notebooks import TEST, grade_id
from autograder.answers.submission import Submission
from autograder.authors.build import build
from autograder.nbgrader import gpu
from autograder.nbgrader.classes import Options, grade_class
from autograder.nbgrader.course import Course, make_course, open_course
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.steps import release, write_feedback
from autograder.units import gpu_tier
from autograder.units.gpu_tier import GPU
from autograder.units.kit import Kit, KitUnit
from autograder.units.script import Cell
from tests.damaged_class import CLASS, hand_in
from tests.tiny import open_unit, replace_in, write_kit


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of a unit with a tier; its NumPy code runs wherever "cuda" points to."""
    unit = write_kit(tmp_path / "kit")
    replace_in(unit.folder / "checks.py", "points=2)", 'points=2, dtypes=("float32", "bfloat16"))')
    replace_in(unit.folder / "checks.py", "points=1)", 'points=1, dtypes=("float32",))')
    build(open_unit(tmp_path / "kit"))
    made = make_course(tmp_path / "course", Kit(tmp_path / "kit"))
    release(made, open_unit(tmp_path / "kit"))
    for student in ("right", "wrong"):
        hand_in(made, open_unit(tmp_path / "kit"), student, CLASS[student])
    return open_course(made.root)


def scored(course: Course, student: str) -> tuple[float, float]:
    """The student's points and the maximum, from nbgrader."""
    with gradebook(course) as opened:
        submission = opened.find_submission("tiny", student)
        return float(submission.score), float(submission.max_score)


def shown(course: Course, unit: KitUnit, student: str) -> str:
    """What the tier's cell of a graded notebook shows."""
    notebook = nbformat.read(course.autograded_file(unit, student), as_version=4)
    return str(next(cell for cell in notebook.cells if grade_id(cell) == TEST + GPU).outputs[0].text)


def test_a_class_without_a_gpu_gets_its_points_and_one_with_it_more(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tier is added later, stays when graded again, and is removed for another submission."""
    unit = course.unit("tiny")
    monkeypatch.setattr(gpu_tier, "missing", lambda: gpu_tier.NO_CUDA)
    monkeypatch.setattr(gpu, "missing", lambda: gpu_tier.NO_CUDA)
    grade_class(course, unit)
    assert scored(course, "right") == (3, 3)
    assert shown(course, unit, "right") == "GPU tier: 3 checks not run (no CUDA device)\n"
    assert gpu.add(course, unit, "right").missing == "no CUDA device"
    assert scored(course, "right") == (3, 3)

    monkeypatch.setattr(gpu_tier, "missing", lambda: "")
    assert gpu.add(course, unit, "right").words == "GPU tier: 3 of 3 checks passed, 2 / 2 extra points"
    assert gpu.add(course, unit, "wrong").words == "GPU tier: 1 of 3 checks passed, 1 / 2 extra points"
    assert (scored(course, "right"), scored(course, "wrong")) == ((5, 3), (2, 3))

    grade_class(course, unit, options=Options(regrade=True))
    assert scored(course, "right") == (5, 3)
    assert "GPU tier: 3 of 3 checks passed" in shown(course, unit, "right")
    pages = {page.parents[1].name: page.read_text(encoding="utf-8") for page in write_feedback(course, unit)}
    assert all("extra points" in page for page in pages.values())
    assert '<td class="number">+2</td>' in pages["right"]  # it counts in the score above, too

    hand_in(course, unit, "right", CLASS["stub"])
    grade_class(course, unit)
    assert scored(course, "right") == (0, 3)
    assert "not run" in shown(course, unit, "right")


@pytest.mark.parametrize(
    ("cells", "digest"),
    [
        (
            (Cell("double", "def double(x):\n    return 2 * x"), Cell("", "two = 'it\\'s 2'")),
            "05e683a813dac91ffdb06d1ba5bf04fc903c59039fdc1a4b0135ae7b1966ed08",
        ),
        ((Cell("double", "x"),), "6311a6c57e855abf74e3fc56eeaf8ed49591531a62702c842c259ca109c8bef0"),
    ],
)
def test_extra_credit_of_0_1_0_still_counts(cells: tuple[Cell, ...], digest: str) -> None:
    """Its reports hold digests of the answers; both were computed by 0.1.0."""
    assert gpu._digest(Submission("tiny.ipynb", True, cells)) == digest
