"""The demo: the tables of its class, and the files it writes."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from statistics import fmean

import pytest
from markupsafe import escape
from rich.console import Console

from autograder.nbgrader.course import Course, open_course
from autograder.nbgrader.report.page import write_report
from autograder.units.kit import Kit
from tests.demo import __main__
from tests.demo.__main__ import WIDTH, Scores, make_demo, points_table, words_table

UNITS = ("perceptron", "activations")  # two tell as much as all, and take a fourth of the time
#: What the demo prints for its class in these units.
TABLES = """\
student  handed in            perceptron  activations
─────────────────────────────────────────────────────
         points to get                25           38
         and manual points             2
ada      the right answers            25           38
ben      one mistake                  14           37
cleo     one mistake                  22           36
dan      one mistake                  22           34
eva      one mistake                  20           37
finn     half of it                   12           14
gwen     the stub, untouched           0            0
hugo     a .py, no notebook           25           38
ida      an endless loop              21           36
jon      os._exit(0)                  21           36
kim      a syntax error                8           34
leo      a test cell deleted          25           38
mia      a test cell: pass             8           34
nils     a test cell twice            25           38
olga     all metadata lost            25           38
paul     right, but it warns          25           38
rosa     prints megabytes             25           38
sam      a login page             failed       failed
tess     a photo                  failed       failed
student  what went wrong
──────────────────────────────────────────────────────────────────────────────────────────────────────────────
ben      perceptron: step: labels of step in sign; perceptron_predict, perceptron_update, train_perceptron: it
         calls `sign` (in step), which fails its own checks: begin there
         activations: sigmoid: float32 turned into float64
cleo     perceptron: signed_distance: bias left out
         activations: leaky_relu: slope ignored
dan      perceptron: perceptron_update: caller's w changed
         activations: softmax: divided by the grand total
eva      perceptron: train_perceptron: random start
         activations: value_sigmoid: built-in tanh used
finn     perceptron: perceptron_update, train_perceptron, xor_by_hand: not done yet
         activations: 5 exercises: not done yet
gwen     perceptron: no exercise answered
         activations: no exercise answered
ida      perceptron: xor_by_hand: stopped after 2 s
         activations: tanh_grad: stopped after 2 s
jon      perceptron: xor_by_hand: its process ended: exit status 0
         activations: tanh_grad: its process ended: exit status 0
kim      perceptron: step: SyntaxError: expected ':'; perceptron_predict: NameError: name 'sign' is not
         defined; perceptron_update, train_perceptron: it calls `perceptron_predict`, which fails its own
         checks: begin there
         activations: sigmoid: SyntaxError: expected ':'
leo      perceptron: test_step deleted, the released cell counts
         activations: test_sigmoid deleted, the released cell counts
mia      perceptron: step: not done yet; perceptron_predict, perceptron_update, train_perceptron: it calls
         `sign` (in step), which is not done yet: begin there; test_step edited, the released cell counts
         activations: sigmoid: not done yet; test_sigmoid edited, the released cell counts
nils     perceptron: test_step doubled, the released cell counts
         activations: test_sigmoid doubled, the released cell counts
olga     perceptron: cell marks lost, recognised by what the cells define: all
         activations: cell marks lost, recognised by what the cells define: all
sam      perceptron: perceptron.ipynb is a web page, probably a login page: download the file itself
         activations: activations.ipynb is a web page, probably a login page: download the file itself
tess     perceptron: only photo.jpg was handed in, no .ipynb or .py file
         activations: only photo.jpg was handed in, no .ipynb or .py file
"""


@pytest.fixture(scope="module")
def made(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, Scores, str]:
    """One run of the demo: its course, its scores and what it printed.

    With a secret that is known: how far a mistake spreads to later exercises may depend on the graded inputs.
    """
    folder, printed = tmp_path_factory.mktemp("demo") / "course", io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("autograder.nbgrader.course.secrets.token_bytes", lambda size: b"x" * size)
        found = make_demo(folder, kit, UNITS, Console(file=printed, width=WIDTH))
    return open_course(folder), found, printed.getvalue()


def test_the_tables_are_these(made: tuple[Course, Scores, str], kit: Kit) -> None:
    """Every submission gets the score its answers deserve or a named failure, in a phrase."""
    printed = io.StringIO()
    console = Console(file=printed, width=WIDTH)
    console.print(points_table([kit.unit(name) for name in UNITS], made[1]), words_table(made[1]))
    text = "".join(f"{line.rstrip()}\n" for line in printed.getvalue().splitlines())
    assert text == TABLES


def test_only_what_cannot_be_read_is_not_graded(made: tuple[Course, Scores, str]) -> None:
    """All others have a score, even if it is zero."""
    _, found, _ = made
    assert {score.student for lines in found.values() for score in lines if score.failed} == {"sam", "tess"}


def test_progress_is_shown(made: tuple[Course, Scores, str]) -> None:
    """Each step has a bar that reaches its end."""
    count = len(UNITS) * len(__main__.STUDENTS)
    bars = {line.split()[0]: line for line in made[2].splitlines()[1:]}
    pages = count - 4  # sam and tess have handed in nothing that could be read
    ends = {"releasing": "2/2", "grading": f"{count}/{count}", "feedback": f"{pages}/{pages}"}
    assert {step: end for step, end in ends.items() if end in bars[step]} == ends


def test_the_csv_agrees_with_the_gradebook(made: tuple[Course, Scores, str]) -> None:
    """The same points for everyone who was graded."""
    course, found, _ = made
    rows = csv.DictReader((course.root / "grades.csv").read_text(encoding="utf-8").splitlines())
    exported = {(row["assignment"], row["student_id"]): row["score"] for row in rows}
    assert exported == {
        (unit, score.student): "" if score.failed else str(score.points)
        for unit, lines in found.items()
        for score in lines
    }


def test_the_class_has_its_report(made: tuple[Course, Scores, str], kit: Kit, tmp_path: Path) -> None:
    """The report shows the scores, and for each submission what went wrong."""
    course, found, _ = made
    lines = found["activations"]
    graded = [line.points for line in lines if not line.failed]
    file, words = write_report(course, kit.unit("activations"), tmp_path / "report.html")
    mean = f"{fmean(graded):.3g} of 38 points on average"
    assert words.startswith(f"{len(graded)} of {len(lines)} graded, {mean}, ")
    page = file.read_text(encoding="utf-8")
    assert [x.student for x in lines if f"<bdi>{x.student}</bdi>" not in page] == []
    assert [x.words for x in lines if escape(x.words) not in page] == []


def test_each_graded_submission_has_feedback(made: tuple[Course, Scores, str]) -> None:
    """A page that opens with the gradebook's score."""
    course, found, _ = made
    for unit in map(course.kit.unit, UNITS):
        for score in found[unit.name]:
            page = course.feedback_file(unit, score.student)
            assert page.exists() is not score.failed
            if not score.failed:
                headline = f"{score.points:g} / {score.max_points:g} points"
                assert headline in page.read_text(encoding="utf-8")


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One clear line and exit status 2."""
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    assert __main__.main(["--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"demo: {tmp_path} is not empty and holds no course: choose another folder with --out\n"
    )
    assert (tmp_path / "thesis.txt").exists()
