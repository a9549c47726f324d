"""The sandbox: whatever a submission does, each check gets an outcome, and the judge survives."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from autograder.answers.submission import from_notebook, from_script
from autograder.authors.build import build
from autograder.errors import KitFault, Unconfined
from autograder.grading import isolation, sandbox
from autograder.grading.confinement import UNCONFINED, lacking
from autograder.grading.grade import grade_submission
from autograder.grading.sandbox import Sandbox
from autograder.judging.results import Report
from autograder.units.kit import KitUnit
from tests.conftest import root_of
from tests.tiny import CHECKS, answered, open_unit

CONFINED = not lacking()
HOWS = [
    pytest.param("confined", marks=pytest.mark.skipif(not CONFINED, reason=f"no sandbox here: {lacking()}")),
    "unconfined",
]

RIGHT = {"double": "return 2 * x", "halve": "return x / 2"}


@pytest.fixture(params=HOWS, autouse=True)
def how(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every test runs with workers in the sandbox and with plain ones."""
    monkeypatch.setenv(UNCONFINED, "" if request.param == "confined" else "1")
    return str(request.param)


def report(unit: KitUnit, script: str) -> Report:
    """The report on a script."""
    return grade_submission(unit, from_script(script, unit, "tiny.py"), unit.recorded)


def statuses(unit: KitUnit, **bodies: str) -> list[str]:
    """The status of both checks for the given answers."""
    return [result.status for result in report(unit, answered(unit, **bodies)).checks]


def test_right_answers_get_all_points(tiny: KitUnit) -> None:
    """Answers written in another way than the solution are right."""
    assert report(tiny, answered(tiny, **RIGHT)).points == 3


def test_the_stub_gets_no_points(tiny: KitUnit) -> None:
    """An unanswered exercise fails with "not done yet"."""
    graded = report(tiny, tiny.recorded.stub)
    assert (graded.points, [r.status for r in graded.checks]) == (0, ["failed", "failed"])
    assert "Not done yet" in graded.checks[0].message


def test_a_mistake_is_named(tiny: KitUnit) -> None:
    """The report holds the recognised name."""
    graded = report(tiny, answered(tiny, double="return x ** 2", halve="return x / 2"))
    assert [result.mistake for result in graded.checks] == ["squared", None]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("while True: pass", "timeout"),
        ("while True:\n    try:\n        while True: pass\n    except BaseException: pass", "timeout"),
        ("import os; os._exit(0)", "failed"),
        ("import os; os.kill(os.getpid(), 9)", "failed"),
        ("import ctypes; ctypes.string_at(0)", "failed"),
        ("raise SystemExit(0)", "failed"),
        ("return double(x)", "failed"),
        ("return object()", "failed"),
        ("raise KeyboardInterrupt", "failed"),
    ],
    ids=[
        "loop",
        "stubborn loop",
        "exit",
        "killed",
        "segfault",
        "SystemExit",
        "recursion",
        "object",
        "interrupt",
    ],
)
def test_a_broken_answer_costs_only_its_own_points(tiny: KitUnit, body: str, status: str) -> None:
    """The submission's other exercise is judged normally."""
    assert statuses(tiny, double=body, halve="return x / 2") == [status, "passed"]


def slow(tiny: KitUnit) -> KitUnit:
    """The unit with a second and a half for the check of double."""
    checks = tiny.folder / "checks.py"
    checks.write_text(CHECKS.replace("points=2)", "points=2, seconds=1.5)"), encoding="utf-8")
    return open_unit(root_of(tiny))


def test_after_a_loop_the_others_get_less_time(tiny: KitUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endless loop in every function does not take every check's whole time limit; the cards say it."""
    monkeypatch.setattr(sandbox, "HURRIED_SECONDS", 0.25)
    monkeypatch.setattr(sandbox, "PATIENCE", 0.0)
    unit = slow(tiny)
    graded = report(unit, answered(unit, double="while True: pass", halve="while True: pass"))
    assert [("1.5 s:" in r.message, "0.25 s:" in r.message) for r in graded.checks] == [
        (True, False),
        (False, True),
    ]
    assert ["had less than 2 s" in r.message for r in graded.checks] == [False, True]


def test_a_slow_answer_beside_a_loop_is_asked_again(tiny: KitUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is right, and too slow for the shorter time only."""
    monkeypatch.setattr(sandbox, "HURRIED_SECONDS", 0.1)
    slowly = "import time\ntime.sleep(0.12)\nreturn x / 2"
    unit = slow(tiny)
    graded = report(unit, answered(unit, double="while True: pass", halve=slowly))
    assert [r.status for r in graded.checks] == ["timeout", "passed"], graded.checks[1].message


def test_after_a_loop_the_exercises_other_checks_are_not_waited_for(tiny: KitUnit) -> None:
    """They score 0 and say why; the other exercise is judged."""
    again = CHECKS.split("\n\n\n")[1].replace("values_double", "again_double")
    path = tiny.folder / "checks.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n\n" + again, encoding="utf-8")
    build(open_unit(root_of(tiny)))
    unit = open_unit(root_of(tiny))
    graded = report(unit, answered(unit, double="while True: pass", halve="return x / 2"))
    assert [(r.check, r.status) for r in graded.checks] == [
        ("values_double", "timeout"),
        ("again_double", "not run"),
        ("values_halve", "passed"),
    ]
    assert "an earlier check of double ran out of time" in graded.checks[1].message


def test_a_crash_while_loading_is_a_named_failure(tiny: KitUnit) -> None:
    """No check was run, each says why, and the reason is noted."""
    graded = report(tiny, answered(tiny, **RIGHT) + "\nimport os\nos._exit(3)\n")
    assert [result.status for result in graded.checks] == ["not run", "not run"]
    assert "exit status 3" in graded.notes[-1]


def test_a_syntax_error_costs_only_its_cell(tiny: KitUnit) -> None:
    """The other cells of the file are run, and the card shows the line."""
    graded = report(tiny, answered(tiny, double="return 2 *", halve="return x / 2"))
    assert [result.status for result in graded.checks] == ["failed", "passed"]
    assert "SyntaxError" in graded.checks[0].message
    assert "return 2 *" in graded.checks[0].message


def test_warnings_and_output_cost_nothing(tiny: KitUnit) -> None:
    """A right answer that warns on stderr and prints megabytes is right."""
    noisy = "import sys, warnings; warnings.warn('x'); print('x' * 10**7, file=sys.stderr); return 2 * x"
    assert statuses(tiny, double=noisy, halve="return x / 2") == ["passed", "passed"]


def test_changing_the_callers_array_is_not_right(tiny: KitUnit) -> None:
    """The values are right, the argument is changed, the card says so."""
    graded = report(tiny, answered(tiny, double="x *= 2; return x"))
    assert graded.checks[0].status == "failed"
    assert "Changed the caller's data: double(x)" in graded.checks[0].message


def test_an_answer_that_changes_its_mind_is_not_right(tiny: KitUnit) -> None:
    """The second run must give the same as the first."""
    body = "global n; n = globals().get('n', 1) + 1; return 2 * x if n < 3 else 3 * x"
    graded = report(tiny, answered(tiny, double=body))
    assert "gave another answer: double(x)" in graded.checks[0].message


def test_nothing_is_left_running(tiny: KitUnit, tmp_path: Path, how: str) -> None:
    """Processes that an answer started end with the worker; in the sandbox none can be started."""
    mark = tmp_path / "alive"
    code = f"import time, pathlib; time.sleep(1); pathlib.Path({str(mark)!r}).touch()"
    body = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {code!r}]); return 2 * x"
    assert statuses(tiny, double=body)[0] == {"confined": "failed", "unconfined": "passed"}[how]
    time.sleep(1.5)
    assert not mark.exists()


def test_the_worker_sees_nothing_of_the_judges_environment(
    tiny: KitUnit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret in the judge's environment is not in the worker's."""
    monkeypatch.setenv("GRADFN_SECRET", "hush")
    body = "import os; assert 'GRADFN_SECRET' not in os.environ; return 2 * x"
    assert statuses(tiny, double=body)[0] == "passed"


def test_a_sandbox_can_be_closed_twice(tiny: KitUnit) -> None:
    """Closing is safe whatever happened before."""
    with Sandbox(tiny) as sandbox:
        sandbox.load([("double", "x = 1")], notebook=False)
        sandbox.close()


def test_a_worker_that_does_not_start_is_the_kits_fault(
    tiny: KitUnit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The submission has not run, so it does not get a zero."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    monkeypatch.setattr(sys, "_base_executable", "/bin/false")
    with pytest.raises(KitFault, match="did not start"):
        statuses(tiny, double="return 2 * x")


def test_no_descriptor_is_lost(tiny: KitUnit) -> None:
    """A class of submissions does not use up the judge's descriptors."""
    statuses(tiny, double="import os; os._exit(0)")
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    statuses(tiny, double="import os; os._exit(0)")
    after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    assert after == before


def test_an_answer_that_is_too_large_is_named(tiny: KitUnit) -> None:
    """Data too large for a frame fails with that reason; the other answer is judged."""
    body = "return [np.zeros(3 * 2**20)] * 2"
    graded = report(tiny, answered(tiny, double=body, halve="return x / 2"))
    assert [result.status for result in graded.checks] == ["failed", "passed"]
    assert "the answer is larger than 32 MB" in graded.checks[0].message


def test_pictures_without_end_cost_no_points(tiny: KitUnit) -> None:
    """Outputs that do not fit are not shown; the answers are judged normally."""
    show = "from IPython.display import display\nfor _ in range(50):\n    "
    sources = [f"{show}display({{'image/png': 'x' * 10**6}}, raw=True)", "def double(x): return 2 * x"]
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "metadata": {}, "source": sources[0]},
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "double"}}, "source": sources[1]},
    ]
    graded = grade_submission(
        tiny, from_notebook(json.dumps({"cells": cells}), tiny, "tiny.ipynb"), tiny.recorded
    )
    assert (graded.points, len(graded.outputs[0])) == (2, 8)


def test_a_notebooks_cells_run_as_in_jupyter(tiny: KitUnit) -> None:
    """Magics work, and what a cell displays is kept in nbformat's form; a figure needs no magic."""
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n"
    cells = [
        {"cell_type": "code", "metadata": {}, "source": f"%config\n{plot}'shown'"},
        {
            "cell_type": "code",
            "metadata": {"nbgrader": {"grade_id": "double"}},
            "source": "def double(x): return 2 * x",
        },
    ]
    submission = from_notebook(json.dumps({"cells": cells}), tiny, "tiny.ipynb")
    graded = grade_submission(tiny, submission, tiny.recorded)
    assert graded.points == 2
    assert graded.outputs[0][-1]["data"] == {"text/plain": "'shown'"}
    assert any("image/png" in output.get("data", {}) for output in graded.outputs[0])


def test_nothing_runs_where_it_cannot_be_confined(tiny: KitUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without bubblewrap grading refuses, and says what to install and how to do without."""
    monkeypatch.setenv(UNCONFINED, "")
    monkeypatch.setattr("autograder.grading.confinement.shutil.which", lambda name: None)
    monkeypatch.setattr(isolation, "BY_ITSELF", (isolation.BUBBLEWRAP,))
    isolation.BUBBLEWRAP.lacking.cache_clear()
    with pytest.raises(Unconfined, match=r"apt install bubblewrap.*--unconfined"):
        statuses(tiny, double="return 2 * x")
    isolation.BUBBLEWRAP.lacking.cache_clear()


def test_a_sandbox_that_was_killed_is_started_again(tiny: KitUnit) -> None:
    """Whatever killed the sandbox, perhaps the system for lack of memory, costs no points."""
    assert statuses(tiny, **RIGHT) == ["passed", "passed"]
    sandboxes = [process for process in psutil.Process().children() if process.name() == "bwrap"]
    for process in sandboxes:
        process.kill()
    assert len(sandboxes) == 1
    assert statuses(tiny, **RIGHT) == ["passed", "passed"]


def test_each_submission_has_random_numbers_of_its_own(tiny: KitUnit) -> None:
    """Workers that are forked from one process do not draw the same numbers."""
    code = "import random, numpy as np\nprint(random.random(), np.random.rand())"
    said = []
    for _ in range(2):
        with Sandbox(tiny) as sandbox:
            (ran,) = sandbox.load([("a cell", code)], notebook=False)
        said += str(ran.outputs[0]["text"]).split()
    assert len(set(said)) == 4
