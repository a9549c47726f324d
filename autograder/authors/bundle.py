"""The students' copy of the kit: one zip without answers.

    bundle(kit, target)    write the zip; the same bytes at each run
    contents(units)        the zip's files by path: only files that are listed here
    write_zip, code, files_of      for what else is made of the kit

From `exercises` come lessons, checks, recorded answers, pictures and freshly derived stubs, never a stub that
somebody has worked in. From `autograder` come the packages that run in a student's own process.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from autograder import __version__
from autograder.authors.build import stub_of
from autograder.errors import BadUnit, NotFound
from autograder.units.files import write_out
from autograder.units.kit import Kit, KitUnit

HOME = Path(__file__).resolve().parents[2]
#: The code that students receive: folders with all their Python files and texts, and single files.
CODE = (
    "engine",
    *(f"autograder/{name}" for name in ("__init__.py", "errors.py", "jupyter.py")),
    *(f"autograder/{name}" for name in ("declare", "worker", "units", "answers", "judging", "student")),
    *(f"autograder/cli/{name}.py" for name in ("__init__", "__main__", "commands", "common", "student")),
)
ALSO = ("LICENSE", "constraints.txt", "pyproject.toml", "exercises/conftest.py")
EPOCH = (1980, 1, 1, 0, 0, 0)
README = Path(__file__).with_name("students.md")
PICTURES = (*Path(__file__).with_name("readme").glob("*.svg"), HOME / "exercises/graph/pictures/example.svg")


TORCH = """\
PyTorch is needed by {units} alone. Install it when you come to it: `pip install torch`, on Linux without an
NVIDIA card `pip install torch --index-url https://download.pytorch.org/whl/cpu`, which saves gigabytes.
"""


TITLE = "Exercises for the fundamentals of neural networks"


def bundle(kit: Kit, target: Path, units: Iterable[KitUnit] | None = None, title: str = TITLE) -> list[str]:
    """Write the students' copy to `target`; the paths in it.

    Raises BadUnit if a derived file is out of date, GradfnError if the zip cannot be written.
    """
    files = contents(kit.units() if units is None else units, title)
    write_zip(target, {f"gradfn-{__version__}/{path}": data for path, data in files.items()})
    return list(files)


def write_zip(target: Path, files: Mapping[str, bytes], programs: Collection[str] = ()) -> None:
    """Write the same bytes on every system; raises GradfnError if the zip cannot be written."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, EPOCH)
            mode = 0o100755 if path in programs else 0o100644
            entry.create_system, entry.external_attr = 3, mode << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    write_out(target, whole.getvalue())


def contents(units: Iterable[KitUnit], title: str = TITLE) -> dict[str, bytes]:
    """The files of a students' copy with these units, by path, in the order of their paths."""
    units = list(units)
    try:
        files = {_posix(p, HOME): p.read_bytes() for p in (*code(CODE), *(HOME / name for name in ALSO))}
        for unit in units:
            if unit.recorded.stub != stub_of(unit):
                raise BadUnit(f"{unit.name}: the stub is out of date. Run gradfn dev build.")
            home = unit.folder.parents[1]
            files |= {_posix(path, home): data for path, data in files_of(unit)}
    except OSError as error:
        raise NotFound(f"a students' copy is made from the kit's own folder: {error}") from error
    files["README.md"] = _readme(units, title).encode()
    files |= {f"pictures/{path.name}": path.read_bytes() for path in PICTURES}
    return {path: files[path].replace(b"\r\n", b"\n") for path in sorted(files)}


def files_of(unit: KitUnit) -> Iterator[tuple[Path, bytes]]:
    """A unit's files, with its stub as it is handed out."""
    yield unit.stub_file, unit.recorded.stub.encode()
    for path in (unit.lesson_file, *unit.checks_files, unit.recorded_file):
        yield path, path.read_bytes()
    for path in sorted([*unit.folder.glob("play.py"), *(unit.folder / "pictures").glob("*.svg")]):
        yield path, path.read_bytes()


def code(names: Iterable[str]) -> Iterator[Path]:
    """The files and folders of these names, but for pages and what Python has compiled."""
    for path in (HOME / name for name in names):
        below = (p for p in path.rglob("*") if p.is_file() and p.suffix not in (".md", ".pyc"))
        yield from below if path.is_dir() else [path]


def _posix(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _readme(units: Sequence[KitUnit], title: str) -> str:
    first = units[0]
    needs = {unit.name: {*unit.declaration.packages} - {"numpy"} for unit in units}
    with_torch = [f"`{name}`" for name, packages in needs.items() if "torch" in packages]
    others = {name: sorted(packages - {"torch"}) for name, packages in needs.items()}
    lines = [TORCH.format(units=", ".join(with_torch))] * bool(with_torch)
    lines += [f"`{name}` needs `pip install {' '.join(own)}`.\n" for name, own in others.items() if own]
    return README.read_text(encoding="utf-8").format(
        title=title,
        needs="".join(lines),
        first=first.name,
        exercise=next(iter(first.exercises)),
        units=", ".join(f"`{unit.name}` ({unit.declaration.title})" for unit in units),
    )
