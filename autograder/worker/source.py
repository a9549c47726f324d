"""The source of an answer's functions, as the syntax tree has it: no comments, no docstrings, one spelling.

code_of(value)     the text of a function or class; "" where its file cannot be read
"""

from __future__ import annotations

import ast
import linecache
import types
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

MAX_CODE = 2_000  # characters of one function


def code_of(value: Any) -> str:
    """The code of a function or class, written by `ast.unparse`; "" where there is none to be read."""
    functions = [value] if isinstance(value, types.FunctionType) else _methods(value)
    for function in functions:
        code = function.__code__
        lines = linecache.getlines(code.co_filename, function.__globals__)
        return _definition("".join(lines), code.co_firstlineno, isinstance(value, type))[:MAX_CODE]
    return ""


def _methods(value: Any) -> list[types.FunctionType]:
    members = vars(value).values() if isinstance(value, type) else ()
    inner = (m.__func__ if isinstance(m, staticmethod | classmethod) else m for m in members)
    return [member for member in inner if isinstance(member, types.FunctionType)]


@lru_cache(maxsize=256)
def _definition(source: str, line: int, is_class: bool) -> str:
    """The innermost function, or the class, that stands on a line of a file."""
    wanted = ast.ClassDef if is_class else ast.FunctionDef
    around = [
        node
        for node in _definitions(source)
        if isinstance(node, wanted) and _first_line(node) <= line <= (node.end_lineno or 0)
    ]
    return ast.unparse(around[-1]) if around else ""


def _first_line(node: ast.FunctionDef | ast.ClassDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


@lru_cache(maxsize=8)
def _definitions(source: str) -> tuple[ast.FunctionDef | ast.ClassDef, ...]:
    """The functions and classes of a file without their docstrings, outer ones first."""
    try:
        statements = _statements(ast.parse(source))
        found = [node for node in statements if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    for node in found:
        if len(node.body) > 1 and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return tuple(found)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """The statements in a piece of the syntax tree, outer ones first; expressions are passed over."""
    for block in ("body", "orelse", "finalbody", "handlers", "cases"):
        for statement in getattr(node, block, ()):
            yield statement
            yield from _statements(statement)
