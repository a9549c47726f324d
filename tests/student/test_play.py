"""Plays: a learner's own functions drawn at work, those that pass, on a page that loads and runs nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.errors import GradfnError, NotFound
from autograder.grading.oracle import solution_of
from autograder.student.attempt import Attempt
from autograder.student.play import PAGE, page, scenes_of, show
from autograder.units.kit import Kit, KitUnit
from tests.conftest import ROOT, root_of
from tests.tiny import answered

PLAYS = sorted(file.parent.name for file in (ROOT / "exercises").glob("*/play.py"))
TINY = '''
from autograder.declare.drawing import film
from autograder.declare.scenes import scene


@scene("Doubled", needs=("double",))
def doubled(answer):
    """Twice as far."""
    return film(9, 9, "doubled", [f"<text>{answer.double(2.0)}</text>", ""])


@scene("Halved", needs=("halve",), typed="7")
def halved(answer, typed):
    """Half as far."""
    return f"<svg>{answer.halve(float(typed))}</svg>"
'''


@pytest.fixture
def played(tiny: KitUnit) -> KitUnit:
    """A unit with two scenes."""
    (tiny.folder / "play.py").write_text(TINY, encoding="utf-8")
    return tiny


@pytest.mark.parametrize("name", PLAYS)
def test_every_scene_draws_right_answers(kit: Kit, name: str) -> None:
    """Each is an animated picture with words below it, and the page loads and runs nothing."""
    unit = kit.unit(name)
    shown = show(unit, Attempt(unit, solution_of(unit)))
    scenes = scenes_of(unit)
    assert shown.count("<svg ") >= shown.count("step-end infinite") == len(scenes) > 0
    assert 'class="waits"' not in shown
    assert "nan" not in re.findall(r'[xyd]="[^"]*?(nan|inf)', shown)
    assert re.findall(r"<script|https?://(?!www\.w3\.org/2000/svg)|url\(", PAGE + shown) == []
    assert all(set(scene.needs) <= set(unit.exercises) and scene.words for scene in scenes)
    assert len(shown) < 400_000


def test_what_does_not_pass_is_waited_for(played: KitUnit) -> None:
    """The scene of a right answer is drawn; the other says which exercise it waits for."""
    played.stub_file.write_text(answered(played, double="return 2 * x"), encoding="utf-8")
    shown = page(played)
    assert "<text>4.0</text>" in shown
    assert "Waits until all checks of halve pass." in shown


def test_a_typed_expression_reaches_its_scene(played: KitUnit) -> None:
    """What cannot be read is one sentence; a unit whose scenes take none says so."""
    attempt = Attempt(played, solution_of(played))
    assert "<svg>3.5</svg>" in show(played, attempt)
    assert "<svg>4.0</svg>" in show(played, attempt, "8")
    with pytest.raises(GradfnError, match="cannot play 'x': ValueError"):
        show(played, attempt, "x")
    (played.folder / "play.py").write_text(
        TINY.replace(', typed="7"', "").replace(", typed)", ', typed="7")')
    )
    with pytest.raises(GradfnError, match="the scenes of tiny take no expression"):
        show(played, attempt, "8")


def test_an_answer_that_stops_costs_its_scene_only(played: KitUnit) -> None:
    """An error is said in the place of the picture."""
    text = TINY.replace("answer.double(2.0)", "1 / 0")
    (played.folder / "play.py").write_text(text, encoding="utf-8")
    shown = show(played, Attempt(played, solution_of(played)))
    assert "It stopped: ZeroDivisionError: division by zero" in shown
    assert "<svg>3.5</svg>" in shown


def test_gradients_of_any_expression_flow(kit: Kit) -> None:
    """The frames end at the gradients of backward; an expression without a name is refused in a sentence."""
    unit = kit.unit("graph")
    attempt = Attempt(unit, solution_of(unit))
    assert "a.grad = 0.7293, b.grad = -0.1353" in show(unit, attempt, "exp(-a * b) + a")
    for expression in ("3 + 4", "w +", "__import__('os')", "().__class__"):
        with pytest.raises(GradfnError, match="cannot play"):
            show(unit, attempt, expression)


def test_the_command_writes_the_page(
    played: KitUnit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A unit without scenes says so."""
    monkeypatch.chdir(root_of(played))
    assert main(["play", "tiny", "--out", str(tmp_path / "p.html")]) == 0
    assert "Waits until all checks of double pass." in (tmp_path / "p.html").read_text(encoding="utf-8")
    (played.folder / "play.py").unlink()
    assert main(["play", "tiny"]) == 2
    assert capsys.readouterr().err == "gradfn: tiny has nothing to play\n"
    with pytest.raises(NotFound):
        scenes_of(played)
