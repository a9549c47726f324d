"""Lines that only a notebook can run, such as `%matplotlib inline`, `!pip install` and `check("softmax")`.

as_python(text)        the text with these lines as comments; the numbers of its lines stay
original(line)         a line as it was before
runnable(text)         as_python, but unchanged where that does not make it Python either
shell_lines(text)      its shell commands
is_python(text)        whether Python can read a text

A sandbox, `gradfn submit` and a student's pytest run what `runnable` gives, so that they agree.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

ONLY = "# notebook only: "
_SPELLED = re.compile(rf"(\s*)(?:.*?  )?{ONLY}(.*)")
#: What IPython understands in a cell that is not Python: %magic, !command, ?help, x = %magic, help?
MAGIC = re.compile(r"\s*(?:[%!?]|[\w.,\[\] \t]+=\s*[%!]|[\w.*]+\?{1,2}\s*$)")
MOST_MAGICS = 200  # in a cell: Python parses it anew after each
#: Of a magic what is Python: x = %magic, x = !command, %time statement.
_PARTS = re.compile(r"(\s*)(?:([\w.,\[\] \t]+=)\s*[%!]|%time +(\S.*)|)")
SHELL = ("!", "%pip ", "%conda ", "%mamba ", "%sx ", "%system ", "get_ipython().system(")
#: Cells of other languages.
OTHERS = re.compile(
    r"%%(!|(bash|cmd|file|html|javascript|js|latex|markdown|perl|ruby|script|sh|svg|sx|system|writefile)\b)",
    re.IGNORECASE,
)
RUN = ("capture", "memit", "prun", "time", "timeit")  # magics that run their cell as Python
KITS_FUNCTIONS = {"check", "hint", "play"}


@lru_cache(maxsize=256)
def as_python(text: str) -> str:
    """The text with each line that only a notebook can run as a comment.

    Where a statement is needed one stands before the comment: `files = []` for `files = !ls`, or `pass`.
    """
    lines = text.split("\n")
    if text.lstrip().startswith("%%"):
        first = next(number for number, line in enumerate(lines) if line.strip())
        end = len(lines) if OTHERS.match(text.lstrip()) else first + 1
        lines[first:end] = map(_comment, lines[first:end])
    for _ in range(MOST_MAGICS):
        wrong = _wrong_line("\n".join(lines))
        if not 0 < wrong <= len(lines) or not MAGIC.match(lines[wrong - 1]):
            break
        lines[wrong - 1] = _spelled(lines[wrong - 1])
        while lines[wrong - 1].endswith("\\") and wrong < len(lines):
            wrong += 1
            lines[wrong - 1] = _comment(lines[wrong - 1])
    return _without_ours("\n".join(lines))


def _wrong_line(text: str) -> int:
    """The number of the line that Python cannot read, or 0."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        return error.lineno or 0
    except (ValueError, RecursionError, MemoryError):
        pass
    return 0


def _comment(line: str) -> str:
    return line if line.startswith(ONLY) else ONLY + line


def _spelled(line: str, python: str = "") -> str:
    """A line as a comment, behind what of it is to be run."""
    indent, target, statement = _PARTS.match(line).groups()  # type: ignore[union-attr]  # fits any line
    python = python or (f"{target.strip()} []" if target else statement or "pass" * bool(indent))
    return f"{indent}{python}  {ONLY}{line[len(indent) :]}" if python else ONLY + line


def original(line: str) -> str:
    """A line of `as_python` as it was."""
    found = _SPELLED.fullmatch(line)
    return found[1] + found[2] if found else line


def runnable(text: str) -> str:
    """The text as Python can run it; unchanged where it has another error: the error is to be shown."""
    python = as_python(text)
    return python if is_python(python) else text


def _without_ours(text: str) -> str:
    """A Python text with the kit's own statements as comments, and magics in nbconvert's words."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    defined = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    lines = text.split("\n")
    for node, python in reversed([*_ours(body, KITS_FUNCTIONS - defined)]):
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        row, end = lines[first].encode(), lines[last].encode()  # Python counts in bytes
        end = end[node.end_col_offset :]
        if row[: node.col_offset].strip() or (end.strip(b"; \t") and not end.strip().startswith(b"#")):
            if first == last:  # beside a statement of the student's
                lines[first] = (row[: node.col_offset] + (python or "None").encode() + end).decode()
            continue
        for number in range(last, first, -1):
            lines[number] = _comment(lines[number])
        if ONLY not in lines[first]:
            lines[first] = _spelled(lines[first], python)
    return "\n".join(lines)


def _ours(body: list[ast.stmt], functions: set[str]) -> Iterator[tuple[ast.stmt, str]]:
    """The statements that only a notebook can run, but in functions; each with what is run in its place."""
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                continue
            case ast.ImportFrom(module="autograder.jupyter") | ast.Import([ast.alias("autograder.jupyter")]):
                yield node, ""
            case ast.Assign([ast.Tuple([ast.Name("check"), ast.Name("hint")])], ast.Call()):
                yield node, ""
            case ast.Assign([ast.Name(name)], value) if _is_ours(value, functions):
                yield node, f"{name} = []"
            case ast.Expr(ast.Call(func=ast.Name(name))) if name in functions:
                yield node, ""
            case ast.Expr(value) | ast.Assert(value) if _is_ours(value, functions):
                yield node, _cell_of(value)
            case _:
                for block in ("body", "orelse", "finalbody", "handlers"):
                    yield from _ours(getattr(node, block, []), functions)


def _is_ours(value: ast.expr, functions: set[str]) -> bool:
    """Whether an expression calls the kit's check or hint, or a magic in nbconvert's words."""
    for node in ast.walk(value):
        match node:
            case ast.Call(ast.Name(name), [ast.Constant(str())]) if name in functions:
                return True
            case ast.Call(ast.Attribute(ast.Call(ast.Name("get_ipython")))):
                return True
    return False


def _cell_of(value: ast.expr) -> str:
    """A statement that runs the cell in nbconvert's words for %%time and its like; "" for all else."""
    match value:
        case ast.Call(ast.Attribute(attr="run_cell_magic"), [ast.Constant(name), _, ast.Constant(cell)]):
            return f"exec({cell!r})" if name in RUN else ""
    return ""


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
