"""Reading what was handed in: a .py or an .ipynb as pieces of source, each an exercise's or nobody's.

    read(path, unit) -> Submission     raises BadSubmission for what holds no answers of this unit
    from_script, from_notebook         the same for a text and for a notebook's cells
    notebook_cells, question_of, adopt what cells there are, and whose they are

A damaged file is read as far as it can be: cells that lost their metadata are recognised by what they define,
of a cell that is there twice the last is taken, and every such thing is a note in plain words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.errors import BadSubmission
from autograder.units import script
from autograder.units.files import read_untrusted_text
from autograder.units.kit import KitUnit
from autograder.worker.outcome import harmless

OWN = "your own cell"
MAX_BYTES = 20 << 20
OURS = ("from autograder", "check, hint = ", "check(", "hint(")  # how the lines of the kit's own cells begin
MAX_WRITTEN = 20_000
MAX_NAME = 40
#: Of code, in cells and in characters: what is read here takes time and a thousand times the memory.
MAX_CELLS, MAX_CODE = 1_000, 500_000


@dataclass(frozen=True)
class Piece:
    """A cell's source; `exercise` is empty for cells of the student's own."""

    exercise: str
    source: str

    @property
    def label(self) -> str:
        """What a traceback calls the cell."""
        return self.exercise or OWN


@dataclass(frozen=True)
class Submission:
    """The pieces in the order they run, what was odd about the file, and the answers that a person grades.

    `written` has a question's name and what was written there; a question without an answer is not in it.
    """

    file: str
    notebook: bool
    pieces: tuple[Piece, ...]
    notes: tuple[str, ...] = ()
    written: tuple[tuple[str, str], ...] = ()


def read(path: Path, unit: KitUnit) -> Submission:
    """The submission in a file, by its suffix.

    Raises NotFound where there is no file, BadSubmission for one that holds no answers of `unit`.
    """
    text, name = read_untrusted_text(path, MAX_BYTES), harmless(path.name)
    if path.suffix == ".py":
        return from_script(text, unit, name)
    if path.suffix == ".ipynb":
        return from_notebook(text, unit, name)
    raise BadSubmission(f"{name}: only .py and .ipynb files hold answers")


def from_script(text: str, unit: KitUnit, file: str) -> Submission:
    """The pieces of a .py file in the percent format; without its marks it is one piece."""
    _bounded(file, text.count("# %%"), len(text))
    cells = script.split(text.replace("\r\n", "\n"))
    texts = [(cell.name, script.unquoted(cell.source)) for cell in cells if cell.name in unit.questions]
    pieces = [
        Piece(cell.name if cell.name in unit.exercises else "", cell.source)
        for cell in cells
        if cell.name not in unit.questions
    ]
    pieces = _without_tries(pieces, unit)
    return _checked(Submission(file, False, tuple(pieces), written=_written(texts, unit)), unit)


def from_notebook(text: str, unit: KitUnit, file: str) -> Submission:
    """The pieces of a notebook: answer cells by grade_id, and the code cells a student added."""
    cells = notebook_cells(text, file)
    pieces, notes, texts = [], [], []
    for cell in cells:
        grade_id = str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
        if question := question_of(cell, grade_id, unit):
            texts.append((question, cell["source"]))
        elif grade_id in unit.exercises:
            if cell["cell_type"] != "code":
                notes.append(f"the cell of {grade_id} was turned into {cell['cell_type']}; read as code")
            pieces.append(Piece(grade_id, cell["source"]))
        elif cell["cell_type"] == "code" and not _is_ours(cell, grade_id):
            pieces.append(Piece("", cell["source"]))
    _bounded(file, len(pieces), sum(len(piece.source) for piece in pieces))
    return _checked(Submission(file, True, tuple(pieces), tuple(notes), _written(texts, unit)), unit)


def _bounded(file: str, cells: int, characters: int) -> None:
    """Raise BadSubmission for far more code than answers take."""
    if cells > MAX_CELLS or characters > MAX_CODE:
        raise BadSubmission(
            f"{file} holds more than {MAX_CELLS} cells of code or {MAX_CODE} characters in them: far more "
            "than answers take"
        )


def question_of(cell: Mapping[str, Any], grade_id: str, unit: KitUnit) -> str:
    """The question that a cell answers: by its grade_id or, where that is lost, by what it asks."""
    if grade_id in unit.questions:
        return grade_id
    if grade_id or cell["cell_type"] != "markdown":
        return ""
    text = cell["source"].strip()
    return next((name for name, asked in unit.questions.items() if text.startswith(asked.asked)), "")


def _written(texts: Sequence[tuple[str, str]], unit: KitUnit) -> tuple[tuple[str, str], ...]:
    """The answers in some questions' texts, in the unit's order; of two to one question the last."""
    answers = {name: answer for name, text in texts if (answer := unit.questions[name].answer_in(text))}
    return tuple((name, _readable(answers[name])) for name in unit.questions if name in answers)


def _readable(answer: str) -> str:
    """An answer as a person will read it: not endless, and without characters that only steer a display."""
    shown = "".join(c if c.isprintable() or c == "\n" else " " * c.isspace() for c in answer[:MAX_WRITTEN])
    return shown if len(answer) <= MAX_WRITTEN else f"{shown}\n[cut after {MAX_WRITTEN} characters]"


def _is_ours(cell: Mapping[str, Any], grade_id: str) -> bool:
    """Whether a code cell is one the kit put there to run checks, and nothing else is in it."""
    lines = [line for line in str(cell["source"]).splitlines() if line.strip()]
    return grade_id.startswith("test_") or all(line.startswith(OURS) for line in lines)


def notebook_cells(text: str, file: str) -> list[dict[str, Any]]:
    """A notebook's cells with `cell_type`, `metadata` and `source` of the right types.

    Raises BadSubmission where the text is no notebook.
    """
    try:
        notebook = json.loads(text)
        cells = notebook["cells"]
        return [
            {
                "cell_type": harmless(str(cell["cell_type"]))[:MAX_NAME],
                "metadata": _dicts_only(cell.get("metadata", {})),
                "source": _writable(cell.get("source", "")),
            }
            for cell in cells
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadSubmission(f"{file} is no notebook: it has no readable list of cells") from error


def _writable(source: Any) -> str:
    """A text or a list of lines, without halves of characters: JSON can spell them, but no file holds one."""
    return (source if isinstance(source, str) else "".join(source)).encode(errors="replace").decode()


def _dicts_only(metadata: Any) -> dict[str, Any]:
    """The metadata, without an "nbgrader" entry that is no dict."""
    return {key: value for key, value in metadata.items() if key != "nbgrader" or isinstance(value, dict)}


def _checked(submission: Submission, unit: KitUnit) -> Submission:
    """The submission with each exercise at most once, in the unit's order, and with notes of what was odd.

    Raises BadSubmission where nothing in it belongs to the unit.
    """
    pieces, adopted = adopt(submission.pieces, unit)
    pieces, twice = _last_of_each(pieces)
    marked = {piece.exercise for piece in pieces}
    defined = {name for piece in pieces for name in script.defined_names(piece.source)}
    missing = [e.name for e in unit.exercises.values() if e.name not in marked and not defined & set(e.names)]
    if len(missing) == len(unit.exercises) and not submission.written:
        raise BadSubmission(f"{submission.file} holds no answers of {unit.name}: is it another unit's file?")
    notes = list(submission.notes)
    if adopted:
        whose = "all" if len(adopted) == len(unit.exercises) else ", ".join(adopted)
        notes.append(f"cell marks lost, recognised by what the cells define: {whose}")
    if twice:
        notes.append(f"there twice, the last was taken: {', '.join(twice)}")
    if missing:
        notes.append(f"no cell for: {', '.join(missing)}")
    return replace(submission, pieces=_in_order(pieces, unit), notes=tuple(notes))


def adopt(pieces: Sequence[Piece], unit: KitUnit) -> tuple[list[Piece], list[str]]:
    """The pieces, those without a mark given to the one missing exercise whose names they define."""
    there = {piece.exercise for piece in pieces}
    owner = {name: e.name for e in unit.exercises.values() for name in e.names if e.name not in there}
    result, adopted = [], []
    for piece in pieces:
        found = {owner[name] for name in script.defined_names(piece.source) if name in owner}
        if not piece.exercise and len(found) == 1:
            piece = Piece(found.pop(), piece.source)
            adopted.append(piece.exercise)
        result.append(piece)
    return result, list(dict.fromkeys(adopted))


def _without_tries(pieces: Sequence[Piece], unit: KitUnit) -> list[Piece]:
    """The pieces, those that only bear an exercise's name ("softmax tries") given back to the student.

    Such a piece defines nothing that the exercise asks for, while another of the same name does.
    """

    def answers(piece: Piece) -> bool:
        wanted = unit.exercises[piece.exercise].names if piece.exercise else ()
        return bool(set(wanted) & set(script.defined_names(piece.source)))

    answered = {piece.exercise for piece in pieces if answers(piece)}
    return [
        Piece("", piece.source) if piece.exercise in answered and not answers(piece) else piece
        for piece in pieces
    ]


def _last_of_each(pieces: Sequence[Piece]) -> tuple[list[Piece], list[str]]:
    """The pieces without earlier copies of an exercise, and the exercises that had one.

    Jupyter copies a cell with its metadata, and the copy below is the one that would count in a run.
    """
    last = {piece.exercise: index for index, piece in enumerate(pieces) if piece.exercise}
    kept = [piece for index, piece in enumerate(pieces) if last.get(piece.exercise, index) == index]
    copies = [p.exercise for index, p in enumerate(pieces) if last.get(p.exercise, index) != index]
    return kept, list(dict.fromkeys(copies))


def _in_order(pieces: Sequence[Piece], unit: KitUnit) -> tuple[Piece, ...]:
    """The exercises in the unit's order, each followed by the student's own cells that stood behind it."""
    places = {name: place for place, name in enumerate(unit.exercises)}
    anchored, place = [], -1
    for piece in pieces:
        place = places.get(piece.exercise, place)
        anchored.append((place, piece))
    return tuple(piece for _, piece in sorted(anchored, key=lambda pair: pair[0]))
