"""A course as it goes on: what was handed in is found, changes are graded again with a reason."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder import cli
from autograder.answers.notebooks import notebook_of
from autograder.answers.submission import from_notebook
from autograder.errors import BadSubmission, GradfnError, NotFound
from autograder.nbgrader import course as courses_
from autograder.nbgrader import steps
from autograder.nbgrader.cells import change_cells
from autograder.nbgrader.classes import grade_class
from autograder.nbgrader.course import Course, make_course, open_course
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.graft import graft
from autograder.nbgrader.inbox import not_taken, time_of
from autograder.nbgrader.students import files_about, remove_student
from autograder.units.kit import Kit
from tests import courses
from tests.damaged_class import RIGHT

ANSWERS = "".join(f"\n\n# %% {name} *\n{source}\n" for name, source in RIGHT.items())
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course in which ada has handed in, with the references made."""
    made = courses.make(tmp_path_factory.mktemp("life") / "a", [])
    put(made, "ada", ANSWERS)
    made.recorded(made.unit("tiny"))
    return made


@pytest.fixture
def course(_made: Course, tmp_path: Path) -> Course:
    """A copy of that course."""
    return courses.copy(_made, tmp_path / "copy")


def put(course: Course, student: str, text: str, name: str = "tiny.py") -> Path:
    """Hand in a file."""
    file = course.submitted_folder(course.unit("tiny"), student) / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def grade(course: Course) -> tuple[int, list[str]]:
    """The exit status and the lines of `gradfn grade tiny`."""
    return run(course, "grade", "tiny")


def run(course: Course, *words: str) -> tuple[int, list[str]]:
    """The exit status and the lines of a command in the course's folder."""
    out = io.StringIO()
    with contextlib.chdir(course.root), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        status = cli.main(list(words))
    return status, out.getvalue().splitlines()


def test_what_lies_elsewhere_is_named_with_what_to_do(course: Course) -> None:
    """Each in a line, and the exit status says so; files of a system or of other assignments are not."""
    inbox = course.root / "submitted"
    for name in (
        "bob/Tiny/tiny.py",
        "cy/tiny.py",
        "ada_tiny.ipynb",
        "Moe_77_assignsubmission_file_/tiny.zip",
    ):
        (inbox / name).parent.mkdir(parents=True, exist_ok=True)
        (inbox / name).touch()
    for name in ("__MACOSX/x", ".DS_Store", "ada/.earlier/tiny/tiny.py", "ada/hw1/hw1.ipynb"):
        (inbox / name).parent.mkdir(parents=True, exist_ok=True)
        (inbox / name).touch()
    (course.root / "source" / "hw1").mkdir()
    status, lines = grade(course)
    assert (status, [line for line in lines if line.startswith("Not taken")]) == (
        1,
        [
            "Not taken: submitted/Moe_77_assignsubmission_file_/tiny.zip: unpack it, and move it to "
            "submitted/Moe/tiny/",
            "Not taken: submitted/ada_tiny.ipynb: move it to submitted/STUDENT/UNIT/",
            "Not taken: submitted/bob/Tiny: is tiny meant? Rename the folder",
            "Not taken: submitted/cy/tiny.py: move it to submitted/cy/tiny/",
        ],
    )


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may enter every folder")
def test_a_closed_folder_is_named(course: Course) -> None:
    """nbgrader passes over it in silence."""
    (course.root / "submitted" / "zoe" / "tiny").mkdir(parents=True)
    (course.root / "submitted" / "zoe").chmod(0)
    assert not_taken(course) == ["submitted/zoe: the folder cannot be read: Permission denied"]
    (course.root / "submitted" / "zoe").chmod(0o700)


@pytest.mark.parametrize(
    ("files", "points"),
    [
        ({"tiny.ipynb": "", ".tiny.ipynb": "{", "__MACOSX/._tiny.py": "\0"}, None),
        ({"exercises/tiny/tiny.py": ANSWERS, "exercises/other/other.py": "x = 1"}, 3),
        ({"tiny (1).py": ANSWERS, "tiny.py": "STUB"}, 3),
        ({"tiny.py": ANSWERS, "helper.py": "x = 1"}, 3),
        ({"tiny.py": "STUB", "notes.ipynb": "{"}, None),
        ({"tiny.py.txt": ANSWERS}, 3),
        ({"tiny.zip": "PK"}, None),
    ],
    ids=["empty", "nested", "second", "helper", "damaged", "renamed", "zipped"],
)
def test_of_several_files_the_one_with_answers_counts(
    course: Course, files: dict[str, str], points: float | None
) -> None:
    """What cannot be read may hold the answers: then there is no score, rather than 0."""
    for name, text in files.items():
        put(course, "bob", course.unit("tiny").recorded.stub if text == "STUB" else text, name)
    record = grade_class(course, course.unit("tiny"))["bob"]
    assert (None if record.failed else record.points) == points, record.words


@pytest.mark.parametrize(
    ("words", "time"),
    [
        ("2026-02-01 00:30:00 +0200", "2026-01-31 22:30:00"),
        ("2026-02-01 00:30:00+02:00", "2026-01-31 22:30:00"),
        ("\ufeff2026-01-31 12:00:00 UTC\n", "2026-01-31 12:00:00"),
        ("2026-01-31T12:00:00.5Z", "2026-01-31 12:00:00.500000"),
        ("2026-07-01 12:00 Europe/Berlin", "2026-07-01 10:00:00"),
        ("2026-01-31 12:00", "2026-01-31 12:00:00"),
        ("", "None"),
        ("2026-07-01 00:30:00 CEST", ""),
        ("2026-02-01 12:30 AM", ""),
        ("01/02/2026 12:30", ""),
        ("2026-02-30 12:00:00 UTC", ""),
        ("2026-01-31 12:00:00 ../x", ""),
        ("1769860800", ""),
    ],
)
def test_a_time_is_understood_or_refused(tmp_path: Path, words: str, time: str) -> None:
    """nbgrader reads "+0200" as 200 seconds, "CEST" as UTC, and half past midnight as half past noon."""
    (tmp_path / "timestamp.txt").write_text(words, encoding="utf-8")
    if time:
        assert str(time_of(tmp_path)) == time
    else:
        with pytest.raises(BadSubmission, match="which is not a time: write it like"):
            time_of(tmp_path)


def score(course: Course, student: str) -> float:
    """A student's points less the late penalty, as nbgrader computes them."""
    with gradebook(course) as opened:
        return (found := opened.find_submission("tiny", student)).score - (found.late_submission_penalty or 0)


LATE = """
from nbgrader.plugins import BasePlugin
class Late(BasePlugin):
    def late_submission_penalty(self, student_id, score, seconds):
        return 1.0
c.AssignLatePenalties.plugin_class = Late
"""


def test_an_extension_takes_the_penalty_back(course: Course) -> None:
    """Whoever it concerns is graded again, and the line says from what to what; others are left alone."""
    course = courses.configured(course, LATE)
    put(course, "ada", "2026-02-01 10:00:00 UTC", "timestamp.txt")
    put(course, "bob", ANSWERS)
    with gradebook(course) as opened:
        opened.update_or_create_assignment("tiny", duedate="2026-01-31 23:59:00 UTC")
    grade(course)
    assert score(course, "ada") == 2
    with gradebook(course) as opened:
        opened.find_submission("tiny", "ada").extension = timedelta(days=2)
        opened.db.commit()
    lines = grade(course)[1]
    assert "1 to grade again: a time, the due date or an extension changed" in lines
    assert "Scores that changed: ada 2 -> 3" in lines


def test_points_by_hand_that_outlive_a_file_are_said(course: Course) -> None:
    """They count, whatever the new file would deserve."""
    grade(course)
    with gradebook(course) as opened:
        opened.find_grade("test_double", "tiny", "tiny", "ada").manual_score = 0.5
        opened.db.commit()
    put(course, "ada", ANSWERS + "\n")
    words = grade(course)[1]
    assert words[0] == "1 to grade again: other files were handed in"
    assert "double keeps 0.5 given by hand earlier; 1.5 in the gradebook" in words[1]


def bears_not(course: Course) -> None:
    courses.configured(course, "# a comment\nc.Exchange.root = '/srv'\nc.GenerateFeedback.force = True\n")


def bears(course: Course) -> None:
    courses.configured(course, "c.LimitOutput.max_lines = 10\n")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (bears_not, []),
        (bears, ["1 to grade again: a setting in nbgrader_config.py changed"]),
        (lambda course: steps.release(course, course.unit("tiny")), []),
    ],
    ids=["elsewhere", "setting", "released again, unchanged"],
)
def test_what_is_graded_again_says_why(
    course: Course, change: Callable[[Course], object], why: list[str]
) -> None:
    """Settings that do not bear on scores grade nobody again."""
    grade(course)
    change(course)
    assert [
        line for line in grade(course)[1] if "again:" in line and "were" not in line and "was" not in line
    ] == why


def test_an_exercise_may_come_and_go_after_something_was_handed_in(course: Course) -> None:
    """nbgrader refuses; here what was graded stays, points that a person gave as well."""
    grade(course)
    with gradebook(course) as opened:
        opened.find_grade("test_double", "tiny", "tiny", "ada").manual_score = 1.0
        opened.db.commit()
    kit = course.kit.root
    before = {f: (kit / f).read_text() for f in ("solutions/tiny/tiny.py", "exercises/tiny/checks.py")}
    unit = course.unit("tiny")
    without = [cell for cell in steps.source_notebook(unit).cells if "halve" not in str(cell.get("metadata"))]
    shorter = nbformat.v4.new_notebook(cells=without)
    assert change_cells(course, unit, shorter) == "removed: halve"
    with gradebook(course) as opened:
        assert {g.name for n in opened.find_submission("tiny", "ada").notebooks for g in n.grades} == {
            "test_double"
        }
    assert list((course.private / "backups").iterdir())
    released = steps.release(course, unit)
    assert released.changed == "added: halve"
    put(course, "ada", ANSWERS + "\n")
    grade(course)
    assert score(course, "ada") == 2
    assert before == {f: (kit / f).read_text() for f in before}


def test_points_are_the_courses_own(course: Course) -> None:
    """Released with them, graded by them; an exercise that is worth 0 is left out."""
    grade(course)
    courses.configured(course, 'c.Gradfn.points = {"tiny": 6, "tiny.halve": 0}\n')
    assert "tiny was changed after it was released (double, halve)" in grade(course)[1][0]
    assert run(course, "release", "tiny")[1][0].startswith("tiny: 6 points, released as ")
    assert "Scores that changed: ada 3 -> 6" in grade(course)[1]


def test_a_failed_release_leaves_everything_as_it_was(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is removed before its successor is there, so it may also be a mount point."""
    unit, before = course.unit("tiny"), courses.state(course)
    file = course.released_file(unit)
    (file.parent / "stale.txt").touch()
    inode, text = file.parent.stat().st_ino, file.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "here")

    with monkeypatch.context() as patch:
        patch.setattr(steps, "_install", full)
        with pytest.raises(
            GradfnError, match=r"releasing tiny failed: here: No space left on device\. Make room"
        ):
            steps.release(course, unit)
    assert (file.read_bytes(), courses.differences(courses.state(course), before)) == (text, {})
    steps.release(course, unit)
    assert (file.parent.stat().st_ino, (file.parent / "stale.txt").exists()) == (inode, False)


def test_a_course_without_its_hidden_folder_says_so(course: Course) -> None:
    """Making it again would lose the secret, and the inputs with it."""
    (course.private / "secret").unlink()
    with pytest.raises(GradfnError, match="secret is missing: copy it from where the course was"):
        open_course(course.root).seed(course.unit("tiny"))
    shutil.rmtree(course.private)
    for attempt in (lambda: open_course(course.root), lambda: make_course(course.root, course.kit)):
        with pytest.raises(GradfnError, match=r"the hidden folder \.gradfn is missing: copy it"):
            attempt()


def test_a_course_is_for_its_owner_and_not_for_git(course: Course) -> None:
    """Also where umask would let others read; nothing of it is committed by `git add -A`."""
    assert (course.root / ".gitignore").read_text().splitlines()[-1] == "*"
    if sys.platform != "win32":
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in course.root.iterdir()}
        assert [modes[n] for n in ("gradebook.db", "submitted", "source", ".gradfn")] == [0o600, *[0o700] * 3]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no groups of this kind")
def test_a_shared_course_is_open_to_its_group(course: Course) -> None:
    """As nbgrader's own setting says; what a command writes is open as well, not only what it finds."""
    course = courses.configured(course, "c.CourseDirectory.groupshared = True\n")
    for words in (["release", "tiny"], ["export"], ["deadline", "tiny", "2026-12-01 23:59 Europe/Berlin"]):
        run(course, *words)
    mine = [p for p in course.root.rglob("*") if "submitted" not in p.parts]
    assert [p.name for p in mine if ~p.stat().st_mode & (0o070 if p.is_dir() else 0o060)] == []
    assert stat.S_IMODE(course.private.stat().st_mode) == 0o2770


def test_only_ids_beside_names_are_named(course: Course) -> None:
    """A typing error in a folder's name would give the points to nobody."""
    put(course, "adq", ANSWERS)
    assert not any("roster" in line for line in grade(course)[1])
    with gradebook(course) as opened:
        opened.update_or_create_student("ada", first_name="Ada")
    assert "Not on the roster, which has names or addresses: adq" in grade(course)[1]


def test_removing_a_student_leaves_nothing(course: Course) -> None:
    """Not in the gradebook's free pages either; a name that leads elsewhere is refused."""
    put(course, "zoe-quux", ANSWERS)
    for words in (("grade", "tiny"), ("feedback", "tiny"), ("report", "tiny"), ("export",)):
        run(course, *words)
    with gradebook(course) as opened:
        opened.update_or_create_student("zoe-quux", first_name="Zoë", last_name="Quuxley")
    for name, row in {
        "worksheet-tiny": "Participant 7,Zoë Quuxley",
        "others": "Zoë Quuxleys",
    }.items():
        (course.root / f"{name}.csv").write_text(row, encoding="utf-8")
    assert run(course, "student", "remove", "zoe-quux")[1][-1].endswith("Nothing is removed without --yes")
    assert files_about(course, "zoe-quux")
    remove_student(course, "zoe-quux")
    assert [file.name for file in course.root.glob("*.csv")] == ["others.csv"]
    left = [
        p
        for p in course.root.rglob("*")
        if "zoe-quux" in p.name or (p.is_file() and b"zoe-quux" in p.read_bytes())
    ]
    assert left == []
    for name in ("..", "ada/tiny", "zoe-quux"):
        with pytest.raises(NotFound):
            files_about(course, name)


def test_a_picture_in_a_written_answer_reaches_the_grader(kit: Kit) -> None:
    """Attached, as Jupyter does, or in the text, as Colab does; anything but a picture is only said."""
    unit = kit.unit("perceptron")
    released = notebook_of(unit, unit.recorded.stub)
    (name,) = unit.questions
    handed_in: dict[str, Any] = json.loads(nbformat.writes(released))
    cell = next(c for c in handed_in["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)
    cell["source"] = f"My sketch ![s](attachment:s.png) ![i](data:image/png;base64,{PNG})"
    cell["attachments"] = {"s.png": {"image/png": PNG}, "x.png": {"image/png": "PHNjcmlwdD4="}}
    submission = from_notebook(json.dumps(handed_in), unit, "a.ipynb")
    grafted = next(
        c for c in graft(released, submission).cells if c.metadata.get("gradfn", {}).get("written")
    )
    assert list(grafted.attachments) == ["picture-1", "picture-3"]
    assert grafted.attachments["picture-3"] == {"image/png": PNG}
    assert "Picture 2 cannot be shown" in grafted.source
    assert PNG not in grafted.source


def test_a_closed_private_folder_names_its_owner(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second assistant is not told to make the course again."""

    def closed(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(courses_.json, "loads", closed)
    with pytest.raises(
        GradfnError, match=r"belongs to \S+ and is closed to you: c.CourseDirectory.groupshared"
    ):
        open_course(course.root)


def test_a_machine_fault_is_one_line(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk or a locked database gives no traceback, and no exit status 0."""

    def locked(*_: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(steps, "release", locked)
    assert run(course, "release", "tiny")[1][0].startswith("gradfn: the gradebook: database is locked. Ano")
