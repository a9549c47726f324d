"""Cards in a window of fewer columns than they were rendered for.

narrowed(text, width)    a card, or words in its form: a first line, and sentences that are indented
"""

from __future__ import annotations

import textwrap


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
