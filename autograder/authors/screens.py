"""The pictures in README.md and in the students' copy: what a terminal and a browser show, from real output.

build_screens(kit)      write autograder/authors/readme/*.svg in the kit's folder; the files that changed
screens(kit)            each picture's SVG text by file name, drawn now
watch_window(unit)      the window of `gradfn watch`, as text with colours; or its list

The student in them has answered sigmoid with the formula in every textbook.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.grading.oracle import solution_of
from autograder.student.attempt import Attempt
from autograder.student.play import DARK_PICTURE, scenes_of
from autograder.student.watch.judgement import JudgedCheck
from autograder.student.watch.page import Page
from autograder.student.watch.screen import Transcript, styled
from autograder.student.watch.state import State
from autograder.student.watch.view import View
from autograder.units import script
from autograder.units.kit import Kit, KitUnit
from autograder.units.lesson_page import page_of

HOME = Path(__file__).resolve().parents[2]
UNIT = "activations"
ANSWER = "def sigmoid(x):\n    return 1 / (1 + np.exp(-x))"
COMMAND = 'pytest -k "sigmoid and not value_sigmoid"'
COLUMNS, ROWS, LIST_ROWS = 94, 14, 24
#: As rich's own, but without a font from the web: a page that shows an SVG as an image loads none.
SVG = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font: {char_height}px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace }}
.{unique_id}-title {{ font: bold 18px sans-serif }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""
LESSON = "body { height: 100%; margin: 0; overflow: hidden } h2 { border: 0; margin: 0 }"


def build_screens(kit: Kit) -> list[Path]:
    """Write the pictures that changed; a kit without a folder for them gets none."""
    folder = kit.root / "autograder" / "authors" / "readme"
    changed: list[Path] = []
    if not folder.is_dir():
        return changed
    for name, text in screens(kit).items():
        file = folder / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8", newline="\n")
            changed.append(file)
    return changed


def screens(kit: Kit) -> dict[str, str]:
    """Each picture's SVG text by file name."""
    with tempfile.TemporaryDirectory() as folder:
        unit = _student(kit, Path(folder))
        pictures = {
            "watch.svg": _svg(watch_window(unit), "gradfn watch"),
            "list.svg": _svg(watch_window(unit, listed=True), "gradfn watch, its list"),
            "lesson.svg": _lesson(unit),
            "play.svg": _play(kit),
        }
        for other in [path for path in unit.folder.parent.iterdir() if path.is_dir() and path != unit.folder]:
            shutil.rmtree(other)  # their checks would be counted on the card
        return {"card.svg": _svg(_pytest(Path(folder)), "pytest")} | pictures


def _student(kit: Kit, folder: Path) -> KitUnit:
    """The unit in a student's folder, with the answer."""
    shutil.copytree(kit.root / "exercises", folder / "exercises")
    for each in Kit(folder).units():
        each.stub_file.write_text(each.recorded.stub, encoding="utf-8", newline="\n")
    unit = Kit(folder).unit(UNIT)
    text = script.replace_cell(unit.recorded.stub, "sigmoid", ANSWER) or ""
    unit.stub_file.write_text(text, encoding="utf-8", newline="\n")
    return unit


def _pytest(folder: Path) -> Text:
    """What pytest prints there, without the time it took."""
    settings = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(HOME), "COLUMNS": "80"}
    options = [*shlex.split(COMMAND)[1:], "--color=yes", "-q", "--no-header", "-rN", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--rootdir", ".", *options],
        cwd=folder,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    output = re.sub(r" in [\d.]+s", "", done.stdout.rstrip())
    return Text.assemble(("$ ", "dim"), (COMMAND, "bold"), "\n", Text.from_ansi(output))


def watch_window(unit: KitUnit, listed: bool = False) -> Text:
    """The window of `gradfn watch` on the unit's file, at a fixed time."""
    state = State(Kit(unit.folder.parents[1]))
    state.focus = state.id_of(unit, unit.exercise("sigmoid"))
    attempt = Attempt(unit)
    for exercise in unit.exercises.values():
        for check, result in zip(exercise.checks, attempt.results(exercise), strict=True):
            state.unit.results[check.exercise, check.name] = JudgedCheck(result, check.hints)
    pages: list[Page] = []

    class Recorder(Transcript):
        def show(self, page: Page) -> None:
            pages.append(page)

        def say(self, text: str) -> None:
            pass

    view = View(state, Recorder(), keys=True)
    view.show_list() if listed else view.draw()
    page = replace(pages[-1], status="14:31:20, 0.08 s")
    return styled(page.lines(COLUMNS, LIST_ROWS if listed else ROWS))


def _lesson(unit: KitUnit) -> str:
    """The section on sigmoid in the lesson's page, as a browser shows it."""
    page = page_of(unit)
    style = page.partition("<style>")[2].partition("</style>")[0]
    section = re.search("<h2><code>sigmoid</code>.*?(?=<h2>)", page, re.DOTALL)
    assert section, "the lesson of activations has a section on sigmoid"
    body = f'<body xmlns="http://www.w3.org/1999/xhtml">{section[0]}</body>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 710" width="760" height="710">'
        f"<style>{style}{LESSON}</style>"
        f'<foreignObject width="760" height="710">{body}</foreignObject></svg>\n'
    )


def _play(kit: Kit) -> str:
    """The first scene of the perceptron with the kit's answers; dark where the page is."""
    unit = kit.unit("perceptron")
    picture = scenes_of(unit)[0].draw(solution_of(unit))
    return picture.replace("<title>", f"<style>{DARK_PICTURE}</style><title>", 1) + "\n"


def _svg(text: Text, title: str) -> str:
    console = Console(
        record=True, width=COLUMNS, file=StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print(text)
    return console.export_svg(title=title, code_format=SVG, unique_id="screen")
