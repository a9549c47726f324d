"""What damaged and hostile submissions do to plain nbgrader, and that they cannot do it here.

One class is graded twice: by nbgrader alone, with its own Execute and tests of its own in a notebook that
asks for the same, and by us. The table has the points of both.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook
from sqlalchemy import text

from autograder.nbgrader.classes import Options, grade_class
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import gradebook, quiet
from autograder.nbgrader.pool import Pool
from autograder.nbgrader.records import Record
from autograder.nbgrader.steps import write_feedback
from tests import courses
from tests.conftest import ROOT
from tests.damaged_class import RIGHT, edited, solved
from tests.demo.students import doubled, stripped, without

Points = float | None  # None: no score in the gradebook
SECRET = "secret_of_the_hidden_test"
OWNED = "owned"
ORPHAN = ["sleep", f"86399.{os.getpid()}"]  # nobody else's, also where two runs share a machine
#: nbgrader's own tests for the two exercises; the second is hidden from students.
TESTS = {
    "test_double": "import numpy as np\nassert np.array_equal(double(np.array([1., 3.])), [2., 6.])\n"
    f"### BEGIN HIDDEN TESTS\n{SECRET} = -4.0\nassert double(-2.0) == {SECRET}\n### END HIDDEN TESTS",
    "test_halve": "assert halve(3.0) == 1.5",
}
PLAIN = """\
c = get_config()
c.CourseDirectory.course_id = "plain"
c.CourseDirectory.root = {root!r}
c.Execute.timeout = 2
c.Execute.error_on_timeout = {{"ename": "TimeOut", "evalue": "", "traceback": []}}
"""


@dataclass(frozen=True)
class Trap:
    """A submission, the points plain nbgrader gives it out of 3, and ours."""

    make: Callable[[Any], Any]
    plain: Points
    ours: Points
    words: str = ""


def loop(notebook: Any) -> Any:
    return solved(notebook, halve="def halve(x):\n    while True: pass")


def forged(value: str) -> Callable[[Any], Any]:
    """An input transformer replaces the test cell by one that gives a number, which Execute runs."""
    source = (
        "get_ipython().input_transformers_post.append(\n"
        f"    lambda lines: [{value!r}] if any('assert' in line for line in lines) else lines)"
    )
    return lambda n: solved(n, double=source, halve="")


def deaf(notebook: Any) -> Any:
    source = (
        "import signal\ndef halve(x):\n    signal.signal(signal.SIGINT, signal.SIG_IGN)\n    while True: pass"
    )
    return solved(notebook, halve=source)


def published(notebook: Any) -> Any:
    """The answer sends a result of the test cell itself, as a kernel does."""
    source = """\
def double(x):
    kernel = get_ipython().kernel
    result = {"data": {"text/plain": "2.0"}, "metadata": {}, "execution_count": 1}
    kernel.session.send(kernel.iopub_socket, "execute_result", result, parent=kernel.get_parent())
    get_ipython().showtraceback = lambda *_, **__: None
    raise ValueError"""
    return solved(notebook, double=source, halve="")


def spy(notebook: Any) -> Any:
    """Print the hidden tests and leave a table in the gradebook; the answer is right."""
    source = f"""\
import pathlib, sqlite3
try:
    course = pathlib.Path().absolute().parents[2]
    print((course / "source" / "tiny" / "tiny.ipynb").read_text())
    sqlite3.connect(course / "gradebook.db").execute("create table {OWNED} (x)")
except Exception:
    pass
{RIGHT["double"]}"""
    return solved(notebook, double=source)


def orphan(notebook: Any) -> Any:
    start = f"subprocess.Popen({ORPHAN!r}, start_new_session=True)"
    source = f"import subprocess\ntry:\n    {start}\nexcept Exception:\n    pass\n{RIGHT['double']}"
    return solved(notebook, double=source)


def warning(notebook: Any) -> Any:
    source = "import warnings\ndef double(x):\n    warnings.warn('!')\n    return 2 * x"
    return solved(notebook, double=source)


TRAPS = {
    "honest": Trap(solved, 3, 3),
    "half": Trap(lambda n: solved(n, double="def double(x):\n    return x + 1"), 1, 1, "double: "),
    "deleted": Trap(lambda n: without(solved(n), "test_double"), None, 3, "test_double deleted"),
    "edited": Trap(lambda n: edited(n, "test_double", source="pass"), 0, 0, "test_double edited"),
    "stripped": Trap(lambda n: stripped(solved(n)), None, 3, "cell marks lost"),
    "doubled": Trap(lambda n: doubled(solved(n), "test_double"), None, 3, "test_double doubled"),
    "renamed": Trap(
        lambda n: edited(solved(n), "test_halve", grade_id="mine"), None, 3, "test_halve deleted"
    ),
    "old-schema": Trap(lambda n: edited(solved(n), "test_double", schema_version=1), None, 3),
    "warns": Trap(warning, 1, 3),
    "no-json": Trap(lambda n: "<html>", None, 0, "tiny.ipynb is a web page"),
    "exits": Trap(
        lambda n: solved(n, halve="def halve(x):\n    import os; os._exit(0)"), None, 2, "its process ended"
    ),
    "loops": Trap(loop, 2, 2, "halve: stopped after 1 s"),
    "above": Trap(forged("1e9"), None, 0, "double: "),
    "nan": Trap(forged("float('nan')"), 3, 0, "double: "),
    "text": Trap(forged("'oops'"), 3, 0, "double: "),
    "forged": Trap(forged("1.0"), 2, 0, "double: "),
    "published": Trap(published, 2, 0, "double: "),
    "deaf": Trap(deaf, None, 2, "halve: stopped after 1 s"),
    "spy": Trap(spy, 3, 3),
    "orphan": Trap(orphan, 3, 3),
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of plain nbgrader, with the class's submissions."""
    root = tmp_path_factory.mktemp("plain")
    (root / "nbgrader_config.py").write_text(PLAIN.format(root=str(root)), encoding="utf-8")
    cells = []
    for name, source in TESTS.items():
        exercise = name.removeprefix("test_")
        stub = f"def {exercise}(x):\n    ### BEGIN SOLUTION\n    pass\n    ### END SOLUTION"
        cells.append(new_code_cell(stub, metadata=marks(exercise, solution=True)))
        points = {"double": 2, "halve": 1}[exercise]
        cells.append(new_code_cell(source, metadata=marks(name, grade=True, locked=True, points=points)))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    (root / "source" / "tiny").mkdir(parents=True)
    nbformat.write(notebook, root / "source" / "tiny" / "tiny.ipynb")
    nbgrader(root, "generate_assignment", "tiny")
    for student, trap in TRAPS.items():
        released = nbformat.read(root / "release" / "tiny" / "tiny.ipynb", as_version=4)
        write(root / "submitted" / student / "tiny" / "tiny.ipynb", trap.make(released))
    return root


def marks(name: str, **more: Any) -> dict[str, Any]:
    """A cell's metadata in nbgrader's form."""
    plain = {"grade": False, "solution": False, "locked": False, "task": False}
    return {"nbgrader": {**plain, "schema_version": 3, "grade_id": name, **more}}


def write(file: Path, made: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(made if isinstance(made, str) else json.dumps(made), encoding="utf-8")


def nbgrader(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """nbgrader's own command in a course's folder."""
    return python(root, "-W", "ignore", "-m", "nbgrader", *arguments)


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in a folder, with what nbgrader looks for on PATH."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def by_nbgrader(plain: Path) -> dict[str, Points]:
    """The points from plain nbgrader, which grades one at a time, so that no submission stops the others."""
    with Pool(2) as pool:
        for _ in pool.map(graded_by_nbgrader, [(plain, student) for student in TRAPS]):
            pass
    return points_in(f"sqlite:///{plain / 'gradebook.db'}")


def graded_by_nbgrader(root: Path, student: str) -> None:
    """Grade as formgrader's button does."""
    from nbgrader.apps.api import NbGraderAPI
    from traitlets.config import PyFileConfigLoader

    with quiet():
        NbGraderAPI(config=PyFileConfigLoader("nbgrader_config.py", str(root)).load_config()).autograde(
            "tiny", student
        )


def points_in(db_url: str) -> dict[str, Points]:
    """Each student's points; None if a test cell has no score."""
    found: dict[str, Points] = {}
    with quiet(), Gradebook(db_url, "") as opened:
        for submission in opened.assignment_submissions("tiny"):
            saved = [g.auto_score for n in submission.notebooks for g in n.grades]
            found[submission.student_id] = None if None in saved else sum(saved)
    return found


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course of the kit with the same submissions."""
    made = courses.make(tmp_path_factory.mktemp("ours"), [])
    for student, trap in TRAPS.items():
        released = nbformat.read(made.released_file(made.unit("tiny")), as_version=4)
        write(made.submitted_folder(made.unit("tiny"), student) / "tiny.ipynb", trap.make(released))
    return made


@pytest.fixture(scope="module")
def by_us(course: Course) -> dict[str, Record]:
    """The record of each submission."""
    return grade_class(course, course.unit("tiny"))


@pytest.mark.parametrize("student", TRAPS)
def test_each_trap(
    by_nbgrader: dict[str, Points], by_us: dict[str, Record], course: Course, student: str
) -> None:
    """nbgrader gives these points or none; the kit gives what the answers deserve, with a reason."""
    trap, record = TRAPS[student], by_us[student]
    assert by_nbgrader.get(student) == trap.plain
    failed = student == "no-json"  # it cannot be read, so it has no score
    assert (record.points, record.failed, trap.words in record.words) == (trap.ours, failed, True)
    assert bool(record.words) is bool(trap.words)
    assert points_in(course.db_url).get(student) == (None if failed else trap.ours)


def test_one_submission_stops_all_others(plain: Path, by_nbgrader: dict[str, Points]) -> None:
    """nbgrader's own command grades none of those after a doubled cell; the table above shows ours."""
    done = nbgrader(plain, "autograde", "tiny", "--force")
    later = [student for student in sorted(TRAPS) if student > "doubled"]
    assert done.returncode != 0
    assert later
    assert not [student for student in later if f"submitted/{student}/" in done.stderr]


def test_hidden_tests_stay_hidden(plain: Path, course: Course, by_nbgrader: object, by_us: object) -> None:
    """nbgrader's feedback shows a failed test's text; the kit's pages never show a check's text."""
    nbgrader(plain, "generate_feedback", "tiny", "--student", "half")
    assert SECRET in (plain / "feedback" / "half" / "tiny" / "tiny.html").read_text(encoding="utf-8")
    pages = write_feedback(course, course.unit("tiny"))
    checks = (course.unit("tiny").folder / "checks.py").read_text(encoding="utf-8")
    lines = {line.strip() for line in checks.splitlines() if "answer." in line}
    assert len(pages) == len(TRAPS) - 1  # what cannot be read has no score, so no page
    assert lines
    assert not [page for page in pages for line in lines if line in page.read_text(encoding="utf-8")]


def test_nothing_is_said_of_honest_work(plain: Path, course: Course, by_us: object) -> None:
    """With hidden tests nbgrader logs a changed checksum for every submission; the kit logs no warning."""
    assert "Attribute 'checksum' for cell test_double has changed" in log_of(plain, "honest")
    assert "[WARNING]" not in log_of(course.root, "honest").replace(
        "[WARNING] Removing existing assignment", ""
    )


def test_a_submission_reads_and_writes_nothing_of_a_course(
    plain: Path, course: Course, by_nbgrader: object, by_us: object
) -> None:
    """Under nbgrader it prints the hidden tests and changes the gradebook; here it finds neither."""
    found = {}
    for root in (plain, course.root):
        shown = SECRET in (root / "autograded" / "spy" / "tiny" / "tiny.ipynb").read_text(encoding="utf-8")
        with contextlib.closing(sqlite3.connect(root / "gradebook.db")) as opened:
            tables = {name for (name,) in opened.execute("select name from sqlite_master")}
        found[root] = shown, OWNED in tables
    assert found == {plain: (True, True), course.root: (False, False)}


def test_a_submissions_process_ends_with_it(plain: Path, course: Course, by_us: object) -> None:
    """nbgrader leaves a process with a session of its own behind; the kit leaves none."""
    left = {}
    for root, graded in (
        (plain, lambda: graded_by_nbgrader(plain, "orphan")),
        (course.root, lambda: grade_class(course, course.unit("tiny"), options=Options(0, ["orphan"], True))),
    ):
        end_orphans()
        graded()
        left[root] = len(alive())
    assert left == {plain: 1, course.root: 0}


@pytest.fixture(scope="module", autouse=True)
def _no_orphans() -> Iterator[None]:
    yield
    end_orphans()


def end_orphans() -> None:
    for process in alive():
        os.kill(process, signal.SIGKILL)


def alive() -> list[int]:
    """The processes that submissions started and that still run."""
    wanted = "\0".join([*ORPHAN, ""]).encode()
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if file.read_bytes() == wanted:
                found.append(int(file.parent.name))
    return found


def log_of(root: Path, student: str) -> str:
    """What nbgrader's API logs while it grades one submission again."""
    from nbgrader.apps.api import NbGraderAPI
    from traitlets.config import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", str(root)).load_config()
    with quiet():
        return str(NbGraderAPI(config=config).autograde("tiny", student)["log"])


def test_a_failed_regrade_keeps_no_score(plain: Path, course: Course, by_us: object) -> None:
    """nbgrader keeps the points of an earlier file; the kit stores a failure and no score."""
    graded_by_nbgrader(plain, "warns")
    before = points_in(f"sqlite:///{plain / 'gradebook.db'}")["warns"]
    (plain / "submitted" / "warns" / "tiny" / "tiny.ipynb").write_text("<html>", encoding="utf-8")
    graded_by_nbgrader(plain, "warns")
    assert points_in(f"sqlite:///{plain / 'gradebook.db'}")["warns"] == before == 1
    file = course.submitted_folder(course.unit("tiny"), "warns") / "tiny.ipynb"
    file.rename(file.with_name("photo.jpg"))
    assert grade_class(course, course.unit("tiny"), options=Options(students=["warns"]))["warns"].failed
    assert points_in(course.db_url)["warns"] is None


def test_a_new_gradebook_needs_no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """nbgrader runs alembic from PATH, and leaves a broken gradebook without it; the kit asks in-process."""
    asked = python(tmp_path, "-c", "from nbgrader.api import get_alembic_version as ask; print(ask())")
    monkeypatch.setenv("PATH", str(tmp_path))
    with gradebook(courses.make(tmp_path, [])) as opened:
        assert [assignment.name for assignment in opened.assignments] == ["tiny"]
        assert opened.db.execute(text("SELECT version_num FROM alembic_version")).all() == [
            (asked.stdout.strip(),)
        ]
