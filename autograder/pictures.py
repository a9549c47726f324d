"""The pictures in the lessons, drawn by the kit's own code: the same text at each run.

PICTURES    "graph/example.svg" -> a function that returns the picture as SVG
draw(root)  write them all below exercises/; the paths that changed
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def graph_example() -> str:
    """The lesson's graph of loss = (w * x + 3) ** 2, with the gradients that backward() leaves in it."""
    from engine import Value, picture

    w, x = Value(1.0, label="w"), Value(2.0, label="x", requires_grad=False)
    m = w * x
    y = m + 3
    loss = y**2
    m.label, y.label, loss.label = "m", "y", "loss"
    loss.backward()
    return picture.to_svg(loss)


PICTURES: dict[str, Callable[[], str]] = {
    "graph/example.svg": graph_example,
}


def draw(root: Path) -> list[Path]:
    """Write every picture whose text is not there yet."""
    changed = []
    for name, picture in PICTURES.items():
        unit, file = name.split("/")
        path, text = root / "exercises" / unit / "pictures" / file, picture() + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            changed.append(path)
    return changed
