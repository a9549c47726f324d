"""Load a file of answers as a module.

    load_module(path, name)       run a file of the kit; exceptions pass through
    module_of(source, name)       the same for a text
    attempt_to_load(path, name)   run a student's file; an exception is returned as data
    import_ahead(path, packages)  import those that a student's file mentions, before any clock runs

Modules are not imported by name: the student's file, the solution and the references define the same names.
"""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from importlib.machinery import SourceFileLoader
from pathlib import Path

from autograder.errors import NotFound
from autograder.worker.imports import only
from autograder.worker.notebook_lines import runnable
from autograder.worker.outcome import Raised
from autograder.worker.timeout import interactive, within
from autograder.worker.tracebacks import describe_exception

LOAD_SECONDS = 10.0


def load_module(path: Path, name: str) -> types.ModuleType:
    """Run the file and give its module; raises NotFound where there is no such file.

    It may import files beside it: `from .checks_costs import memory`.
    """
    module = _new_module(str(path), name)
    module.__package__, module.__path__ = name, [str(path.parent)]
    for beside in [known for known in sys.modules if known.startswith(f"{name}.")]:
        del sys.modules[beside]  # of another kit's unit of that name
    try:
        # The loader caches bytecode beside the file: compiling a checks.py takes longer than running it.
        code = SourceFileLoader(name, str(path)).get_code(name)
    except OSError as error:
        raise NotFound(f"cannot read {path}: {error.strerror}") from error
    if code is not None:
        exec(code, vars(module))
    return module


def module_of(source: str, name: str) -> types.ModuleType:
    """Run a text of the kit's and give its module."""
    module = _new_module(f"<{name}>", name)
    exec(compile(source, f"<{name}>", "exec", dont_inherit=True), vars(module))
    return module


def attempt_to_load(path: Path, name: str, packages: Sequence[str]) -> tuple[types.ModuleType, Raised | None]:
    """Run a student's file within a time limit: its module, as far as it got, and the exception, if any.

    It may import `packages`, Python's own modules and the engine.
    """
    module = _new_module(str(path), name)
    try:
        with only(packages, [vars(module)]), interactive():
            within(LOAD_SECONDS, lambda: _run(_source(path), str(path), module))
    except (KeyboardInterrupt, NotFound):
        raise
    except BaseException as error:
        return module, describe_exception(error, vars(module), seconds=LOAD_SECONDS)
    return module, None


def import_ahead(path: Path, packages: Sequence[str]) -> None:
    """Import the packages that a file mentions: PyTorch's first import can take longer than a file may."""
    with suppress(OSError, ImportError):
        source = path.read_bytes()
        for package in packages:
            if package.encode() in source:
                import_module(package)


def _run(source: str, filename: str, module: types.ModuleType) -> None:
    """Run a whole file; then define again what it uses for data further below, as `Cells.restore` does."""
    exec(compile(source.encode(), filename, "exec", dont_inherit=True), vars(module))
    body = ast.parse(source.encode()).body
    future: list[ast.stmt] = [n for n in body if isinstance(n, ast.ImportFrom) and n.module == "__future__"]
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        if not callable(vars(module).get(node.name)):
            again = ast.Module([*future, node], [])
            exec(compile(again, filename, "exec", dont_inherit=True), vars(module))


def _new_module(filename: str, name: str) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__file__ = filename
    sys.modules[name] = module  # dataclasses look up the module of a class by its name
    return module


def _source(path: Path) -> str:
    """The file's text; only UTF-8, whatever encoding it declares, since other files cannot be handed in."""
    try:
        source = path.read_bytes()
        text = source.decode("utf-8")
    except OSError as error:
        raise NotFound(f"{path.name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        shown = source.split(b"\n")[line - 1].decode("utf-8", "replace")
        words = "this is not UTF-8 text. Save the file as UTF-8 (in VS Code: at the bottom right)"
        raise SyntaxError(words, (str(path), line, None, shown)) from error
    return runnable(text.replace("\r\n", "\n").replace("\r", "\n"))
