"""Debugging an answer: what it prints is seen whole, and a debugger has all the time it wants."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pexpect
import pytest

from autograder.grading import oracle
from autograder.student.attempt import Attempt
from autograder.student.show import calls_of, inputs_of, written
from autograder.units.kit import Kit, KitUnit
from tests.conftest import root_of
from tests.student.test_plugin import copy, pytest_in  # noqa: F401
from tests.terminal import environment, save

LOOK = "breakpoint()\nreturn x / 2"


def commands(module: str, *words: str) -> list[str]:
    return ["-m", module, *words]


@pytest.mark.parametrize(
    "command",
    [
        ["pytest", "-k", "halve"],
        ["pytest", "-s", "-k", "halve"],
        ["pytest", "--pdb", "-k", "halve"],
        ["autograder.cli", "hint", "halve"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("line", ["breakpoint()", "import pdb; pdb.set_trace()"])
def test_a_debugger_stops_in_an_answer(copy: KitUnit, command: list[str], line: str) -> None:  # noqa: F811
    """It has a prompt that answers, longer than any time limit; q ends the run, c goes on."""
    save(copy, halve=f"{line}\nreturn x / 2")
    child = pexpect.spawn(
        sys.executable, commands(*command), cwd=root_of(copy), env=environment(), encoding="utf-8", timeout=20
    )
    child.expect_exact("(Pdb) ")
    time.sleep(2.3)
    child.sendline("p x.shape")
    child.expect_exact("(2, 3)")
    if "-s" in command:
        child.sendline("q")
        child.expect(pexpect.EOF)
        assert "Quitting debugger" in child.before
        return
    while child.expect_exact(["(Pdb) ", pexpect.EOF]) == 0:
        child.sendline("c")
    assert "1 passed" in child.before or "no hint is needed" in child.before
    assert "Stopped" not in child.before


@pytest.mark.parametrize(
    ("line", "words"),
    [("return x / 3", "return x / 3"), ("return x / y", "return x / y")],
    ids=["wrong", "raised"],
)
def test_pdb_opens_in_the_answer(copy: KitUnit, line: str, words: str) -> None:  # noqa: F811
    """In the frame that raised or returned last, above no frame of the kit; a stub opens none."""
    save(copy, halve=line)
    child = pexpect.spawn(
        sys.executable, commands("pytest", "--pdb"), cwd=root_of(copy), env=environment(), encoding="utf-8"
    )
    child.expect_exact("(Pdb) ")
    assert "tiny.py(" in child.before
    assert f"-> {words}" in child.before
    child.sendline("p x.shape")
    child.expect_exact("(2, 3)")
    child.sendline("up")
    child.expect_exact("Oldest frame")
    child.sendline("c")
    child.expect(pexpect.EOF)
    assert "(Pdb)" not in child.before.partition("Oldest")[2].replace("(Pdb) c", "")
    assert "2 failed" in child.before


@pytest.mark.parametrize("line", ["breakpoint()", "import pdb; pdb.set_trace()"])
def test_a_breakpoint_left_in_is_said(copy: KitUnit, line: str) -> None:  # noqa: F811
    """Where no one is at the keyboard: with its line."""
    save(copy, halve=f"{line}\nreturn x / 2")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-k", "halve"],
        cwd=root_of(copy),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    words = " ".join(done.stdout.split())
    assert "take it out" in words or "take breakpoint() or set_trace() out" in words, done.stdout
    assert "in halve: " in words
    assert "Traceback" not in words


def test_what_an_answer_prints_is_shown_line_by_line(copy: KitUnit) -> None:  # noqa: F811
    """As it was printed; of more than a screenful the card says how much is left out."""
    save(copy, double='print("a   b\\n\\n  c", x.shape)\nreturn x', halve='print("right")\nreturn x / 2')
    assert "  It printed:\n      a   b\n        c (8,)\n  next hint" in pytest_in(copy, "-k", "double")
    save(copy, double="for i in range(99):\n    print(i)\nreturn x")
    assert "      24\n      … and 74 more lines\n" in pytest_in(copy, "-k", "double")
    save(copy, double='print("ab" * 2000)\nreturn x')
    assert "… and 2,051 more characters" in " ".join(pytest_in(copy, "-k", "double").split())


def test_a_passed_check_shows_what_was_printed(copy: KitUnit) -> None:  # noqa: F811
    """A notebook's card and the page of watch have it."""
    save(copy, halve='print("right")\nreturn x / 2')
    (result,) = Attempt(copy).results(copy.exercise("halve"))
    assert result.status == "passed"
    assert result.message.endswith("1 / 1 point\n  It printed:\n      right")


def test_the_failing_input_can_be_pasted(copy: KitUnit) -> None:  # noqa: F811
    """What gradfn show prints is Python: run, it calls the answer with the check's own numbers."""
    save(copy, double="return x", halve="return x / 2")
    text = inputs_of(copy, copy.exercise("double"))
    assert text.startswith("# double · values double\nimport numpy as np\n\ndouble(np.array([")
    seen: list[np.ndarray] = []
    exec(text, {"double": seen.append})
    expected = copy.recorded.answers["double"]["values_double"].returned
    assert expected is not None
    np.testing.assert_array_equal(2 * seen[0], expected["double(x)"])
    assert "there is no failing input" in inputs_of(copy, copy.exercise("halve"))


@pytest.mark.parametrize(
    ("exercise", "check", "calls"),
    [
        (
            "MLP",
            "logits_come_from_linear_relu_linear",
            ["it = MLP(4, 6, 3)", "it.load_state_dict({'fc1", "it.forward("],
        ),
        (
            "LeakySquare",
            "backward_multiplies_by_upstream",
            ["LeakySquare.apply(", "# then LeakySquare.backward("],
        ),
    ],
)
def test_the_calls_of_a_class_are_shown(kit: Kit, exercise: str, check: str, calls: list[str]) -> None:
    """It is made, has the weights that the check gives it, and its methods are called."""
    unit = kit.unit("modules")
    lines = "\n".join(calls_of(unit.check(exercise, check), oracle.solution_of(unit))[0]).splitlines()
    assert [line[: len(start)] for line, start in zip(lines, calls, strict=False)] == calls


@pytest.mark.parametrize(
    "value",
    [
        np.array([[1.5, np.nan], [-np.inf, 1 / 3]]),
        np.arange(2000.0, dtype=np.float32),
        np.array(True),
        np.int64(3),
        [1, (2.5,), "a", None, float("inf")],
        np.zeros((0, 3)),
        {"w": np.ones(2)},
    ],
    ids=str,
)
def test_a_value_is_written_as_python(value: object) -> None:
    """Read again it is the same, to the last digit and with its dtype."""
    again = eval(written(value), {"np": np})
    np.testing.assert_equal(again, value)
    assert getattr(again, "dtype", None) == getattr(value, "dtype", None)
