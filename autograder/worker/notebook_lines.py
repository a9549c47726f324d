"""Lines that only a notebook can run, such as `%matplotlib inline`, `!pip install` and `check("softmax")`.

as_python(text)        the text with these lines as comments; the numbers of its lines stay
runnable(text)         the same, but unchanged where that does not make it Python either
without_checks(text)   the text with the kit's own lines as comments, and no others
shell_lines(text)      its shell commands
is_python(text)        whether Python can read a text
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

ONLY = "# notebook only: "
#: What IPython understands in a cell that is not Python: %magic, !command, ?help, x = %magic, help?
MAGIC = re.compile(r"\s*(?:[%!?]|[\w.,\[\] \t]+=\s*[%!]|[\w.*]+\?{1,2}\s*$)")
SHELL = ("!", "%pip ", "%conda ", "%mamba ", "%sx ", "%system ", "get_ipython().system(")
KITS_FUNCTIONS = {"check", "hint"}


@lru_cache(maxsize=256)
def as_python(text: str) -> str:
    """The text with each line that only a notebook can run as a comment."""
    python = _without_magics(text)
    return _commented(python, python, exported=True)


def _without_magics(text: str) -> str:
    """The text with what only IPython understands as comments."""
    if not is_python(text):
        lines = text.split("\n")
        without = [ONLY + line if MAGIC.match(line) and not line.startswith(ONLY) else line for line in lines]
        if text.lstrip().startswith("%%") and not is_python("\n".join(without)):
            # The cell of another language.
            without = [line if line.startswith(ONLY) else ONLY + line for line in lines]
        text = "\n".join(without)
    return text


def runnable(text: str) -> str:
    """The text as Python can run it; unchanged where it has another error: the error is to be shown."""
    python = as_python(text)
    return python if is_python(python) else text


def without_checks(text: str) -> str:
    """A notebook's cell without the kit's own lines."""
    return _commented(text, _without_magics(text), exported=False)


def _commented(text: str, python: str, exported: bool) -> str:
    """`text` with the kit's own statements as comments, and with `exported` those of nbconvert.

    They are found in `python`, which has the same lines.
    """
    try:
        body = ast.parse(python).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    defined = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    ours = [node for node in body if _is_kits(node, KITS_FUNCTIONS - defined, exported)]
    shared = {line for node in body if node not in ours for line in _lines(node)}
    lines = text.split("\n")
    for node in reversed(ours):
        if not shared & set(_lines(node)):
            for number in _lines(node):
                line = lines[number - 1]
                lines[number - 1] = line if line.startswith(ONLY) else ONLY + line
        elif node.lineno == node.end_lineno:  # with a semicolon, beside a statement of the student's
            row = lines[node.lineno - 1].encode()  # Python counts its columns in bytes
            row = row[: node.col_offset] + b"None" + row[node.end_col_offset :]
            lines[node.lineno - 1] = row.decode()
    return "\n".join(lines)


def _lines(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _is_kits(node: ast.stmt, functions: set[str], exported: bool) -> bool:
    """Whether a statement runs the kit's check or hint, imports them, or is a magic in nbconvert's words."""
    match node:
        case ast.ImportFrom(module="autograder.jupyter"):
            return True
        case ast.Assign([ast.Tuple([ast.Name("check"), ast.Name("hint")])], ast.Call(func=ast.Name("unit"))):
            return True
        case ast.Expr(ast.Call(func=ast.Name(name))):
            return name in functions
        case ast.Expr(ast.Call(func=ast.Attribute(ast.Call(func=ast.Name("get_ipython"))))):
            return exported
    return False


def shell_lines(text: str) -> Iterator[str]:
    """The lines that run another program; the text is not parsed."""
    for line in map(str.strip, text.split("\n")):
        shell = line.startswith(SHELL) or line.partition("=")[2].lstrip().startswith("!")
        if shell and not line.startswith("!["):  # a picture in Markdown
            yield line


def is_python(text: str) -> bool:
    """Whether Python can read a text."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
