"""A unit as an nbgrader notebook and as the script that a student fills in, both from one source.

    source_notebook(unit)      the instructor's notebook: lesson, answers, autograded cells with their points,
                               questions that a person grades
    clear_answers(notebook)    the same without the answers, by nbgrader's own ClearSolutions
    script_of(notebook)        its set-up and answers in the percent format
    notebook_of(unit, text)    the notebook with the answers of any script; with the stub's, what students get
    grade_id, is_answer, is_question    what nbgrader's metadata say of a cell

The stub is script_of(clear_answers(source_notebook(unit))), so that stub and notebook cannot differ.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from autograder.errors import BadUnit
from autograder.units import script
from autograder.units.gpu_tier import GPU
from autograder.units.kit import KitUnit
from autograder.units.lessons import lesson_of, mark_of

with suppress(ImportError):  # not there in a browser, where a notebook is filled but never made
    import nbformat
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

KIT = "kit"
TEST = "test_"
GPU_LESSON = """## On a GPU

The same checks run on a CUDA device in float32 and bfloat16, and some that make sense only there. Without a
GPU they do not run, and your points stay the same. Where a course has a GPU, each exercise whose checks there
all pass earns one extra point."""
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def source_notebook(unit: KitUnit) -> nbformat.NotebookNode:
    """The unit's notebook with the solution's answers; raises BadUnit where there is no solution."""
    try:
        text = unit.solution_file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadUnit(f"{unit.name}: no answers to derive from: cannot read {unit.solution_file}") from error
    return notebook_of(unit, text)


def notebook_of(unit: KitUnit, text: str) -> nbformat.NotebookNode:
    """The unit's notebook with the answers of a script, the same in every build.

    With the stub's answers it is the notebook that students get.
    """
    setup, *answers = script.split(text)
    lesson = lesson_of(unit)
    exercises = unit.exercises_of(text)
    cells = [
        lesson_cell("lesson", lesson.introduction or f"# {unit.declaration.title}"),
        _code(script.SETUP, setup.source, locked=True),
        _code(KIT, f'from autograder.jupyter import unit\n\ncheck, hint = unit("{unit.name}")', locked=True),
    ]
    for answer in answers:
        text = lesson.before.get(answer.name) or f"## `{answer.name}` {'★' * answer.stars}".rstrip()
        cells.append(lesson_cell(f"{answer.name}-lesson", text))
        if answer.points is not None:
            cells.append(_question(answer.name, script.unquote(answer.source), answer.points))
            continue
        cells += [
            _code(answer.name, answer.source, solution=True, stars=answer.stars),
            _code(
                TEST + answer.name,
                f'check("{answer.name}")',
                locked=True,
                points=exercises[answer.name].points,
            ),
        ]
    if any(check.dtypes for check in unit.all_checks):
        cells.append(lesson_cell(f"{GPU}-lesson", GPU_LESSON))
        cells.append(_code(TEST + GPU, f'check("{GPU}")', locked=True, points=0.0))
    if lesson.end:
        cells.append(lesson_cell("end", lesson.end))
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "gradfn": {"unit": unit.name}})


def clear_answers(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A copy of the notebook without its answers, as students get it."""
    from nbgrader.preprocessors import ClearSolutions  # importing nbgrader takes seconds

    return ClearSolutions().preprocess(nbformat.from_dict(notebook), {})[0]


def script_of(notebook: nbformat.NotebookNode) -> str:
    """The set-up and answer cells of a notebook as a script in the percent format."""
    return script.join(
        _script_cell(cell)
        for cell in notebook.cells
        if grade_id(cell) == script.SETUP or is_answer(cell) or is_question(cell)
    )


def _script_cell(cell: nbformat.NotebookNode) -> script.Cell:
    name = grade_id(cell)
    if is_question(cell):
        title = f"{name} [markdown] points={cell.metadata.nbgrader.points:g}"
        return script.Cell(name, script.quote(cell.source), title)
    stars = "*" * cell.metadata.get("gradfn", {}).get("stars", 0)
    return script.Cell(name, cell.source, f"{name} {stars}".strip())


def grade_id(cell: nbformat.NotebookNode) -> str:
    """A cell's name in nbgrader's metadata, or ""; for the kit's own notebooks, whose metadata are sound."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def is_answer(cell: nbformat.NotebookNode) -> bool:
    """Whether a student writes code in this cell of the kit's notebook."""
    return cell.cell_type == "code" and _is_written(cell)


def is_question(cell: nbformat.NotebookNode) -> bool:
    """Whether a student writes a text, which a person grades, in this cell of the kit's notebook."""
    return cell.cell_type == "markdown" and _is_written(cell)


def _is_written(cell: nbformat.NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution", False))


def lesson_cell(name: str, text: str) -> nbformat.NotebookNode:
    return new_markdown_cell(text, id=_id(name), metadata={"gradfn": {"lesson": mark_of(text)}})


def _code(
    name: str,
    source: str,
    *,
    locked: bool = False,
    solution: bool = False,
    points: float | None = None,
    stars: int = 0,
) -> nbformat.NotebookNode:
    """A code cell that nbgrader knows by `name`; with points, it is autograded."""
    metadata: dict[str, Any] = {"nbgrader": _marks(name, locked=locked, solution=solution, points=points)}
    if stars:
        metadata["gradfn"] = {"stars": stars}
    return new_code_cell(source, id=_id(name), metadata=metadata)


def _question(name: str, text: str, points: float) -> nbformat.NotebookNode:
    """A text cell that nbgrader leaves to manual grading."""
    marks = _marks(name, locked=False, solution=True, points=points)
    return new_markdown_cell(text, id=_id(name), metadata={"nbgrader": marks})


def _marks(name: str, *, locked: bool, solution: bool, points: float | None) -> dict[str, Any]:
    """nbgrader's metadata of a cell."""
    marks: dict[str, Any] = {
        "schema_version": 3,
        "grade_id": name,
        "grade": points is not None,
        "locked": locked,
        "solution": solution,
        "task": False,
    }
    return marks if points is None else marks | {"points": points}


def _id(name: str) -> str:
    """A cell id that is the same in every build; nbformat allows 64 characters."""
    return name[:64]
