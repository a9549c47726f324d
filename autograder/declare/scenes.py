"""Scenes: a learner's own functions at work, in exercises/UNIT/play.py.

@scene("The line moves", needs=("perceptron_update",))
def line(answer): ...        the picture as SVG text, drawn with the answers that `needs` names

With typed="(w * x + 3) ** 2" a scene takes an expression besides, which the learner may type.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Scene:
    """A picture of what answers do: its title, words below it, exercises that it needs, how it is drawn."""

    title: str
    words: str
    needs: tuple[str, ...]
    draw: Callable[..., str]
    typed: str = ""


def scene(title: str, needs: tuple[str, ...], typed: str = "") -> Callable[[Callable[..., str]], Scene]:
    """Makes a function a Scene; its docstring is shown below the picture."""
    return lambda draw: Scene(title, " ".join((draw.__doc__ or "").split()), needs, draw, typed)
