"""The pictures of a unit's lesson, drawn by solutions/UNIT/pictures.py with `autograder.declare.drawing`.

pictures_of(unit)    its pictures, drawn now
"""

from __future__ import annotations

from autograder.grading.oracle import solution_of
from autograder.units.kit import KitUnit
from autograder.worker.modules import load_module


def pictures_of(unit: KitUnit) -> dict[str, str]:
    """The unit's pictures: "pictures/example.svg" -> the SVG text.

    Each public function of solutions/UNIT/pictures.py draws the picture of its name from the right answers.
    """
    file = unit.solutions / "pictures.py"
    if not file.exists():
        return {}
    module, solution = load_module(file, f"pictures.{unit.name}"), solution_of(unit)
    return {
        f"pictures/{name}.svg": draw(solution) + "\n"
        for name, draw in vars(module).items()
        if getattr(draw, "__module__", None) == module.__name__ and not name.startswith("_")
    }
