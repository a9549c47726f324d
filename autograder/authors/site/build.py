"""Build the site: JupyterLite by its own command, then the kit's wheel, notebooks and front page.

    build_site(kit, folder, pyodide)    write the site; what is in it
    write_workflow(folder)              the workflow file that puts it on GitHub Pages

Of Pyodide's folder only what the kernel and the kit load is copied; by default it stays on its CDN.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from autograder.authors.site.wheels import wheel_of_installed, wheel_of_kit
from autograder.errors import GradfnError
from autograder.units.kit import Kit, KitUnit

HERE = Path(__file__).parent
VERSION = "0.27.7"  # of the series that jupyterlite-pyodide-kernel 0.6 is made for (0.27.6 and later)
CDN = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full"
KERNEL = "@jupyterlite/pyodide-kernel-extension"
CORE = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
PACKAGES = ("micropip", "ssl", "sqlite3", "jedi", "ipython", "numpy")  # which the kernel and the kit load
TOP = """\
**{title}**

Run the cells from the top, by <kbd>Shift</kbd> <kbd>Enter</kbd>. Your answers are stored in this browser
a little after you type, at once by <kbd>Ctrl</kbd> <kbd>S</kbd>. A cell that still shows `[*]` after a minute
does not end by itself: *Kernel*, *Restart Kernel* stops it. Nothing you wrote is lost; run the cells from the
top again. The logo above leads to all units, where you can download your work."""


@dataclass(frozen=True)
class Site:
    """What was built."""

    units: tuple[str, ...]
    files: int
    size: int


def build_site(kit: Kit, folder: Path, pyodide: str = CDN) -> Site:
    """Write the site; `pyodide` is its address, or a folder to copy it from.

    A folder that holds anything but an earlier site is refused with GradfnError.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / "units.json").exists():
        raise GradfnError(f"{folder} is not empty, and not an earlier site: name another folder")
    _needed()
    units = [unit for unit in kit.units() if "torch" not in unit.declaration.packages]
    with TemporaryDirectory() as name:
        work, site = Path(name), Path(name) / "site"
        _contents(units, work / "content")
        wheels = _wheels(units, work / "pypi")
        address = _address(pyodide)
        _jupyterlite(work, address, wheels)
        if address.startswith("./"):
            _copy_pyodide(Path(pyodide), site / "pyodide")
        _front_page(site, units, {"pyodide": address, "wheel": f"./pypi/{wheels[0]}"})
        if folder.exists():
            shutil.rmtree(folder)
        shutil.move(site, folder)
    every = [path for path in folder.rglob("*") if path.is_file()]
    return Site(tuple(unit.name for unit in units), len(every), sum(path.stat().st_size for path in every))


def write_workflow(folder: Path) -> Path:
    """Write .github/workflows/gradfn-site.yml below a folder; its path."""
    file = folder / ".github" / "workflows" / "gradfn-site.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE / "pages.yml", file)
    return file


def _needed() -> None:
    """Raises GradfnError where the builder is not installed."""
    for name in ("jupyterlite_core", "jupyterlite_pyodide_kernel", "jupyter_server", "nbformat", "comm"):
        if find_spec(name) is None:
            words = f'building a site needs {name}: pip install -c constraints.txt -e ".[site]"'
            raise GradfnError(words)


def _contents(units: list[KitUnit], folder: Path) -> None:
    """The notebooks as students get them, each beside its pictures, with a few words on top."""
    from autograder.answers.notebooks import lesson_cell, notebook_of

    for unit in units:
        notebook = notebook_of(unit, unit.recorded.stub)
        notebook.metadata.kernelspec = {"display_name": "Python", "language": "python", "name": "python"}
        notebook.cells.insert(0, lesson_cell("site", TOP.format(title=unit.declaration.title)))
        place = folder / unit.name
        place.mkdir(parents=True)
        if (unit.folder / "pictures").exists():
            shutil.copytree(unit.folder / "pictures", place / "pictures")
        (place / f"{unit.name}.ipynb").write_text(json.dumps(notebook, indent=1), encoding="utf-8")


def _wheels(units: list[KitUnit], folder: Path) -> list[str]:
    """The names of the wheels: the kit's, and `comm`, which Pyodide does not have."""
    folder.mkdir()
    return [wheel_of_kit(units, folder).name, wheel_of_installed("comm", folder).name]


def _address(pyodide: str) -> str:
    """Where the site loads Pyodide from; raises GradfnError for a folder that does not hold it."""
    if re.match("https?://", pyodide):
        return pyodide if pyodide.endswith(".js") else f"{pyodide.rstrip('/')}/pyodide.js"
    if missing := [name for name in CORE if not (Path(pyodide) / name).is_file()]:
        raise GradfnError(f"{pyodide} holds no Pyodide: it lacks {', '.join(missing)}")
    found = _lock(Path(pyodide))["info"]["version"]
    if found.rpartition(".")[0] != VERSION.rpartition(".")[0]:
        raise GradfnError(f"{pyodide} holds Pyodide {found}: this JupyterLite needs {VERSION}")
    return "./pyodide/pyodide.js"


def _lock(pyodide: Path) -> Any:
    return json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))


def _copy_pyodide(source: Path, target: Path) -> None:
    """Pyodide and the packages that are loaded, with what these need."""
    target.mkdir()
    packages = _lock(source)["packages"]
    needed, waiting = set(CORE), list(PACKAGES)
    while waiting:
        entry = packages[re.sub("[-_.]+", "-", waiting.pop()).lower()]
        if entry["file_name"] not in needed:
            needed.add(entry["file_name"])
            waiting += entry["depends"]
    for name in sorted(needed):
        if not (source / name).is_file():
            raise GradfnError(f"{source} lacks {name}, which pyodide-lock.json names")
        shutil.copyfile(source / name, target / name)


def _jupyterlite(work: Path, pyodide: str, wheels: list[str]) -> None:
    """Run JupyterLite's own builder; raises GradfnError with its last words where it fails."""
    settings = json.loads((HERE / "jupyter.json").read_text(encoding="utf-8"))
    kernel = next(_kernel_files())
    settings["jupyter_lite_config.json"]["LiteBuildConfig"] |= {
        "federated_extensions": [str(kernel.resolve().parent)]
    }
    up = "../" * 4  # from the kernel's script to the site
    settings["jupyter-lite.json"]["jupyter-config-data"]["litePluginSettings"] = {
        f"{KERNEL}:kernel": {
            "pyodideUrl": pyodide,
            "disablePyPIFallback": True,
            "loadPyodideOptions": {"packages": [*PACKAGES, *(f"{up}pypi/{name}" for name in wheels[:1])]},
        }
    }
    for name, content in settings.items():
        (work / name).write_text(json.dumps(content), encoding="utf-8")
    command = [sys.executable, "-m", "jupyterlite_core", "build"]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise GradfnError(f"JupyterLite could not be built: {' '.join(last)}")


def _kernel_files() -> Iterator[Path]:
    """The package.json of the kernel's extension for JupyterLab."""
    kernel = distribution("jupyterlite-pyodide-kernel")
    for path in kernel.files or ():
        if path.as_posix().endswith(f"{KERNEL}/package.json"):
            yield Path(str(kernel.locate_file(path)))


def _front_page(folder: Path, units: list[KitUnit], about: dict[str, str]) -> None:
    """Our front page in place of JupyterLite's; its tree, to which the logo leads, leads there too."""
    about_units = [
        {
            "name": unit.name,
            "title": unit.declaration.title,
            "points": unit.points,
            "exercises": {name: exercise.points for name, exercise in unit.exercises.items()},
        }
        for unit in units
    ]
    (folder / "units.json").write_text(json.dumps({**about, "units": about_units}), encoding="utf-8")
    for name in ("index.html", "front.css", "front.js", "convert.js"):
        shutil.copyfile(HERE / name, folder / name)
    (folder / "tree").mkdir(exist_ok=True)
    leave = '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=../">\n'
    (folder / "tree" / "index.html").write_text(leave, encoding="utf-8")
