"""Two submissions at once, in two processes of the grading pool: neither tells the other anything.

Each tests/attacks/pair_*.py holds something in one of them, and measures in the other whether that shows.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from autograder.answers.submission import from_script
from autograder.grading.confinement import lacking
from autograder.grading.grade import grade_submission
from autograder.judging.results import Report
from autograder.nbgrader.pool import Pool
from autograder.units import script
from autograder.units.kit import Kit, KitUnit
from tests.attack_arena import FOLDER, half_of_a_pair, leaks, pairs

UNIT = "forward"
#: Until both have begun, and for each pair: seconds of an idle machine, and of busier ones.
TIMES = ((4.0, 0.4), (5.0, 1.0), (15.0, 2.5))
ROLES = ("hold", "measure")
WAIT = "import time; time.sleep(max(min({begin} - time.time(), 8), 0))"  # a cell has 10 seconds
TELL = "def tell(words):\n    print('EVIDENCE', words)\n    raise AssertionError"  # and leave no file
LIMITS = "import resource; resource.setrlimit(resource.RLIMIT_SIGPENDING, (150, 150))"

TOOLS = (FOLDER / "_tools.py").read_text(encoding="utf-8")


def is_controlled(path: Path) -> bool:
    """Whether its two may run outside of a sandbox without harm to the machine."""
    return "control: yes" in (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")


def halves(paths: Sequence[Path], role: str, begin: float, each: float) -> list[str]:
    """The cells of one side, one pair after the other, with time before each to measure alone."""
    starts = [begin + each * (2 * number + 1) for number in range(len(paths))]
    cells = [half_of_a_pair(path, role, t, t + each) for path, t in zip(paths, starts, strict=True)]
    return [WAIT.format(begin=begin)] * 3 + cells


def graded(unit: KitUnit, cells: Sequence[str]) -> Report:
    """The report on right answers with cells of one's own behind the first."""
    first, *rest = script.split(unit.solution_file.read_text(encoding="utf-8"))
    own = [script.Cell("", cell) for cell in (TOOLS, *cells)]
    return grade_submission(
        unit, from_script(script.join([first, *own, *rest]), unit, "pair.py"), unit.recorded
    )


@pytest.mark.skipif(bool(lacking()), reason=f"pairs are graded in the sandbox only: {lacking()}")
def test_two_at_once_tell_each_other_nothing(kit: Kit) -> None:
    """Both have all points, and the one that measures finds what it finds alone."""
    unit = kit.unit(UNIT)
    with Pool(2) as pool:
        for seconds, each in TIMES:
            begin = time.time() + seconds
            calls = [(unit, halves(pairs(), role, begin, each)) for role in ROLES]
            reports = dict(pool.map(graded, calls))
            if "TOO LATE" not in repr(reports[1].outputs):
                break
    assert "TOO LATE" not in repr(reports[1].outputs), "this machine is too busy to grade two at once"
    for report in reports.values():
        assert [note for note in report.notes if not note.startswith("to look at")] == []
        assert [*leaks(report)] == []
        assert report.points == report.max_points


def test_without_a_sandbox_they_would() -> None:
    """What the pairs that do the machine no harm measure is there to be found."""
    paths = [*filter(is_controlled, pairs())]
    for seconds, each in TIMES:
        begin, running = time.time() + seconds, []
        for role in ROLES:
            cells = halves(paths, role, begin, each)
            tried = [f"try:\n    exec({cell!r})\nexcept AssertionError:\n    pass" for cell in cells]
            command = [sys.executable, "-c", "\n".join([LIMITS, TOOLS, TELL, *tried])]
            running.append(
                subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            )
        _, found = [process.communicate()[0] for process in running]
        if "TOO LATE" not in found:
            break
    assert found.count("EVIDENCE the other one is there") == len(paths), found
