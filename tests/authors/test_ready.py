"""`gradfn release` refuses what `gradfn dev verify` would, in a moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authors.ready import must_be_ready
from autograder.authors.verify import verify
from autograder.cli import main
from autograder.errors import BadUnit
from autograder.nbgrader.course import Course, make_course
from autograder.units.kit import Kit, KitUnit
from tests.conftest import root_of
from tests.tiny import open_unit, replace_in

STALE = "tiny.py is not what the solution gives: gradfn dev build tiny --in"
UNFIT = "recorded.json does not fit the answers, the checks or the mistakes: gradfn dev build tiny --in"
#: What an author forgets: file, text, what it becomes, and what is said then.
FORGOTTEN = {
    "a TODO": ("solutions/tiny/tiny.py", "Doubling", "TODO: Doubling", "a TODO is left: tiny.py, line 1: "),
    "another stub": ("solutions/tiny/tiny.py", "2 x, el", "Twice x, el", STALE),
    "other values": ("solutions/tiny/tiny.py", "np.add(x, x)", "np.add(x, x) + 1", UNFIT),
    "other points": ("exercises/tiny/checks.py", "points=2", "points=3", UNFIT),
    "another mistake": ("solutions/tiny/mistakes.py", '"squared"', '"to the power"', UNFIT),
    "a hint": ("exercises/tiny/checks.py", "    2. two\n", "", "values_double needs 3 different hints"),
    "an answer": (
        "exercises/tiny/README.md",
        "# Tiny",
        "return np.asarray(x) * 0.5",
        "README.md holds a line",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "words"), FORGOTTEN.values(), ids=FORGOTTEN)
def test_what_was_forgotten_is_said(tiny: KitUnit, file: str, old: str, new: str, words: str) -> None:
    """In words that say what to do, and `dev verify` finds fault too."""
    path = root_of(tiny) / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    unit = open_unit(root_of(tiny))
    with pytest.raises(BadUnit, match="tiny is not ready to be released:\n  ") as refused:
        must_be_ready(unit)
    lines = [line.strip() for line in str(refused.value).splitlines()[1:]]
    assert [line for line in lines if line.startswith(words)]
    assert verify(unit, (0,)) != []


def test_a_unit_that_is_ready_is_released_and_one_that_is_not_is_not(
    tiny: KitUnit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was released before stays."""
    must_be_ready(open_unit(root_of(tiny)))
    course: Course = make_course(tmp_path / "fall", Kit(root_of(tiny)))
    monkeypatch.chdir(course.root)
    assert main(["release", "tiny"]) == 0
    before = course.released_file(tiny).read_bytes()
    replace_in(tiny.solution_file, "Doubling", "TODO: Doubling")
    assert main(["release", "tiny"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("gradfn: tiny is not ready to be released:\n  a TODO is left: tiny.py, line 1:")
    assert course.released_file(tiny).read_bytes() == before
