"""What a graded notebook shows below its cells: cards, points, and the submission's own outputs.

    cell_outputs(results, most)    the outputs of a test cell: cards, and points as nbgrader reads them
    gpu_outputs(report)            the outputs of the GPU tier's cell, which is worth no points
    safe_outputs(outputs)          the outputs of a submission's cell, made harmless
    show_source(cells)             the sources of a submission's cells, made harmless and quick to render
    picture_in(encoded, most)      a picture's type and base64 text, if it is a PNG or JPEG of a usual size

A submission's outputs are rebuilt as plain text, or as a picture if they are a real PNG: HTML, scripts and
forged results never reach the page that an instructor opens. Formgrader renders the notebook in Jupyter's own
process: what it holds is limited, and code that Pygments needs too long for is shown without colours.
"""

from __future__ import annotations

import base64
import binascii
import struct
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import nbformat

from autograder.judging.card import without_repeats
from autograder.judging.results import GpuReport, Result
from autograder.worker.outcome import harmless, visible

MAX_OUTPUTS = 50
MAX_PICTURE = 2 << 20
MAX_PIXELS = 64 << 20  # a browser takes four bytes for each, whatever the file's size
MAX_SHOWN = 8 << 20  # characters of all outputs of a submission
COLOUR_SECONDS = 0.3  # for all code of a submission; a unit's takes 0.01 to 0.05
SURE = 3_000_000  # characters, squared: these take less than 0.4 s, whatever they are
NO_COLOUR = "text"  # the name of Pygments' lexer that colours nothing


def new_output(kind: str, **fields: Any) -> nbformat.NotebookNode:
    """An output in nbformat's form; the notebook is validated as a whole, not each output."""
    shown: dict[str, Any] = {"metadata": {}} if kind in ("display_data", "execute_result") else {}
    return nbformat.NotebookNode(output_type=kind, **nbformat.from_dict(shown | fields))


def cell_outputs(results: Sequence[Result], most: float) -> list[nbformat.NotebookNode]:
    """The outputs of a test cell: every card, then the points, between 0 and `most`."""
    points = float(min(max(sum(result.points for result in results), 0.0), most))
    cards = "\n\n".join(without_repeats(result.message for result in results))
    return [
        new_output("stream", name="stdout", text=f"{cards}\n"),
        new_output("execute_result", data={"text/plain": repr(points)}, execution_count=None),
    ]


def gpu_outputs(report: GpuReport) -> list[nbformat.NotebookNode]:
    """The cards of the GPU tier and its total; only the total if the tier was not run."""
    cards = [] if report.missing else list(without_repeats(result.message for result in report.checks))
    return [
        new_output("stream", name="stdout", text="\n\n".join([*cards, report.words]) + "\n"),
        new_output("execute_result", data={"text/plain": "0.0"}, execution_count=None),
    ]


def safe_outputs(outputs: Iterable[Mapping[str, Any]]) -> list[nbformat.NotebookNode]:
    """A submission's outputs, rebuilt as outputs of known kinds; others are left out."""
    rebuilt = (_rebuilt(output) for output in list(outputs)[:MAX_OUTPUTS])
    return [output for output in rebuilt if output is not None]


def within(outputs: list[nbformat.NotebookNode], room: int) -> tuple[list[nbformat.NotebookNode], int]:
    """A cell's outputs if there is room for them, or a line that says so; and what room is left."""
    size = len(str(outputs))
    if size <= room:
        return outputs, room - size
    words = "[left out: the outputs of this file are too long to show]\n"
    return [new_output("stream", name="stdout", text=words)], room


def show_source(cells: Iterable[nbformat.NotebookNode]) -> None:
    """Show control characters in the sources, and no colours where Pygments would take too long.

    A source that is changed for this stays in the metadata as it was handed in.
    """
    seconds, sure = COLOUR_SECONDS, SURE
    for cell in cells:
        source, shown, begun = cell.source, visible(cell.source), time.thread_time()
        sure -= len(shown) ** 2
        magic = shown.lstrip().startswith("%%")  # nbconvert would take a lexer for the magic's language
        if magic or (sure < 0 and not can_be_coloured(shown, seconds)):
            cell.metadata["magics_language"] = NO_COLOUR
        seconds -= time.thread_time() - begun
        cell.source = f"# shown without colours\n{shown}" if magic else shown
        if cell.source != source:
            cell.metadata.setdefault("gradfn", {})["source"] = source


def can_be_coloured(source: str, seconds: float) -> bool:
    """Whether Pygments reads a source in so many seconds; some of its patterns take quadratic time."""
    from IPython.lib.lexers import IPython3Lexer

    end = time.thread_time() + seconds
    return all(time.thread_time() < end for _ in IPython3Lexer().get_tokens(source))


def _rebuilt(output: Mapping[str, Any]) -> nbformat.NotebookNode | None:
    try:
        match output["output_type"]:
            case "stream":
                name = "stderr" if output["name"] == "stderr" else "stdout"
                return new_output("stream", name=name, text=harmless(output["text"]))
            case "error":
                words = [harmless(output[key]) for key in ("ename", "evalue")]
                lines = [harmless(line) for line in output["traceback"][:40]]
                return new_output("error", ename=words[0], evalue=words[1], traceback=lines)
            case "display_data" | "execute_result":
                return new_output("display_data", data=_data(output["data"]))
    except (KeyError, TypeError, ValueError):
        pass  # not a valid output: there is nothing to show
    return None


def _data(data: Mapping[str, Any]) -> dict[str, str]:
    """A display's plain text and picture."""
    shown = {}
    if "text/plain" in data:
        shown["text/plain"] = harmless(data["text/plain"])
    if "image/png" in data and (found := picture_in(data["image/png"])) and found[0] == "image/png":
        shown["image/png"] = found[1]
    return shown


def picture_in(encoded: Any, most: int = MAX_PICTURE) -> tuple[str, str] | None:
    """The type and the base64 text of a PNG or JPEG; None for anything else."""
    if not isinstance(encoded, str) or len(encoded) > most:
        return None
    try:
        raw = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if raw.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR") and len(raw) >= 33:
        kind, (width, height) = "image/png", struct.unpack(">II", raw[16:24])
    else:
        kind, (width, height) = "image/jpeg", _size_of_jpeg(raw)
    return (kind, base64.b64encode(raw).decode()) if 0 < width * height <= MAX_PIXELS else None


def _size_of_jpeg(raw: bytes) -> tuple[int, int]:
    """A JPEG's height and width, from its frame's header; 0 for anything else."""
    place = 2 if raw.startswith(b"\xff\xd8\xff") else len(raw)
    while place + 9 <= len(raw) and raw[place] == 0xFF:
        kind, length = struct.unpack(">BH", raw[place + 1 : place + 4])
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", raw[place + 5 : place + 9])
            return height, width
        place += 2 + length
    return 0, 0
