"""The straight line of a run as C, built by the system's compiler and called through ctypes.

c_text     the C text of one function of a run
load       that function, built or found in the cache, where it is kept by its text

The C code does the arithmetic of the Python code in the same order, with contraction and fast math switched
off, so the results are equal bit for bit. A long line is cut into functions of a hundred statements: the time
of a C compiler grows faster than the length of a function.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Collection
from hashlib import sha256
from pathlib import Path
from struct import Struct
from threading import local as thread_local
from typing import Any

from . import symbols
from .source import Writer
from .symbols import Symbol, as_text

FLAGS = ("-O1", "-std=c11", "-shared", "-fPIC", "-ffp-contract=off", "-fno-fast-math", "-fno-builtin", "-w")
PART = 100  # statements in one C function
VALUE = re.compile(r"(v\[\d+\])")
HEAD = """#include <math.h>
#define inf INFINITY
#define nan NAN
"""
PARAMETERS = "const double *restrict p, double *restrict v, double *restrict g, double *restrict out"


def c_text(
    writer: Writer, kind: str, wanted: Collection[int] = (), seeded: Collection[int] = ()
) -> tuple[str, Any]:
    """The C text of one function, as Writer.function has it in Python, and the sizes of p, v, g and out.

    p: the numbers given; v: the values; g: the gradients; out: the results, then the gradients by the inputs.
    """
    count = len(writer.given)
    names = writer.names("v[{}]", {x: f"p[{i}]" for i, x in enumerate(writer.given)})
    targets = [*[writer.inputs[i] for i in wanted], *writer.captured]
    roots: list[tuple[int, Any]] = [(i, f"p[{count + k}]") for k, i in enumerate(seeded)]
    if kind == "value_and_grad":
        roots, targets = [(0, 1.0)], writer.inputs
    lines, backward, slopes = writer.lines(names, roots if kind != "value" else [], targets, symbols.C)
    results = [] if kind == "gradients" else [names[v] for v in writer.results]
    if kind == "value_and_grad":
        slopes = [g + 0.0 if type(g) is Symbol else 0.0 + g for g in slopes]
    returned = [*results, *map(as_text, slopes)]
    statements = [*lines, *backward, *(f"out[{i}] = {text}" for i, text in enumerate(returned))]
    statements, values = _dense(statements)
    parts = [statements[i : i + PART] for i in range(0, len(statements), PART)]
    functions = [
        f"static int part_{i}({PARAMETERS})\n{{\n"
        + "".join(f"    {line};\n" for line in part)
        + "    return 0;\n}\n"
        for i, part in enumerate(parts)
    ]
    calls = " || ".join(f"part_{i}(p, v, g, out)" for i in range(len(parts))) or "0"
    main = f"int {kind}({PARAMETERS})\n{{\n    return {calls};\n}}\n"
    sizes = count + len(seeded), values, len(backward) + 2, len(returned)
    return "\n".join([f"/* {writer.name}, traced. */\n{HEAD}", *functions, main]), sizes


def _dense(statements: list[str]) -> tuple[list[str], int]:
    """The statements with the values numbered as they come, so that they lie close together; how many."""
    texts = VALUE.split("\n".join(statements))
    numbers: dict[str, str] = {}
    texts[1::2] = [numbers.setdefault(text, f"v[{len(numbers)}]") for text in texts[1::2]]
    return "".join(texts).split("\n"), len(numbers) + 1


class _Buffers(thread_local):
    """The arrays p, v, g and out of a thread, which are used again."""

    arrays: Any = None


def load(
    writer: Writer, kind: str, wanted: Collection[int] = (), seeded: Collection[int] = ()
) -> Callable[..., Any]:
    """The function, called like the Python function of this kind. RuntimeError if there is no C compiler."""
    text, (given, values, gradients, returned) = c_text(writer, kind, wanted, seeded)
    function = getattr(ctypes.CDLL(str(_built(text))), kind)
    function.restype = ctypes.c_int
    buffers, sizes = _Buffers(), (given, values, gradients, returned)
    put, take = Struct(f"{given}d").pack_into, Struct(f"{returned}d").unpack_from
    results = 0 if kind == "gradients" else len(writer.results)

    def call(*floats: float) -> Any:
        arrays = buffers.arrays
        if arrays is None:
            arrays = buffers.arrays = tuple([(ctypes.c_double * size)() for size in sizes])
        put(arrays[0], 0, *floats)
        if function(*arrays):
            return None
        found = take(arrays[3])
        value = found[0] if writer.single and results else found[:results]
        if kind == "value":
            return value
        return found if kind == "gradients" else (value, found[results:])

    return call


def _built(text: str) -> Path:
    """The shared library of this C text, from the cache or built now."""
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None:
        raise RuntimeError(
            f'compile(..., backend="c") needs a C compiler, and there is no {os.environ.get("CC", "cc")!r}. '
            'Install gcc or clang, name yours in the variable CC, or leave backend="c" out: the Python code '
            "gives the same numbers."
        )
    key = sha256("\0".join([compiler, *FLAGS, text]).encode()).hexdigest()[:32]
    folder = _cache()
    library = folder / f"{key}.so"
    if not library.exists():
        with tempfile.TemporaryDirectory(dir=folder) as place:
            source, built = Path(place, "line.c"), Path(place, "line.so")
            source.write_text(text, encoding="utf-8")
            command = [compiler, *FLAGS, str(source), "-o", str(built), "-lm"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(f"{compiler} could not build the C code:\n{done.stderr[:2000]}")
            os.replace(built, library)
    return library


def _cache() -> Path:
    """The folder of libraries that were built: in the user's cache, else a temporary one."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = Path(home, "gradfn", "engine")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="gradfn-engine-"))
