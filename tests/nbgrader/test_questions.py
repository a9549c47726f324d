"""Questions that a person grades: from one source to stub and notebook, through the course, as plain text."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.answers.notebooks import clear_answers, grade_id, source_notebook
from autograder.answers.submission import from_script, read
from autograder.authors.build import build
from autograder.cli import main
from autograder.errors import KitFault
from autograder.grading.grade import judge_file
from autograder.nbgrader.classes import Options, grade_class
from autograder.nbgrader.course import Course, make_course
from autograder.nbgrader.feedback import parts_of
from autograder.nbgrader.gradebook import gradebook, waiting
from autograder.nbgrader.graft import graft, must_fit, submission_in
from autograder.nbgrader.steps import release, write_feedback
from autograder.units import script
from autograder.units.kit import Kit, KitUnit
from tests.courses import scores
from tests.damaged_class import CLASS, Case, edited, hand_in, solved
from tests.demo.students import cell, stripped, without
from tests.terminal import Terminal
from tests.tiny import answered, open_unit, replace_in, write_kit

ASKED = "**Why is twice $x$ never less than $x$, or is it?** One sentence."
ANSWER = "It is where $x < 0$: *twice* a debt."
QUESTION = f'''

# %% why_twice [markdown] points=2
r"""
{ASKED}

### BEGIN SOLUTION
Below zero it is less.
### END SOLUTION
"""
'''
HOSTILE = """\
<script>alert(1)</script> [click](javascript:alert(2)) ![](https://example.org/spy.png)
<img src=x onerror=alert(3)> https://example.org $$</div><script>alert(4)</script>$$

    ``` </div> &lt;b&gt;
# no heading
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kit of the tiny unit with a question at its end."""
    root = tmp_path_factory.mktemp("questions")
    unit = write_kit(root)
    with (unit.solutions / "tiny.py").open("a", encoding="utf-8") as solution:
        solution.write(QUESTION)
    build(open_unit(root))
    return root


@pytest.fixture(scope="module")
def unit(home: Path) -> KitUnit:
    return open_unit(home)


def written(notebook: nbformat.NotebookNode, answer: str = ANSWER) -> nbformat.NotebookNode:
    """The right code, and an answer below the question."""
    notebook = solved(notebook)
    cell(notebook, "why_twice").source = f"{ASKED}\n\n{answer}"
    return notebook


STUDENTS = {
    "ada": Case(written, 3, ""),
    "ben": CLASS["right"],
    "cleo": Case(lambda n: written(n, HOSTILE), 3, ""),
    "dan": CLASS["garbage"],
}


@pytest.fixture(scope="module")
def course(home: Path, unit: KitUnit) -> Course:
    """A course in which the unit was handed in and graded once."""
    made = make_course(home / "course", Kit(home))
    release(made, unit)
    for student, case in STUDENTS.items():
        hand_in(made, unit, student, case)
    grade_class(made, unit)
    return made


def grades(course: Course) -> dict[str, tuple[Any, ...]]:
    """What nbgrader's gradebook holds of the question, by student."""
    with gradebook(course) as opened:
        found = {name: opened.find_grade("why_twice", "tiny", "tiny", name) for name in STUDENTS}
        return {
            name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
            for name, grade in found.items()
        }


def test_one_cell_makes_stub_and_notebook(unit: KitUnit) -> None:
    """Stub and notebook have the question but not the model answer; nbgrader marks it for manual grading."""
    notebook = clear_answers(source_notebook(unit))
    question = cell(notebook, "why_twice")
    assert question.source == f"{ASKED}\n\nYOUR ANSWER HERE"
    assert script.quote(question.source) in unit.recorded.stub
    assert "Below zero" in cell(source_notebook(unit), "why_twice").source
    assert "Below zero" not in unit.recorded.stub
    assert question.cell_type == "markdown"
    marks = question.metadata.nbgrader
    assert (marks.grade, marks.solution, marks.locked, marks.points) == (True, True, False, 2)


def test_points_of_checks_and_of_questions_are_apart(unit: KitUnit) -> None:
    """A unit's points are those of its checks."""
    assert (unit.points, unit.manual_points, list(unit.exercises)) == (3, 2, ["double", "halve"])


CELLS = {
    "in quotes": f'r"""\n{ASKED}\n\n{ANSWER}\n"""',
    "placeholder left": f'"""\n{ASKED}\n\nYOUR ANSWER HERE\n{ANSWER}"""',
    "in comments": "\n".join(f"# {line}".rstrip() for line in f"{ASKED}\n\n{ANSWER}".splitlines()),
    "quotes lost": f"{ASKED}\n{ANSWER}",
    "question gone": f'r"""\n{ANSWER}\n"""',
}


@pytest.mark.parametrize("source", CELLS.values(), ids=CELLS)
def test_an_answer_in_a_script_is_found(unit: KitUnit, source: str) -> None:
    """The text is read from any kind of cell, and never run."""
    script = answered(unit, double="return 2 * x") + f"\n\n# %% why_twice\n{source}\n"
    assert from_script(script, unit, "tiny.py").written == (("why_twice", ANSWER),)


@pytest.mark.parametrize(
    "change", [lambda n: n, stripped, lambda n: edited(n, "why_twice", cell_type="code")]
)
def test_an_answer_in_a_notebook_is_found(unit: KitUnit, tmp_path: Path, change: Any) -> None:
    """The question is found by its mark or its text, however damaged the cell is."""
    file = tmp_path / "tiny.ipynb"
    file.write_text(json.dumps(change(written(clear_answers(source_notebook(unit))))), encoding="utf-8")
    assert read(file, unit).written == (("why_twice", ANSWER),)


@pytest.mark.parametrize("change", [lambda n: n, lambda n: without(n, "why_twice")])
def test_an_open_question_has_no_answer(unit: KitUnit, tmp_path: Path, change: Any) -> None:
    """The untouched question is not an answer, nor is a deleted cell."""
    file = tmp_path / "tiny.ipynb"
    file.write_text(json.dumps(change(solved(clear_answers(source_notebook(unit))))), encoding="utf-8")
    assert read(file, unit).written == ()


def test_a_very_long_answer_is_cut(unit: KitUnit) -> None:
    """Characters that control a terminal or the direction of text are shown as their codes."""
    found = from_script(f"# %% double\n# %% why_twice\n\x1b[2J‮{'x' * 30_000}", unit, "t").written[0][1]
    assert found.startswith("\\x1b[2J\\u202exxx")
    assert found.endswith("[cut after 20000 characters]")
    assert len(found) < 20_100


def test_the_judge_counts_it_neither_for_nor_against(
    unit: KitUnit, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report names the question beside the points, in words and in JSON."""
    monkeypatch.chdir(home)
    script = home / "handed_in.py"
    script.write_text(unit.recorded.stub.replace("YOUR ANSWER HERE", ANSWER), encoding="utf-8")
    report = judge_file(unit, script).to_dict()
    assert (report["points"], report["max_points"]) == (0, 3)
    assert report["by_hand"] == [{"question": "why_twice", "max_points": 2.0, "answered": True}]
    assert main(["judge", "tiny", str(script), "--kit", str(home)]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "why_twice: answered; a person grades it, for up to 2 points",
        "handed_in.py: 0 / 3 points, and up to 2 by hand",
    ]


def test_progress_tells_what_is_not_answered(
    unit: KitUnit, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the unit's line, and by name once everything else is done."""
    monkeypatch.chdir(home)
    right = answered(unit, double="return 2 * x", halve="return x / 2")
    try:
        for text in (right, right.replace("YOUR ANSWER HERE", ANSWER)):
            unit.stub_file.write_text(text, encoding="utf-8")
            main([])
        first, second = capsys.readouterr().out.split("tiny  ")[1:]
    finally:
        unit.stub_file.write_text(unit.recorded.stub, encoding="utf-8")
    assert "2 of 2 exercises, 0 of 1 question\n" in first
    assert first.endswith("for a person to read: tiny.why_twice\n")
    assert "2 of 2 exercises, 1 of 1 question\n" in second
    assert "why_twice" not in second


def test_a_question_has_no_hints(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error says why."""
    monkeypatch.chdir(home)
    for typed in ("tiny.why_twice", "why_twice"):
        assert main(["hint", typed]) == 2
        assert "tiny.why_twice is a question that a person grades: it has no checks, no hints" in (
            capsys.readouterr().err
        )


def test_only_written_answers_wait_for_a_person(course: Course, unit: KitUnit) -> None:
    """An untouched question gets zero without manual grading; of an unreadable file nothing is known."""
    waits, zero = (None, None, True), (0.0, None, False)
    assert grades(course) == {"ada": waits, "ben": zero, "cleo": waits, "dan": waits}
    assert waiting(course, unit) == 2


def test_a_page_says_what_a_person_has_not_read_yet(course: Course, unit: KitUnit) -> None:
    """A 0 beside it would look like a judgement; an untouched question has its 0."""
    pages = {
        name: write_feedback(course, unit, name)[0].read_text(encoding="utf-8") for name in ("ada", "ben")
    }
    summaries = {name: BeautifulSoup(page, "html.parser") for name, page in pages.items()}
    found = {
        name: [soup.select_one(".score").text, soup.select("#summary .number")[-1].text]
        for name, soup in summaries.items()
    }
    assert found == {
        "ada": ["3 / 5 points so far", "not read yet, up to 2"],
        "ben": ["3 / 5 points", "0 / 2"],
    }
    shown = {name: soup.select_one("#why_twice .answer") for name, soup in summaries.items()}
    assert [len(each.select("math")) for each in shown.values()] == [2, 2]  # the question's formulas
    assert "It is where $x < 0$" in shown["ada"].text
    assert shown["ben"].text.rstrip().endswith("No answer.")


def test_an_explanation_is_given_once_a_page() -> None:
    """Of an error in two exercises; the error itself stays in both. An empty own cell is not shown."""
    words = "In A @ B, A must have as many columns as B has rows; a vector counts as a row on the left,"
    text = f"one · check  0 / 1 point\n  ValueError: no\n  {words}\n    as a column on the right.\n  line 1"
    about = {"grade": True, "score": 0.0, "points": 1.0}
    cells = [
        new_code_cell("", metadata={"nbgrader": about | {"grade_id": f"test_{name}"}}, outputs=[output])
        for name, output in [(name, new_output("stream", text=text)) for name in ("one", "two")]
    ]
    cells.append(new_code_cell(" ", metadata={"gradfn": {"own": True}}))
    first, second = parts_of(new_notebook(cells=cells)).parts
    assert first.cards == [text]
    assert second.cards == ["one · check  0 / 1 point\n  ValueError: no\n  line 1"]
    assert not first.cells + second.cells


def test_the_gradebook_counts_both(course: Course, unit: KitUnit) -> None:
    """Its maximum is that of checks and questions."""
    with gradebook(course) as opened:
        assert opened.find_assignment("tiny").max_score == 5
    assert {(s.student, s.points, s.max_points) for s in scores(course, unit)} == {
        ("ada", 3, 5), ("ben", 3, 5), ("cleo", 3, 5), ("dan", 0, 5)
    }  # fmt: skip


def test_a_graft_carries_the_answer_as_typed(course: Course, unit: KitUnit) -> None:
    """The page shows every character below the question, without interpreting Markdown or HTML."""
    notebook = nbformat.read(course.autograded_file(unit, "cleo"), as_version=4)
    page = BeautifulSoup(markdown2html_mistune(cell(notebook, "why_twice").source), "html.parser")
    assert {tag.name for tag in page.find_all()} == {"p", "strong", "pre"}
    assert page.pre.get_text() == HOSTILE.strip()
    assert submission_in(notebook).written == (("why_twice", HOSTILE.strip()),)


def test_a_graft_takes_only_the_answer(course: Course, unit: KitUnit) -> None:
    """The question and its marks are the released ones."""
    released = nbformat.read(course.released_file(unit), as_version=4)
    handed_in = edited(written(released), "why_twice", source=f"A better question\n\n{ANSWER}", points=99)
    file = course.root / "forged.ipynb"
    nbformat.write(handed_in, file)
    question = cell(graft(released, read(file, unit)), "why_twice")
    assert question.source.startswith(f"{ASKED}\n\n<pre ")
    assert question.metadata.nbgrader == cell(released, "why_twice").metadata.nbgrader


def test_other_points_than_released_are_refused(course: Course, unit: KitUnit, tmp_path: Path) -> None:
    """As for an exercise: the gradebook holds the released points."""
    released = nbformat.read(course.released_file(unit), as_version=4)
    with pytest.raises(KitFault, match=r"changed after it was released \(why_twice\)"):
        must_fit(edited(released, "why_twice", points=7), unit)


def test_what_a_person_gave_survives_a_regrade(course: Course, unit: KitUnit) -> None:
    """Points and comment stay, count in the sum and are on the feedback page, where no markup runs."""
    with gradebook(course) as opened:
        opened.find_grade("why_twice", "tiny", "tiny", "ada").manual_score = 1.5
        opened.find_comment("why_twice", "tiny", "tiny", "ada").manual_comment = "Nicely put."
        opened.db.commit()
    grade_class(course, unit, options=Options(regrade=True))
    assert grades(course)["ada"] == (None, 1.5, True)  # nobody had taken nbgrader's mark off
    assert {s.student: s.points for s in scores(course, unit)}["ada"] == 4.5
    pages = {page.parents[1].name: page.read_text(encoding="utf-8") for page in write_feedback(course, unit)}
    assert "4.5 / 5 points" in pages["ada"]
    assert "Nicely put." in pages["ada"]
    assert not any("No response." in page for page in pages.values())  # nbgrader's own comment
    assert not any(word in pages["cleo"] for word in ("<script>alert", 'href="javascript', "<img src=x"))


def test_verify_names_an_empty_question(tmp_path: Path) -> None:
    """It needs its text and points above 0."""
    from autograder.authors.verify import Evidence, every_exercise_is_whole

    unit = write_kit(tmp_path)
    with (unit.solutions / "tiny.py").open("a", encoding="utf-8") as solution:
        solution.write(QUESTION.replace(ASKED, "").replace("points=2", "points=0"))
    found = list(every_exercise_is_whole(Evidence(open_unit(tmp_path), ())))
    assert found == ["why_twice lacks what it asks, or its points: write both"]
    replace_in(unit.lesson_file, "## `halve`", "## `why_twice`: think\n\nWell.\n\n## `halve`")
    assert list(every_exercise_is_whole(Evidence(open_unit(tmp_path), ()))) == found
    assert grade_id(source_notebook(open_unit(tmp_path)).cells[-1]) == "why_twice"


def test_an_open_question_is_named_when_the_checks_pass(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A student who finishes the checks is told that points for answers in words are still open."""
    root = shutil.copytree(home, tmp_path / "kit")
    monkeypatch.chdir(root)
    unit = open_unit(root)
    done = answered(unit, double="return 2 * x", halve="return x / 2")
    unit.stub_file.write_text(done, encoding="utf-8")
    assert main([]) == 0
    assert "Still to be answered in words, for a person to read: tiny.why_twice" in capsys.readouterr().out
    assert main(["list"]) == 0
    assert "a text, graded by a person: not answered yet" in capsys.readouterr().out
    with Terminal(root) as terminal:
        terminal.wait("Still to be answered in words: why_twice.")
        terminal.wait("3 / 3 points 2 of 2 exercises, 0 of 1 question")
        terminal.press("l")
        terminal.wait("why_twice 2 points a text, graded by a person: not answered yet")
        terminal.press("l")
        unit.stub_file.write_text(done.replace("YOUR ANSWER HERE", ANSWER), encoding="utf-8")
        terminal.wait("why_twice is answered. tiny is finished: 3 / 3 points.")
    assert main(["list"]) == 0
    assert "a text, graded by a person: answered" in capsys.readouterr().out
    assert main([]) == 0
    assert "Still to be" not in capsys.readouterr().out
