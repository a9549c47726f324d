"""The derived notebooks: valid, stable, in step with the stub, and working in a real kernel."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.answers.notebooks import clear_answers, grade_id, is_answer, script_of, source_notebook
from autograder.units.kit import Kit, KitUnit
from autograder.units.lessons import lesson_of
from tests.conftest import ROOT, root_of
from tests.tiny import replace_in

UNITS = [unit.name for unit in Kit(ROOT).units()]


@pytest.fixture
def in_kernels(tiny: KitUnit, monkeypatch: pytest.MonkeyPatch) -> KitUnit:
    """The tiny unit, with kernels that start in its kit and find this package."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
    monkeypatch.chdir(root_of(tiny))
    return tiny


def answer(notebook: nbformat.NotebookNode, name: str, source: str) -> None:
    """Put a source into an answer cell."""
    next(cell for cell in notebook.cells if grade_id(cell) == name).source = source


def executed(notebook: nbformat.NotebookNode) -> dict[str, list[Any]]:
    """The outputs of every named cell after nbgrader ran them in order; an exception fails the test."""
    done = NotebookClient(notebook, timeout=60).execute(env=os.environ | {"NBGRADER_EXECUTION": "autograde"})
    return {grade_id(cell): cell.outputs for cell in done.cells if cell.cell_type == "code"}


def texts(outputs: list[Any]) -> list[str]:
    """The outputs as plain text."""
    return [output["data"]["text/plain"] for output in outputs]


@pytest.mark.parametrize("name", UNITS)
def test_notebooks_are_valid(kit: Kit, name: str) -> None:
    """With the answers and without them."""
    notebook = source_notebook(kit.unit(name))
    nbformat.validate(notebook)
    nbformat.validate(clear_answers(notebook))


@pytest.mark.parametrize("name", UNITS)
def test_a_notebook_holds_its_script(kit: Kit, name: str) -> None:
    """The script read back from the notebook is the solution, and from the cleared one the stub."""
    unit = kit.unit(name)
    notebook = source_notebook(unit)
    assert script_of(notebook) == unit.solution_file.read_text(encoding="utf-8")
    assert script_of(clear_answers(notebook)) == unit.stub_file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", UNITS)
def test_each_exercise_is_lesson_answer_and_test(kit: Kit, name: str) -> None:
    """In this order, exercise by exercise; the test cell has the sum of its checks' points."""
    unit = kit.unit(name)
    cells = source_notebook(unit).cells
    for exercise in unit.exercises.values():
        place = next(i for i, cell in enumerate(cells) if grade_id(cell) == exercise.name)
        lesson, given, test = cells[place - 1 : place + 2]
        assert (lesson.cell_type, is_answer(given)) == ("markdown", True)
        assert f"`{exercise.name}`" in lesson.source.partition("\n")[0]
        assert (test.source, test.metadata.nbgrader.points) == (f'check("{exercise.name}")', exercise.points)
        assert (test.metadata.nbgrader.grade, test.metadata.nbgrader.locked) == (True, True)


def test_a_notebook_is_the_same_in_every_build(tiny: KitUnit) -> None:
    """Its ids come from its cells' names, so that a rebuilt file shows no difference."""
    first, second = (nbformat.writes(source_notebook(tiny)) for _ in range(2))
    assert first == second
    assert [cell["id"] for cell in json.loads(first)["cells"]] == [
        *("lesson", "setup", "kit"),
        *("double-lesson", "double", "test_double"),
        *("halve-lesson", "halve", "test_halve"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "introduction", "before", "end"),
    [
        ("Give", "Give", "# Tiny\n\nNumbers, twice and half.", ("add", "give"), ""),
        ("Give", "```\n## no heading\n```\nGive", "# Tiny\n\nNumbers, twice and half.", ("add", "give"), ""),
        ("# Tiny\n", "## History\n\nOld.\n", "## History\n\nOld.\n\nNumbers", ("add", "give"), ""),
        ("## `halve`", "## Rest\n\nA rest.\n\n## `halve`", "# Tiny", ("add", "rest"), ""),
        ("away.", "away.\n\n## Next\n\nOn.", "# Tiny", ("add", "give"), "## Next\n\nOn."),
    ],
    ids=["plain", "code block", "section first", "section between", "section last"],
)
def test_a_lesson_is_cut_at_its_exercises(
    tiny: KitUnit, old: str, new: str, introduction: str, before: tuple[str, str], end: str
) -> None:
    """Sections that name no exercise stay where they are, and a "## " in code is not a heading."""
    replace_in(tiny.lesson_file, old, new)
    lesson = lesson_of(tiny)
    assert lesson.introduction.startswith(introduction)
    assert all(
        word in lesson.before[name].lower() for word, name in zip(before, ("double", "halve"), strict=True)
    )
    assert lesson.end == end


def test_a_unit_without_a_lesson_has_headings(tiny: KitUnit) -> None:
    """The title, and each exercise with its stars."""
    tiny.lesson_file.unlink()
    headings = [cell.source for cell in source_notebook(tiny).cells if cell.cell_type == "markdown"]
    assert headings == ["# Tiny", "## `double` ★", "## `halve` ★★"]


def test_the_right_answers_score_in_a_kernel(in_kernels: KitUnit) -> None:
    """The solved notebook runs from top to bottom; each test cell's result is its points."""
    outputs = executed(source_notebook(in_kernels))
    assert [texts(outputs[f"test_{name}"])[-1] for name in ("double", "halve")] == ["2.0", "1.0"]


def test_a_stub_scores_nothing_in_a_kernel(in_kernels: KitUnit) -> None:
    """It runs from top to bottom too: a missing answer does not stop the notebook."""
    shown = texts(executed(clear_answers(source_notebook(in_kernels)))["test_double"])
    assert "Not done yet." in shown[0]
    assert shown[0].endswith("double: 0 of 1 public checks passed, 0 / 2 points")
    assert shown[1] == "0.0"


def test_a_mistake_is_explained_in_a_kernel(in_kernels: KitUnit) -> None:
    """The card names it, points to this notebook's hint, and is escaped where it is HTML."""
    notebook = source_notebook(in_kernels)
    answer(notebook, "double", "def double(x):\n    return x * x")
    answer(notebook, "halve", "def halve(x):\n    raise ValueError('<script>')")
    outputs = executed(notebook)
    assert "Looks like: squared. Twice a number is not its square." in texts(outputs["test_double"])[0]
    assert 'next hint: hint("double")' in texts(outputs["test_double"])[0]
    assert "cell [5], line 2 in halve:  raise ValueError" in texts(outputs["test_halve"])[0]
    assert "<script>" not in outputs["test_halve"][0]["data"]["text/html"]


def test_another_exercises_hint_is_this_notebooks_too(in_kernels: KitUnit) -> None:
    """A card that points to another exercise's hint names the notebook's own function."""
    notebook = source_notebook(in_kernels)
    answer(notebook, "double", "def double(x):\n    return 3 * x")
    answer(notebook, "halve", "def halve(x):\n    return double(x) / 4")
    shown = texts(executed(notebook)["test_halve"])[0]
    assert "It calls `double`, which fails its own checks: begin there." in shown
    assert 'next hint: hint("double")' in shown


def test_a_hint_is_given_in_a_kernel(in_kernels: KitUnit) -> None:
    """One more each time, for the answer that is in the notebook now."""
    notebook = clear_answers(source_notebook(in_kernels))
    notebook.cells.append(nbformat.v4.new_code_cell('hint("double")\nhint("double")'))
    shown = NotebookClient(notebook, timeout=60).execute().cells[-1].outputs
    assert [text.partition("\n")[0] for text in texts(shown)] == [
        "double · values double, hint 1 of 3:",
        "double · values double, hint 2 of 3:",
    ]


def validated(unit: KitUnit, notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """What the Validate button of JupyterLab finds in a notebook of a unit."""
    from nbgrader.validator import Validator

    file = root_of(unit) / "tiny.ipynb"
    nbformat.write(notebook, file)
    found: dict[str, Any] = Validator().validate(str(file))
    return found


def test_nbgrader_validates_the_right_answers(in_kernels: KitUnit) -> None:
    """Nothing failed, nothing changed."""
    assert validated(in_kernels, source_notebook(in_kernels)) == {}


def test_nbgrader_finds_the_stub_failing(in_kernels: KitUnit) -> None:
    """Each test cell failed, and the card says why where nbgrader would say "partial credit"."""
    failed = validated(in_kernels, clear_answers(source_notebook(in_kernels)))["failed"]
    assert [cell["source"] for cell in failed] == ['check("double")', 'check("halve")']
    assert all("Not done yet." in cell["error"] for cell in failed)


def test_checks_work_without_ipython(in_kernels: KitUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """In plain Python the cards are printed and the points returned."""
    from autograder.jupyter import unit

    check, _ = unit("tiny")
    assert check("double") == 0.0
    assert "double is not defined: run the cell above first." in capsys.readouterr().out


def test_the_kit_is_found_from_a_folder_below(in_kernels: KitUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook may be anywhere inside the kit's folder."""
    from autograder.jupyter import unit

    below = Path("notebooks")
    below.mkdir()
    monkeypatch.chdir(below)
    assert len(unit("tiny")) == 2
