"""The gradebook in PostgreSQL: a real server, several processes, the same scores as in SQLite."""

from __future__ import annotations

import contextlib
import csv
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import cli
from autograder.errors import GradfnError
from autograder.nbgrader.classes import Options, grade_class
from autograder.nbgrader.course import Course, open_course
from autograder.nbgrader.database import address
from autograder.nbgrader.export import export
from autograder.nbgrader.gradebook import gradebook
from tests import courses, postgresql
from tests.courses import scores
from tests.damaged_class import CLASS
from tests.nbgrader.test_classes import gradfn, wait_for_end

NAMES = ("right", "mistake", "script", "garbage", "photo", "deleted", "warns", "stub")


pytestmark = pytest.mark.skipif(
    postgresql.PROGRAMS is None, reason="no PostgreSQL here: apt install postgresql"
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server started for the tests."""
    with postgresql.server() as address:
        yield address


@pytest.fixture
def database(server: str, request: pytest.FixtureRequest) -> str:
    """The URL of a new, empty database."""
    return postgresql.new_database(server, f"gradebook_{abs(hash(request.node.name))}")


@pytest.fixture(scope="module")
def in_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The class, not yet graded, in a course as it is made."""
    course = courses.make(tmp_path_factory.mktemp("in_sqlite"), NAMES)
    course.recorded(course.unit("tiny"))
    return course


@pytest.fixture
def in_postgres(in_sqlite: Course, database: str, tmp_path: Path) -> Course:
    """The same class in a course whose gradebook is in PostgreSQL."""
    course = courses.copy(in_sqlite, tmp_path / "in_postgres")
    (course.root / "gradebook.db").unlink()
    course = courses.configured(course, f"c.CourseDirectory.db_url = {address(database)!r}\n")
    courses.release(course, course.unit("tiny"))
    return course


def test_scores_are_the_same_as_in_sqlite(in_sqlite: Course, in_postgres: Course, tmp_path: Path) -> None:
    """Four processes give the same scores and exports as SQLite; a second run has nothing to do."""
    files = []
    for course in (courses.copy(in_sqlite, tmp_path / "in_sqlite"), in_postgres):
        unit = course.unit("tiny")
        grade_class(course, unit, options=Options(jobs=4))
        assert {s.student: s.points for s in scores(course, unit)} == {n: CLASS[n].points for n in NAMES}
        with export(course).file.open(encoding="utf-8", newline="") as file:
            files.append(
                [(row["student_id"], row["score"], row["max_score"]) for row in csv.DictReader(file)]
            )
        again: list[str] = []
        grade_class(open_course(course.root), unit, lambda _, __, task, ___, done=again: done.append(task[1]))
        assert again == []
    assert files[0] == files[1]
    assert not (in_postgres.root / "gradebook.db").exists()


def test_a_killed_class_is_taken_up(in_postgres: Course) -> None:
    """After a kill in the middle each student has one submission, with the scores of an undisturbed run."""
    with gradfn(in_postgres, "grade", "tiny", "--jobs", "2") as run:
        run.stdout.readline()
        os.killpg(run.pid, signal.SIGKILL)
    assert not wait_for_end(run.pid)
    unit = in_postgres.unit("tiny")
    grade_class(in_postgres, unit)
    with gradebook(in_postgres) as opened:
        found = sorted(s.student_id for s in opened.assignment_submissions("tiny"))
    assert found == sorted(NAMES)
    assert {s.student: s.points for s in scores(in_postgres, unit)} == {n: CLASS[n].points for n in NAMES}


def test_a_course_is_made_with_a_database(
    in_sqlite: Course, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`gradfn course DIR --db URL` writes the URL into a file that only the owner can read."""
    kit = str(in_sqlite.kit.root)
    assert cli.main(["course", str(tmp_path / "fall"), "--db", database, "--kit", kit]) == 0
    course = open_course(tmp_path / "fall")
    assert course.db_url == database.replace("postgresql:", "postgresql+psycopg:")
    assert (course.root / "nbgrader_config.py").stat().st_mode & 0o077 == 0
    courses.release(course, course.unit("tiny"))
    with gradebook(course) as opened:
        assert [assignment.name for assignment in opened.assignments] == ["tiny"]


def test_a_database_that_does_not_answer(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line with the reason and without the password, and no course is made."""
    url = server.replace("grader@", "grader:s3cret@") + "/nowhere"
    with contextlib.chdir(tmp_path):
        assert cli.main(["course", "fall", "--db", url]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("gradfn: the gradebook postgresql+psycopg://grader:***@127.0.0.1:")
    assert 'database "nowhere" does not exist' in said
    assert not (tmp_path / "fall").exists()


def test_an_invalid_url_is_refused() -> None:
    """The error shows what a valid URL looks like."""
    with pytest.raises(
        GradfnError, match=r"'gradebook' is not the URL of a database: write it like postgresql://user@"
    ):
        address("gradebook")


def test_the_driver_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says how to install it."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(GradfnError, match=r"needs psycopg: pip install 'gradfn\[postgres\]'"):
        address("postgresql://grader@127.0.0.1:1/x")
