"""Updating to a newer kit: every answer is carried over, also after unpacking over the old one by hand."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from autograder.authors.build import build
from autograder.authors.bundle import bundle
from autograder.cli import main
from autograder.student.attempt import Attempt
from autograder.units.kit import Kit, KitUnit
from tests.conftest import root_of
from tests.tiny import open_unit, replace_in

WORK = {"double": "return 2 * x", "halve": "return x / 2"}
TRIPLE = '''

# %% triple *
def triple(x: np.ndarray) -> np.ndarray:
    """3 x, element by element."""
    ### BEGIN SOLUTION
    return np.multiply(x, 3)
    ### END SOLUTION
'''
CHECK = '''

@check("{0}", points=1)
def values_{0}(answer, rng):
    """{0}(x) is right.

    1. one
    2. two
    3. three
    """
    return {{"{0}(x)": answer.{0}(rng.normal(size=3))}}
'''


def newer(unit: KitUnit, folder: Path) -> Path:
    """A newer kit's zip: triple is new, halve is gone, double has another docstring, one more import."""
    answers, checks = unit.solution_file, unit.folder / "checks.py"
    replace_in(answers, '"""2 x, element by element."""', '"""Twice x, for any x."""')
    replace_in(answers, "import numpy as np", "import math\n\nimport numpy as np")
    text = answers.read_text(encoding="utf-8").partition("\n\n# %% halve")[0] + TRIPLE
    answers.write_text(text, encoding="utf-8")
    (unit.solutions / "by_torch.py").write_text("def double(x):\n    return 2 * x\n", encoding="utf-8")
    mistakes = (unit.solutions / "mistakes.py").read_text(encoding="utf-8").partition("\n\nhalve = slips")[0]
    (unit.solutions / "mistakes.py").write_text(mistakes, encoding="utf-8")
    text = checks.read_text(encoding="utf-8").partition('\n\n@check("halve"')[0] + CHECK.format("triple")
    checks.write_text(text, encoding="utf-8")
    build(open_unit(root_of(unit)))
    bundle(Kit(root_of(unit)), folder / "newer.zip")
    return folder / "newer.zip"


@pytest.fixture(scope="module")
def zipped(_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The newer kit, beside the older one."""
    folder = tmp_path_factory.mktemp("newer")
    shutil.copytree(_built, folder, dirs_exist_ok=True)
    bundle(Kit(folder), folder / "older.zip")
    return newer(open_unit(folder), folder)


@pytest.fixture
def student(
    zipped: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> KitUnit:
    """A student's copy of the older kit, with answers and a cell of the student's own."""
    root = tmp_path_factory.mktemp("student")
    _unpack(zipped.with_name("older.zip"), root)
    monkeypatch.chdir(root)
    unit = open_unit(root)
    text = unit.recorded.stub
    for body in WORK.values():
        text = text.replace("# YOUR CODE HERE\n    raise NotImplementedError()", body, 1)
    unit.stub_file.write_text(f"{text}\n\n# %% tries\nk = 2\n", encoding="utf-8")
    return unit


def _unpack(zipped: Path, root: Path) -> None:
    """Unpack a kit over the files in a folder."""
    with zipfile.ZipFile(zipped) as archive:
        for name in archive.namelist():
            target = root / name.partition("/")[2]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(name))


def carried_over(root: Path) -> None:
    """The answers, the new exercise and the student's own cell are in the file, and it runs."""
    unit = open_unit(root)
    text = unit.stub_file.read_text(encoding="utf-8")
    assert "import math" in text
    assert all(body in text for body in WORK.values())
    assert text.count("# %%") == 4
    assert "def triple" in text
    assert "k = 2" in text
    attempt = Attempt(unit)
    passed = {name: attempt.results(exercise)[0].status for name, exercise in unit.exercises.items()}
    assert passed == {"double": "passed", "triple": "failed"}


def test_an_update_carries_every_answer_over(
    student: KitUnit, zipped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """New, changed and dropped exercises are named; the backup is the old file, byte for byte."""
    before = student.stub_file.read_bytes()
    assert main(["update", str(zipped)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:4] == [
        "tiny: 1 answer carried over",
        "  New exercise: triple",
        "  The exercise changed; your answer was kept: double",
        "  No longer an exercise; your answer was kept as a cell of your own: halve",
    ]
    assert (student.folder / said[4].removeprefix("  The file before: ")).read_bytes() == before
    carried_over(root_of(student))


def test_checks_that_need_the_newer_kit_are_not_loaded(
    student: KitUnit, zipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A newer kit's checks may import what this kit does not have."""
    with zipfile.ZipFile(zipped) as archive, zipfile.ZipFile(tmp_path / "new.zip", "w") as new:
        for name in archive.namelist():
            first = b"import autograder.of_a_newer_kit\n" if name.endswith("tiny/checks.py") else b""
            new.writestr(name, first + archive.read(name))
    assert main(["update", str(tmp_path / "new.zip")]) == 0
    assert capsys.readouterr().out.startswith("tiny: 1 answer carried over\n")
    assert all(body in student.stub_file.read_text(encoding="utf-8") for body in WORK.values())


def test_unpacking_over_it_loses_nothing(
    student: KitUnit, zipped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Answers that were checked once come back."""
    main([])
    _unpack(zipped, root_of(student))
    capsys.readouterr()
    main([])
    first = capsys.readouterr().out.splitlines()[0]
    assert first == (
        "Answers of yours are missing here: a newer kit was unpacked over them, or you took them out. "
        "gradfn update brings them back: tiny"
    )
    assert main(["update"]) == 0
    carried_over(root_of(student))
    capsys.readouterr()
    main(["update"])
    assert capsys.readouterr().out.startswith("Nothing to carry over")


def test_work_on_a_fresh_stub_does_not_cover_the_old(student: KitUnit, zipped: Path) -> None:
    """If a student works on in the new file without an update, the old answers stay backed up."""
    main([])
    old = student.stub_file.read_text(encoding="utf-8")
    _unpack(zipped, root_of(student))
    unit = open_unit(root_of(student))
    unit.stub_file.write_text(
        unit.recorded.stub.replace("raise NotImplementedError()", "return x", 1), encoding="utf-8"
    )
    main([])
    answers = root_of(student) / ".gradfn" / "answers"
    assert old in [file.read_text(encoding="utf-8") for file in answers.glob("tiny.py*")]


def test_the_same_kit_again_changes_nothing(student: KitUnit, zipped: Path) -> None:
    """No answer is changed, no backup made."""
    before = student.stub_file.read_text(encoding="utf-8")
    assert main(["update", str(zipped.with_name("older.zip"))]) == 0
    assert student.stub_file.read_text(encoding="utf-8") == before
    assert list(student.folder.glob("*.bak")) == []


@pytest.mark.parametrize("names", [["tiny"], ["double", "halve"]])
def test_a_reset_answer_is_not_brought_back(
    student: KitUnit, capsys: pytest.CaptureFixture[str], names: list[str]
) -> None:
    """After a reset, of the unit or of each exercise, no update is offered."""
    main([])
    for name in names:
        main(["reset", name])
    capsys.readouterr()
    main([])
    assert "gradfn update" not in capsys.readouterr().out


@pytest.mark.parametrize("path", ["../evil.py", "kit/../../evil.py", "kit//etc/x", "kit/C:x", "kit/a\\..\\b"])
def test_a_zip_that_leads_out_is_refused(
    student: KitUnit, tmp_path: Path, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    """A zip with a path outside its folder is refused, and none of its files is written."""
    before = {file: file.read_bytes() for file in root_of(student).rglob("*") if file.is_file()}
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("kit/exercises/tiny/checks.py", "")
        archive.writestr(path, "evil")
    status = main(["update", str(tmp_path / "evil.zip")])
    assert (status, "not a students' copy" in capsys.readouterr().err) == (2, True)
    assert {file: file.read_bytes() for file in root_of(student).rglob("*") if file.is_file()} == before


def test_only_a_students_copy_is_updated(student: KitUnit, capsys: pytest.CaptureFixture[str]) -> None:
    """One line for a missing file, for a file that is not a zip, and in a kit with solutions."""
    Path("text.zip").write_text("hello", encoding="utf-8")
    for argument in ("text.zip", "none.zip"):
        assert main(["update", argument]) == 2
        assert capsys.readouterr().err.startswith(f"gradfn: cannot read {argument}: ")
    Path("solutions").mkdir()
    assert main(["update", "text.zip"]) == 2
    assert "this kit has solutions" in capsys.readouterr().err
