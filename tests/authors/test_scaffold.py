"""`gradfn dev new`: the skeletons run as they are, and verify lists every gap in them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.answers.notebooks import source_notebook
from autograder.authors.build import build
from autograder.authors.scaffold import new_exercise
from autograder.authors.verify import verify
from autograder.cli import main
from autograder.errors import BadUnit, NotFound
from autograder.units.kit import Kit, KitUnit
from tests.conftest import ROOT, root_of
from tests.tiny import open_unit


def sources(root: Path) -> dict[str, str]:
    """Every text of a kit by its path."""
    return {
        str(path.relative_to(root)): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*"))
        if path.suffix in (".py", ".md", ".json")
    }


def todos(texts: dict[str, str]) -> list[str]:
    """The lines to fill in, as verify lists them; the stub is derived and not looked at."""
    return sorted(
        f"a TODO is left: {Path(path).name}, line {number}: {line.strip()}"
        for path, text in texts.items()
        if path.startswith("solutions") or path.endswith(("checks.py", "README.md"))
        for number, line in enumerate(text.splitlines(), 1)
        if "TODO" in line
    )


def test_an_exercise_is_added_in_three_places(tiny: KitUnit) -> None:
    """Answers, checks and mistakes get a skeleton at their end; existing text stays."""
    root = root_of(tiny)
    before = sources(root)
    written = new_exercise(Kit(root), "tiny.thrice")
    after = sources(root)
    places = ["solutions/tiny/tiny.py", "exercises/tiny/checks.py", "solutions/tiny/mistakes.py"]
    assert [str(path.relative_to(root)) for path in written] == places
    assert sorted(path for path in after if after[path] != before.get(path)) == sorted(places)
    assert [path for path in places if not after[path].startswith(before[path])] == []


def test_verify_names_exactly_what_is_left_to_do(tiny: KitUnit) -> None:
    """The skeletons can be built at once, and verify lists exactly their TODOs."""
    new_exercise(Kit(root_of(tiny)), "tiny.thrice")
    build(open_unit(root_of(tiny)))
    unit = open_unit(root_of(tiny))
    broken = verify(unit)
    assert list(unit.exercises) == ["double", "halve", "thrice"]
    assert {item.rule for item in broken} == {"nothing is left to do"}
    assert sorted(item.sentence for item in broken) == todos(sources(root_of(tiny)))
    assert len(broken) == 9


def test_a_new_unit_gets_all_its_files(tiny: KitUnit) -> None:
    """It comes after the last unit and can be built at once; only its TODOs are left."""
    kit = Kit(root_of(tiny))
    for exercise in ("first", "second"):
        new_exercise(kit, f"brand_new.{exercise}")
    build(kit.unit("brand_new"))
    unit = kit.unit("brand_new")
    assert (unit.declaration.title, unit.declaration.number) == ("Brand new", 2)
    assert list(unit.exercises) == ["first", "second"]
    assert {item.rule for item in verify(unit)} == {"nothing is left to do"}
    assert [str(broken) for broken in verify(kit.unit("tiny"))] == []


def test_an_exercise_without_a_lesson_has_a_heading_in_the_notebook(tiny: KitUnit) -> None:
    """A section is welcome, but the docstring is enough."""
    new_exercise(Kit(root_of(tiny)), "tiny.thrice")
    cells = [cell.source for cell in source_notebook(open_unit(root_of(tiny))).cells]
    assert "## `thrice` ★" in cells


def test_skeletons_are_in_the_houses_style(tiny: KitUnit) -> None:
    """ruff accepts the skeletons, even with the longest name."""
    root = root_of(tiny)
    for path in ("brand_new.first", "brand_new.second", "brand_new." + "n" * 32, "tiny.thrice"):
        new_exercise(Kit(root), path)
    config = ["--config", str(ROOT / "pyproject.toml")]
    known = ["--config", 'lint.isort.known-first-party = ["autograder", "engine"]']
    for command in (["check", *config, *known], ["format", "--check", *config]):
        tool = [sys.executable, "-m", "ruff", *command, "."]
        done = subprocess.run(tool, cwd=root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


NO_NAMES = {
    "an exercise that is there": ("tiny.double", "solutions/tiny/tiny.py has 'double' already"),
    "an invalid identifier": ("tiny.two-fold", "no exercise can be called 'two-fold'"),
    "a keyword": ("tiny.lambda", "no exercise can be called 'lambda'"),
    "a cell of the notebook": ("tiny.setup", "no exercise can be called 'setup'"),
    "a test's cell": ("tiny.test_double", "no exercise can be called 'test_double'"),
    "no ASCII": ("tiny.größe", "no exercise can be called 'größe'"),
    "too long": ("tiny." + "n" * 33, "no exercise can be called"),
    "two dots": ("tiny.double.twice", "no exercise can be called 'double.twice'"),
    "no exercise": ("tiny.", "no exercise can be called ''"),
    "no unit": (".double", "no unit can be called ''"),
    "a folder outside": ("../tiny.double", "no unit can be called ''"),
    "no dot": ("tiny", "which exercise? Write UNIT.EXERCISE"),
}


@pytest.mark.parametrize(("path", "words"), NO_NAMES.values(), ids=NO_NAMES)
def test_a_bad_name_gets_one_line_and_writes_nothing(
    tiny: KitUnit,
    path: str,
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exit status 2, and the kit is as it was."""
    monkeypatch.chdir(root_of(tiny))
    before = sources(root_of(tiny))
    status, said = main(["dev", "new", path]), capsys.readouterr()
    assert (status, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith(f"gradfn: {words}")
    assert sources(root_of(tiny)) == before


@pytest.mark.parametrize(("folder", "file", "name"), [
    ("exercises", "checks.py", "thrice_is_right"),
    ("solutions", "mistakes.py", "wrong_thrice"),
])  # fmt: skip
def test_a_name_taken_in_any_of_the_three_places_is_refused(
    tiny: KitUnit, folder: str, file: str, name: str
) -> None:
    """A second function of one name would replace the first."""
    path = root_of(tiny) / folder / "tiny" / file
    path.write_text(path.read_text(encoding="utf-8") + f"\n\ndef {name}():\n    pass\n", encoding="utf-8")
    before = sources(root_of(tiny))
    with pytest.raises(BadUnit, match=re.escape(f"{folder}/tiny/{file} has '{name}' already")):
        new_exercise(Kit(root_of(tiny)), "tiny.thrice")
    assert sources(root_of(tiny)) == before


def test_a_students_copy_has_no_place_for_it(tiny: KitUnit) -> None:
    """Without the answers there is nothing to add to."""
    tiny.solution_file.unlink()
    with pytest.raises(NotFound, match="tiny: no answers to add to"):
        new_exercise(Kit(root_of(tiny)), "tiny.thrice")


def test_it_says_what_it_wrote_and_what_is_next(
    tiny: KitUnit, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths as one would type them, then the next two commands."""
    monkeypatch.chdir(root_of(tiny))
    assert main(["dev", "new", "tiny.thrice"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "solutions/tiny/tiny.py",
        "exercises/tiny/checks.py",
        "solutions/tiny/mistakes.py",
        "Replace each TODO in them. Then: gradfn dev build tiny; gradfn dev verify tiny",
    ]
