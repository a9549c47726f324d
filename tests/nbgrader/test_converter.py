"""Grading through nbgrader gives the points of `gradfn judge`, and never fails open."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup

from autograder.answers.submission import read
from autograder.errors import GradfnError, KitFault, NotFound
from autograder.grading.grade import grade_submission
from autograder.judging.results import Result
from autograder.nbgrader import records
from autograder.nbgrader.classes import Options, grade_class
from autograder.nbgrader.course import Course, make_course, open_course
from autograder.nbgrader.export import export
from autograder.nbgrader.gradebook import gradebook, quiet
from autograder.nbgrader.graft import answer_cells, graft, submission_in
from autograder.nbgrader.outputs import cell_outputs, safe_outputs
from autograder.nbgrader.records import Record, phrase
from autograder.nbgrader.steps import nbgrader_api, release, write_feedback
from autograder.units.kit import Kit, KitUnit
from tests.conftest import ROOT, root_of
from tests.courses import scores
from tests.damaged_class import CLASS, FAILURES, SCRIPT_TAG, hand_in
from tests.tiny import answered, open_unit, replace_in, write_kit


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course of the tiny unit with a class that has handed in."""
    root = tmp_path_factory.mktemp("nbgrader")
    unit = write_kit(root / "kit")
    replace_in(unit.folder / "checks.py", "points=1)", "points=1, seconds=1.0)")
    made = make_course(root / "course", Kit(root / "kit"))
    unit = open_unit(root / "kit")
    release(made, unit)
    for student, case in CLASS.items():
        hand_in(made, unit, student, case)
    return open_course(made.root)


@pytest.fixture(scope="module")
def unit(course: Course) -> KitUnit:
    return course.kit.unit("tiny")


@pytest.fixture(scope="module")
def records_of_class(course: Course, unit: KitUnit) -> dict[str, Record]:
    """The records of one run of the class."""
    return grade_class(course, unit)


@pytest.fixture(scope="module")
def _template(_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course of the unbroken tiny kit in which ada has handed in the right answers."""
    made = make_course(tmp_path_factory.mktemp("template") / "course", Kit(_built))
    tiny = open_unit(_built)
    release(made, tiny)
    hand_in(made, tiny, "ada", CLASS["right"])
    made.recorded(tiny)
    return made


@pytest.fixture
def own_course(_template: Course, tiny: KitUnit, tmp_path: Path) -> Course:
    """A copy of that course, with a kit of its own, that a test may break."""
    shutil.copytree(_template.root, tmp_path / "course")
    (tmp_path / "course" / ".gradfn" / "course.json").write_text(json.dumps({"kit": str(root_of(tiny))}))
    return open_course(tmp_path / "course")


@pytest.mark.parametrize("student", CLASS)
def test_each_submission_ends_as_it_must(records_of_class: dict[str, Record], student: str) -> None:
    """Each gets the points that its answers deserve or a named failure; none stops the others."""
    case, record = CLASS[student], records_of_class[student]
    assert (record.points, record.words, record.failed) == (case.points, case.words, student in FAILURES)


@pytest.mark.parametrize("student", [s for s in CLASS if s not in FAILURES])
def test_nbgrader_and_judge_give_the_same_points(
    course: Course, unit: KitUnit, records_of_class: dict[str, Record], student: str
) -> None:
    """Judged from the submitted file, on the course's own seed."""
    file = course.submitted_folder(unit, student) / CLASS[student].name
    report = grade_submission(unit, read(file, unit), course.recorded(unit))
    assert report.points == records_of_class[student].points


def test_the_gradebook_holds_these_points(
    course: Course, unit: KitUnit, records_of_class: dict[str, Record]
) -> None:
    """nbgrader's own sum of the saved scores agrees with the records."""
    assert {s.student: s.points for s in scores(course, unit)} == {s: c.points for s, c in CLASS.items()}


def test_the_csv_agrees_with_the_gradebook(course: Course, records_of_class: dict[str, Record]) -> None:
    """A line for each student; those who could not be graded have no score rather than zero."""
    rows = list(csv.DictReader(export(course).file.read_text(encoding="utf-8").splitlines()))
    expected = {s: ("" if s in FAILURES else str(float(c.points)), "3.0") for s, c in CLASS.items()}
    assert {r["student_id"]: (r["score"], r["max_score"]) for r in rows} == expected


def test_nothing_needs_manual_grading(course: Course, records_of_class: dict[str, Record]) -> None:
    """No test cell was left without a score, where there is something to score."""
    with gradebook(course) as opened:
        open_grades = [
            g.name
            for s in opened.assignment_submissions("tiny")
            for n in s.notebooks
            for g in n.grades
            if g.needs_manual_grade and s.student_id not in FAILURES
        ]
    assert open_grades == []


def test_feedback_explains_and_runs_nothing(
    course: Course, unit: KitUnit, records_of_class: dict[str, Record]
) -> None:
    """Cards, outputs and exceptions are shown as text; no page holds a submission's script."""
    pages = {page.parents[1].name: page.read_text(encoding="utf-8") for page in write_feedback(course, unit)}
    assert set(pages) == set(CLASS) - FAILURES
    assert "Looks like: squared. Twice a number is not its square." in pages["mistake"]
    assert "About your file" in pages["answer-gone"]
    assert "ValueError: &lt;script&gt;alert(1)&lt;/script&gt;" in pages["html"]
    assert SCRIPT_TAG not in pages["html"]
    assert len(pages["megabytes"]) < len(pages["right"]) + 10_000


def test_feedback_begins_with_each_exercise_and_its_points(
    course: Course, unit: KitUnit, records_of_class: dict[str, Record]
) -> None:
    """By name, with a link to it; nbgrader's own page would say "Test cell" for each."""
    (page,) = (page for page in write_feedback(course, unit) if page.parents[1].name == "mistake")
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    rows = [[cell.get_text() for cell in row.find_all("td")] for row in soup.select("#summary tr")]
    assert rows == [["double", "0 / 2"], ["halve", "1 / 1"]]
    leads_to = {str(link["href"]).removeprefix("#") for link in soup.select("#summary a")}
    assert leads_to <= {str(place["id"]) for place in soup.find_all(id=True)}


def test_reports_are_kept_for_the_grader_only(
    course: Course, unit: KitUnit, records_of_class: dict[str, Record]
) -> None:
    """The record is JSON in a folder that only the owner may open."""
    file = course.private / "reports" / "tiny" / "mistake.json"
    assert json.loads(file.read_text(encoding="utf-8"))["checks"][0]["mistake"] == "squared"
    assert stat.S_IMODE(course.private.stat().st_mode) == 0o700
    assert stat.S_IMODE((course.private / "secret").stat().st_mode) == 0o600


def test_grading_again_changes_nothing(own_course: Course, tiny: KitUnit) -> None:
    """The second run takes the same seed and overwrites what the first one wrote."""
    hand_in(own_course, tiny, "ben", CLASS["mistake"])
    first = grade_class(own_course, tiny), scores(own_course, tiny)
    again = grade_class(own_course, tiny, options=Options(regrade=True)), scores(own_course, tiny)
    assert again == first


def test_nbgraders_own_command_gives_the_same_points(own_course: Course, tiny: KitUnit) -> None:
    """`nbgrader autograde` in the course's folder, as formgrader's button runs it."""
    hand_in(own_course, tiny, "ben", CLASS["mistake"])
    hand_in(own_course, tiny, "cleo", CLASS["garbage"])
    hand_in(own_course, tiny, "dan", CLASS["script"])
    command = [sys.executable, "-m", "nbgrader", "autograde", "tiny"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=own_course.root, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "tiny.ipynb is a web page, probably a login page: download the file itself" in done.stderr
    graded = [(s.student, s.points, s.failed) for s in scores(own_course, tiny)]
    assert graded == [("ada", 3, False), ("ben", 1, False), ("cleo", 0, True), ("dan", 3, False)]


def test_a_fault_of_the_kit_is_no_zero(own_course: Course, tiny: KitUnit) -> None:
    """`gradfn grade` refuses and loses nothing; nbgrader's own command notes it and keeps the score."""
    assert grade_class(own_course, tiny)["ada"].points == 3
    replace_in(tiny.folder / "checks.py", "points=2", "points=5")
    course = open_course(own_course.root)
    unit = course.kit.unit("tiny")
    why = "tiny was changed after it was released (double): gradfn release tiny, then gradfn grade tiny"
    with pytest.raises(KitFault, match=re.escape(why)):
        grade_class(course, unit)
    assert [score.points for score in scores(course, unit)] == [3]
    with nbgrader_api(course) as api, quiet():
        assert not api.autograde("tiny", "ada")["success"]
    record = records.read(course, unit, "ada")
    assert record == Record(3, 3, f"not graded again, so the earlier score counts: {why}", not_now=why)
    with gradebook(course) as opened:
        saved = [g.auto_score for n in opened.find_submission("tiny", "ada").notebooks for g in n.grades]
    assert saved == [2, 1]


def test_a_reference_that_fails_stops_the_run(own_course: Course, tiny: KitUnit) -> None:
    """No submission is graded if solution and PyTorch disagree."""
    replace_in(tiny.solutions / "by_torch.py", "* 2", "* 3")
    with pytest.raises(KitFault, match="disagree"):
        grade_class(own_course, tiny)


def test_points_given_by_hand_survive_a_failed_regrade(own_course: Course, tiny: KitUnit) -> None:
    """Only the automatic scores are cleared; manual points stay."""
    grade_class(own_course, tiny)
    with gradebook(own_course) as opened:
        opened.find_grade("test_halve", "tiny", "tiny", "ada").manual_score = 0.5
        opened.db.commit()
    (own_course.submitted_folder(tiny, "ada") / "tiny.ipynb").unlink()
    assert grade_class(own_course, tiny)["ada"].failed
    assert [score.points for score in scores(own_course, tiny)] == [0.5]


def test_several_files_are_not_guessed_between(own_course: Course, tiny: KitUnit) -> None:
    """A person must decide which file counts."""
    folder = own_course.submitted_folder(tiny, "ada")
    (folder / "tiny.ipynb").rename(folder / "a.ipynb")
    text = (folder / "a.ipynb").read_text(encoding="utf-8")
    (folder / "b.ipynb").write_text(text.replace("np.add(x, x)", "np.add(x, 1 * x)"), encoding="utf-8")
    ada = grade_class(own_course, tiny)["ada"]
    assert (ada.failed, ada.words) == (
        True,
        "these files hold different answers: a.ipynb, b.ipynb. Leave one of them in the folder",
    )
    (folder / "b.ipynb").write_text(text, encoding="utf-8")  # two copies
    assert grade_class(own_course, tiny)["ada"].points == 3


def test_a_script_handed_in_again_is_read_again(own_course: Course, tiny: KitUnit) -> None:
    """The notebook that stands for it holds no copy of the answers."""
    script = own_course.submitted_folder(tiny, "bo") / "tiny.py"
    script.parent.mkdir(parents=True)
    points = []
    for body in ("return x", "return 2 * x"):
        script.write_text(answered(tiny, double=body), encoding="utf-8")
        points.append(grade_class(own_course, tiny)["bo"].points)
    assert points == [0, 2]


def test_a_course_is_made_once(own_course: Course) -> None:
    """Making the course again would lose its secret."""
    with pytest.raises(GradfnError, match="holds a course already"):
        make_course(own_course.root, own_course.kit)


def test_a_folder_that_is_no_course_is_refused(tmp_path: Path) -> None:
    """The error names the command that makes a course."""
    with pytest.raises(NotFound, match=f"is not a gradfn course: gradfn course {re.escape(str(tmp_path))}"):
        open_course(tmp_path)


def test_steps_out_of_order_are_refused(tiny: KitUnit, tmp_path: Path) -> None:
    """Each error says what to do first."""
    course = make_course(tmp_path / "course", Kit(root_of(tiny)))
    with pytest.raises(NotFound, match="tiny is not released in this course: gradfn release tiny"):
        grade_class(course, tiny)
    release(course, tiny)
    with pytest.raises(NotFound, match="nobody has handed in tiny"):
        grade_class(course, tiny)
    with pytest.raises(NotFound, match="nothing of tiny is graded yet: gradfn grade tiny"):
        write_feedback(course, tiny)


def test_seeds_differ_between_courses_and_units(course: Course, own_course: Course, tiny: KitUnit) -> None:
    """A course's inputs tell nothing about another course's or unit's; one class gets the same."""
    seeds = {own_course.seed(tiny), course.seed(tiny), own_course.seed(replace(tiny, name="more"))}
    assert (len(seeds), own_course.seed(tiny)) == (3, open_course(own_course.root).seed(tiny))


def test_a_graft_keeps_the_order_of_pieces(course: Course, unit: KitUnit) -> None:
    """Reading a grafted notebook gives back the submission, with the student's own cells."""
    released = nbformat.read(course.released_file(unit), as_version=4)
    file = course.submitted_folder(unit, "helper") / "tiny.ipynb"
    submission = read(file, unit)
    notebook = graft(released, submission)
    assert submission_in(notebook) == submission
    assert [c.source for c in answer_cells(notebook)] == [cell.source for cell in submission.cells]
    nbformat.validate(notebook)


def test_a_graft_takes_nothing_but_sources(course: Course, unit: KitUnit) -> None:
    """Outputs, points and marks of the submitted file are dropped."""
    released = nbformat.read(course.released_file(unit), as_version=4)
    notebook = graft(released, read(course.submitted_folder(unit, "forged") / "tiny.ipynb", unit))
    marks = [cell.metadata.get("nbgrader") for cell in released.cells]
    assert [c.metadata.get("nbgrader") for c in notebook.cells] == marks
    assert all(not c.get("outputs") for c in notebook.cells)


@pytest.mark.parametrize(("points", "expected"), [(0.1 + 0.2, "0.3"), (-5.0, "0.0"), (0.25, "0.25")])
def test_a_test_cells_result_is_a_plain_float_in_range(points: float, expected: str) -> None:
    """The score that nbgrader reads is between 0 and the cell's points, whatever the sum."""
    result = Result("double", "values", points, 0.3, "passed", "card")
    outputs = cell_outputs([result], 0.3)
    assert [output["output_type"] for output in outputs] == ["stream", "execute_result"]
    assert outputs[1]["data"]["text/plain"] == expected


PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        ({"output_type": "stream", "name": "stdout", "text": "a\x1b[2Jb"}, {"text": "a\\x1b[2Jb"}),
        ({"output_type": "stream", "name": "evil", "text": "a"}, {"name": "stdout"}),
        ({"output_type": "stream", "name": "stdout", "text": ["a"]}, None),
        (
            {"output_type": "display_data", "data": {"text/html": "<b>", "text/plain": "t"}},
            {"data": {"text/plain": "t"}},
        ),
        ({"output_type": "execute_result", "data": {"text/plain": "9"}}, {"output_type": "display_data"}),
        ({"output_type": "display_data", "data": {"image/png": PNG}}, {"data": {"image/png": PNG}}),
        ({"output_type": "display_data", "data": {"image/png": '"><script>'}}, {"data": {}}),
        ({"output_type": "display_data", "data": 3}, None),
        ({"output_type": "update_display_data", "data": {}}, None),
        ({}, None),
    ],
)
def test_outputs_are_rebuilt(output: dict[str, Any], shown: dict[str, Any] | None) -> None:
    """Known kinds of output become plain text or a real picture; all others are dropped."""
    rebuilt = safe_outputs([output])
    if shown is None:
        assert rebuilt == []
    else:
        assert {key: rebuilt[0][key] for key in shown} == shown


def test_a_phrase_says_once_what_several_share() -> None:
    """Exercises with the same reason share an entry; notes about the file come last."""
    checks = [
        {
            "exercise": name,
            "check": "a_b",
            "status": status,
            "mistake": mistake,
            "points": 0,
            "message": message,
        }
        for name, status, mistake, message in (
            ("one", "passed", None, "one"),
            ("two", "failed", None, "two · a b  0 / 1\n  Not done yet. Two is\n    two."),
            ("three", "failed", "wrong way", "three · a b  0 / 1\n  Looks like: wrong way."),
            ("four", "failed", None, "four · a b  0 / 1\n  Not done yet. Four."),
            ("five", "failed", None, "five · a b  0 / 1\n  f(x)  shape (3,) ok · 1 of 3 wrong"),
        )
    ]
    report = {"unit": "u", "checks": checks, "notes": ["two: NameError: x", "no cell for: two"]}
    assert phrase(report) == (
        'two: its cell is missing (deleted?); three: wrong way; four: not done yet; five: fails "a b"'
    )


def test_an_edited_configuration_is_noticed(own_course: Course, tiny: KitUnit) -> None:
    """Grading without our judge is an error, not a score."""
    replace_in(own_course.root / "nbgrader_config.py", "c.Autograde.autograde_preprocessors", "ignored")
    with pytest.raises(GradfnError, match="does not name the kit's GraftExporter and Judge"):
        grade_class(own_course, tiny)
    assert records.read(own_course, tiny, "ada") is None
