"""README's pictures of the terminal: up to date, light, and readable without the web."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from autograder.authors.screens import build_screens, screens
from autograder.units.kit import Kit
from tests.conftest import ROOT

FOLDER = ROOT / "autograder" / "authors" / "readme"


def test_readmes_pictures_show_what_the_kit_prints() -> None:
    """Every picture is as `gradfn dev build` would draw it now, and README shows it."""
    drawn = screens(Kit(ROOT))
    assert {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.svg")} == drawn
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\(autograder/authors/readme/(.*?)\)", page)) == set(drawn)


def test_readmes_pictures_are_light_and_load_nothing() -> None:
    """A page that shows an SVG as an image loads no font and no style sheet for it."""
    for file in FOLDER.glob("*.svg"):
        text = file.read_text(encoding="utf-8")
        assert len(text) < (80_000 if file.name == "play.svg" else 15_000)
        assert set(re.findall(r"https?://(?!www\.w3\.org/)[^\"]+|url\((?!#)[^)]*", text)) == set()
        ElementTree.fromstring(text)  # a browser shows no picture that is not XML


def test_a_kit_without_their_folder_gets_no_pictures(tmp_path: Path) -> None:
    """Somebody else's exercises can be built with this kit."""
    assert build_screens(Kit(tmp_path)) == []
