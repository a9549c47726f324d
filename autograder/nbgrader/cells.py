"""A unit's cells in the gradebook, where they change after something was handed in.

change_cells(course, unit, notebook)    add and remove cells, which nbgrader refuses to do then
"""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import nbformat

from autograder.answers.notebooks import TEST, grade_id
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import gradebook
from autograder.units.kit import KitUnit


def change_cells(course: Course, unit: KitUnit, notebook: nbformat.NotebookNode) -> str:
    """Let the gradebook hold the unit's present cells; what was added or removed, in words.

    nbgrader adds and removes no cell once something is handed in. A removed cell takes its points along, so
    an SQLite gradebook is copied first.
    """
    from nbgrader.api import Comment, Grade, MissingEntry
    from nbgrader.utils import is_grade, is_locked, is_solution

    with gradebook(course) as opened:
        try:
            known = opened.find_notebook(unit.name, unit.name)
        except MissingEntry:
            return ""
        graded = {grade_id(cell): cell for cell in notebook.cells if is_grade(cell)}
        solutions = {grade_id(cell) for cell in notebook.cells if is_solution(cell)}
        locked = {grade_id(cell) for cell in notebook.cells if is_locked(cell)}
        kinds = [
            (known.grade_cells, {*graded}),
            (known.solution_cells, solutions),
            (known.source_cells, {*graded} | solutions | locked),
        ]
        had = {cell.name for cells, _ in kinds for cell in cells}
        have = {name for _, names in kinds for name in names}
        if not known.submissions or had == have:
            return ""
        _back_up(course)
        for cell in [c for cells, names in kinds for c in cells if c.name not in names]:
            for row in (*getattr(cell, "grades", ()), *getattr(cell, "comments", ()), cell):
                opened.db.delete(row)
        opened.db.commit()
        where = (unit.name, unit.name)
        for name in have - had:
            if name in graded:
                most, kind = float(graded[name].metadata.nbgrader.points), graded[name].cell_type
                cell = opened.update_or_create_grade_cell(name, *where, max_score=most, cell_type=kind)
                opened.db.add_all(
                    Grade(cell_id=cell.id, notebook=handed_in) for handed_in in known.submissions
                )
            if name in solutions:
                cell = opened.update_or_create_solution_cell(name, *where)
                opened.db.add_all(Comment(cell_id=cell.id, notebook=sub) for sub in known.submissions)
            opened.update_or_create_source_cell(name, *where, cell_type="code", source="")
        opened.db.commit()
    changes = {"added": have - had, "removed": had - have}
    shown = {words: sorted({n.removeprefix(TEST) for n in names}) for words, names in changes.items()}
    return "; ".join(f"{words}: {', '.join(names)}" for words, names in shown.items() if names)


def _back_up(course: Course) -> None:
    file = Path(course.db_url.removeprefix("sqlite:///"))
    if file.is_file():
        folder = course.private / "backups"
        folder.mkdir(exist_ok=True)
        shutil.copy2(file, folder / f"{datetime.now():%Y%m%d-%H%M%S}-{file.name}")
