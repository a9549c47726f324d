"""A student's pytest: cards instead of tracebacks, points, and what is next."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.units.kit import KitUnit
from tests.conftest import ROOT, root_of
from tests.tiny import answered

#: exercises/conftest.py as version 0.1.0 handed it out.
CONFTEST_0_1_0 = """\
from autograder.plugin import (  # noqa: F401
    pytest_collect_file,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_pycollect_makemodule,
    pytest_terminal_summary,
)
"""


@pytest.fixture
def copy(tiny: KitUnit) -> KitUnit:
    """The tiny unit as a student has it: its exercises, the plugin, no solutions."""
    root = root_of(tiny)
    shutil.rmtree(root / "solutions")
    shutil.copy(ROOT / "exercises" / "conftest.py", root / "exercises")
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    own = text.replace('pythonpath = ["."]', f"pythonpath = [{str(ROOT)!r}]")
    (root / "pyproject.toml").write_text(own, encoding="utf-8")
    return tiny


def pytest_in(unit: KitUnit, *arguments: str) -> str:
    """What a student's pytest prints."""
    several = ["-p", "xdist.plugin"] if "-n" in arguments else []
    command = [sys.executable, "-m", "pytest", *several, *arguments]
    done = subprocess.run(
        command, cwd=root_of(unit), capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.stderr == ""
    return done.stdout


def test_the_stub_gets_the_cards_of_what_is_next(copy: KitUnit) -> None:
    """No traceback, no internals; of the later exercises only their number."""
    assert pytest_in(copy).splitlines()[1:6] == [
        "",
        f"double · values double{'0 / 2 points':>70}",
        "  Not done yet. double(x) is 2 x.",
        "",
        "tiny: 0 / 3 points · next: tiny.double · 1 more not begun",
    ]
    assert "Not done yet. halve(x) is x / 2." in pytest_in(copy, "-k", "halve")


def test_every_exercise_that_is_begun_gets_its_cards(copy: KitUnit) -> None:
    """Two wrong answers give two cards, also if an exercise before them is not begun."""
    copy.stub_file.write_text(answered(copy, double="return x ** 2", halve="return x"), encoding="utf-8")
    assert all(headline in pytest_in(copy) for headline in ("double · values", "halve · values"))
    copy.stub_file.write_text(answered(copy, halve="return x"), encoding="utf-8")
    assert all(headline in pytest_in(copy) for headline in ("double · values", "halve · values"))


def test_an_older_conftest_loads_the_plugin(copy: KitUnit) -> None:
    """A folder exercises/ of version 0.1.0 gives the same cards with this version."""
    today = pytest_in(copy)
    (root_of(copy) / "exercises" / "conftest.py").write_text(CONFTEST_0_1_0, encoding="utf-8")
    assert [*pytest_in(copy).splitlines()[:-1]] == today.splitlines()[:-1]


def test_units_come_in_learning_order() -> None:
    """The units are not in alphabetical order."""
    command = [sys.executable, "-m", "pytest", "exercises/activations", "exercises/perceptron", "--co", "-q"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    units = [line.split("/")[1] for line in done.stdout.splitlines() if line.startswith("exercises/")]
    assert list(dict.fromkeys(units)) == ["perceptron", "activations"]


def test_one_answer_turns_its_checks_green(copy: KitUnit) -> None:
    """The points are counted and the next exercise is named."""
    copy.stub_file.write_text(answered(copy, double="return 2 * x"), encoding="utf-8")
    output = pytest_in(copy)
    assert "tiny: 2 / 3 points · next: tiny.halve" in output
    assert "1 failed, 1 passed" in output


def test_all_public_checks_are_not_called_all(copy: KitUnit) -> None:
    """A student who passes reads, once, that these were the public checks."""
    copy.stub_file.write_text(answered(copy, double="return 2 * x", halve="return x / 2"), encoding="utf-8")
    output = pytest_in(copy)
    assert "tiny: 3 / 3 points · nothing failed" in output
    assert output.count("These were the public checks. Graded runs use other inputs") == 1
    copy.stub_file.write_text(answered(copy, double="return 2 * x"), encoding="utf-8")
    assert "public" not in pytest_in(copy)


def test_a_mistake_is_named_in_a_single_run(copy: KitUnit) -> None:
    """-k runs one exercise; its card knows the mistake."""
    copy.stub_file.write_text(answered(copy, double="return x ** 2"), encoding="utf-8")
    output = pytest_in(copy, "-k", "double")
    assert "Looks like: squared. Twice a number is not its square." in output
    assert "halve" not in output


def test_a_students_exception_shows_their_frames_only(copy: KitUnit) -> None:
    """File, line and text of the student's code, not of the kit's."""
    helper = "\n\ndef helper(x):\n    return x.nope\n"
    copy.stub_file.write_text(answered(copy, double="return helper(x)") + helper, encoding="utf-8")
    output = pytest_in(copy, "-k", "double")
    assert "AttributeError: 'numpy.ndarray' object has no attribute 'nope'" in output
    assert "return helper(x)" in output
    assert "Traceback" not in output
    assert "autograder" not in output


def test_a_file_that_does_not_load_gets_one_card(copy: KitUnit) -> None:
    """The first card has the error; the others are not shown."""
    copy.stub_file.write_text("def double(x:\n    return 2 * x\n", encoding="utf-8")
    output = pytest_in(copy)
    assert output.count("SyntaxError: '(' was never closed") == 1
    assert "  tiny.py, line 1:\n    def double(x:\n              ^\n" in output
    assert "Python cannot read it" in output
    assert "halve · values" not in output
    assert "2 failed" in output


@pytest.mark.parametrize("text", [b"x = 1  # f\xfcr y\n", None], ids=["no UTF-8", "gone"])
def test_a_file_that_cannot_be_read_is_a_card(copy: KitUnit, text: bytes | None) -> None:
    """No traceback of the kit is printed."""
    copy.stub_file.unlink()
    if text is not None:
        copy.stub_file.write_bytes(text)
    printed = pytest_in(copy)
    assert ("this is not UTF-8 text" if text else "tiny.py is gone") in printed
    assert "Traceback" not in printed
    assert "Error:" not in printed.replace("SyntaxError:", "")


def test_a_mistyped_name_gets_the_nearest(copy: KitUnit) -> None:
    """pytest itself only says that it deselected everything."""
    assert "No exercise or check is called 'doubel'. Did you mean double?" in pytest_in(copy, "-k", "doubel")
    assert "is called" not in pytest_in(copy, "-k", "double")
    assert "is called" not in pytest_in(copy, "-k", "not double and not halve")


def test_the_students_own_file_runs_its_checks(copy: KitUnit) -> None:
    """pytest on the file they edit runs the unit's checks."""
    assert "2 failed" in pytest_in(copy, "exercises/tiny/tiny.py")


def test_a_students_own_tests_are_shown_as_always(copy: KitUnit) -> None:
    """The traceback of a test of their own is printed."""
    (copy.folder / "test_mine.py").write_text("def test_mine():\n    assert 1 == 2\n")
    output = pytest_in(copy)
    assert "assert 1 == 2" in output
    assert "3 failed" in output


def test_an_endless_loop_is_a_card(copy: KitUnit) -> None:
    """The run goes on; the card shows the line."""
    copy.stub_file.write_text(answered(copy, double="while True:\n    pass"), encoding="utf-8")
    output = pytest_in(copy)
    assert "Stopped after 2 s: a loop that does not end" in output
    assert "in double:" in output


def test_no_torch_is_imported(kit: object) -> None:
    """A NumPy unit's run does not wait for torch."""
    code = (
        "import sys, pytest; pytest.main(['exercises/perceptron', '-q', '--co']); "
        "pytest.main(['exercises/perceptron', '-q', '-k', 'step']); sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0


def test_units_run_from_anywhere(copy: KitUnit, tmp_path: Path) -> None:
    """The working directory does not matter, as for any pytest."""
    command = [sys.executable, "-m", "pytest", str(copy.folder), "-c", str(root_of(copy) / "pyproject.toml")]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, encoding="utf-8", check=False)
    assert "Not done yet. double(x) is 2 x." in done.stdout, done.stdout + done.stderr


@pytest.fixture
def wrong(copy: KitUnit) -> KitUnit:
    """The tiny unit with a wrong answer to double and a right one to halve, which prints."""
    right = 'print("x is", x)\nprint("half of it")\nreturn x / 2'
    copy.stub_file.write_text(answered(copy, double="return x", halve=right), encoding="utf-8")
    return copy


NAMES = [f"exercises/tiny/checks.py::{name}::values_{name}" for name in ("double", "halve")]


@pytest.mark.parametrize(
    ("flags", "shown"),
    {
        "--lf": ["double · values", "1 failed, 1 deselected"],
        "--ff": ["1 failed, 1 passed"],
        "-x": ["stopping after 1 failures", "1 failed in"],
        "-n 2": ["tiny: 1 / 3 points · next: tiny.double"],
        "-rf": [f"FAILED {NAMES[0]}"],
        "-rP": ["PASSES", "x is", "half of it"],
        "-s": ["x is", "half of it"],
        "-v": [f"{NAMES[0]} FAILED", f"{NAMES[1]} PASSED"],
        "--collect-only": ["<ExerciseNode double>", "<CheckItem values_double>"],
        "--co -q": [*NAMES],
        "-k halve": ["1 passed, 1 deselected"],
        "-p no:cacheprovider": ["1 failed, 1 passed in"],
        "--tb=no": ["F.", "1 failed, 1 passed"],
    }.items(),
)
def test_pytests_options_do_what_they_do_elsewhere(wrong: KitUnit, flags: str, shown: list[str]) -> None:
    """Which checks run, and what is listed of them."""
    pytest_in(wrong)
    output = pytest_in(wrong, *flags.split())
    assert all(words in output for words in shown), output
    assert ("double · values" in output) == (not flags.startswith(("--co", "--tb", "-k")))
    assert ("x is" in output) == (flags in ("-s", "-rP"))


def test_a_report_file_has_no_internals(wrong: KitUnit) -> None:
    """--junitxml gets the card and what was printed."""
    pytest_in(wrong, "--junitxml=report.xml")
    text = (root_of(wrong) / "report.xml").read_text(encoding="utf-8")
    assert "double · values double" in text
    assert "property" not in text


def test_reports_of_several_processes_are_in_order(copy: KitUnit) -> None:
    """Whichever check ends first: the exercise that is next is the first of the file."""
    slow = "import time\ntime.sleep(0.5)\nreturn x"
    copy.stub_file.write_text(answered(copy, double=slow, halve="return x"), encoding="utf-8")
    output = pytest_in(copy, "-n", "2")
    assert output.index("halve · values") < output.index("double · values")
    assert "next: tiny.double" in output
