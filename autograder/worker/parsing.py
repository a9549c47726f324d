"""Parsing what was handed in; for grading that is done in a sandbox, since it can take very long.

notebook_cells(text, file)    a notebook's cells, checked
defined_names(source)         the functions and classes that a source defines
bound_names(source)           these, and its variables and imports
mentions(sources)             the dotted names that each of some cells mentions
Parser, HERE                  who parses, and the one that does it in this process
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.errors import BadSubmission
from autograder.worker.notebook_lines import as_python
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
    return tuple(name for name in bound_names(source) if not name.startswith("="))


def bound_names(source: str) -> tuple[str, ...]:
    """`defined_names`, and behind them the variables and imports, as "=x"."""
    try:
        body = ast.parse(as_python(source)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    functions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    defined = [node.name for node in body if isinstance(node, functions)]
    others: dict[str, None] = {}
    waiting: list[ast.AST] = [node for node in body if not isinstance(node, functions)]
    while waiting:
        match waiting.pop():
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                others[f"={name}"] = None
            case ast.alias(name=name, asname=other):
                others[f"={other or name.partition('.')[0]}"] = None
            case ast.Name(id=name, ctx=ast.Store()):
                others[f"={name}"] = None
            case node:
                waiting += ast.iter_child_nodes(node)
    return (*defined, *others)


def mentions(sources: Sequence[str]) -> list[list[str]]:
    """The dotted names that each source mentions, imported names written out: "engine.Value.backward"."""
    trees = []
    for source in sources:
        try:
            trees.append(ast.parse(as_python(source)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            trees.append(ast.Module([], []))
    homes: dict[str, str] = {}  # of imported names, which later cells use too
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            homes |= {alias.asname: _home(node, alias) for alias in node.names if alias.asname}
            if isinstance(node, ast.ImportFrom):
                homes |= {alias.name: _home(node, alias) for alias in node.names if not alias.asname}
    return [sorted({name for node in ast.walk(tree) for name in _mentioned(node, homes)}) for tree in trees]


def _home(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    return f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name


def _mentioned(node: ast.AST, homes: dict[str, str]) -> Iterator[str]:
    """The names that a piece of the syntax tree imports or takes an attribute of."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from (_home(node, alias) for alias in node.names)
    elif isinstance(node, ast.Attribute):
        parts: list[str] = []
        value: ast.AST = node
        while isinstance(value, ast.Attribute):
            parts.append(value.attr)
            value = value.value
        first = homes.get(value.id, value.id) if isinstance(value, ast.Name) else ""
        yield ".".join([first, *reversed(parts)])


@dataclass(frozen=True)
class Parser:
    """Who parses: `cells` as `notebook_cells`, and `names` as `bound_names` for several sources."""

    cells: Callable[[str, str], list[dict[str, Any]]]
    names: Callable[[Sequence[str]], list[tuple[str, ...]]]


HERE = Parser(notebook_cells, lambda sources: list(map(bound_names, sources)))
