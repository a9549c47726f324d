"""Parsing what was handed in; for grading that is done in a sandbox, since it can take very long.

notebook_cells(text, file)    a notebook's cells, checked
defined_names(source)         the functions and classes that a source defines
Parser, HERE                  who parses, and the one that does it in this process
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.errors import BadSubmission
from autograder.worker.outcome import harmless

MAX_NAME = 40


def notebook_cells(text: str, file: str) -> list[dict[str, Any]]:
    """A notebook's cells with `cell_type`, `metadata` and `source` of the right types.

    Raises BadSubmission where the text is not a notebook.
    """
    try:
        notebook = json.loads(text)
        cells = notebook["cells"]
        return [
            {
                "cell_type": harmless(str(cell["cell_type"]))[:MAX_NAME],
                "metadata": _dicts_only(cell.get("metadata", {})),
                "source": writable(cell.get("source", "")),
            }
            for cell in cells
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadSubmission(f"{file} is not a notebook: it has no readable list of cells") from error


def writable(source: Any) -> str:
    """A text or a list of lines as text that can be encoded: JSON can spell lone surrogates, UTF-8 cannot."""
    return (source if isinstance(source, str) else "".join(source)).encode(errors="replace").decode()


def _dicts_only(metadata: Any) -> dict[str, Any]:
    """The metadata, without an "nbgrader" entry that is not a dict."""
    return {key: value for key, value in metadata.items() if key != "nbgrader" or isinstance(value, dict)}


def defined_names(source: str) -> tuple[str, ...]:
    """The functions and classes that `source` defines at its top level; none where it is not Python."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(
        node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )


@dataclass(frozen=True)
class Parser:
    """Who parses: `cells` as `notebook_cells`, and `names` as `defined_names` for several sources."""

    cells: Callable[[str, str], list[dict[str, Any]]]
    names: Callable[[Sequence[str]], list[tuple[str, ...]]]


HERE = Parser(notebook_cells, lambda sources: list(map(defined_names, sources)))
