"""What an answer may import: Python's own modules, the engine and its unit's packages, as in a course.

    with only(("numpy",), own): ...    code of the namespaces `own` gets an ImportError for anything else
    hidden_by(name)                    the student's file that Python would take for the module of that name
    lacking(namespace, packages)       what a notebook has imported already and a course lacks

Without it `import torch` in a unit without torch would work at home, slowly, and fail when it is graded.
"""

from __future__ import annotations

import builtins
import os
import sys
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

Namespace = dict[str, Any]

EXTRAS = {"matplotlib": "plots", "IPython": "jupyter"}  # what a light install lacks, and the kit's extra
ALWAYS = ("engine", *EXTRAS)  # in every sandbox
WITH_MATPLOTLIB = ("cycler", "dateutil")  # `%pylab` brings names of theirs


@contextmanager
def only(packages: Sequence[str], own: Sequence[Namespace]) -> Iterator[None]:
    """Inside the `with`, code of the namespaces `own` can import nothing else."""
    python = builtins.__import__

    def limited(name: str, globals: Any = None, locals: Any = None, what: Any = (), level: int = 0) -> Any:
        if level or not any(globals is namespace for namespace in own):
            return python(name, globals, locals, what, level)
        _refuse(name, packages)
        try:
            return python(name, globals, locals, what, level)
        except ModuleNotFoundError as error:
            raise _with_install(error, packages) from None

    builtins.__import__ = limited  # type: ignore[assignment]
    try:
        yield
    finally:
        builtins.__import__ = python


def _with_install(error: ModuleNotFoundError, packages: Sequence[str]) -> ModuleNotFoundError:
    """The error, with the command that installs what is missing where answers may use it."""
    name = error.name or ""
    extra = EXTRAS.get(name.partition(".")[0])
    if not extra and name not in packages:
        return error
    # Left to itself, pip brings gigabytes for NVIDIA cards on Linux.
    index = " --index-url https://download.pytorch.org/whl/cpu" if sys.platform == "linux" else ""
    install = install_extra(extra) if extra else f"python -m pip install {name}{index * (name == 'torch')}"
    words = f"No module named {name!r}" + ", and this unit needs it" * (not extra)
    return ModuleNotFoundError(f"{words}. Install it: {install}", name=name)


def install_extra(extra: str) -> str:
    """The command that installs one of the kit's extras."""
    return f'python -m pip install -c constraints.txt -e ".[{extra}]"'


def lacking(namespace: Namespace, packages: Sequence[str]) -> list[str]:
    """The packages that a namespace holds something of, and that are not there when it is graded."""
    there = {*packages, *ALWAYS, *WITH_MATPLOTLIB, *sys.stdlib_module_names}
    there |= {"__main__", "autograder", "exercises"}
    found = set()
    for value in list(namespace.values()):
        match value:
            case types.ModuleType(__name__=str(home)) | types.FunctionType(__module__=str(home)):
                found.add(home.partition(".")[0])
            case type(__module__=str(home)):
                found.add(home.partition(".")[0])
    return sorted(found - there)


def _refuse(name: str, packages: Sequence[str]) -> None:
    """Raise ModuleNotFoundError for a module that is not there in a course."""
    root = name.partition(".")[0]
    if root in (*packages, *ALWAYS) or root in sys.stdlib_module_names:
        if file := hidden_by(root):
            raise ImportError(f"your file {file} hides the module {root}: give it another name", name=root)
        return
    if root == "exercises":
        words = "Units cannot import each other: write the function again, or copy it into this file"
    else:
        given = " and ".join(packages) or "nothing"
        words = f"No module named {root!r} in this unit, which has {given} and Python's own modules"
        words += ". In a course the import fails too"
    raise ModuleNotFoundError(words, name=name)


def hidden_by(name: str) -> str:
    """The file that Python takes for a package or a module of its own, or ""."""
    try:
        file = str(getattr(find_spec(name), "origin", ""))
    except (ValueError, ImportError):  # a module that was made without a file
        return ""
    folder, name_of_file = os.path.split(file)
    own = folder == os.path.dirname(os.__file__) and name in sys.stdlib_module_names
    own = own or os.path.basename(folder) in ("site-packages", "dist-packages")
    return file if name_of_file == f"{name}.py" and not own else ""
