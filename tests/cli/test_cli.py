"""The `gradfn` command: what it prints; bad input gets one line and exit status 2."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from autograder import cli
from autograder.cli import _parser, main
from autograder.student import progress
from autograder.units.kit import KitUnit
from tests.conftest import root_of
from tests.tiny import answered


@pytest.fixture
def unit(tiny: KitUnit, monkeypatch: pytest.MonkeyPatch) -> KitUnit:
    """The tiny unit, with the working directory in its kit, which is the installed one."""
    monkeypatch.chdir(root_of(tiny))
    monkeypatch.setattr("autograder.units.kit.INSTALLED", root_of(tiny))
    return tiny


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a command."""
    status = main(argv)
    said = capsys.readouterr()
    return status, said.out, said.err


def test_bare_gradfn_shows_what_is_next(unit: KitUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """A bar and points for each unit, then the next card."""
    unit.stub_file.write_text(answered(unit, double="return 2 * x"), encoding="utf-8")
    status, out, _ = run(capsys)
    assert status == 0
    assert out.splitlines()[:4] == [
        "tiny  [#############.......]  2 / 3 points  1 of 2 exercises",
        "",
        "Next: tiny.halve, in exercises/tiny/tiny.py",
        "",
    ]


def test_hints_come_one_at_a_time(unit: KitUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """Each call gives one more; after the last, the last again."""
    said = [run(capsys, "hint", "tiny.double")[1].splitlines()[1].strip() for _ in range(4)]
    assert said == ["one", "two", "three", "three"]


def test_a_hint_for_a_unit_is_for_what_is_next_in_it(
    unit: KitUnit, capsys: pytest.CaptureFixture[str]
) -> None:
    """The unit may be given as a path."""
    unit.stub_file.write_text(answered(unit, double="return 2 * x"), encoding="utf-8")
    for name in ("tiny", "exercises/tiny/tiny.py"):
        assert run(capsys, "hint", name)[1].startswith("halve · values halve, hint ")


def test_an_extra_argument_gets_the_commands_own_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """Not that of gradfn as a whole."""
    with pytest.raises(SystemExit) as ended:
        main(["hint", "step", "sign"])
    said = capsys.readouterr().err
    assert (ended.value.code, said.partition(" [")[0]) == (2, "usage: gradfn hint")
    assert "unrecognized arguments: sign" in said


GROUPS = {
    "students": [
        "watch",
        "lesson",
        "play",
        "list",
        "hint",
        "show",
        "solution",
        "reset",
        "notebook",
        "script",
        "submit",
        "update",
    ],
    "instructors": [
        *("judge", "course", "release", "grade", "feedback", "report", "similar"),
        *("student remove", "formgrader", "bundle", "doctor", "site"),
    ],
    "classes in a learning system": ["roster", "collect", "deadline", "export"],
    "kit authors": ["dev build", "dev verify", "dev new"],
}


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")


def help_of(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    """What --help prints."""
    with pytest.raises(SystemExit):
        main([*command, "--help"])
    return capsys.readouterr().out


def test_help_groups_the_commands_by_who_uses_them(narrow: None, capsys: pytest.CaptureFixture[str]) -> None:
    """Students, instructors and the kit's authors."""
    groups = help_of(capsys).split("commands for ")[1:]
    names = {
        group.partition(":")[0]: re.findall(r"^  (dev \w+|student remove|\w+)", group, re.M)
        for group in groups
    }
    assert names == GROUPS


def test_a_students_copy_shows_the_students_commands_only(
    narrow: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are not in it."""
    monkeypatch.setattr(cli, "find_spec", lambda name: None)
    text = help_of(capsys)
    assert "commands for students" in text
    assert "instructors" not in text
    assert "authors" not in text


@pytest.mark.parametrize("path", [name for group in GROUPS.values() for name in group])
def test_each_commands_help_explains_its_arguments(
    narrow: None, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    """At 80 columns, with an example for each command that has arguments."""
    text = help_of(capsys, *path.split())
    assert max(map(len, text.splitlines())) < 80
    arguments = text.partition("\npositional arguments:\n")[2].partition("\n\n")[0].splitlines()
    assert all(line.startswith("    ") or len(line.split()) > 3 for line in arguments)
    assert not arguments or f"\n  gradfn {path} " in text.partition("\nexample")[2]


UNREADABLE = {
    "no Python": (b"def double(x:\n", "Python cannot read it: SyntaxError: '(' was never closed"),
    "not UTF-8": (b"x = 1\ny = 2  # f\xfcr y\n", "this is not UTF-8 text. Save the file as UTF-8"),
    "UTF-16": ("x = 1\n".encode("utf-16"), "this is not UTF-8 text"),
    "gone": (None, "tiny.py is gone: gradfn reset tiny puts the stub back."),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_file_that_cannot_be_read_is_a_card(
    unit: KitUnit, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    """In every command; no hint is used up."""
    data, words = UNREADABLE[kind]
    if data is None:
        unit.stub_file.unlink()
    else:
        unit.stub_file.write_bytes(data)
    for command in ([], ["list"], ["hint"], ["hint", "double"]):
        status, out, _ = run(capsys, *command)
        assert status == 0
        assert words in " ".join(out.split()) or command == ["list"]
        assert "next hint" not in out
    assert out.startswith("No hint helps before the file loads.")
    assert not (root_of(unit) / ".gradfn" / "hints.json").exists()


def test_a_hint_without_a_name_is_for_what_is_next(unit: KitUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """The exercise's name need not be known; the last hint says that it is the last."""
    assert run(capsys, "hint")[1].startswith("double · values double, hint 1 of 3:")
    unit.stub_file.write_text(answered(unit, double="return 2 * x"), encoding="utf-8")
    said = [run(capsys, "hint")[1].splitlines()[0] for _ in range(4)]
    assert said[2:] == [
        "halve · values halve, hint 3 of 3:",
        "halve · values halve, hint 3 of 3, the last, again:",
    ]
    unit.stub_file.write_text(answered(unit, double="return 2 * x", halve="return x / 2"), encoding="utf-8")
    assert run(capsys, "hint")[1] == "All public checks pass: no hint is needed.\n"
    assert run(capsys, "hint", "tiny")[1] == "All public checks of tiny pass: no hint is needed.\n"


def test_no_hint_is_given_for_a_right_answer(unit: KitUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """It says that the exercise passes."""
    unit.stub_file.write_text(answered(unit, double="return 2 * x"), encoding="utf-8")
    assert "passes all its public checks" in run(capsys, "hint", "tiny.double")[1]


def test_a_damaged_count_of_hints_is_ignored(unit: KitUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """The hints start again from the first."""
    notes = root_of(unit) / ".gradfn" / "hints.json"
    notes.parent.mkdir()
    notes.write_text("[1", encoding="utf-8")
    assert "hint 1 of 3" in run(capsys, "hint", "tiny.double")[1]


def test_reset_backs_up_the_file(unit: KitUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """The other answers stay, and the backup is where it says."""
    both = answered(unit, double="return 2 * x", halve="return x / 2")
    unit.stub_file.write_text(both, encoding="utf-8")
    out = run(capsys, "reset", "tiny.double")[1]
    assert unit.stub_file.read_text(encoding="utf-8") == answered(unit, halve="return x / 2")
    assert Path(out.strip().rpartition(" ")[2]).read_text(encoding="utf-8") == both


def test_reset_changes_one_cell_and_loses_no_backup(
    unit: KitUnit, capsys: pytest.CaptureFixture[str]
) -> None:
    """Own cells, their marks and Windows' line ends stay; two resets within a second give two backups."""
    text = answered(unit, double="return 2 * x") + "\n\n# %% my tries * 2\nnothing = 0\n"
    for answer in ("return 2 * x", "return x + x"):
        unit.stub_file.write_bytes(text.replace("return 2 * x", answer).replace("\n", "\r\n").encode())
        run(capsys, "reset", "tiny.double")
    own = unit.recorded.stub + "\n\n# %% my tries * 2\nnothing = 0\n"
    assert unit.stub_file.read_bytes() == own.replace("\n", "\r\n").encode()
    kept = [file.read_text(encoding="utf-8") for file in unit.folder.glob("tiny.py.*.bak")]
    assert [sum(answer in each for each in kept) for answer in ("2 * x\n", "x + x\n")] == [1, 1]


def test_reset_puts_a_whole_unit_back(unit: KitUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """As it was handed out, even if the file was deleted."""
    unit.stub_file.unlink()
    assert run(capsys, "reset", "tiny")[0] == 0
    assert unit.stub_file.read_text(encoding="utf-8") == unit.recorded.stub


def test_a_list_says_how_far_each_exercise_is(unit: KitUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """Stars, points and state in columns, below the unit's total."""
    unit.stub_file.write_text(answered(unit, double="return 2 * x", halve="return x"), encoding="utf-8")
    assert run(capsys, "list")[1].splitlines() == [
        "tiny: 1 of 2 exercises done, 2 / 3 points",
        "  double  *      2 / 2 points  done",
        "  halve   **     0 / 1 points  0 of 1 checks pass",
    ]
    unit.stub_file.write_text(unit.recorded.stub, encoding="utf-8")
    assert run(capsys, "list", "tiny")[1].count("not begun") == 2


def test_a_solution_is_shown_to_those_who_solved_it(
    unit: KitUnit, capsys: pytest.CaptureFixture[str]
) -> None:
    """The answer without marks and docstring, then the mistakes in other answers."""
    unit.stub_file.write_text(answered(unit, double="return x + x"), encoding="utf-8")
    status, out, _ = run(capsys, "solution", "tiny.double")
    assert status == 0
    assert out.splitlines() == [
        "tiny.double, as the kit answers it:",
        "",
        "    def double(x: np.ndarray) -> np.ndarray:",
        "        return np.add(x, x)",
        "",
        "What goes wrong in other answers:",
        "  - squared. Twice a number is not its square.",
        "  - sign lost. Doubling keeps the sign.",
    ]


def test_a_copy_without_solutions_says_so(unit: KitUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """Also to a student who has solved the exercise."""
    unit.stub_file.write_text(answered(unit, double="return x + x"), encoding="utf-8")
    unit.solution_file.unlink()
    status, out, err = run(capsys, "solution", "tiny.double")
    assert (status, out) == (2, "")
    assert "no solutions in this copy" in err


@pytest.mark.parametrize(
    "name",
    ["tiny.halve", "halve", "tiny/halve", "tiny\\halve", "./exercises/tiny/checks.py::halve::values_halve"],
)
def test_an_exercise_can_be_named_in_many_ways(
    unit: KitUnit, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """By its name alone, as a path, and as pytest prints it."""
    assert run(capsys, "hint", name)[1].startswith("halve · values halve, hint 1 of 3:")


@pytest.mark.parametrize(
    "name", ["tiny", "exercises/tiny/tiny.py", "exercises\\tiny\\tiny.py", "exercises/tiny/", "tiny.py"]
)
def test_a_unit_can_be_named_by_its_file(
    unit: KitUnit, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Shells complete paths, on every system."""
    assert run(capsys, "list", name)[1].startswith("tiny: ")


def test_judge_prints_one_json_object(unit: KitUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """The keys that other people's scripts read, and exit status 0 whatever the score."""
    status, out, _ = run(capsys, "judge", "tiny", str(unit.stub_file), "--json")
    report: dict[str, Any] = json.loads(out)
    assert status == 0
    assert set(report) >= {"unit", "file", "seed", "points", "max_points", "checks"}
    assert set(report["checks"][0]) == {
        "exercise", "check", "points", "max_points", "status", "message", "mistake"
    }  # fmt: skip
    assert (report["unit"], report["points"], report["max_points"]) == ("tiny", 0, 3)


def test_judge_says_in_json_what_it_cannot_read(unit: KitUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """For the program that reads it; the exit status is 2."""
    unit.stub_file.write_bytes(b"\0\xff")
    file = str(unit.stub_file)
    status, out, err = run(capsys, "judge", "tiny", file, "--json")
    said = json.loads(out)
    assert (status, said.pop("error") in err, said) == (2, True, {"unit": "tiny", "file": file})


@pytest.mark.parametrize("words", ["--regrade ada bob", "ada --regrade bob", "ada bob --regrade"])
def test_names_may_stand_behind_an_option(words: str) -> None:
    """As people type them, who add a name to the command before."""
    arguments = _parser().parse_args(["grade", "tiny", *words.split()])
    assert (arguments.students, arguments.regrade) == (["ada", "bob"], True)


def test_judge_takes_a_seed(unit: KitUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """With another seed the expected values are computed again, and a right answer passes."""
    unit.stub_file.write_text(answered(unit, double="return 2 * x", halve="return x / 2"), encoding="utf-8")
    out = run(capsys, "judge", "tiny", str(unit.stub_file), "--json", "--seed", "7")[1]
    assert (json.loads(out)["seed"], json.loads(out)["points"]) == (7, 3)


BAD = {
    "unknown unit": (["hint", "tinny.double"], "no unit is called 'tinny'. Did you mean tiny.double?"),
    "unknown word": (["hint", "dubble"], "no unit or exercise is called 'dubble'. Did you mean tiny.double?"),
    "unknown unit of a list": (["list", "tinny"], "Did you mean tiny?"),
    "an exercise for a unit": (["list", "double"], "'double' is an exercise. Did you mean tiny?"),
    "a path mistyped": (["reset", "exercises/tiny/tinny.py"], "exercise of tiny is called 'tinny'"),
    "unknown command": (["hnit", "tiny.double"], "no command is called 'hnit'. Did you mean hint?"),
    "unknown command below dev": (["dev", "bulid"], "no command is called 'bulid'. Did you mean build?"),
    "unknown option": (["judge", "tiny", "x.py", "--jsn"], "Did you mean --json?"),
    "unknown exercise": (
        ["hint", "tiny.doubel"],
        "exercise of tiny is called 'doubel'. Did you mean double?",
    ),
    "no exercise": (["solution", "tiny"], "which exercise? Write UNIT.EXERCISE"),
    "nothing near": (["reset", "zzz"], "no unit or exercise is called 'zzz'. There are: tiny."),
    "not solved yet": (["solution", "tiny.double"], "once its checks pass. Still failing: values double."),
    "no file": (["judge", "tiny", "none.py"], "cannot read none.py: No such file or directory"),
    "no notebook": (["judge", "tiny", "junk.ipynb"], "junk.ipynb is cut off"),
    "another unit's file": (["judge", "tiny", "other.py"], "other.py holds no answers of tiny"),
    "no course": (["grade", "tiny"], "no course"),
}


@pytest.mark.parametrize(("argv", "words"), BAD.values(), ids=BAD)
def test_bad_input_gets_one_line_and_exit_status_2(
    unit: KitUnit, capsys: pytest.CaptureFixture[str], argv: list[str], words: str
) -> None:
    """No traceback and nothing on stdout."""
    Path("junk.ipynb").write_text("{", encoding="utf-8")
    Path("other.py").write_text("def softmax(x):\n    return x\n", encoding="utf-8")
    status, out, err = run(capsys, *argv)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("gradfn: ")
    assert words in err


def test_a_reference_that_fails_is_the_kits_fault(unit: KitUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """Judging ends with exit status 2, never with a student's zero."""
    (unit.solutions / "tiny.py").write_text("import nothing_like_it\n", encoding="utf-8")
    status, out, err = run(capsys, "judge", "tiny", str(unit.stub_file), "--seed", "3")
    assert (status, out) == (2, "")
    assert "nothing_like_it" in err


def test_when_all_checks_pass_it_says_so(
    unit: KitUnit, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says that these are the public checks."""
    unit.stub_file.write_text(answered(unit, double="return 2 * x", halve="return x / 2"), encoding="utf-8")
    assert "All public checks pass." in run(capsys)[1]


def test_every_bar_has_the_same_length() -> None:
    """Whatever share of the points there is."""
    assert {len(progress._bar(share / 7)) for share in range(8)} == {progress.BAR + 2}
