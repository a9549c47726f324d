"""What can go wrong in a course: each error says in one line why and what to do, and loses nothing."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from autograder.answers.notebooks import source_notebook
from autograder.authors.build import build
from autograder.cli import main
from autograder.errors import GradfnError, NotFound, database_fault
from autograder.nbgrader import records
from autograder.nbgrader.classes import CURRENT, Options, grade_class, write_feedback_pages
from autograder.nbgrader.course import Course, make_course, open_course
from autograder.nbgrader.export import NAMELESS, export
from autograder.nbgrader.gradebook import gradebook, quiet, waiting
from autograder.nbgrader.lms.late import set_due
from autograder.nbgrader.report.gather import gather
from autograder.nbgrader.steps import release, write_feedback
from autograder.units.files import os_words
from autograder.units.kit import Kit, KitUnit
from tests import courses
from tests.courses import scores
from tests.damaged_class import CLASS, Case, hand_in
from tests.demo.students import doubled
from tests.nbgrader.test_questions import QUESTION, written
from tests.tiny import open_unit, write_kit

NAMES = ("right", "mistake", "script", "photo")
LATE = """
from nbgrader.plugins import BasePlugin
class Late(BasePlugin):
    def late_submission_penalty(self, student_id, score, seconds):
        return 0.5
c.AssignLatePenalties.plugin_class = Late
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course in which a small class is graded, and has its feedback."""
    course = courses.make(tmp_path_factory.mktemp("mishaps"), NAMES)
    grade_class(course, course.unit("tiny"))
    write_feedback_pages(course, [course.unit("tiny")])
    return course


@pytest.fixture
def course(graded: Course, tmp_path: Path) -> Course:
    """A copy of that course, which a test may change."""
    return courses.copy(graded, tmp_path / "copy")


@pytest.fixture
def unit(course: Course) -> KitUnit:
    return course.unit("tiny")


def gradfn(course: Course, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """What a command prints in the course's folder, to stdout and stderr."""
    with contextlib.chdir(course.root):
        main(arguments)
    said = capsys.readouterr()
    return [*said.out.splitlines(), *said.err.splitlines()]


# The gradebook


@pytest.mark.parametrize(
    "step", [grade_class, gather, lambda course, unit: write_feedback_pages(course, [unit])]
)
def test_a_gradebook_that_was_lost(
    course: Course, unit: KitUnit, step: Callable[[Course, KitUnit], object]
) -> None:
    """Every step says so, and how to fill the gradebook again; existing feedback pages stay."""
    (course.root / "gradebook.db").unlink()
    how = "the gradebook is a new one and does not hold tiny: gradfn release tiny, then gradfn grade tiny"
    with pytest.raises(NotFound, match=how):
        step(course, unit)
    assert course.feedback_file(unit, "right").exists()
    assert records.completion(course, unit, "right")
    release(course, unit)
    assert {name: record.points for name, record in grade_class(course, unit).items()} == {
        name: CLASS[name].points for name in NAMES
    }


def test_an_empty_gradebook_is_not_exported(course: Course) -> None:
    """The file exported before stays."""
    before = export(course).file.read_bytes()
    (course.root / "gradebook.db").unlink()
    with pytest.raises(NotFound, match="holds no assignment, so nothing was written: gradfn release UNIT"):
        export(course)
    assert (course.root / "grades.csv").read_bytes() == before


def test_who_is_known_by_an_id_alone(course: Course) -> None:
    """Exports have names and addresses if nbgrader knows them; if not, a note says how to add them."""
    assert [NAMELESS in export(course, form).notes for form in ("nbgrader", "canvas", "moodle")] == [
        False,
        True,
        True,
    ]
    with gradebook(course) as opened:
        opened.update_or_create_student("right", email="right@example.org")
    assert NAMELESS not in export(course, "moodle").notes


# Time


def test_an_invalid_timestamp(course: Course, unit: KitUnit) -> None:
    """timestamp.txt may be typed by a person; the error quotes it, and the other submissions are graded."""
    stamp = course.submitted_folder(unit, "right") / "timestamp.txt"
    stamp.write_text("yesterday", encoding="utf-8")
    record = grade_class(course, unit)["right"]
    words = "timestamp.txt says 'yesterday', which is not a time: write it like "
    words += "2026-01-31 12:00:00 UTC, or +02:00"
    assert (record.failed, record.words) == (True, words)
    stamp.write_text("", encoding="utf-8")
    assert not grade_class(course, unit)["right"].failed


def test_a_penalty_for_being_late(course: Course, unit: KitUnit) -> None:
    """The instructor's plugin computes it; gradebook and exports subtract it."""
    late = courses.configured(course, LATE)
    with gradebook(late) as opened:
        opened.update_or_create_assignment("tiny", duedate="2026-01-01 00:00:00 UTC")
    stamp = late.submitted_folder(unit, "right") / "timestamp.txt"
    stamp.write_text("2026-01-01 10:00:00 UTC", encoding="utf-8")
    grade_class(late, unit)
    rows = export(late).file.read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[7:10] for row in rows if ",right," in row] == [["3.0", "0.5", "2.5"]]


def test_a_plugin_that_is_not_there(course: Course, unit: KitUnit) -> None:
    """Nothing is graded, and the error is one line with the file's name."""
    broken = courses.configured(course, "c.AssignLatePenalties.plugin_class = 'penalties.Late'\n")
    with pytest.raises(GradfnError, match=r"nbgrader_config.py: TraitError: .*'penalties.Late' could not be"):
        grade_class(broken, unit, options=Options(students=["right"]))


def test_a_regrade_that_was_stopped_is_taken_up(course: Course, unit: KitUnit) -> None:
    """The next run grades the rest, none twice; what was saved with the last one is not told again."""
    graded: list[str] = []

    def stop(*told: object) -> None:
        graded.append(told[2][1])  # type: ignore[index]  # the task
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade_class(course, unit, stop, Options(jobs=1, regrade=True))
    again = grade_class(course, unit, lambda _, __, task, ___: graded.append(task[1]))
    assert len({*graded}) == len(graded)
    assert sorted(again) == sorted(NAMES)
    assert all(records.completion(course, unit, name) for name in NAMES)


# Feedback


def test_a_page_of_an_earlier_submission_goes(
    course: Course, unit: KitUnit, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its points are no longer in the gradebook; the command lists the students without a page."""
    page = course.feedback_file(unit, "right")
    assert page.exists()
    handed_in = course.submitted_folder(unit, "right") / "tiny.ipynb"
    handed_in.rename(handed_in.with_name("photo.jpg"))
    assert gradfn(course, capsys, "grade", "tiny", "right")[-1] == "Without a score: right"
    assert not course.autograded_file(unit, "right").exists()
    assert gradfn(course, capsys, "feedback", "tiny") == [
        "tiny: 2 pages in feedback (2 unchanged)",
        "Not graded, so no page: photo, right",
    ]
    assert not page.exists()
    assert gradfn(course, capsys, "grade", "tiny", "right")[0].startswith("Unchanged since it could not be")


def test_a_page_that_cannot_be_written_stops_no_other(course: Course, unit: KitUnit) -> None:
    """The reason is listed, and the other pages are written."""
    course.autograded_file(unit, "mistake").chmod(0o644)
    course.autograded_file(unit, "mistake").write_text("{}", encoding="utf-8")
    found = write_feedback_pages(course, [unit])
    assert [student for (_, student), reason in found.items() if reason != CURRENT] == ["mistake"]
    assert found["tiny", "mistake"].startswith("the feedback on tiny failed: ")
    assert course.feedback_file(unit, "script").exists()


def test_pages_one_by_one_are_those_of_one_run(course: Course, unit: KitUnit) -> None:
    """nbgrader in this process and the pool's processes, which cache templates, write the same bytes."""
    write_feedback_pages(course, [unit])
    ours = [page.read_bytes() for page in sorted((course.root / "feedback").rglob("*.html"))]
    own = [page.read_bytes() for page in sorted(write_feedback(course, unit))]
    assert own == ours


def comment(course: Course, student: str) -> None:
    """What a person writes into formgrader."""
    with gradebook(course) as opened:
        opened.find_comment("double", "tiny", "tiny", student).manual_comment = "Nearly."
        opened.db.commit()


#: A change after the pages were made, and whose pages are then made again.
CHANGES: dict[str, tuple[Callable[[Course, KitUnit], object], set[str]]] = {
    "nothing": (lambda course, unit: None, set()),
    "a comment": (lambda course, unit: comment(course, "script"), {"script"}),
    "a due date": (lambda course, unit: set_due(course, unit, datetime(2020, 1, 1)), set()),
    "a lost page": (lambda course, unit: course.feedback_file(unit, "right").unlink(), {"right"}),
    "half a page": (lambda course, unit: os.truncate(course.feedback_file(unit, "right"), 2000), {"right"}),
    "another answer": (lambda course, unit: again(course, unit, "mistake", "right"), {"mistake"}),
    "a setting": (lambda course, unit: courses.configured(course, "# changed\n"), set(NAMES) - {"photo"}),
}


def again(course: Course, unit: KitUnit, student: str, case: str) -> None:
    """A student hands in again, and is graded."""
    hand_in(course, unit, student, CLASS[case])
    grade_class(course, unit)


@pytest.mark.parametrize("change", CHANGES)
def test_pages_are_made_where_something_changed(course: Course, unit: KitUnit, change: str) -> None:
    """The others are left as they are; a page that is made again shows the change."""
    work, expected = CHANGES[change]
    work(course, unit)
    before = {name: course.feedback_file(unit, name) for name in NAMES if name != "photo"}
    times = {name: page.stat().st_mtime_ns for name, page in before.items() if page.exists()}
    found = write_feedback_pages(open_course(course.root), [unit])
    assert {name for (_, name), how in found.items() if how != CURRENT} == expected
    assert {name for name, page in before.items() if page.stat().st_mtime_ns != times.get(name)} == expected
    assert ("Nearly." in before["script"].read_text(encoding="utf-8")) == (change == "a comment")
    assert set(write_feedback_pages(open_course(course.root), [unit]).values()) == {CURRENT}


# What a person graded


@pytest.fixture
def asked(tmp_path: Path) -> Course:
    """A course whose unit has a question that ada has answered; her code is graded."""
    unit = write_kit(tmp_path)
    with (unit.solutions / "tiny.py").open("a", encoding="utf-8") as solution:
        solution.write(QUESTION)
    build(open_unit(tmp_path))
    course = make_course(tmp_path / "course", Kit(tmp_path))
    release(course, course.unit("tiny"))
    hand_in(course, course.unit("tiny"), "ada", Case(written, 3, ""))
    grade_class(course, course.unit("tiny"))
    return course


def test_an_answer_without_a_file_does_not_wait(asked: Course) -> None:
    """An answer whose file is gone does not wait for manual grading."""
    unit = asked.unit("tiny")
    assert waiting(asked, unit) == 1
    (asked.submitted_folder(unit, "ada") / "tiny.ipynb").unlink()
    assert grade_class(asked, unit)["ada"].failed
    assert waiting(asked, unit) == 0


def test_an_answer_is_read_once(asked: Course) -> None:
    """After another grading it does not wait again, unless the answer has changed."""
    unit = asked.unit("tiny")
    with gradebook(asked) as opened:
        found = opened.find_grade("why_twice", "tiny", "tiny", "ada")
        found.manual_score, found.needs_manual_grade = 1.5, False
        opened.db.commit()
    grade_class(asked, unit, options=Options(regrade=True))
    assert waiting(asked, unit) == 0
    hand_in(asked, unit, "ada", Case(lambda n: written(n, "Otherwise."), 3, ""))
    grade_class(asked, unit)
    assert waiting(asked, unit) == 1
    assert [score.points for score in scores(asked, unit)] == [4.5]


# Folders


def test_a_students_name_is_any_folders(course: Course, unit: KitUnit) -> None:
    """With a space, an umlaut, a quote: graded, and shown unchanged in feedback, report and export."""
    names = ["Jürgen Groß", "anna maria", "it's"]
    for name in names:
        hand_in(course, unit, name, CLASS["mistake"])
    found = grade_class(course, unit)
    assert [found[name].points for name in names] == [1, 1, 1]
    write_feedback_pages(course, [unit])
    assert all(course.feedback_file(unit, name).exists() for name in names)
    assert {line.person.id for line in gather(course, unit).lines} == {*NAMES, *names}
    assert all(f",{name}," in export(course).file.read_text(encoding="utf-8") for name in names)


def test_a_course_that_was_moved(course: Course, unit: KitUnit, tmp_path: Path) -> None:
    """Everything is found, and nothing is graded again."""
    moved = open_course(shutil.move(course.root, tmp_path / "elsewhere"))
    assert moved.db_url == f"sqlite:///{tmp_path / 'elsewhere' / 'gradebook.db'}"
    again: list[str] = []
    grade_class(moved, unit, lambda _, __, task, ___: again.append(task[1]))
    assert again == []
    assert {s.student: s.points for s in scores(moved, unit)} == {n: CLASS[n].points for n in NAMES}


def test_a_kit_that_was_moved(course: Course, tmp_path: Path) -> None:
    """A course inside the kit goes on; for another the error says where to write the new folder."""
    file = course.private / "course.json"
    file.write_text(json.dumps({"kit": "/gone"}), encoding="utf-8")
    with pytest.raises(NotFound, match=f"the kit in /gone, .* write its new folder into {file}"):
        open_course(course.root)
    kit = tmp_path / "copy" / "kit"
    inside = open_course(shutil.copytree(course.root, kit / "fall"))
    assert inside.kit.root == kit


def test_a_unit_released_again_unchanged(course: Course, unit: KitUnit) -> None:
    """The notebook is the same, and no submission is graded again."""
    release(course, unit)
    again: list[str] = []
    grade_class(open_course(course.root), unit, lambda _, __, task, ___: again.append(task[1]))
    assert again == []


def test_a_release_that_fails_loses_nothing(
    course: Course, unit: KitUnit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbgrader refuses two cells of one name, and would remove the released notebook."""
    released = course.released_file(unit)
    before = [file.read_bytes() for file in (released, course.source_folder(unit) / "tiny.ipynb")]
    notebook = doubled(source_notebook(unit), "test_halve")
    monkeypatch.setattr("autograder.nbgrader.steps.source_notebook", lambda _: notebook)
    with pytest.raises(GradfnError, match="releasing tiny failed: "):
        release(course, unit)
    assert [file.read_bytes() for file in (released, course.source_folder(unit) / "tiny.ipynb")] == before
    assert grade_class(course, unit, options=Options(students=["right"], regrade=True))["right"].points == 3


def test_students_without_a_submission_are_in_the_report(
    course: Course, unit: KitUnit, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every student in nbgrader's table without a submission is listed."""
    with gradebook(course) as opened, quiet():
        opened.add_student("zoe", first_name="Zoë", last_name="<b>")
    said = gradfn(course, capsys, "report", "tiny")
    assert (
        said[0]
        == "tiny: 3 of 4 graded, 2.33 of 3 points on average, 1 needs attention, 1 without a submission"
    )
    page = (course.root / "reports" / "tiny.html").read_text(encoding="utf-8")
    assert "handed in nothing: 1" in page
    assert "<bdi>Zoë &lt;b&gt;</bdi>" in page
    assert "of 5 handed in" in page


def test_a_full_disk_is_one_sentence() -> None:
    """As shutil says it for a folder, nbgrader in its log, and nbgrader in place of its database."""
    room = "No space left on device. Make room on the disk, then do this again"
    error = "[Errno 28] No space left on device: 'a' -> 'b'"
    assert [os_words(shutil.Error([("a", "b", error)])), os_words(OSError(f"OSError: {error}"))] == [room] * 2
    wrapped = ValueError("InvalidEntry")
    wrapped.__context__ = sqlite3.OperationalError("database or disk is full")
    assert database_fault(wrapped) == "the gradebook: database or disk is full. Make room, then do this again"
    assert database_fault(ValueError("no")) == ""


def test_an_error_of_the_gradebook_brings_no_log_of_nbgraders() -> None:
    """nbgrader logs it with a traceback of a hundred lines."""
    log = "logging.getLogger('tornado.application').error('no')"
    code = f"import logging\nfrom autograder.nbgrader.gradebook import quiet\nwith quiet(): {log}"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stderr == ""
