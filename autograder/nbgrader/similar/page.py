"""The page about answers that are too alike.

write_page(course, unit, file)    compare what is graded, and write the page; its file, and a phrase
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.answers.notebooks import TEST, grade_id
from autograder.errors import NotFound
from autograder.nbgrader.course import Course
from autograder.nbgrader.report.page import data_url, template
from autograder.nbgrader.report.plots import closest
from autograder.nbgrader.similar.compare import Pair, compare, lines_of
from autograder.student.pages import write
from autograder.units import script
from autograder.units.kit import KitUnit
from autograder.worker.outcome import visible

MOST = 30  # pairs shown with their texts
OWN = "own cells"
Cells = dict[str, str]


@dataclass(frozen=True)
class Side:
    """One of two texts: its lines, and whether each is shared."""

    student: str
    lines: tuple[tuple[str, bool], ...]


def write_page(course: Course, unit: KitUnit, file: Path | None = None) -> tuple[Path, str]:
    """Write the page, by default to reports/UNIT-similar.html in the course's folder.

    Raises NotFound if fewer than two submissions are graded, GradfnError if the file cannot be written.
    """
    texts = {
        student: cells_of(path, unit)
        for student in course.students(unit)
        if (path := course.autograded_file(unit, student)).exists()
    }
    if len(texts) < 2:
        raise NotFound(f"{len(texts)} of {unit.name} graded: two are needed to compare")
    pairs = compare(texts, _known(unit))
    alike = [pair for pair in pairs if pair.stands_out]
    nearest = dict.fromkeys(texts, 0.0)
    for pair in pairs:
        for student in (pair.first, pair.second):
            nearest[student] = max(nearest[student], pair.share)
    page = template(Path(__file__).parent).render(
        unit=unit,
        course=course.course_id,
        count=len(texts),
        alike=alike,
        picture=data_url(closest(list(nearest.values()))),
        details=[(pair, _sides(pair, texts, unit)) for pair in alike[:MOST]],
    )
    target = write(page, file or course.root / "reports" / f"{unit.name}-similar.html")
    words = f"{len(alike)} pair{'s' * (len(alike) != 1)} of {len(texts)} submissions"
    return target, f"{words} to look at" if alike else "no two submissions stand out"


def cells_of(notebook: Path, unit: KitUnit) -> Cells:
    """The code of a graded notebook, which the kit wrote: by exercise, and the student's own cells."""
    cells: Cells = {}
    for cell in nbformat.read(notebook, as_version=4).cells:
        name = grade_id(cell)
        if cell.cell_type == "code" and (name in unit.exercises or not (name or cell.id in ("setup", "kit"))):
            key = name or OWN
            cells[key] = f"{cells[key]}\n{cell.source}" if key in cells else cell.source
    return {name: source for name, source in cells.items() if not name.startswith(TEST)}


def _known(unit: KitUnit) -> list[str]:
    """What everybody has, or may have from the kit: the stub, and the right answers."""
    found = [cell.source for cell in script.split(unit.recorded.stub)]
    if unit.solution_file.exists():
        found += [cell.source for cell in script.split(unit.solution_file.read_text(encoding="utf-8"))]
    return found


def _sides(pair: Pair, texts: dict[str, Cells], unit: KitUnit) -> list[tuple[str, Side, Side]]:
    """Both texts of each exercise in which they share something."""
    found = []
    for name in (*unit.exercises, OWN):
        first, second = (_side(s, texts[s].get(name, ""), pair) for s in (pair.first, pair.second))
        if any(shared for _, shared in first.lines):
            found.append((name, first, second))
    return found


def _side(student: str, source: str, pair: Pair) -> Side:
    shared = {line.number for line in lines_of(source) if line.features & pair.shared}
    lines = enumerate(source.splitlines(), start=1)
    return Side(student, tuple((visible(text), number in shared) for number, text in lines))
