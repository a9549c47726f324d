"""Parsing what was handed in; for grading that is done in a sandbox, since it can take very long.

notebook_cells(text, file)    a notebook's cells, checked
defined_names(source)         the functions and classes that a source defines
bound_names(source)           these, and its variables and imports
mentions(sources)             what each of some cells mentions: names, attributes, imports
Parser, HERE                  who parses, and the one that does it in this process
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from autograder.errors import BadSubmission
from autograder.worker.notebook_lines import as_python
from autograder.worker.outcome import harmless

MAX_NAME = 40
MAX_PICTURES = 12 << 20  # characters of all together
PICTURES = ("image/png", "image/jpeg")
DAMAGED = "damaged"


def notebook_cells(text: str, file: str) -> list[dict[str, Any]]:
    """A notebook's cells with `cell_type`, `metadata`, `source` and `pictures` of the right types.

    A cell that is damaged has the type DAMAGED. Raises BadSubmission where the text is not a notebook.
    """
    try:
        known = json.loads(text)
        cells = known["cells"] if "cells" in known else known["worksheets"][0]["cells"]  # nbformat 3
        if not isinstance(cells, list):
            raise TypeError
        return _fitting([_cell(cell) for cell in cells])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        words = "is not a notebook: it has no readable list of cells"
        if text.lstrip().startswith("{") and not text.rstrip().endswith("}"):
            words = "is cut off: its end is missing. Download or save it again"
        if conflict := re.search("^<{7} ", text, re.MULTILINE):
            words = f"holds Git conflict markers, line {text.count(chr(10), 0, conflict.start()) + 1}"
        raise BadSubmission(f"{file} {words}") from error


def _cell(cell: Any) -> dict[str, Any]:
    """One cell; what of it is missing or has the wrong type is empty."""
    known = cell if isinstance(cell, dict) else {}
    kind, metadata = known.get("cell_type"), known.get("metadata")
    source = known.get("source", known.get("input")) or ""  # nbformat 3 calls it the input
    try:
        text = writable(source)
    except TypeError:
        kind, text = DAMAGED, ""
    kept = metadata.items() if isinstance(metadata, dict) else ()
    return {
        "cell_type": harmless(kind)[:MAX_NAME] if isinstance(kind, str) else DAMAGED,
        "metadata": {key: value for key, value in kept if key != "nbgrader" or isinstance(value, dict)},
        "source": text,
        "pictures": _pictures(known.get("attachments")) if kind == "markdown" else [],
    }


def _pictures(attachments: Any) -> list[str]:
    """The pictures that are attached to a text, in base64; whether they are pictures is not checked."""
    files = attachments.values() if isinstance(attachments, dict) else ()
    found = [file.get(kind) for file in files if isinstance(file, dict) for kind in PICTURES]
    return [picture for picture in found if isinstance(picture, str)]


def _fitting(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cells with as many of their pictures as can be sent; "" stands for one that is left out."""
    room = MAX_PICTURES
    for cell in cells:
        for number, picture in enumerate(cell["pictures"]):
            cell["pictures"][number] = picture if len(picture) <= room else ""
            room -= len(cell["pictures"][number])
    return cells


def writable(source: Any) -> str:
    """A text or a list of lines as text that can be encoded: JSON can spell lone surrogates, UTF-8 cannot."""
    return (source if isinstance(source, str) else "".join(source)).encode(errors="replace").decode()


def defined_names(source: str) -> tuple[str, ...]:
    """The functions and classes that `source` defines at its top level; none where it is not Python."""
    return tuple(name for name in bound_names(source) if not name.startswith("="))


@lru_cache(maxsize=256)
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
            case ast.Call(ast.Name("exec"), [ast.Constant(str(cell))]):  # a cell in nbconvert's words
                defined += defined_names(cell)
            case ast.Name(id=name, ctx=ast.Store()):
                others[f"={name}"] = None
            case node:
                waiting += ast.iter_child_nodes(node)
    return (*defined, *others)


def mentions(sources: Sequence[str]) -> list[list[str]]:
    """What each source mentions, imported names written out.

    "engine.Value.backward" for a name with its attributes, "import numpy" for an import, "= self.w" for an
    attribute that is set, deleted or defined in a class, "def f" for what a cell defines; "?" for a source
    that is not Python.
    """
    trees: list[ast.Module | None] = []
    for source in sources:
        try:
            trees.append(ast.parse(as_python(source)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            trees.append(None)
    homes: dict[str, str] = {}  # of imported names, which later cells use too
    for node in (node for tree in trees if tree for node in ast.walk(tree)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            homes |= {alias.asname: _home(node, alias) for alias in node.names if alias.asname}
            if isinstance(node, ast.ImportFrom):
                homes |= {alias.name: _home(node, alias) for alias in node.names if not alias.asname}
    return [
        sorted({name for node in _whole(tree) for name in _mentioned(node, homes)} | _defined(source))
        if tree
        else ["?"]
        for source, tree in zip(sources, trees, strict=True)
    ]


def _whole(tree: ast.Module) -> Iterator[ast.AST]:
    """The pieces of a syntax tree, but for the beginnings of chains of attributes."""
    inner = {node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    beginnings = {node for node in inner if isinstance(node, ast.Attribute | ast.Name)}
    return (node for node in ast.walk(tree) if node not in beginnings)


def _defined(source: str) -> set[str]:
    return {f"def {name.removeprefix('=')}" for name in bound_names(source)}


def _home(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    return f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name


def _mentioned(node: ast.AST, homes: dict[str, str]) -> Iterator[str]:
    """What one piece of the syntax tree mentions."""
    match node:
        case ast.Import() | ast.ImportFrom():
            for alias in node.names:
                yield f"import {_home(node, alias)}"
        case ast.ClassDef(body=body):
            functions = [each.name for each in body if isinstance(each, ast.FunctionDef)]
            yield from (f"= self.{name}" for name in functions if not name.startswith("__"))
        case ast.Name(id=name):
            yield homes.get(name, name)
        case ast.MatchClass(kwd_attrs=names):
            yield from (f".{name}" for name in names)
        case ast.Attribute():
            parts: list[str] = []
            value: ast.AST = node
            while isinstance(value, ast.Attribute):
                parts.append(value.attr)
                value = value.value
            first = homes.get(value.id, value.id) if isinstance(value, ast.Name) else ""
            dotted = ".".join([first, *reversed(parts)])
            yield dotted if isinstance(node.ctx, ast.Load) else f"= {dotted}"


@dataclass(frozen=True)
class Parser:
    """Who parses: `cells` as `notebook_cells`, and `names` as `bound_names` for several sources."""

    cells: Callable[[str, str], list[dict[str, Any]]]
    names: Callable[[Sequence[str]], list[tuple[str, ...]]]


HERE = Parser(notebook_cells, lambda sources: list(map(bound_names, sources)))
