"""The terminal a student reads in: how wide it is, and which characters it can print.

columns(stream)              the width of the terminal behind a stream; None for a file or a pipe
for_terminal(text, stream)   cards, wrapped to that width
narrowed(text, width)        one card, wrapped to a width
shorten_bar(line)            a unit's line with a bar of half the length
readable(text, encoding)     text that the encoding can print: "·" becomes "-", "└─" becomes "`-"
replace_unprintable(*streams)    make streams print that way
"""

from __future__ import annotations

import codecs
import shutil
import textwrap
import unicodedata
from typing import Any

# Width


def columns(stream: Any) -> int | None:
    """The width of the terminal behind a stream; None where it is not a terminal."""
    isatty = getattr(stream, "isatty", None)
    return shutil.get_terminal_size().columns if isatty is not None and isatty() else None


def for_terminal(text: str, stream: Any) -> str:
    """Cards, separated by empty lines, wrapped to the stream's terminal; unchanged for a file or a pipe."""
    width = columns(stream)
    if width is None or max(map(len, text.split("\n"))) <= width:
        return text
    return "\n\n".join(narrowed(card, width) for card in text.split("\n\n"))


def shorten_bar(line: str) -> str:
    """A unit's line whose bar has half as many characters."""
    name, opened, rest = line.partition("[")
    bar, closed, words = rest.partition("]")
    return f"{name}{opened}{bar[1::2]}{closed}{words}"


def narrowed(text: str, width: int) -> str:
    """A card, or a text of its form (a first line, then indented sentences), wrapped to `width` columns."""
    head, *body = text.split("\n")
    if len(head) > width and "  " in head.strip():
        left, _, right = head.rpartition("  ")
        left = left.rstrip()
        gap = width - len(left) - len(right)
        head = f"{left}{' ' * gap}{right}" if gap >= 2 else f"{left}\n  {right}"
    sentences: list[str] = []
    for line in body:
        if line.startswith("    ") and line[4:6] != "  " and sentences:  # the sentence goes on
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


# Characters

_CHARACTERS = "·…★•–—×÷−│─├└┌┐┘┤┬┴█░✓✗✔✘▶→←⇒≤≥≠≈∞√‘’“”∂∇∑∏∫"
_ASCII = """- ... * * - - x / - | - | ` , . ' | - - # . v x v x > -> <- => <= >= != ~ inf sqrt ' ' " " d grad
            sum prod int"""
IN_ASCII = dict(zip(_CHARACTERS, _ASCII.split(), strict=True))
HANDLER = "gradfn.ascii"


def _replace(error: UnicodeError) -> tuple[str | bytes, int]:
    """Replace the characters that could not be encoded; a codecs error handler."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_in_ascii, error.object[error.start : error.end])), error.end


def _in_ascii(char: str) -> str:
    """A character in ASCII: from the table, a letter's base or Greek name, else a question mark."""
    if char in IN_ASCII:
        return IN_ASCII[char]
    if plain := unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode():
        return plain
    name = unicodedata.name(char, "")
    return name.rpartition(" ")[2].lower() if name.startswith("GREEK SMALL LETTER") else "?"


codecs.register_error(HANDLER, _replace)


def readable(text: str, encoding: str | None) -> str:
    """The text, in ASCII where the encoding lacks a character."""
    try:
        return text.encode(encoding or "utf-8", HANDLER).decode(encoding or "utf-8")
    except LookupError:  # Python does not know the encoding, so neither which characters it has
        return text


def replace_unprintable(*streams: Any) -> None:
    """Have the streams print what `readable` gives; objects that are not text files are left alone."""
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=HANDLER)
