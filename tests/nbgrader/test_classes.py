"""`gradfn grade`: new and changed submissions, on several processes; whatever ends a run, nothing is lost."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from autograder import cli
from autograder.errors import BadSubmission, GradfnError, NotFound
from autograder.nbgrader import notebook, records
from autograder.nbgrader.bulk import bench, grade
from autograder.nbgrader.classes import EVERYTHING_NEW, Options, grade_class
from autograder.nbgrader.course import Course, open_course
from autograder.nbgrader.database import share_engines
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.pool import Lost, Pool
from autograder.nbgrader.resume import about_unit
from autograder.nbgrader.saving import save
from autograder.nbgrader.steps import release
from tests import courses
from tests.conftest import ROOT
from tests.damaged_class import CLASS, FAILURES, hand_in
from tests.tiny import replace_in

NAMES = ("right", "mistake", "script", "garbage", "photo", "exit")
MOMENTS = 3  # in each of these six submissions
PLUGIN = """
from nbgrader.preprocessors import NbGraderPreprocessor
class Plugin(NbGraderPreprocessor):
    def preprocess(self, nb, resources):
        student = resources["nbgrader"]["student"]
        {body}
        return nb, resources
c.Autograde.autograde_preprocessors.{where}Plugin)
"""


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course without grades; the reference answers are computed already."""
    course = courses.make(tmp_path_factory.mktemp("handed_in"), NAMES)
    course.recorded(course.unit("tiny"))
    return course


@pytest.fixture(scope="module")
def graded(handed_in: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The same course after an undisturbed run."""
    course = courses.copy(handed_in, tmp_path_factory.mktemp("graded") / "copy")
    grade_class(course, course.unit("tiny"))
    return course


@pytest.fixture
def fresh(handed_in: Course, tmp_path: Path) -> Course:
    """A copy of the ungraded course that a test may spoil."""
    return courses.copy(handed_in, tmp_path / "fresh")


@pytest.fixture
def done(graded: Course, tmp_path: Path) -> Course:
    """A copy of the graded course that a test may spoil."""
    return courses.copy(graded, tmp_path / "done")


def newly_graded(course: Course, options: Options = EVERYTHING_NEW) -> list[str]:
    """Grade; the students whose submissions were graded in this run."""
    names: list[str] = []
    course = open_course(course.root)
    grade_class(course, course.unit("tiny"), lambda _, __, task, ___: names.append(task[1]), options)
    return sorted(names)


def gradfn(course: Course, *arguments: str) -> Any:
    """`gradfn` in the course's folder, with a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "autograder.cli", *arguments],
        cwd=course.root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def results(run: Any, count: int) -> list[str]:
    """The first lines that name a submission."""
    return list(islice((line for line in run.stdout if line.startswith("[")), count))


def members(group: int) -> list[int]:
    """The processes of a group that are alive."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ProcessLookupError):
            state, _, number = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
            if int(number) == group and state != "Z":
                found.append(int(folder.name))
    return found


def test_all_is_as_it_must_be(graded: Course) -> None:
    """The undisturbed run, with which the others are compared, gives each student the expected points."""
    found = {score.student: score.points for score in courses.scores(graded, graded.unit("tiny"))}
    assert found == {name: CLASS[name].points for name in NAMES}


# Killed


def killed_at(root: Path, task: tuple[str, str], call: int) -> int:
    """Grade one submission wrongly, and die by SIGKILL at the given function call; the number of calls."""
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)

    def not_run(*_: object) -> None:
        raise BadSubmission("what a killed run says is not to be seen again")

    notebook.grade_submission = not_run  # type: ignore[assignment]  # in this process, which ends here
    desk, unit = bench(root), bench(root).course.unit(task[0])
    sys.setprofile(count)
    try:
        save(root, [grade(desk, unit, task[1], *about_unit(desk.course, unit))])
    finally:
        sys.setprofile(None)
    return calls


def test_killed_anywhere_nothing_is_lost(fresh: Course, graded: Course) -> None:
    """Kill the grading process at many moments: the next run gives the same as an undisturbed one."""
    tasks, wanted = [("tiny", name) for name in NAMES], courses.state(graded)
    totals, killed = [], 0
    for task in tasks:
        with Pool(1) as pool:  # a new process each time: the first submission of one makes more calls
            totals.append(pool.call(killed_at, fresh.root, task, 0))
        records.reopen(fresh, fresh.unit("tiny"), task[1])
    for part in range(MOMENTS):
        for _, student in tasks:  # an unfinished run has graded them before
            records.reopen(fresh, fresh.unit("tiny"), student)
        for number, (task, total) in enumerate(zip(tasks, totals, strict=True)):
            call = int(total * (part + (number + 0.5) / len(tasks)) / MOMENTS)
            with Pool(1) as pool:
                ((_, result),) = pool.map(killed_at, [(fresh.root, task, call)])
            killed += result == Lost("SIGKILL")
            if records.completion(fresh, fresh.unit("tiny"), task[1]):  # graded to the end, and wrongly
                assert call > 0.8 * total
                records.reopen(fresh, fresh.unit("tiny"), task[1])
        assert courses.differences(courses.state(fresh), wanted)
        grade_class(fresh, fresh.unit("tiny"))
        assert courses.differences(courses.state(fresh), wanted) == {}
    assert killed > 0.8 * MOMENTS * len(tasks)


def test_a_killed_class_is_taken_up(fresh: Course, graded: Course) -> None:
    """Kill the command in the middle, twice: no submission is graded twice, and the result is the same."""
    lines: list[str] = []
    for _ in range(2):
        with gradfn(fresh, "grade", "tiny", "--jobs", "2") as run:
            lines += results(run, 1)  # one is ready, and others are in the middle
            os.killpg(run.pid, signal.SIGKILL)
            lines += run.stdout.readlines()
        assert not wait_for_end(run.pid)
    with gradfn(fresh, "grade", "tiny", "--jobs", "2") as run:
        said, complaints = run.communicate()
    assert (run.returncode, complaints) == (1, "")  # two cannot be read
    lines += said.splitlines()
    students = [line.partition("] ")[2].split()[0] for line in lines if line.startswith("[")]
    assert len(students) == len(set(students))
    assert courses.differences(courses.state(fresh), courses.state(graded)) == {}


def wait_for_end(group: int) -> list[int]:
    """The processes of a group that still run after a while."""
    until = time.monotonic() + 10
    while members(group) and time.monotonic() < until:
        time.sleep(0.05)
    return members(group)


def test_ctrl_c_keeps_what_is_done(fresh: Course) -> None:
    """The command stops at once, says how far it got and how to go on, and leaves no process behind."""
    plugin = "import time; time.sleep(60 * (student == 'script'))"
    course = courses.configured(fresh, PLUGIN.format(body=plugin, where="insert(0, "))
    with gradfn(course, "grade", "tiny", "--jobs", "2") as run:
        results(run, len(NAMES) - 1)  # until all but one are ready
        with pytest.raises(GradfnError, match=r"has been grading tiny since .* \(process \d+\)\. Try again"):
            grade_class(course, course.unit("tiny"))
        started = time.monotonic()
        os.killpg(run.pid, signal.SIGINT)
        _, complaints = run.communicate()
        assert time.monotonic() - started < 10
    assert (run.returncode, complaints.strip().splitlines()) == (
        130,
        ["5 of 6 are graded: gradfn grade tiny grades the other 1.", "gradfn: stopped"],
    )
    assert not wait_for_end(run.pid)
    assert not course.autograded_file(course.unit("tiny"), "script").exists()
    without = {s.student for s in courses.scores(course, course.unit("tiny")) if s.words == "not graded yet"}
    assert without == {"script"}


@pytest.mark.parametrize(
    ("death", "words"), [("os.kill(os.getpid(), 9)", "SIGKILL"), ("os._exit(0)", "exit status 0")]
)
def test_a_process_that_dies_takes_one_submission_along(fresh: Course, death: str, words: str) -> None:
    """Out of memory, for example: a named failure without a score, which the next run grades again."""
    plugin = f"import os; {death} if student == 'right' else None"
    course = courses.configured(fresh, PLUGIN.format(body=plugin, where="append("))
    found = grade_class(course, course.unit("tiny"))
    assert {name: record.words for name, record in found.items() if record.failed} == {
        "right": f"the process that graded it ended: {words}",
        **{name: CLASS[name].words for name in UNREADABLE},
    }
    assert {s.student: s.points for s in courses.scores(course, course.unit("tiny"))}["right"] == 0
    assert newly_graded(course) == ["right"]


# New or changed


def test_what_is_graded_already_is_left_alone(done: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """Failed submissions are skipped too, and the command says so; a new modification time is no change."""
    before = courses.state(done)
    for path in (done.root / "submitted").rglob("*.*"):
        os.utime(path, (1, 1))
    assert newly_graded(done) == []
    assert courses.differences(courses.state(done), before) == {}
    with contextlib.chdir(done.root):
        assert cli.main(["grade", "tiny"]) == 1
    said = [f"Unchanged since it could not be graded: {n}: {CLASS[n].words}" for n in sorted(UNREADABLE)]
    assert capsys.readouterr().out.splitlines()[1:-1] == said


def hand_in_again(course: Course) -> None:
    (course.submitted_folder(course.unit("tiny"), "mistake") / "tiny.ipynb").unlink()
    hand_in(course, course.unit("tiny"), "mistake", CLASS["right"])


def hand_in_late(course: Course) -> None:
    stamp = course.submitted_folder(course.unit("tiny"), "script") / "timestamp.txt"
    stamp.write_text("2026-01-01 00:00:00 UTC", encoding="utf-8")


def a_new_student(course: Course) -> None:
    hand_in(course, course.unit("tiny"), "stub", CLASS["stub"])


def another_mistake(course: Course) -> None:
    path = course.unit("tiny").solutions / "mistakes.py"
    stamp = path.stat()
    replace_in(path, "Doubling keeps the sign.", "The sign stays.")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))


def a_setting(course: Course) -> None:
    courses.configured(course, "c.LimitOutput.max_lines = 10\n")


def no_notebook(course: Course) -> None:
    course.autograded_file(course.unit("tiny"), "exit").chmod(0o644)
    course.autograded_file(course.unit("tiny"), "exit").unlink()


def no_gradebook(course: Course) -> None:
    (course.root / "gradebook.db").unlink()
    release(course, course.unit("tiny"))


def another_score(course: Course) -> None:
    with gradebook(course) as opened:
        opened.find_grade("test_double", "tiny", "tiny", "right").auto_score = 0
        opened.db.commit()


def a_half_written_record(course: Course) -> None:
    record = course.private / "reports" / "tiny" / "right.json"
    record.write_bytes(record.read_bytes()[:100])


EVERYONE = sorted(NAMES)
UNREADABLE = sorted(FAILURES & {*NAMES})
GRADABLE = sorted({*NAMES} - FAILURES)


@pytest.mark.parametrize(
    ("change", "students"),
    [
        (hand_in_again, ["mistake"]),
        (hand_in_late, ["script"]),
        (a_new_student, ["stub"]),
        (another_mistake, EVERYONE),
        (a_setting, EVERYONE),
        (no_notebook, ["exit"]),
        (no_gradebook, GRADABLE),
        (another_score, ["right"]),
        (a_half_written_record, ["right"]),
    ],
)
def test_what_changed_is_graded_again(
    done: Course, change: Callable[[Course], None], students: list[str]
) -> None:
    """A change of anything that a score depends on, or of the gradebook or notebook that holds it."""
    change(done)
    assert newly_graded(done) == students
    assert newly_graded(done) == []


def test_regrade_grades_all_anew(done: Course) -> None:
    """Every submission is graded again, with the same result."""
    before = courses.state(done)
    assert newly_graded(done, Options(regrade=True)) == EVERYONE
    assert courses.differences(courses.state(done), before) == {}


def test_only_some_students_are_graded(fresh: Course) -> None:
    """The named students, by the given number of processes; an unknown name is an error."""
    assert newly_graded(fresh, Options(jobs=1, students=["photo", "right"])) == ["photo", "right"]
    assert newly_graded(fresh, Options(jobs=1)) == sorted({*NAMES} - {"photo", "right"})
    with pytest.raises(
        NotFound, match=r"no student who handed in tiny is called 'rihgt'. Did you mean right?"
    ):
        grade_class(fresh, fresh.unit("tiny"), options=Options(students=["rihgt"]))


def test_a_name_that_nbgrader_takes_for_a_pattern_is_refused(fresh: Course) -> None:
    """nbgrader would grade every student's submission under this name."""
    hand_in(fresh, fresh.unit("tiny"), "*", CLASS["mistake"])
    record = grade_class(fresh, fresh.unit("tiny"), options=Options(students=["*"]))["*"]
    words = "nbgrader reads *, ? and [ in a student's name as a pattern: rename the folder"
    assert (record.failed, record.words) == (True, words)
    assert not list(fresh.root.glob("autograded/*/*"))


# An instructor's own


def test_own_preprocessors_take_part(fresh: Course) -> None:
    """A preprocessor in nbgrader_config.py runs for every submission."""
    body = "[c.metadata.update(tags=[student]) for c in nb.cells]"
    course = courses.configured(fresh, PLUGIN.format(body=body, where="append("))
    grade_class(course, course.unit("tiny"), options=Options(students=["right"]))
    assert '"right"' in course.autograded_file(course.unit("tiny"), "right").read_text(encoding="utf-8")


def test_a_settings_file_that_fails_says_so(fresh: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """The error is one line with the file's name."""
    replace_in(fresh.root / "nbgrader_config.py", "db_url = ", "db_url = urll or ")
    with contextlib.chdir(fresh.root):
        assert cli.main(["grade", "tiny"]) == 2
    assert capsys.readouterr().err == (
        f"gradfn: {fresh.root}/nbgrader_config.py does not load: NameError: name 'urll' is not defined\n"
    )


def test_the_gradebook_is_where_the_settings_say(fresh: Course) -> None:
    """Scores, the exported file and nbgrader itself all use the configured gradebook."""
    course = courses.configured(fresh, 'c.CourseDirectory.db_url = "sqlite:///other.db"\n')
    release(course, course.unit("tiny"))
    grade_class(course, course.unit("tiny"), options=Options(students=["right"]))
    assert {s.student: s.points for s in courses.scores(course, course.unit("tiny"))}["right"] == 3
    assert (course.root / "other.db").exists()


def test_a_shared_engine_gives_the_same_gradebook(fresh: Course) -> None:
    """A gradebook on a shared engine has the same attributes as nbgrader's own."""
    from nbgrader.api import Gradebook

    with gradebook(fresh) as own:
        wanted = sorted(vars(own)), own.course_id, own.assignments[0].name
    with Pool(1) as pool:
        assert pool.call(shared_gradebook, fresh.db_url, fresh.course_id) == [wanted, wanted]
    assert "share_engines" not in Gradebook.__init__.__qualname__  # this process did not ask for it


def shared_gradebook(db_url: str, course_id: str) -> list[tuple[list[str], str, str]]:
    """The attributes of two gradebooks opened one after the other."""
    from nbgrader.api import Gradebook

    share_engines()
    found = []
    for _ in range(2):
        with Gradebook(db_url, course_id) as opened:
            found.append((sorted(vars(opened)), opened.course_id, opened.assignments[0].name))
    return found
