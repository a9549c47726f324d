"""The pictures in the lessons, drawn by the kit's own code: the same text at each run.

PICTURES            "graph/example.svg" -> a function that returns the picture as SVG
pictures_of(unit)   those of one unit, drawn now

Each unit's pictures are in the file of its name; what they share is in `svg`. `screens` draws the pictures in
README.md.
"""

from __future__ import annotations

from collections.abc import Callable

from autograder.authors.pictures.activations import curves
from autograder.authors.pictures.forward import network
from autograder.authors.pictures.graph import example
from autograder.authors.pictures.init import spread
from autograder.authors.pictures.perceptron import boundary, views
from autograder.authors.pictures.xor import boundary as trained_boundary

PICTURES: dict[str, Callable[[], str]] = {
    "perceptron/boundary.svg": boundary,
    "perceptron/views.svg": views,
    "activations/curves.svg": curves,
    "forward/network.svg": network,
    "init/spread.svg": spread,
    "graph/example.svg": example,
    "xor/boundary.svg": trained_boundary,
}


def pictures_of(unit: str) -> dict[str, str]:
    """The unit's pictures, drawn now: "pictures/example.svg" -> the SVG text."""
    return {
        f"pictures/{name}": draw() + "\n"
        for path, draw in PICTURES.items()
        for owner, name in [path.split("/")]
        if owner == unit
    }
