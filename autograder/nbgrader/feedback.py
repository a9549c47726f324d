"""The page that a student gets back: what went wrong first, exercise by exercise.

    FeedbackExporter    the exporter that nbgrader_config.py names for GenerateFeedback
    parts_of(notebook)  a graded notebook by exercise, as the page shows it

The page runs no script and loads nothing. Where it cannot be rendered in time, it is made without colours,
then without the submission's code and outputs. Its template is compiled once per process, and the lesson's
texts are rendered once. Its last line holds a digest of all that it was made from.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import GetGrades
from nbgrader.utils import is_grade, is_solution, is_task
from traitlets.config import Config

from autograder.answers.notebooks import TEST, grade_id, is_question
from autograder.errors import GradfnError, NotFound
from autograder.grading.folder import TIME
from autograder.judging.meanings import table
from autograder.nbgrader import records
from autograder.nbgrader.course import open_course
from autograder.nbgrader.gradebook import Marked
from autograder.nbgrader.graft import is_own
from autograder.nbgrader.inbox import keep_only, time_of
from autograder.nbgrader.outputs import NO_COLOUR
from autograder.nbgrader.pages import making, write_for_exchange
from autograder.nbgrader.templates import FOLDERS
from autograder.units.kit import EMPTY
from autograder.units.lesson_page import with_mathml

SECONDS = 10.0  # of processor time for each try at a page; a page takes 0.05
MOST_TEXTS = 200
NO_ANSWER = "\n\n*No answer.*"
LEFT_OUT = "(left out: this page could not be made in time)"
Resources = dict[str, Any]


class _InMemory(BytecodeCache):
    """Compiled templates by name; Jinja checks whether a template's source has changed."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


_compiled = _InMemory()
_html: dict[str, str] = {}  # by the Markdown text


class FeedbackExporter(HTMLExporter):  # type: ignore[misc]  # nbconvert comes without types
    """nbconvert's exporter to HTML, with the kit's template on top of nbgrader's."""

    @property
    def default_config(self) -> Config:
        """nbgrader sets its template for every HTMLExporter; settings for this class come first."""
        config = Config()
        config.FeedbackExporter.template_name = "gradfn"
        config.FeedbackExporter.template_file = "index.html.j2"  # the course sets another for formgrader
        config.FeedbackExporter.extra_template_basedirs = FOLDERS
        config.FeedbackExporter.extra_template_paths = []
        config.merge(super().default_config)
        return config

    def register_preprocessor(self, preprocessor: Any, enabled: bool = False) -> Any:
        """Take any but nbgrader's own two: many queries, and styles that the kit's template has itself."""
        own = preprocessor in (GetGrades, CSSHTMLHeaderPreprocessor)
        return None if own else super().register_preprocessor(preprocessor, enabled)

    def from_filename(
        self, filename: str, resources: Resources | None = None, **options: Any
    ) -> tuple[str, Resources]:
        """The page of a graded notebook; only the unit's own files stay beside either of them."""
        course, about = open_course(Path(self.parent.coursedir.root)), (resources or {})["nbgrader"]
        unit, student = course.unit(about["assignment"]), about["student"]
        page = course.feedback_file(unit, student)
        course.show_seed(unit, (records.stored(course, unit, student) or {}).get("seed", 0))
        for folder in (Path(filename).absolute().parent, page.parent):
            names = [page.name, f"{unit.name}.ipynb"]
            with suppress(GradfnError):
                names += [TIME] * (time_of(folder) is not None)
            keep_only(folder, course.source_folder(unit), names)
        write_for_exchange(course, unit, student)
        (about["made"],) = making(course, unit, [student])
        about["questions"] = {name: question.text for name, question in unit.questions.items()}
        exported: tuple[str, Resources] = super().from_filename(filename, resources, **options)
        return exported

    def from_notebook_node(
        self, nb: nbformat.NotebookNode, resources: Resources | None = None, **options: Any
    ) -> tuple[str, Resources]:
        """The page; raises GradfnError if even one without the submission's code takes too long.

        HTMLExporter would parse the page once more, to mark what only JupyterLab's template has.
        """
        about = (resources or {})["nbgrader"]
        nb = _with_marks(_with_formulas(nb, about["questions"]), about["made"].marked)
        self.register_filter("highlight_code", Highlight2HTML(pygments_lexer="ipython3", parent=self))
        for simpler in (_itself, _without_colours, _without_answers):
            try:
                with _limited(SECONDS):
                    page: tuple[str, Resources] = TemplateExporter.from_notebook_node(
                        self, simpler(nb), resources, **options
                    )
                    return page
            except _TooSlow:
                continue
        raise GradfnError("the page could not be made in time")

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        yield from super().default_filters()
        yield "parts", parts_of
        yield "rendered", self._rendered

    def _rendered(self, text: str) -> str:
        """Markdown as HTML; each text once a process, since a class has the same lesson."""
        if text not in _html:
            if len(_html) >= MOST_TEXTS:
                _html.clear()
            _html[text] = self.markdown2html({}, text)
        return _html[text]

    def _create_environment(self) -> Any:
        environment = super()._create_environment()
        environment.bytecode_cache = _compiled
        return environment


def _with_marks(notebook: nbformat.NotebookNode, marks: Marked) -> nbformat.NotebookNode:
    """The notebook with scores and comments in its cells; raises NotFound for a cell that has none."""
    for cell in notebook.cells:
        name, about = grade_id(cell), cell.metadata.get("nbgrader", {})
        try:
            if is_solution(cell) or is_task(cell):
                about["comment"] = marks.comments[name]
            if is_grade(cell) or is_task(cell):
                about["score"], about["points"], _ = marks.scores[name]
        except KeyError:
            raise NotFound(f"the gradebook does not hold {name}: grade it again") from None
    return notebook


@dataclass
class Part:
    """An exercise or a question: its points, its cards, a person's comment, and the student's cells."""

    name: str
    cells: list[Any] = field(default_factory=list)
    cards: list[str] = field(default_factory=list)
    comment: str = ""
    graded: bool = False
    score: float = 0.0
    points: float = 0.0

    @property
    def group(self) -> str:
        """The heading under which the page shows it."""
        if any(is_question(cell) for cell in self.cells):
            return "Answers in words"  # a person may not have read it yet
        return "What is right" if self.score >= self.points else "What went wrong"


@dataclass
class Parts:
    """What the page shows: notes on the file, the parts, and the kit's own texts."""

    notes: str
    parts: list[Part]
    lesson: list[Any]


def parts_of(notebook: nbformat.NotebookNode) -> Parts:
    """A graded notebook by exercise; the student's own cells belong to the exercise that they follow."""
    found, lesson, notes, here = {"": Part("")}, [], "", ""
    for cell in notebook.cells:
        name = grade_id(cell).removeprefix(TEST)
        marks = cell.metadata.get("nbgrader", {})
        if cell.get("id") == "notes":
            notes = cell.source
        elif is_own(cell) and not name:
            found[here].cells += [cell] * bool(cell.source.strip())
        elif marks.get("grade") or marks.get("solution"):
            part = found.setdefault(name, Part(name))
            here = name
            if marks.get("solution"):
                part.cells.append(_with_pictures(cell))
                part.comment = "" if marks.get("comment") in (None, "No response.") else marks.comment
            if marks.get("grade"):
                part.graded, part.score, part.points = True, float(marks.score), float(marks.points)
            if not marks.get("solution"):
                part.cards = [o.text for o in cell.outputs if o.output_type == "stream"]
        elif cell.cell_type == "markdown":
            lesson.append(cell)
    shown = [part for part in found.values() if part.cells or part.cards]
    explained: set[str] = set()
    for part in shown:
        part.cards = [_without(explained, card) for card in part.cards]
    return Parts(notes, shown, lesson)


def _without(explained: set[str], cards: str) -> str:
    """The cards without explanations of errors that were given before, to which those in them are added."""
    words = {sentence: " ".join(sentence.split()) for sentence in re.split(r"\n(?=  \S)", cards)}
    kept = [sentence for sentence in re.split(r"\n(?=  \S)", cards) if words[sentence] not in explained]
    explained |= {*words.values()} & {*table("errors").values()}
    return "\n".join(kept)


def _with_pictures(cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The cell with the pictures that are attached to it in its text."""
    for name, kinds in cell.get("attachments", {}).items():
        ((kind, data),) = kinds.items()
        cell.source = cell.source.replace(f"(attachment:{name})", f"(data:{kind};base64,{data})")
    return cell


class _TooSlow(BaseException):
    """The time of one try is up; no handler of nbconvert's takes it for an error of its own."""


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise _TooSlow when this process has worked so long; without a limit where there is no such timer."""

    def stop(*_: object) -> None:
        raise _TooSlow

    try:
        before = signal.signal(signal.SIGPROF, stop)
    except (AttributeError, ValueError):  # Windows, or another thread than the main one
        yield
        return
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, before)


def _with_formulas(notebook: nbformat.NotebookNode, questions: Mapping[str, str]) -> nbformat.NotebookNode:
    """The notebook with MathML in the kit's own texts: no script typesets formulas on these pages."""
    notebook = nbformat.from_dict(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.id != "notes":
            text = questions.get(grade_id(cell), "") if is_question(cell) else cell.source
            text = text if cell.source.startswith(text) else ""
            answer = cell.source[len(text) :]
            cell.source = with_mathml(text) + (NO_ANSWER if answer.strip() == EMPTY else answer)
    return notebook


def _itself(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    return notebook


def _without_colours(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    notebook = nbformat.from_dict(notebook)
    for cell in notebook.cells:
        cell.metadata["magics_language"] = NO_COLOUR
    return notebook


def _without_answers(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook with only the kit's own cells, the cards and the points."""
    notebook = _without_colours(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code" and not grade_id(cell).startswith(TEST):
            cell.source, cell.outputs = f"# {LEFT_OUT}", []
        elif is_question(cell) or cell.id == "notes":
            cell.source = LEFT_OUT
    return notebook
