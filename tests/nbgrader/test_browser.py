"""In a real browser: a student works in JupyterLab, an instructor grades in formgrader."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.answers.submission import read
from autograder.grading.grade import grade_submission
from autograder.nbgrader.course import Course, make_course
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.steps import release
from autograder.units.kit import Kit, KitUnit
from tests.browser import Notebook, Page, Server, chromium, serving
from tests.conftest import ROOT
from tests.demo.students import Desk, cell

UNIT, EXERCISE, QUESTION = "perceptron", "signed_distance", "no_line_for_xor"
HEAD = f"def {EXERCISE}(X, w, b):"
WRONG = "return np.abs(X @ w + b) / np.linalg.norm(w)"
RIGHT = "return (X @ w + b) / np.linalg.norm(w)"
HOSTILE = (
    "It rises. <script>window.owned = 1</script><img src=x onerror='window.owned = 2'> [me](javascript:0)"
)


@dataclass(frozen=True)
class Place:
    """A course with submissions, a student's JupyterLab and an instructor's."""

    course: Course
    unit: KitUnit
    student: Server
    instructor: Server


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as driver:
        yield Page(driver)


@pytest.fixture(scope="module")
def place(page: Page, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A released unit with submissions of ada and eve, and a student's folder with the notebook."""
    root = tmp_path_factory.mktemp("browser")
    course = make_course(root / "course", Kit(ROOT))
    desk = root / "desk"
    shutil.copytree(ROOT / "exercises", desk / "exercises", ignore=shutil.ignore_patterns("__pycache__"))
    with serving(course.root) as instructor, serving(desk) as student:
        unit = course.kit.unit(UNIT)
        released = release(course, unit).file
        shutil.copy(released, desk)
        hand_in(course, unit, "ada", WRONG, "No line has two opposite corners on one side.")
        hand_in(course, unit, "eve", RIGHT, HOSTILE)
        solved = answered(unit, released, RIGHT, "Because.")
        nbformat.write(solved, desk / "solved.ipynb")
        yield Place(course, unit, student.ready(), instructor.ready())


def answered(unit: KitUnit, released: Path, body: str, words: str) -> Any:
    """The released notebook with right answers, but for one exercise's and the question's."""
    notebook = Desk(unit, nbformat.read(released, as_version=4), released.parent).solved()
    cell(notebook, EXERCISE).source = f"{HEAD}\n    {body}"
    cell(notebook, QUESTION).source = f"{unit.questions[QUESTION].text}\n\n{words}"
    return notebook


def hand_in(course: Course, unit: KitUnit, student: str, body: str, words: str) -> None:
    file = course.submitted_folder(unit, student) / f"{unit.name}.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(answered(unit, course.released_file(unit), body, words), file)


def test_a_student_works_in_jupyterlab(page: Page, place: Place) -> None:
    """A wrong answer gets its card, a hint, and passes when right; a graph is drawn; Validate agrees."""
    notebook = Notebook(page, place.student, f"{UNIT}.ipynb")
    test = f'check("{EXERCISE}")'
    notebook.write(f"def {EXERCISE}", HEAD, WRONG)
    notebook.menu("Run", "Run All Cells")
    assert "Looks like: absolute value." in notebook.shown(test, "1 of 3 public checks passed", "pre")
    notebook.add(test, f'hint("{EXERCISE}")')
    assert "hint 1 of 3:" in notebook.shown(f'hint("{EXERCISE}")', "hint", "pre b")
    notebook.write(f"def {EXERCISE}", HEAD, RIGHT)
    notebook.run()
    notebook.run()
    assert "4 / 4 points" in notebook.shown(test, "3 of 3 public checks passed", "pre")

    notebook.add(test, "from engine import Value; Value(2.0, label='w') * 3 + 1")
    drawn = notebook.drawn("from engine import Value")
    assert all(word in drawn for word in ("AddBackward0", "MulBackward0", ">w<"))

    notebook.validate()
    told = page.one(".jp-Dialog-content", "failed").text
    assert 'check("step")' in told
    assert f'check("{EXERCISE}")' not in told
    page.click(".jp-Dialog-button.jp-mod-accept")


def test_a_student_who_is_done_is_told_so(page: Page, place: Place) -> None:
    """nbgrader's Validate accepts right answers, whatever the question's text."""
    notebook = Notebook(page, place.student, "solved.ipynb")
    notebook.validate()
    assert "Success! Your notebook passes all the tests." in page.one(".jp-Dialog-content", "Success").text


def test_an_instructor_grades_in_formgrader(page: Page, place: Place) -> None:
    """Its Autograde button runs our judge; manual points and a comment reach gradebook and feedback."""
    course, unit, lab = place.course, place.unit, place.instructor
    most, total = unit.points, unit.points + unit.manual_points
    press(page, lab, "ada", "autograde")
    handed_in = course.submitted_folder(unit, "ada") / f"{UNIT}.ipynb"
    points = grade_submission(unit, read(handed_in, unit), course.recorded(unit)).points
    assert 0 < points < most
    page.one("tbody tr", f"needs manual grading {points:g} / {total:g}")

    open_submission(page, course, lab, "ada")
    assert "Looks like: absolute value." in page.one("#notebook").text
    assert "No line has two opposite corners on one side." in page.one("#notebook").text
    page.fill(f"#{QUESTION}.needs_manual_grade", "1.5")
    page.fill(f"#{QUESTION}-comment[placeholder^=Type]", "Say it with the *weights*.")
    page.until("the comment saved", lambda: comment(course, "ada") == "Say it with the *weights*.")
    page.open(lab.at(f"formgrader/gradebook/{UNIT}/{UNIT}/"))
    page.one("tbody tr", f"{points + 1.5:g} / {total:g} {points:g} / {most:g} 1.5 / {unit.manual_points:g}")

    press(page, lab, "ada", "generate-feedback")
    page.open(course.feedback_file(unit, "ada").as_uri())
    assert page.one(".score").text == f"{points + 1.5:g} / {total:g} points"
    assert page.one(".comment").text.split("\n")[-1] == "Say it with the weights."


def test_a_students_text_is_only_read(page: Page, place: Place) -> None:
    """Formgrader shows markup in an answer as text and does not run it."""
    press(page, place.instructor, "eve", "autograde")
    open_submission(page, place.course, place.instructor, "eve")
    answer = page.one(".nbgrader_cell", "It rises.")
    assert HOSTILE in answer.text
    assert page.driver.execute_script("return window.owned === undefined")
    assert not answer.find_elements("css selector", ".panel-body :is(a, img, script)")


def press(page: Page, lab: Server, student: str, button: str) -> None:
    """Press a button in a student's row of formgrader's submissions, and see it succeed."""
    page.open(lab.at(f"formgrader/manage_submissions/{UNIT}/"))
    row = page.one("tbody tr:has(a)", student)
    row.find_element("css selector", f".{button} a").click()
    assert page.one(".modal-body p", student).text.startswith("Successfully ")
    page.click(".modal-footer button", "OK")


def open_submission(page: Page, course: Course, lab: Server, student: str) -> None:
    """Formgrader's page of one submission."""
    with gradebook(course) as opened:
        name = opened.find_submission_notebook(UNIT, UNIT, student).id
    page.open(lab.at(f"formgrader/submissions/{name}/"))


def comment(course: Course, student: str) -> str | None:
    """The comment on a student's answer."""
    with gradebook(course) as opened:
        found: str | None = opened.find_comment(QUESTION, UNIT, UNIT, student).manual_comment
        return found
