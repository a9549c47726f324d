"""Units from elsewhere: folders of one's own and installed packages, beside the kit's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.errors import BadUnit, GradfnError, NotFound
from autograder.grading.grade import judge_file, load_unit
from autograder.units.kit import Kit, KitUnit
from autograder.units.places import installed_units
from tests.conftest import ROOT, root_of


@pytest.fixture
def package(tiny: KitUnit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny unit in an installed package, its solutions in another one."""
    site = tmp_path / "site"
    for name in ("exercises", "solutions"):
        shutil.move(root_of(tiny) / name, site / f"tiny_{name}" / name)
        (site / f"tiny_{name}" / "__init__.py").write_text("raise SystemExit('it is not imported')")
    points = "[gradfn.units]\na = tiny_exercises\nb = tiny_solutions\n"
    (site / "tiny-1.dist-info").mkdir()
    (site / "tiny-1.dist-info" / "METADATA").write_text("Name: tiny\nVersion: 1\n")
    (site / "tiny-1.dist-info" / "entry_points.txt").write_text(points)
    monkeypatch.syspath_prepend(site)
    monkeypatch.chdir(tmp_path)
    return site


def test_an_installed_package_brings_units(package: Path, tiny: KitUnit) -> None:
    """Beside the kit's, with the solutions of another package, and nothing of either is imported."""
    unit = load_unit("tiny")
    assert unit.folder == package / "tiny_exercises" / "exercises" / "tiny"
    assert unit.solutions == package / "tiny_solutions" / "solutions" / "tiny"
    assert "perceptron" in Kit.to_grade().names()
    assert judge_file(unit, unit.solution_file, seed=5).points == 3


def test_gradfn_list_knows_an_installed_package(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside the units here; of two with one name the one here counts."""
    assert main(["list", "tiny"]) == 0
    assert "double" in capsys.readouterr().out
    shutil.copytree(package / "tiny_exercises" / "exercises", tmp_path / "exercises")
    assert main(["list"]) == 0
    assert capsys.readouterr().out.count("tiny: ") == 1


def test_a_package_without_units_is_named(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do."""
    shutil.rmtree(package / "tiny_solutions" / "solutions")
    monkeypatch.syspath_prepend(package / "nowhere")  # the places to import from are others now
    with pytest.raises(BadUnit, match="tiny_solutions is not a package that holds exercises/ or solutions/"):
        installed_units()


def test_two_units_of_one_name_are_refused(tiny: KitUnit, tmp_path: Path) -> None:
    """Neither takes the place of the other; the same folder twice is one."""
    shutil.copytree(root_of(tiny) / "exercises", tmp_path / "again" / "exercises")
    assert Kit(root_of(tiny), (root_of(tiny),)).names() == ["tiny"]
    with pytest.raises(BadUnit, match=r"two units are called tiny: in .* Rename one"):
        Kit(root_of(tiny), (tmp_path / "again",)).unit("tiny")


def test_the_working_directory_brings_none(
    tiny: KitUnit, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither its exercises nor a package in it, unless they are named."""
    monkeypatch.undo()
    monkeypatch.chdir(package)
    monkeypatch.syspath_prepend("")
    assert "tiny" in Kit.to_grade().names()  # it would be found,
    with pytest.raises(NotFound, match="no unit is called 'tiny'"):
        load_unit("tiny")  # and is not
    monkeypatch.chdir(package / "tiny_exercises")
    with pytest.raises(GradfnError, match="not the installed one, and grading would run its code"):
        load_unit("perceptron")
    assert load_unit("tiny", ".").name == "tiny"


def test_a_folder_without_units_is_refused(tmp_path: Path) -> None:
    """A mistyped path is no empty kit."""
    with pytest.raises(NotFound, match="is not a kit: it holds no exercises/"):
        load_unit("tiny", tmp_path)


def test_what_answers_may_use_never_holds_the_solutions(package: Path) -> None:
    """The sandbox would mount it."""
    (package / "tiny-1.dist-info" / "RECORD").write_text("tiny_solutions/__init__.py,,\n")
    checks = package / "tiny_exercises" / "exercises" / "tiny" / "checks.py"
    text = checks.read_text(encoding="utf-8").replace("number=1", 'number=1, packages=("numpy", "tiny")')
    checks.write_text(text, encoding="utf-8")
    with pytest.raises(BadUnit, match=r"a package of Unit\(packages=\.\.\.\) holds its solutions"):
        judge_file(load_unit("tiny"), checks)


def test_the_kits_own_units_are_where_they_were() -> None:
    """Nothing that is installed here says that it holds units."""
    assert installed_units() == ()
    assert Kit.to_grade().root == ROOT
