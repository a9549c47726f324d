"""`gradfn play`: the learner's own functions at work, as one page that loads and runs nothing.

scenes_of(unit)                the scenes in exercises/UNIT/play.py
show(unit, attempt, typed)     the scenes as HTML: pictures of what passes, and what the others wait for
page(unit, typed)              the whole page, from the answers in the unit's file
"""

from __future__ import annotations

from html import escape

from autograder.declare.scenes import Scene
from autograder.errors import GradfnError, NotFound
from autograder.student.attempt import Attempt
from autograder.student.progress import Standing
from autograder.units.kit import KitUnit
from autograder.worker.modules import load_module
from autograder.worker.timeout import TimeUp, within

SECONDS = 60.0  # for one scene
DARK = "screen and (prefers-color-scheme: dark)"
DARK_PICTURE = f"@media {DARK} {{ svg:not(svg svg) {{ filter: invert(.93) hue-rotate(180deg) }} }}"  # once
PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: play</title>
<style>
:root {{ color-scheme: light dark }}
body {{ max-width: 52rem; margin: 2rem auto 4rem; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif }}
main:has(section + section) {{ display: grid; gap: 0 2rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)) }}
svg {{ width: 100%; height: auto; max-height: 80vh; border-radius: 8px; border: 1px solid #8884 }}
svg:hover * {{ animation-play-state: paused }}
@media (max-width: 600px) {{ section {{ overflow-x: auto }} svg {{ width: 34rem }} }}
h2 {{ margin-top: 2rem }} .waits, footer {{ opacity: .7 }}
{dark}
</style>
</head>
<body>
<h1>{title}</h1>
<main>
{scenes}
</main>
<footer>A picture stands still while the pointer is on it.</footer>
</body>
</html>
"""


def scenes_of(unit: KitUnit) -> list[Scene]:
    """The unit's scenes in the order of their file; raises NotFound where it has none."""
    file = unit.folder / "play.py"
    if not file.exists():
        raise NotFound(f"{unit.name} has nothing to play")
    module = load_module(file, f"exercises.{unit.name}.play")
    return [value for value in vars(module).values() if isinstance(value, Scene)]


def page(unit: KitUnit, typed: str = "") -> str:
    """The page of a unit, from the answers in its file."""
    scenes = show(unit, Attempt(unit), typed)
    return PAGE.format(title=escape(unit.declaration.title), dark=DARK_PICTURE, scenes=scenes)


def show(unit: KitUnit, attempt: Attempt, typed: str = "") -> str:
    """Each scene under its title. `typed` is the expression of a scene that takes one."""
    scenes = scenes_of(unit)
    if typed and not any(scene.typed for scene in scenes):
        raise GradfnError(f"the scenes of {unit.name} take no expression")
    return "\n".join(_section(scene, unit, attempt, typed or scene.typed) for scene in scenes)


def _section(scene: Scene, unit: KitUnit, attempt: Attempt, typed: str) -> str:
    """A scene; or what it waits for, or why it could not be drawn."""
    results = [result for name in scene.needs for result in attempt.results(unit.exercise(name))]
    waiting = Standing.of_run(unit.name, results).open
    title = f"<h2>{escape(scene.title)}</h2>"
    if waiting:
        words = f"Waits until all checks of {escape(' and '.join(waiting))} pass."
        return f'<section>{title}\n<p class="waits">{words}</p></section>'
    arguments = (attempt.module, typed) if scene.typed else (attempt.module,)
    try:
        picture = within(SECONDS, lambda: scene.draw(*arguments))
    except TimeUp:
        picture = f'<p class="waits">Stopped after {SECONDS:g} s.</p>'
    except Exception as error:
        if scene.typed:
            raise GradfnError(f"cannot play {typed!r}: {type(error).__name__}: {error}") from error
        picture = f'<p class="waits">It stopped: {escape(f"{type(error).__name__}: {error}")}</p>'
    return f"<section>{title}\n{picture}\n<p>{escape(scene.words)}</p></section>"
