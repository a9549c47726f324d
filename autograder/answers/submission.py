"""Reading a submission: the cells of a .py or an .ipynb that are run and judged.

    read(path, unit)                 a Submission; raises BadSubmission where it has no answers of the unit
    suffix_of(path)                  .py or .ipynb, also where a browser or a phone has changed the name's end
    answered(submission, unit)       what is begun in it: exercises and questions
    from_script, from_notebook       the same from a file's text
    question_of, adopt, in_order     which question or exercise a cell belongs to, and the cells' order

A damaged file is read as far as it can be: a cell that lost its metadata is recognised by what it defines, of
two cells of an exercise the last one counts, and a note in plain words says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.errors import BadSubmission
from autograder.units import script
from autograder.units.files import SAVE_AS_UTF8, read_untrusted_text
from autograder.units.kit import KitUnit
from autograder.units.script import Cell
from autograder.worker.notebook_lines import shell_lines
from autograder.worker.outcome import harmless, visible
from autograder.worker.parsing import DAMAGED, HERE, Parser

OWN = "your own cell"
MAX_BYTES = 100 << 20  # nbgrader's exchange takes as much; pictures in outputs are not read
KITS_LINES = (
    "from autograder",
    "check, hint = ",
    "check(",
    "hint(",
)  # how lines of the kit's own cells begin
DEFINES = re.compile(r"(def|class|import|from)\b|[\w, ]+ = ")  # a line that later cells may need
MAX_WRITTEN = 20_000
EMBEDDED = re.compile(r"!\[[^][\n]*+\]\(data:image/[a-z]+;base64,([A-Za-z0-9+/=]++)\)")
#: Of code, in cells and in characters: reading it takes time, and a thousand times its size in memory.
MAX_CELLS, MAX_CODE = 1_000, 500_000


@dataclass(frozen=True)
class Submission:
    """The cells of code in the order they run, notes on what was unusual about the file, and written answers.

    `written` maps a question's name to what was written there; a question without an answer is left out.
    `pictures` are attached to written answers: (question, base64), whatever they hold.
    `handed_in` holds all cells of a notebook, as `notebook_cells` gives them.
    """

    file: str
    notebook: bool
    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()
    written: tuple[tuple[str, str], ...] = ()
    pictures: tuple[tuple[str, str], ...] = ()
    handed_in: tuple[dict[str, Any], ...] = field(default=(), compare=False)


def label_of(cell: Cell) -> str:
    """What a traceback calls the cell."""
    return cell.name or OWN


def read(path: Path, unit: KitUnit, parser: Parser = HERE) -> Submission:
    """The submission in a file, by its suffix.

    Raises NotFound where there is no file, BadSubmission for one that holds no answers of `unit`.
    """
    text, name, suffix = read_untrusted_text(path, MAX_BYTES), harmless(path.name), suffix_of(path)
    text = text.rstrip("\0\x1a\n")  # what a crash, or an editor of Windows, has left
    if not suffix:
        raise BadSubmission(f"{name}: only .py and .ipynb files hold answers")
    if not text.strip():
        raise BadSubmission(f"{name} is empty")
    if "\0" in text:
        raise BadSubmission(f"{name} is damaged or UTF-16: {SAVE_AS_UTF8}")
    if re.match(r"\s*<(!doctype )?html\b", text, re.IGNORECASE):
        raise BadSubmission(f"{name} is a web page, probably a login page: download the file itself")
    return (from_script if suffix == ".py" else from_notebook)(text, unit, name, parser)


def suffix_of(path: Path) -> str:
    """.py or .ipynb by the end of a file's name, also in capitals or as x.ipynb.json; "" for all others."""
    found = re.search(r"(\.py|\.ipynb)(\.txt|(?<=ipynb)\.json)?$", path.name, re.IGNORECASE)
    return found[1].lower() if found else ""


def answered(submission: Submission, unit: KitUnit) -> set[str]:
    """The exercises and questions that are begun: their cell is changed, or what it asks for is elsewhere."""
    stubs = {cell.name: cell.source.strip() for cell in from_script(unit.recorded.stub, unit, "").cells}
    begun = {
        name
        for name, exercise in unit.exercises.items()
        for cell in submission.cells
        if (cell.source.strip() != stubs[name] if cell.name == name else {*cell.names} & {*exercise.names})
    }
    return begun | dict(submission.written).keys()


def from_script(text: str, unit: KitUnit, file: str, parser: Parser = HERE) -> Submission:
    """The cells of a .py file in the percent format; without its marks it is one cell."""
    _must_be_small(file, text.count("# %%"), len(text))
    found = script.split(text)
    texts = [(cell.name, script.unquote(cell.source)) for cell in found if cell.name in unit.questions]
    code = [cell for cell in found if cell.name not in unit.questions]
    cells = [Cell(cell.name if cell.name in unit.exercises else "", cell.source) for cell in code]
    tried = _without_tries(_with_names(cells, parser), unit)
    return _settle(Submission(file, False, tried, written=_written_answers(texts, unit)), unit)


def from_notebook(text: str, unit: KitUnit, file: str, parser: Parser = HERE) -> Submission:
    """The cells of a notebook: answer cells by grade_id, and the code cells a student added."""
    cells, notes, texts, pictures = [], [], [], []
    found = parser.cells(text, file)
    for cell in found:
        grade_id = str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
        if cell["cell_type"] == DAMAGED and not cell["source"].strip():
            notes.append("a damaged cell was left out")
        elif question := question_of(cell, grade_id, unit):
            inline = EMBEDDED.findall(cell["source"])  # as Colab pastes them
            texts.append((question, EMBEDDED.sub("[picture]", cell["source"])))
            pictures += [(question, picture) for picture in (*cell["pictures"], *inline)]
        elif grade_id in unit.exercises:
            if cell["cell_type"] != "code":
                notes.append(f"the cell of {grade_id} was turned into {cell['cell_type']}; read as code")
            cells.append(Cell(grade_id, cell["source"]))
        elif cell["cell_type"] == "code" and not _is_kits(cell["source"], grade_id):
            cells.append(Cell("", cell["source"]))
    _must_be_small(file, len(cells), sum(len(cell.source) for cell in cells))
    cells = _with_names(cells, parser)
    written = _written_answers(texts, unit)
    shown = tuple(pictures)
    submission = Submission(
        file, True, tuple(cells), tuple(dict.fromkeys(notes)), written, shown, tuple(found)
    )
    return _settle(submission, unit)


def _with_names(cells: Sequence[Cell], parser: Parser) -> list[Cell]:
    """The cells with the names they define, which are parsed once."""
    names = parser.names([cell.source for cell in cells])
    return [replace(cell, defined=own) for cell, own in zip(cells, names, strict=True)]


def _must_be_small(file: str, cells: int, characters: int) -> None:
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
    return next((name for name, question in unit.questions.items() if text.startswith(question.text)), "")


def _written_answers(texts: Sequence[tuple[str, str]], unit: KitUnit) -> tuple[tuple[str, str], ...]:
    """The answers in the texts of some questions, in the unit's order; of two to one question the last."""
    answers = {name: answer for name, text in texts if (answer := unit.questions[name].answer_in(text))}
    return tuple((name, _printable(answers[name])) for name in unit.questions if name in answers)


def _printable(answer: str) -> str:
    """An answer as a person will read it: cut at a length, with control characters shown as codes."""
    shown = visible(answer[:MAX_WRITTEN].replace("\t", " "))
    return shown if len(answer) <= MAX_WRITTEN else f"{shown}\n[cut after {MAX_WRITTEN} characters]"


def _is_kits(source: str, grade_id: str) -> bool:
    """Whether a code cell only runs checks, as the kit's own cells do."""
    lines = [line for line in source.splitlines() if line.strip() and not line.startswith(KITS_LINES)]
    return not any(map(DEFINES.match, lines)) if grade_id.startswith("test_") else not lines


def _shell_note(cells: Sequence[Cell]) -> list[str]:
    """A note on the commands that a course does not run."""
    found = [harmless(line)[:40] for cell in cells for line in shell_lines(cell.source)]
    return [f"not run when it is graded: {', '.join(found[:3])}{' …' * (len(found) > 3)}"] if found else []


def _settle(submission: Submission, unit: KitUnit) -> Submission:
    """The submission with each exercise at most once, in the unit's order, and notes on what was unusual.

    Raises BadSubmission where nothing in it belongs to the unit.
    """
    cells, adopted = adopt(submission.cells, unit)
    cells, twice = _last_of_each(cells, unit)
    twice += _defined_below(cells, unit)
    marked = {cell.name for cell in cells}
    defined = {name for cell in cells for name in cell.names}
    missing = [e.name for e in unit.exercises.values() if e.name not in marked and not defined & set(e.names)]
    if len(missing) == len(unit.exercises) and not submission.written:
        raise BadSubmission(f"{submission.file} holds no answers of {unit.name}: is it another unit's file?")
    notes = [*submission.notes, *_shell_note(cells)]
    if adopted:
        whose = "all" if len(adopted) == len(unit.exercises) else ", ".join(adopted)
        notes.append(f"cell marks lost, recognised by what the cells define: {whose}")
    if twice:
        notes.append(f"found twice, the last one counts: {', '.join(twice)}")
    if missing:
        notes.append(f"no cell for: {', '.join(missing)}")
    return replace(submission, cells=tuple(in_order(cells, unit.exercises)), notes=tuple(notes))


def _defined_below(cells: Sequence[Cell], unit: KitUnit) -> list[str]:
    """The exercises whose functions a later cell defines once more, in order."""
    later: set[str] = set()
    found = []
    for cell in reversed(cells):
        if cell.name and later.intersection(cell.names, unit.exercises[cell.name].names):
            found.append(cell.name)
        later.update(cell.names)
    return found[::-1]


def adopt(cells: Sequence[Cell], unit: KitUnit) -> tuple[list[Cell], list[str]]:
    """The cells, with names for those that lost theirs, and these names.

    A cell of code without a name gets that of the one exercise without a cell whose functions it defines.
    """
    named = {cell.name for cell in cells}
    owner = {name: e.name for e in unit.exercises.values() for name in e.names if e.name not in named}
    result, adopted = [], []
    for cell in cells:
        own_code = cell.kind == "code" and not cell.name
        found = {owner[name] for name in cell.names if name in owner} if own_code else set()
        if len(found) == 1:
            cell = replace(cell, name=found.pop())
            adopted.append(cell.name)
        result.append(cell)
    return result, list(dict.fromkeys(adopted))


def _without_tries(cells: Sequence[Cell], unit: KitUnit) -> tuple[Cell, ...]:
    """The cells, with those made the student's own that only have an exercise's name in their mark.

    Such a cell ("softmax tries") defines nothing that the exercise asks for, while another of that name does.
    """

    def answers(cell: Cell) -> bool:
        return bool(cell.name and set(unit.exercises[cell.name].names) & set(cell.names))

    answered = {cell.name for cell in cells if answers(cell)}
    return tuple(
        replace(cell, name="") if cell.name in answered and not answers(cell) else cell for cell in cells
    )


def _last_of_each(cells: Sequence[Cell], unit: KitUnit) -> tuple[list[Cell], list[str]]:
    """The cells without earlier copies of an exercise, and the exercises that had one.

    Jupyter copies a cell with its metadata, and in a run the copy below is the one that counts. It splits a
    cell in two with the same metadata: a part that defines what no later part does stays, as an own cell.
    """
    named: dict[str, Cell] = {}  # by exercise: the last cell that defines what the exercise asks for
    later: dict[str, set[str]] = {}  # by exercise: what is defined further below
    kept: list[Cell] = []
    copies: list[str] = []
    for cell in reversed(cells):
        if cell.name and cell.name in named:
            bound = cell.bound
            if bound <= later[cell.name]:
                copies.append(cell.name)
                continue
            later[cell.name] |= bound
            answers = set(unit.exercises[cell.name].names)
            if answers & bound and not answers & named[cell.name].bound:
                kept[kept.index(named[cell.name])] = replace(named[cell.name], name="")
                named[cell.name] = cell
            else:
                cell = replace(cell, name="")
        elif cell.name:
            named[cell.name], later[cell.name] = cell, set(cell.bound)
        kept.append(cell)
    return kept[::-1], list(dict.fromkeys(reversed(copies)))


def in_order(cells: Iterable[Cell], names: Iterable[str]) -> list[Cell]:
    """The named cells in the order of `names`, each followed by the own cells that stood behind it."""
    ranks = {name: rank for rank, name in enumerate(names)}
    rank, ranked = -1, []
    for cell in cells:
        rank = ranks.get(cell.name, rank)
        ranked.append((rank, cell))
    return [cell for _, cell in sorted(ranked, key=lambda pair: pair[0])]
