"""Lessons as pages: whole formulas, pictures and colours, and nothing is loaded or run."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from autograder.cli import main
from autograder.units.kit import Kit
from autograder.units.lesson_page import page_of, with_mathml
from tests.conftest import ROOT

CODE = re.compile(r"<(code|style|pre)\b.*?</\1>", re.DOTALL)
#: How many parts MathML asks of an element: with another number nothing is raised or lowered.
PARTS = {"msup": 2, "msub": 2, "mfrac": 2, "mover": 2, "munder": 2, "msubsup": 3, "munderover": 3}


@pytest.mark.parametrize("name", Kit(ROOT).names())
def test_a_lesson_is_one_page_without_a_formula_left_over(kit: Kit, name: str) -> None:
    """No TeX outside of code, as many formulas as the lesson has, its pictures inside, nothing to load."""
    unit = kit.unit(name)
    page, lesson = page_of(unit), unit.lesson_file.read_text(encoding="utf-8")
    seen = re.sub(r"<[^>]*>", "", CODE.sub("", page))
    assert re.findall(r"[$\\]", seen) == []
    assert page.count("<img ") == page.count('src="data:image/svg+xml;base64,') == lesson.count("](pictures/")
    assert re.findall(r'(?:src|href)="(?!data:)|<script|url\(|@import', page) == []
    for formula in re.findall("<math .*?</math>", page):
        for part in ElementTree.fromstring(formula).iter():
            assert len(part) == PARTS.get(part.tag.partition("}")[2], len(part)), formula
    assert page.count("<h2>") == len(re.findall(r"^## ", re.sub(r"(?ms)^```.*?^```$", "", lesson), re.M))


def test_formulas_are_mathml_and_code_is_left_alone() -> None:
    """In a line of its own or in a sentence; a dollar in code is a dollar."""
    text = with_mathml(
        "so $e^x$ and `$HOME`\n\n$$\\sigma(-x) = \\text{fan\\_in}$$\n\n```\n$ pytest $x\n```\n"
    )
    assert text.count("<math ") == 2
    assert 'display="block"' in text
    assert "<mtext>fan_in</mtext>" in text
    assert '<mo form="prefix">' in text
    space = '<mspace width="0.17em"/>'
    assert f"<msup><mi>tanh</mi><mn>2</mn></msup>{space}<mi>x</mi>" in with_mathml("$\\tanh^2 x$")
    assert f"<mi>y</mi>{space}<mi>log</mi>{space}<mi>p</mi>" in with_mathml("$y \\log p$")
    assert "`$HOME`" in text
    assert "```\n$ pytest $x\n```" in text


def test_the_command_writes_the_page(
    tiny: object, tmp_path: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """To a file, or for the browser; where it cannot be written, one line says so."""
    monkeypatch.chdir(tmp_path)  # type: ignore[arg-type]
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or False)
    assert main(["lesson", "tiny", "--out", "page.html"]) == 0
    assert capsys.readouterr().out == "The page is in page.html\n"
    assert opened == []
    assert main(["lesson", "tiny"]) == 0
    assert "Open this page in a browser: " in capsys.readouterr().out
    assert opened[0].startswith("file://")
    assert main(["lesson", "tiny", "--out", "page.html/page.html"]) == 2
    assert capsys.readouterr().err.startswith("gradfn: cannot write page.html/page.html: ")
