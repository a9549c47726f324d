"""What warnings and errors that learners meet mean, a sentence on each.

    meaning("RuntimeWarning: divide by zero encountered in log")   "The logarithm of 0 is -inf."
    meaning_of_error("EOFError: EOF when reading a line")          "input() cannot work here, ..."

The sentences are in meanings.json, by patterns of a warning's or an error's text: the first that is found
counts. A text without a row there gets no sentence.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path


def meaning(warning: str) -> str:
    """A sentence on what a warning means, or ""."""
    return _first("warnings", warning)


def meaning_of_error(error: str) -> str:
    """A sentence on what an error means, or ""."""
    return _first("errors", error)


def _first(kind: str, text: str) -> str:
    return next((words for pattern, words in table(kind).items() if re.search(pattern, text)), "")


@cache
def table(kind: str) -> dict[str, str]:
    """The sentences on "warnings" or "errors", by their patterns."""
    found: dict[str, dict[str, str]] = json.loads(
        Path(__file__).with_suffix(".json").read_text(encoding="utf-8")
    )
    return found[kind]
