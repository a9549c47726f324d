"""A student's work in parts: read from a script or a notebook, and written as a script.

    of_script(text, unit)     of_notebook(text, unit)    the parts of a file, in its order
    as_script(parts, unit)                               the same parts as a script
    settled(parts, unit)                                 in the unit's order, with stubs for what is missing

A part is an answer, a question's text, or a cell of the student's own. What a notebook can hold and a script
can not is written so that it comes back as it was: text as comments below "# %% [markdown]"; magics, shell
commands and lines that look like marks behind "# notebook only: ".
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from autograder.answers.submission import Piece, adopt, notebook_cells, question_of
from autograder.units import script
from autograder.units.kit import KitUnit
from autograder.units.lessons import is_kits, lesson_of

ONLY = "# notebook only: "
#: What IPython takes for itself in a cell that is no Python: %magic, !command, ?help, x = %magic, help?
MAGIC = re.compile(r"\s*(?:[%!?]|[\w.,\[\] \t]+=\s*[%!]|[\w.*]+\?{1,2}\s*$)")
KITS_CODE = re.compile(r'check\("\w+"\)|from autograder\.jupyter import unit\s+check, hint = unit\("\w+"\)')
TEXTS = ("markdown", "raw")


@dataclass(frozen=True)
class Part:
    """One cell: its kind as in a notebook, whose it is ("" for the student's own), and its text there.

    `title` is what stands on an own cell's mark; `source` is how a script wrote the text, kept while the text
    stays the same.
    """

    kind: str
    name: str
    text: str
    title: str = ""
    source: str | None = None

    @property
    def content(self) -> tuple[str, str, str]:
        """What must not be lost of it."""
        return self.kind, self.name, self.text.strip("\n")


def of_script(text: str, unit: KitUnit) -> list[Part]:
    """The parts of a script, the set-up cell first; an empty cell without a title is none."""
    marks = list(script.MARK.finditer(text))
    ends = [*(mark.start() for mark in marks), len(text)]
    parts = [_code(script.SETUP, text[: ends[0]].strip("\n"))]
    for mark, end in zip(marks, ends[1:], strict=True):
        parts.append(_scripted(mark["title"], text[mark.end() : end].strip("\n"), unit))
    return _owned([part for part in parts if part.name or part.title or part.text.strip()], unit)


def _scripted(title: str, source: str, unit: KitUnit) -> Part:
    """The part below one mark."""
    name = title.split(" ")[0]
    if name in unit.questions:
        return Part("markdown", name, script.unquoted(source), title, source)
    if name in unit.exercises:
        return _code(name, source, title)
    for kind in TEXTS:
        if f"[{kind}]" in title and (text := _uncommented(source)) is not None:
            return Part(kind, "", text, title, source)
    return _code("", source, title)


def _code(name: str, source: str, title: str = "") -> Part:
    text = "\n".join(line.removeprefix(ONLY) for line in source.split("\n"))
    return Part("code", name, text, title, source)


def of_notebook(text: str, unit: KitUnit, file: str) -> list[Part]:
    """The parts of a notebook, without what the kit wrote; raises BadSubmission where it is no notebook."""
    lesson = lesson_of(unit)
    setup = replace(of_script(unit.recorded.stub, unit)[0], name="")
    parts = []
    for cell in notebook_cells(text, file):
        metadata, kind = cell["metadata"], cell["cell_type"]
        marks, ours = (
            metadata[key] if isinstance(metadata.get(key), dict) else {} for key in ("nbgrader", "gradfn")
        )
        name = str(marks.get("grade_id", ""))
        source = cell["source"].replace("\r\n", "\n").replace("\r", "\n")
        if question := question_of(cell, name, unit):
            parts.append(Part("markdown", question, source.strip()))
        elif name in unit.exercises or name == script.SETUP:
            parts.append(Part("code", name, source))
        elif not (_is_kits_code(source) or is_kits(source, ours.get("lesson"), lesson)):
            kind = kind if kind in TEXTS else "code"
            mine = Part(kind, "", source, _own_title(str(ours.get("title", "")), unit))
            if mine.title or source.strip():
                parts.append(replace(mine, name=script.SETUP) if mine.content == setup.content else mine)
    return _owned(parts, unit)


def _own_title(title: str, unit: KitUnit) -> str:
    """The title of an own cell; none where it would make the cell an exercise's."""
    line = title.partition("\n")[0].strip()
    return "" if line.split(" ")[0] in (*unit.exercises, *unit.questions) else line


def _is_kits_code(source: str) -> bool:
    return KITS_CODE.fullmatch(source.strip()) is not None


def _owned(parts: Sequence[Part], unit: KitUnit) -> list[Part]:
    """The parts, each exercise's the last that has its name; a lost mark is recognised by what is defined."""
    last = {part.name: index for index, part in enumerate(parts) if part.name}
    single = [p if last.get(p.name, i) == i else replace(p, name="", title="") for i, p in enumerate(parts)]
    code = [i for i, p in enumerate(single) if p.kind == "code" and p.name != script.SETUP]
    adopted, _ = adopt([Piece(single[i].name, single[i].text) for i in code], unit)
    for i, piece in zip(code, adopted, strict=True):
        single[i] = replace(single[i], name=piece.exercise)
    return single


def settled(parts: Sequence[Part], unit: KitUnit) -> list[Part]:
    """The parts in the unit's order, own cells behind what they stood behind, stubs for what is nowhere."""
    stubs = {part.name: part for part in of_script(unit.recorded.stub, unit)}
    there = {part.name for part in parts}
    defined = {name for part in parts if part.kind == "code" for name in script.defined_names(part.text)}
    elsewhere = {e.name for e in unit.exercises.values() if defined & set(e.names)}
    whole = [*parts, *(part for name, part in stubs.items() if name not in there | elsewhere)]
    places = {name: place for place, name in enumerate(stubs)}
    anchored, place = [], 0
    for part in whole:
        place = places.get(part.name, place) if part.name else place
        anchored.append((place, part))
    return [part for _, part in sorted(anchored, key=lambda pair: pair[0])]


def as_script(parts: Sequence[Part], unit: KitUnit, before: Iterable[Part] = ()) -> str:
    """The parts as a script; what is the same in the script `before` is written as it was there."""
    known = {part.content: part for part in before}
    titles = {part.name: part.title for part in of_script(unit.recorded.stub, unit)}
    cells = []
    for part in settled(parts, unit):
        same = known.get(part.content, part)
        source = _source(part) if same.source is None else same.source
        title = titles[part.name] if part.name else part.title or same.title or _title(part.kind)
        mark = "" if part.name == script.SETUP else f"# %% {title}".rstrip() + "\n"
        cells.append(mark + source.strip("\n") + "\n")
    return "\n\n".join(cells)


def _title(kind: str) -> str:
    return f"[{kind}]" if kind in TEXTS else ""


def _source(part: Part) -> str:
    """How a script writes a part's text."""
    if part.kind == "code":
        return as_python(part.text.strip("\n"))
    risky = '"""' in part.text or part.text.endswith(('"', "\\")) or script.MARK.search(part.text)
    if part.name and not risky:
        return script.quoted(part.text)
    return _commented(part.text)


def as_python(text: str) -> str:
    """A code cell's text with each line that no script can hold as a comment."""
    lines = [
        _only(line) if script.MARK.match(line) or line.startswith(ONLY) else line for line in text.split("\n")
    ]
    if is_python("\n".join(lines)):
        return "\n".join(lines)
    without = [_only(line) if MAGIC.match(line) and not line.startswith(ONLY) else line for line in lines]
    if text.lstrip().startswith("%%") and not is_python("\n".join(without)):
        without = [_only(line) for line in text.split("\n")]  # the cell of another language
    return "\n".join(without)


def is_python(text: str) -> bool:
    """Whether Python can read a text."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _only(line: str) -> str:
    return ONLY + line


def _commented(text: str) -> str:
    """A text as comments, none of which looks like a cell's mark."""
    lines = (re.sub(r"^(?=\\*%%)", r"\\", line) for line in text.split("\n"))
    return "\n".join(f"# {line}" if line else "#" for line in lines)


def _uncommented(source: str) -> str | None:
    """The text in comments or in quotes; None where there is code too."""
    if quotes := script.QUOTES.match(source.strip()):
        text = source.strip()[quotes.end() :]
        return text.removesuffix(quotes[1]).strip("\n") if text.count(quotes[1]) == 1 else None
    lines = source.split("\n")
    if not all(line.startswith("#") for line in lines):
        return None
    texts = (line.removeprefix("#").removeprefix(" ") for line in lines)
    return "\n".join(re.sub(r"^\\(?=\\*%%)", "", line) for line in texts)
