"""Cards in a window of fewer columns than they were rendered for.

narrowed(text, width)         a card, or words in its form: a first line, and sentences that are indented
for_terminal(text, stream)    the same, narrowed to the terminal that the stream is, if it is one
columns(stream)               how many columns it has; None for a file or a pipe
without_half_the_bar(line)    a unit's line with a shorter bar
"""

from __future__ import annotations

import shutil
import textwrap
from typing import Any


def columns(stream: Any) -> int | None:
    """The width of the terminal that a stream is; None where it is none."""
    isatty = getattr(stream, "isatty", None)
    return shutil.get_terminal_size().columns if isatty is not None and isatty() else None


def for_terminal(text: str, stream: Any) -> str:
    """Cards, with empty lines between them, as they fit the stream's terminal; untouched where they do fit,
    and in files and pipes."""
    width = columns(stream)
    if width is None or max(map(len, text.split("\n"))) <= width:
        return text
    return "\n\n".join(narrowed(piece, width) for piece in text.split("\n\n"))


def without_half_the_bar(line: str) -> str:
    """A unit's line whose bar has half as many signs."""
    name, opened, rest = line.partition("[")
    bar, closed, words = rest.partition("]")
    return f"{name}{opened}{bar[1::2]}{closed}{words}"


def narrowed(text: str, width: int) -> str:
    """A card that was rendered, or words in its form, for a window of fewer columns."""
    head, *body = text.split("\n")
    if len(head) > width and "  " in head:
        left, _, right = head.rpartition("  ")
        left = left.rstrip()
        gap = width - len(left) - len(right)
        head = f"{left}{' ' * gap}{right}" if gap >= 2 else f"{left}\n  {right}"
    sentences: list[str] = []
    for line in body:
        if line.startswith("    ") and sentences:  # the sentence goes on
            sentences[-1] += line[3:]
        else:
            sentences.append(line)
    lines = [line for part in head.split("\n") for line in _wrapped(part, width)]
    return "\n".join([*lines, *(line for sentence in sentences for line in _wrapped(sentence, width))])


def _wrapped(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(line.strip(), width, initial_indent=indent, subsequent_indent=f"{indent}  ")
