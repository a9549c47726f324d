"""How `course.zip` was made: a course and a student's folder, by the commands of gradfn 0.1.0.

    python make.py course.zip      in a checkout of gradfn 0.1.0, with its own environment

It does not run with today's code, and need not run again: the zip holds what courses on disk look like.

kit/        the tiny unit with a question that a person grades: its exercise, its solution, its mistakes
course/     the unit released; five students graded, one answer given points by a person
student/    a student's folder: one answer right, one wrong, two hints seen, a draft that a reset replaced
handed.ipynb    a released notebook with answers in it, as a student has it open
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import nbformat

sys.path.insert(0, os.getcwd())

# ruff: noqa: I001  # two of these modules exist in 0.1.0 only
from autograder.nbgrader.course import Course, open_course
from autograder.nbgrader.gradebook import gradebook
from autograder.stubs import build
from tests.handed_in import CLASS, Case, cell, hand_in, solved
from tests.tiny import answered, open_unit, write_kit

QUESTION = '''

# %% why_twice [markdown] points=2
r"""
**Why is twice $x$ never less than $x$, or is it?** One sentence.

### BEGIN SOLUTION
Below zero it is less.
### END SOLUTION
"""
'''
GRADFN = Path(sys.executable).with_name("gradfn")


def gradfn(*words: str, folder: Path) -> None:
    """Run a command of 0.1.0 in a folder."""
    subprocess.run([GRADFN, *words], cwd=folder, check=True, timeout=300)


def make_kit(kit: Path) -> None:
    """The tiny unit, with a question at its end."""
    unit = write_kit(kit)
    with (unit.solutions / "tiny.py").open("a", encoding="utf-8") as solution:
        solution.write(QUESTION)
    build(open_unit(kit))


def with_words(released: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The right code, and an answer to the question."""
    notebook = solved(released)
    question = cell(notebook, "why_twice")
    question.source = question.source.replace("YOUR ANSWER HERE", "Below zero, twice a *debt* is less.")
    return notebook


HAND_IN = {
    "ada": Case(with_words, 3, ""),
    "ben": CLASS["mistake"],
    "cleo": CLASS["garbage"],
    "dan": CLASS["script"],
    "eva": CLASS["photo"],
}


def grade_by_hand(course: Course) -> None:
    """What formgrader does when an instructor gives 1.5 points and writes a comment."""
    with gradebook(course) as opened:
        grade = opened.find_grade("why_twice", "tiny", "tiny", "ada")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        opened.find_comment("why_twice", "tiny", "tiny", "ada").manual_comment = "Say when."
        opened.db.commit()


def make_course(home: Path) -> None:
    """The course, from `gradfn course` to `gradfn feedback`; what a student holds of it."""
    gradfn("course", str(home / "course"), folder=home / "kit")
    gradfn("release", "tiny", folder=home / "course")
    course = open_course(home / "course")
    for name, case in HAND_IN.items():
        hand_in(course, course.unit("tiny"), name, case)
    gradfn("grade", "tiny", folder=home / "course")
    grade_by_hand(course)
    gradfn("feedback", "tiny", folder=home / "course")
    released = nbformat.read(course.released_file(course.unit("tiny")), as_version=4)
    (home / "handed.ipynb").write_text(json.dumps(with_words(released)), encoding="utf-8")


def make_student(home: Path) -> None:
    """A student's folder, as the commands leave it."""
    student = home / "student"
    shutil.copytree(home / "kit" / "exercises", student / "exercises")
    unit = open_unit(student)
    right, wrong = {"double": "return 2 * x"}, {"halve": "return 2 * x"}
    unit.stub_file.write_text(answered(unit, **right, **wrong), encoding="utf-8")
    gradfn(folder=student)
    for _ in range(2):
        gradfn("hint", "halve", folder=student)
    gradfn("reset", "halve", folder=student)
    unit.stub_file.write_text(answered(unit, **right, **wrong), encoding="utf-8")
    gradfn(folder=student)


def pack(home: Path, target: Path) -> None:
    """All of it as one zip, but for feedback's pages, which are large and written anew."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in home.rglob("*") if path.is_file()):
            if path.suffix != ".pyc" and "feedback" not in path.parts:
                entry = zipfile.ZipInfo(str(path.relative_to(home)), (1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        make_kit(Path(folder, "kit"))
        make_course(Path(folder))
        make_student(Path(folder))
        pack(Path(folder), Path(sys.argv[1]))
