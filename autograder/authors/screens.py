"""The pictures in README.md: what a terminal shows, drawn by rich from the kit's own output.

build_screens(kit)    write autograder/authors/readme/*.svg in the kit's folder; the files that changed
screens(kit)          each picture's SVG text by file name, drawn now
watch_window(unit)    the window of `gradfn watch`, as text with colours

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

from autograder.student.attempt import Attempt
from autograder.student.watch.judgement import JudgedCheck
from autograder.student.watch.page import Page
from autograder.student.watch.screen import Transcript, styled
from autograder.student.watch.state import State
from autograder.student.watch.view import View
from autograder.units import script
from autograder.units.kit import Kit, KitUnit

HOME = Path(__file__).resolve().parents[2]
UNIT = "activations"
ANSWER = "def sigmoid(x):\n    return 1 / (1 + np.exp(-x))"
COMMAND = 'pytest -k "sigmoid and not value_sigmoid"'
COLUMNS, ROWS = 94, 14
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
        return {
            "card.svg": _svg(_pytest(Path(folder)), "pytest"),
            "watch.svg": _svg(watch_window(unit), "gradfn watch"),
        }


def _student(kit: Kit, folder: Path) -> KitUnit:
    """The unit in a student's folder, with the answer."""
    shutil.copytree(kit.root / "exercises" / UNIT, folder / "exercises" / UNIT)
    shutil.copy(HOME / "exercises" / "conftest.py", folder / "exercises")
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


def watch_window(unit: KitUnit) -> Text:
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

    View(state, Recorder(), keys=True).draw()
    page = replace(pages[-1], status="14:31:20, 0.08 s")
    return styled(page.lines(COLUMNS, ROWS))


def _svg(text: Text, title: str) -> str:
    console = Console(
        record=True, width=COLUMNS, file=StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print(text)
    return console.export_svg(title=title, code_format=SVG, unique_id="screen")
