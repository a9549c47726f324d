"""Handing in again: a new seed after feedback, attempt limits, grading what arrives, and what a run took."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.errors import BadSubmission, GradfnError, NotFound
from autograder.grading.grade import judge_file
from autograder.nbgrader import attempts, classes, figures, records
from autograder.nbgrader.bulk import Judged
from autograder.nbgrader.course import Course, open_course
from autograder.nbgrader.export import export
from autograder.nbgrader.marks import marks
from autograder.nbgrader.pool import Pool
from autograder.nbgrader.report.gather import gather
from autograder.nbgrader.saving import save
from tests import courses
from tests.conftest import ROOT
from tests.tiny import answered


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course in which ada has a score and her feedback."""
    course = courses.make(tmp_path_factory.mktemp("again"), ())
    put(course, "ada", "return 2 * x")
    run(course, "grade", "tiny")
    run(course, "feedback", "tiny")
    return course


@pytest.fixture
def course(graded: Course, tmp_path: Path) -> Course:
    return courses.copy(graded, tmp_path / "copy")


def put(course: Course, student: str, double: str) -> Path:
    """Hand in a file whose `double` has this body."""
    unit = course.unit("tiny")
    file = course.submitted_folder(unit, student) / "tiny.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(answered(unit, double=double), encoding="utf-8")
    return file


def run(course: Course, *words: str, status: int | None = None) -> list[str]:
    """The lines that a command prints."""
    with contextlib.chdir(course.root), contextlib.redirect_stdout(said := io.StringIO()):
        done = main(words)
    assert status in (None, done)
    return said.getvalue().splitlines()


def record(course: Course, student: str) -> dict[str, object]:
    return records.stored(course, course.unit("tiny"), student) or {}


def test_after_feedback_the_next_run_has_another_seed(course: Course) -> None:
    """What was graded before is left alone, and the seed in each record gives its points again."""
    before = courses.state(course)
    assert run(course, "grade", "tiny") == ["1 was graded already: --regrade grades it again"]
    assert courses.differences(before, courses.state(course)) == {}
    first = record(course, "ada")["seed"]
    assert first == course.seed(course.unit("tiny"))  # nothing was graded since
    put(course, "bob", "return abs(2 * x)")
    run(course, "grade", "tiny")
    seeds = [record(course, name)["seed"] for name in ("ada", "bob")]
    assert seeds[0] == first
    assert seeds[1] == course.seed(course.unit("tiny")) != first
    put(course, "cleo", "return 2 * x")
    run(course, "grade", "tiny")  # no feedback in between
    assert record(course, "cleo")["seed"] == seeds[1]
    assert record(course, "ada") == {**record(course, "ada"), "seed": first}
    for name in ("ada", "bob"):
        file = course.submitted_folder(course.unit("tiny"), name) / "tiny.py"
        again = judge_file(course.unit("tiny"), file, int(str(record(course, name)["seed"])))
        assert again.points == record(course, name)["points"]
        assert [check.message for check in again.checks] == [
            check["message"] for check in record(course, name)["checks"]
        ]


def test_an_attempt_limit_and_a_cool_down(course: Course) -> None:
    """New files wait, the score stays, and the command says why; --regrade takes them."""
    course = courses.configured(
        course, 'c.Gradfn.attempts = {"tiny": 2}\nc.Gradfn.cool_down = {"tiny": "1h"}\n'
    )
    unit = course.unit("tiny")
    put(course, "ada", "return abs(2 * x)")
    lines = run(course, "grade", "tiny")
    until = datetime.now() + timedelta(hours=1)
    assert lines[0].startswith(f"Handed in again and not graded now: ada (waits until {until:%d %b %H:}")
    assert lines[0].endswith("To grade them anyway: --regrade")
    assert record(course, "ada")["points"] == 2
    file = course.private / "attempts" / "tiny" / "ada.json"
    noted = json.loads(file.read_text()) | {"at": "2026-01-01T00:00:00+00:00"}
    file.write_text(json.dumps(noted))
    assert "ada" in run(course, "grade", "tiny")[-1]
    assert (record(course, "ada")["points"], json.loads(file.read_text())["number"]) == (0, 2)
    run(course, "feedback", "tiny")
    assert ">, attempt 2 of 2</small>" in course.feedback_file(unit, "ada").read_text()
    file.write_text(json.dumps(json.loads(file.read_text()) | {"at": noted["at"]}))
    put(course, "ada", "return 2 * x")
    assert "ada (2 of 2 attempts used)" in run(course, "grade", "tiny")[0]
    run(course, "grade", "tiny", "--regrade")
    assert record(course, "ada")["points"] == 2
    assert attempts.held_back(course, unit, "nobody", "files") == ""


@pytest.mark.parametrize(
    "setting", ['attempts = {"tiny": "many"}', "attempts = 3", 'cool_down = {"tiny": "a while"}']
)
def test_a_limit_of_another_form_is_refused(course: Course, setting: str) -> None:
    """With how to write it, and nothing is graded."""
    course = courses.configured(course, f"c.Gradfn.{setting}\n")
    put(course, "ada", "return x")
    with pytest.raises(GradfnError, match=r"write (c\.Gradfn\.attempts = \{|30min)"):
        classes.grade_class(course, course.unit("tiny"))


def test_what_a_run_took_is_stored_and_reported(course: Course) -> None:
    """Seconds by stage, failures, processes that were started again; the next run is estimated from them."""
    put(course, "bob", "import os; os._exit(1)")
    put(course, "cleo", "return 2 * x").write_bytes(b"\xff\xfe")
    run(course, "grade", "tiny")
    first, last = figures.stored(course, "tiny")
    assert (first.graded, first.failed, first.restarts) == (1, 0, 0)
    assert (last.graded, last.failed, last.restarts >= 1) == (2, 1, True)
    assert {*last.stages} == {*figures.STAGES}
    assert min(last.stages.values()) > 0
    took = gather(course, course.unit("tiny")).took
    assert "The last run graded 2 in " in took
    assert "1 could not be graded" in took
    assert "All 2 runs together graded 3 in " in took
    each = sum(sum(run.stages.values()) * run.graded for run in (first, last)) / 3
    assert figures.expected(course, ["tiny"] * 10, 2) == pytest.approx(each * 5)
    assert figures.expected(course, ["other"], 2) == 0


def test_a_run_says_how_long_it_will_take_and_who_is_slow(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the figures of the runs before."""
    monkeypatch.setattr(figures, "expected", lambda *_: 150.0)
    monkeypatch.setattr(figures, "slow", lambda seconds: {"bob": 45.0} if "bob" in seconds else {})
    put(course, "bob", "return 2 * x")
    lines = run(course, "grade", "tiny")
    assert lines[0] == "1 to grade, about 2 min"
    assert "Far slower than most: bob 40 s" in lines


def test_slow_is_far_from_the_median() -> None:
    """Four times as long as most, and at least five seconds."""
    assert figures.slow(dict.fromkeys("abc", 1.0) | {"d": 4.9}) == {}
    assert figures.slow(dict.fromkeys("abc", 1.0) | {"d": 5.1, "e": 9.0}) == {"e": 9.0, "d": 5.1}
    assert figures.slow(dict.fromkeys("abc", 3.0) | {"d": 11.0}) == {}
    assert figures.slow({}) == {}


def test_watch_grades_what_arrives_beside_a_second_grader(course: Course) -> None:
    """While the unit is somebody else's it waits; it says nothing twice, and Ctrl-C ends it."""
    program = "import signal; signal.signal(2, signal.default_int_handler); from autograder.cli import main; "
    command = [sys.executable, "-c", f"{program}raise SystemExit(main())"]
    command += ["grade", "tiny", "--watch", "--every", "1"]  # a shell's background ignores Ctrl-C
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=course.root, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert "Watching for submissions of tiny every 1 s" in process.stdout.readline()
        with classes._alone(course, [course.unit("tiny")]):
            assert "has been grading tiny since" in process.stdout.readline()
            put(course, "bob", "return 2 * x")
            time.sleep(2.5)  # nothing is said twice, and nothing graded
            assert record(course, "bob") == {}
        lines = iter(process.stdout.readline, "")
        assert "[1/1] bob                      2 points" in next(line for line in lines if "bob" in line)
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert (process.returncode, rest) == (130, "")
    assert open_course(course.root).seed(course.unit("tiny")) == record(course, "bob")["seed"]


@pytest.mark.parametrize("closed", ["folder", "file"])
def test_what_another_may_not_read_keeps_its_score(course: Course, closed: str) -> None:
    """A second person who grades would replace the score by none: the reason is not the student's."""
    before = score(course)
    file = course.submitted_folder(course.unit("tiny"), "ada") / "tiny.py"
    path = file if closed == "file" else file.parent
    mode = path.stat().st_mode
    path.chmod(0)
    if os.access(path, os.R_OK):
        path.chmod(mode)
        pytest.skip("root may read every file")
    try:
        for words in (("grade", "tiny", "--regrade"), ("grade", "tiny")):
            lines = run(course, *words, status=1)
            assert "Not graded again, the earlier score counts: ada" in lines, lines
            assert any("the earlier score counts: " in each and "denied" in each for each in lines), lines
        assert any("not graded again" in line for line in run(course, "export"))
    finally:
        path.chmod(mode)
    assert score(course) == before == 2
    run(course, "grade", "tiny")
    assert not any("not graded again" in line for line in run(course, "export"))


def test_a_failure_that_is_not_the_submissions_leaves_its_score(course: Course) -> None:
    """The disk, the kit or a killed process: only what the submission itself does may cost its score."""
    unit = course.unit("tiny")
    for error, points in ((GradfnError("the disk is full"), 2), (BadSubmission("it is empty"), None)):
        judged = Judged(("tiny", "ada"), {}, records.of_failure(error))
        with Pool(1) as pool:  # what saves shares engines, which is for a process of its own
            (saved,) = pool.call(save, course.root, [judged])
        assert (saved.failed, score(course)) == (points is None, points)
        assert course.autograded_file(unit, "ada").exists() is (points is not None)
        assert str(error) in saved.words


def score(course: Course) -> float | None:
    """What the exports have of ada."""
    return marks(course).of("tiny", "ada").score


def test_a_score_whose_submission_has_gone_is_named(course: Course) -> None:
    """As where an instructor renames a student's folder: both have the points."""
    folder = course.root / "submitted" / "ada"
    folder.rename(folder.with_name("ada2"))
    line = "tiny: with a score, but no longer in submitted/: ada"
    assert line in export(course).notes
    folder.with_name("ada2").rename(folder)
    assert line not in export(course).notes


def test_units_are_graded_one_at_a_time(course: Course) -> None:
    """A second one is not taken for a student."""
    with pytest.raises(NotFound, match="one unit at a time: gradfn grade tiny, then gradfn grade tiny"):
        classes.grade_class(course, course.unit("tiny"), options=classes.Options(students=["tiny"]))


def test_ctrl_c_while_processes_start_leaves_no_traceback() -> None:
    """It reaches them all: those that are importing, and the thread that waits for them."""
    program = (
        "import os, signal, threading, time\n"
        "from autograder.nbgrader.pool import Pool\n"
        "threading.Timer(0.5, lambda: os.killpg(0, signal.SIGINT)).start()\n"
        "try:\n"
        "    with Pool(1) as pool:\n"
        "        pool.warm_up()\n"
        "        time.sleep(30)\n"
        "except KeyboardInterrupt:\n"
        "    print('stopped')\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, start_new_session=True, capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b"stopped\n", b"")
