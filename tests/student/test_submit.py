"""Handing in: a preview first, then the file arrives, and no earlier submission is lost."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.answers.convert import notebook_file, to_notebook
from autograder.cli import main
from autograder.nbgrader.classes import grade_class
from autograder.nbgrader.course import make_course
from autograder.nbgrader.steps import release
from autograder.student import exchange
from autograder.units.kit import Kit, KitUnit
from tests.conftest import root_of
from tests.tiny import answered

RIGHT = "return 2 * x"


@pytest.fixture
def unit(tiny: KitUnit, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> KitUnit:
    """The tiny unit with one answer, in a kit on a machine where nbgrader is not set up."""
    monkeypatch.chdir(root_of(tiny))
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_CONFIG_PATH", "JUPYTER_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path_factory.mktemp("jupyter")))
    tiny.stub_file.write_text(answered(tiny, double=RIGHT), encoding="utf-8")
    return tiny


def submit(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, list[str], str]:
    """Exit status, the lines on stdout, and stderr."""
    status = main(["submit", *argv])
    said = capsys.readouterr()
    return status, [line.replace("\\", "/") for line in said.out.splitlines()], said.err


def test_it_says_what_goes_and_what_passes(unit: KitUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """File, exercises and public checks, and that graded runs use other inputs."""
    status, lines, _ = submit(capsys, "tiny")
    assert (status, lines[:-1]) == (
        0,
        [
            "tiny: exercises/tiny/tiny.py",
            "  double  1 of 1 public checks pass",
            "  halve   not answered",
            "1 of 2 exercises answered, 2 / 3 points on the public checks. Graded runs use other inputs.",
        ],
    )
    target = Path(lines[-1].removeprefix("To upload, under this name: "))
    assert target.name == "tiny.py"
    assert target.read_bytes() == unit.stub_file.read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps links to administrators")
def test_a_linked_file_is_handed_in_itself(
    unit: KitUnit, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A course refuses links."""
    answers = unit.stub_file.rename(tmp_path / "elsewhere.py")
    unit.stub_file.symlink_to(answers)
    status, lines, _ = submit(capsys, "tiny")
    target = Path(lines[-1].removeprefix("To upload, under this name: "))
    assert (status, target.is_symlink()) == (0, False)
    assert target.read_bytes() == answers.read_bytes()


def test_every_submission_is_kept(unit: KitUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """Two submissions within a second are two files, here and in a course's folder."""
    texts = []
    for number in range(3):
        texts.append(unit.stub_file.read_text(encoding="utf-8") + f"# {number}\n")
        unit.stub_file.write_text(texts[-1], encoding="utf-8")
        submit(capsys, "tiny")
        Path("course/submitted").mkdir(parents=True, exist_ok=True)
        submit(capsys, "tiny", "--to", "course", "--student", "ada")
    for place in ("handed-in", "course"):
        assert sorted(file.read_text(encoding="utf-8") for file in Path(place).rglob("tiny.py")) == sorted(
            texts
        )
    now = Path("course/submitted/ada/tiny")
    assert (now / "tiny.py").read_text(encoding="utf-8") == texts[-1]


def test_a_notebook_takes_the_place_of_an_earlier_script(
    unit: KitUnit, capsys: pytest.CaptureFixture[str]
) -> None:
    """A course's folder holds only the last submission, so an earlier file cannot be graded in its place."""
    Path("course/submitted").mkdir(parents=True)
    submit(capsys, "tiny", "--to", "course", "--student", "ada")
    to_notebook(unit)
    submit(capsys, "tiny", "exercises/tiny/tiny.ipynb", "--to", "course", "--student", "ada")
    found = {file.name for file in Path("course/submitted/ada/tiny").iterdir()}
    assert found == {"tiny.ipynb", "timestamp.txt"}


def test_a_course_grades_what_was_handed_in(
    unit: KitUnit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Script and notebook get the names that grading expects."""
    course = make_course(tmp_path / "fall", Kit(root_of(unit)))
    release(course, unit)
    submit(capsys, "tiny", "--to", str(course.root), "--student", "ada")
    to_notebook(unit)
    submit(capsys, "tiny", str(notebook_file(unit)), "--to", str(course.root), "--student", "bob")
    done: dict[str, Any] = {}
    grade_class(course, unit, lambda number, total, task, record: done.update({task[1]: record.points}))
    assert done == {"ada": 2.0, "bob": 2.0}


BROKEN = {
    "nothing is answered yet": "",
    "double: SyntaxError: expected ':'": "def double(x)\n    return 2 * x",
    "your own cell: ZeroDivisionError: division by zero": "def double(x):\n    return 2 * x\n\n\n# %%\n1 / 0",
}


@pytest.mark.parametrize(("words", "answer"), BROKEN.items(), ids=["stub", "syntax", "own cell"])
def test_a_file_that_does_not_load_is_held_back(
    unit: KitUnit, capsys: pytest.CaptureFixture[str], words: str, answer: str
) -> None:
    """With the reason in one line; --anyway hands it in."""
    text = unit.recorded.stub
    if answer:
        cells = text.split("\n\n\n# %%")
        text = f"{cells[0]}\n\n\n# %% double *\n{answer}\n\n\n# %%{cells[2]}"
    unit.stub_file.write_text(text, encoding="utf-8")
    status, _, err = submit(capsys, "tiny")
    assert (status, err) == (2, f"gradfn: not handed in: {words}. To hand it in as it is: --anyway\n")
    assert not Path("handed-in").exists()
    assert submit(capsys, "tiny", "--anyway")[0] == 0


def test_two_files_with_different_answers_are_a_question(
    unit: KitUnit, capsys: pytest.CaptureFixture[str]
) -> None:
    """The student has to choose; if one of the two is a stub, the other is handed in."""
    to_notebook(unit)
    assert submit(capsys, "tiny")[1][0] == "tiny: exercises/tiny/tiny.py"
    unit.stub_file.write_text(unit.recorded.stub, encoding="utf-8")
    assert submit(capsys, "tiny")[1][0] == "tiny: exercises/tiny/tiny.ipynb"
    unit.stub_file.write_text(answered(unit, double="return x + x"), encoding="utf-8")
    status, lines, err = submit(capsys, "tiny")
    assert (status, lines) == (2, [])
    assert "tiny.py and tiny.ipynb hold different answers (double)." in err
    assert submit(capsys, "tiny", "exercises/tiny/tiny.py")[0] == 0


@pytest.mark.parametrize("name", ["../ada", ".ada", "a*", "a+b", "a\\b"])
def test_a_name_that_cannot_be_a_folder_is_refused(
    unit: KitUnit, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """It could lead into another student's folder."""
    Path("course/submitted").mkdir(parents=True)
    status, _, err = submit(capsys, "tiny", "--to", "course", f"--student={name}")
    assert status == 2
    assert "Say --student NAME" in err
    assert list(Path("course").rglob("tiny.py")) == []


def test_other_files_are_refused(unit: KitUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a PDF nor a missing file is handed in, and nothing is written."""
    Path("a.pdf").write_bytes(b"%PDF")
    for file, words in (("a.pdf", "only .py and .ipynb"), ("none.py", "cannot read none.py")):
        status, _, err = submit(capsys, "tiny", file)
        assert (status, words in err) == (2, True)
    unit.stub_file.unlink()
    assert "neither tiny.py nor tiny.ipynb" in submit(capsys, "tiny")[2]
    assert not Path("handed-in").exists()


def test_it_goes_to_nbgraders_exchange_where_there_is_one(
    unit: KitUnit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With nbgrader's own submit: the released notebook's name, the answers, a new folder each time."""
    root, config = tmp_path / "exchange", tmp_path / "jupyter"
    (root / "fall" / "inbound").mkdir(parents=True)
    root.chmod(0o777)
    config.mkdir()
    lines = f"c = get_config()\nc.CourseDirectory.course_id = 'fall'\nc.Exchange.root = {str(root)!r}\n"
    (config / "nbgrader_config.py").write_text(lines, encoding="utf-8")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(config))
    assert exchange.course_here() == "fall"
    status, said, err = submit(capsys, "tiny")
    assert (status, said[-1].startswith("1 of 2")) == (2, True)
    assert err.startswith("gradfn: nbgrader's exchange does not take tiny: Assignment not found: ")
    (root / "fall" / "outbound" / "tiny").mkdir(parents=True)
    for _ in range(2):
        status, said, err = submit(capsys, "tiny", "--student", "ada")
        assert (status, err) == (0, "")
        assert said[-1].startswith("Handed in to fall by nbgrader: ")
    found = sorted((root / "fall" / "inbound").iterdir())
    assert [folder.name.split("+")[:2] for folder in found] == [["ada", "tiny"]] * 2
    assert {file.name for file in found[0].iterdir()} == {
        "tiny.ipynb",
        "timestamp.txt",
        "submission_secret.txt",
    }
    cells = nbformat.read(found[0] / "tiny.ipynb", as_version=4).cells
    assert any(RIGHT in cell.source for cell in cells)


def test_a_submission_that_did_not_arrive_is_an_error(unit: KitUnit, tmp_path: Path) -> None:
    """Exchanges on shared disks have lost files: the arrival is checked."""

    class Task:
        assignment_filename, inbound_path = "ada+tiny", str(tmp_path)

    file = tmp_path / "tiny.ipynb"
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(Exception, match="Hand in again"):
        exchange._find_arrival(Task(), file)
