"""Wheels for the browser, written without a build tool: only Python files and data, for any platform.

wheel_of_kit(units, folder)         the students' copy with these units, as the package `gradfn`
wheel_of_installed(name, folder)    a package that is installed here, such as `comm`
"""

from __future__ import annotations

import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path

from autograder import __version__
from autograder.authors.bundle import CODE, EPOCH, HOME, code, files_of
from autograder.units.kit import KitUnit

TAGS = "Wheel-Version: 1.0\nGenerator: gradfn\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
METADATA = "Metadata-Version: 2.1\nName: gradfn\nVersion: {}\nRequires-Dist: numpy\n"


def wheel_of_kit(units: Sequence[KitUnit], folder: Path) -> Path:
    """The students' copy as a wheel: engine, autograder and these units, where the kit looks for them."""
    files = {path.relative_to(HOME).as_posix(): path.read_bytes() for path in code(CODE)}
    for unit in units:
        root = unit.folder.parents[1]
        files |= {path.relative_to(root).as_posix(): data for path, data in files_of(unit)}
    files[f"gradfn-{__version__}.dist-info/LICENSE"] = (HOME / "LICENSE").read_bytes()
    return _write(folder, "gradfn", __version__, files, METADATA.format(__version__))


def wheel_of_installed(name: str, folder: Path) -> Path:
    """The wheel from which a package of Python files was installed, as far as it matters."""
    found = distribution(name)
    inside = [
        path for path in found.files or () if ".dist-info" not in path.parts[0] and path.suffix != ".pyc"
    ]
    files = {path.as_posix(): path.read_binary() for path in inside if ".." not in path.parts}
    return _write(folder, name, found.version, files, found.read_text("METADATA") or "")


def _write(folder: Path, name: str, version: str, files: Mapping[str, bytes], metadata: str) -> Path:
    """The wheel with its METADATA, WHEEL and RECORD; the same bytes at each run."""
    info = f"{name}-{version}.dist-info"
    every = {**files, f"{info}/METADATA": metadata.encode(), f"{info}/WHEEL": TAGS.encode()}
    lines = [f"{path},sha256={_digest(data)},{len(data)}" for path, data in every.items()]
    every[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,", ""]).encode()
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, data in every.items():
            entry = zipfile.ZipInfo(path, EPOCH)
            entry.external_attr, entry.compress_type = 0o100644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return wheel


def _digest(data: bytes) -> str:
    return urlsafe_b64encode(sha256(data).digest()).decode().rstrip("=")
