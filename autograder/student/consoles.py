"""Consoles that cannot print every character, such as Windows' cp1252: signs get their like in ASCII there.

readable(text, encoding)    the text as it can be printed, "·" as "-" and "└─" as "`-"
speak(*streams)             print to the streams in this way, whatever is printed
"""

from __future__ import annotations

import codecs
import unicodedata
from typing import Any

_SIGNS = "·…★•–—×÷−│─├└┌┐┘┤┬┴█░✓✗✔✘▶→←⇒≤≥≠≈∞√‘’“”∂∇∑∏∫"
_ASCII = """- ... * * - - x / - | - | ` , . ' | - - # . v x v x > -> <- => <= >= != ~ inf sqrt ' ' " " d grad
            sum prod int"""
LIKE = dict(zip(_SIGNS, _ASCII.split(), strict=True))
HANDLER = "gradfn.like"


def _like(error: UnicodeError) -> tuple[str | bytes, int]:
    """What stands for the characters that could not be encoded; a codecs error handler."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_twin, error.object[error.start : error.end])), error.end


def _twin(char: str) -> str:
    """A character in ASCII: by the table, a letter by its base or its name, a question mark at last."""
    if char in LIKE:
        return LIKE[char]
    if plain := unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode():
        return plain
    name = unicodedata.name(char, "")
    return name.rpartition(" ")[2].lower() if name.startswith("GREEK SMALL LETTER") else "?"


codecs.register_error(HANDLER, _like)


def readable(text: str, encoding: str | None) -> str:
    """The text with its signs in ASCII where the encoding has none for them."""
    try:
        return text.encode(encoding or "utf-8", HANDLER).decode(encoding or "utf-8")
    except LookupError:
        return text  # an encoding that Python does not know: nothing is known of its characters


def speak(*streams: Any) -> None:
    """Let the streams print in this way; those that are no files are left alone."""
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=HANDLER)
