"""Grafting: the notebook that is graded is the released one, with only the submission's answers put into it.

    graft(released, submission)              the released notebook with the submission's answers
    submission_in(notebook)                  the submission in a grafted notebook
    tampering(released, cells)               notes about test cells that differ from the released ones

Test cells, points and nbgrader's marks are always the released ones, so a deleted, edited, doubled or forged
cell of the submission has no effect. Cells that a student added follow the answer after which they stood. An
answer in words stands below the released question as plain text, because formgrader and feedback pages would
run a script in it, and MathJax makes links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.answers.notebooks import TEST, grade_id, is_answer, is_question
from autograder.answers.submission import Submission
from autograder.errors import BadSubmission, KitFault
from autograder.nbgrader.outputs import picture_in
from autograder.units import script
from autograder.units.gpu_tier import GPU
from autograder.units.kit import EMPTY, KitUnit
from autograder.units.script import Cell
from autograder.worker.outcome import visible

AS_TEXT = "white-space: pre-wrap; font: inherit; border: 0; background: none; padding: 0"
MAX_ATTACHED = 8 << 20  # of a picture in base64: a photograph of a sheet of paper
HEADING = "**About your file**"


def graft(released: nbformat.NotebookNode, submission: Submission) -> nbformat.NotebookNode:
    """The released notebook with the submission's answers and own cells, and its notes on top."""
    notebook = nbformat.from_dict(released)
    answers = {cell.name: cell.source for cell in submission.cells if cell.name}
    written = dict(submission.written)
    for cell in notebook.cells:
        if is_question(cell) and (words := written.get(grade_id(cell))):
            cell.source = f"{cell.source.partition(EMPTY)[0].rstrip()}\n\n{_as_typed(words)}"
            _attach(cell, [encoded for name, encoded in submission.pictures if name == grade_id(cell)])
            cell.metadata["gradfn"] = {"written": words}
        if is_answer(cell):
            name = grade_id(cell)
            # A missing cell is empty: the stub would run and look like an answer that was not begun.
            cell.source = answers.get(name, f"# {submission.file} has no cell for {name}")
            cell.metadata["gradfn"] = {"missing": name not in answers}
    _insert_own_cells(notebook, submission.cells)
    _explain(notebook, submission.notes)
    notebook.metadata["gradfn"] |= {
        "file": submission.file,
        "notebook": submission.notebook,
        "notes": list(submission.notes),
    }
    return notebook


def _attach(cell: nbformat.NotebookNode, pictures: Sequence[str]) -> None:
    """Show the pictures of a written answer below it, under names of our own."""
    for number, encoded in enumerate(pictures, 1):
        if found := picture_in(encoded, MAX_ATTACHED):
            cell.setdefault("attachments", {})[f"picture-{number}"] = dict([found])
            cell.source += f"\n\n![picture {number}](attachment:picture-{number})"
        else:
            cell.source += f"\n\nPicture {number} cannot be shown: it is too large, or no PNG or JPEG."


def submission_in(notebook: nbformat.NotebookNode) -> Submission:
    """The submission in a grafted notebook; BadSubmission for one that 0.1.0 made of an unreadable file."""
    about = notebook.metadata["gradfn"]
    if "unreadable" in about:
        raise BadSubmission(about["unreadable"])
    cells = tuple(
        Cell("" if is_own(cell) else grade_id(cell), _submitted(cell)) for cell in answer_cells(notebook)
    )
    written = [(grade_id(c), c.metadata.get("gradfn", {}).get("written")) for c in notebook.cells]
    return Submission(
        about["file"],
        about["notebook"],
        cells,
        tuple(about["notes"]),
        tuple((name, words) for name, words in written if words),
    )


def _submitted(cell: nbformat.NotebookNode) -> str:
    """A cell's source as it was handed in, where the notebook shows another."""
    return str(cell.metadata.get("gradfn", {}).get("source", cell.source))


def answer_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The cells of a grafted notebook that hold the submission's cells, in their order."""
    return [
        cell
        for cell in notebook.cells
        if is_own(cell) or (is_answer(cell) and not cell.metadata.get("gradfn", {}).get("missing", False))
    ]


def is_own(cell: nbformat.NotebookNode) -> bool:
    """Whether a cell of a grafted notebook is one that the student added."""
    return bool(cell.metadata.get("gradfn", {}).get("own", False))


def must_fit(released: nbformat.NotebookNode, unit: KitUnit) -> None:
    """Raise KitFault if the released notebook has other exercises or points than the unit."""
    then = {
        grade_id(cell).removeprefix(TEST): cell.metadata.nbgrader.points
        for cell in released.cells
        if cell.metadata.get("nbgrader", {}).get("grade", False) and grade_id(cell) != TEST + GPU
    }
    now = {exercise.name: exercise.points for exercise in unit.exercises.values()}
    now |= {question.name: question.points for question in unit.questions.values()}
    if then != now:
        changed = ", ".join(sorted(dict(then.items() ^ now.items())))
        again = f"gradfn release {unit.name}, then gradfn grade {unit.name}"
        raise KitFault(f"{unit.name} was changed after it was released ({changed}): {again}")


def _insert_own_cells(notebook: nbformat.NotebookNode, cells: Iterable[Cell]) -> None:
    """Put each of the student's own cells behind the test of the answer it followed."""
    released = {grade_id(cell).removeprefix(TEST): cell for cell in notebook.cells}
    anchor = setup = released[script.SETUP]
    for number, own in enumerate(cells):
        if own.name:
            anchor = released[own.name]
        elif anchor is setup and own.source.strip() == setup.source.strip():
            setup.metadata["gradfn"] = {"own": True}
        else:
            cell = new_code_cell(own.source, id=f"own-{number}", metadata={"gradfn": {"own": True}})
            notebook.cells.insert(notebook.cells.index(anchor) + 1, cell)
            anchor = cell


def tampering(released: nbformat.NotebookNode, cells: Sequence[Mapping[str, Any]]) -> list[str]:
    """Notes about test cells that differ from the released ones; none if all marks are lost.

    Such a cell has no effect: the notes only inform the instructor.
    """
    submitted: dict[str, list[str]] = {}
    for cell in cells:
        name = str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
        if name.startswith(TEST):
            submitted.setdefault(name, []).append(str(cell["source"]).strip())
    kinds: dict[str, list[str]] = {"edited": [], "doubled": [], "deleted": []}
    for cell in released.cells:
        name = grade_id(cell)
        if not name.startswith(TEST):
            continue
        found = submitted.get(name, [])
        if not found:
            kinds["deleted"].append(name)
        elif set(found) != {cell.source.strip()}:
            kinds["edited"].append(name)
        elif len(found) > 1:
            kinds["doubled"].append(name)
    if not submitted:
        return []
    return [f"{', '.join(names)} {kind}, the released cell counts" for kind, names in kinds.items() if names]


def _explain(notebook: nbformat.NotebookNode, notes: list[str] | tuple[str, ...]) -> None:
    """Put the notes on top; they may quote the file, so they are plain text too."""
    if notes:
        lines = _as_typed("\n".join(f"- {' '.join(note.split())}" for note in notes))
        notebook.cells.insert(0, new_markdown_cell(f"{HEADING}\n\n{lines}", id="notes"))


def _as_typed(words: str) -> str:
    """A student's words as Markdown that shows them as typed, line by line.

    Every character that Markdown or HTML could interpret is written as a character reference. MathJax makes
    links of formulas with `\\href`; it leaves out a <pre> and elements of these classes.
    """
    plain = re.sub(r"[^A-Za-z0-9 ,.\x80-\U0010ffff]", lambda found: f"&#{ord(found[0])};", visible(words))
    return f'<pre class="tex2jax_ignore mathjax_ignore" style="{AS_TEXT}">{plain}</pre>'
