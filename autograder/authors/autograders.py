"""What grades elsewhere: Gradescope's autograder, and the repository that a classroom on GitHub starts from.

    gradescope(unit, recorded, target, visibility)    write the zip for Gradescope
    classroom(unit, target)                           write the template repository's folder

Neither holds a solution. Gradescope's zip carries the answers to hidden inputs, which only root may read in
the container. A repository and the machine that runs its workflow are the student's: the template holds what
a students' copy holds, the public checks and their recorded answers.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

from autograder.authors.bundle import HOME, code, contents, write_zip
from autograder.errors import GradfnError
from autograder.grading.confinement import PACKAGES
from autograder.grading.packages import required
from autograder.units.files import write_whole
from autograder.units.kit import KitUnit
from autograder.units.recorded import Recorded

GRADER = (
    "engine",
    *(f"autograder/{name}" for name in ("__init__.py", "errors.py", "declare", "worker", "units")),
    *(f"autograder/{name}" for name in ("answers", "judging", "grading")),
)
TEMPLATES = Path(__file__).parent / "elsewhere"
IGNORED = "# What running the checks writes.\n.gradfn/\n.venv/\n__pycache__/\nresult.json\n*.egg-info/\n"
TORCH = "--extra-index-url https://download.pytorch.org/whl/cpu\n"


def gradescope(unit: KitUnit, recorded: Recorded, target: Path, visibility: str) -> list[str]:
    """Write the zip to upload as an assignment's autograder; the paths in it."""
    files = {path.relative_to(HOME).as_posix(): path.read_bytes() for path in code(GRADER)}
    for path in (*unit.checks_files, unit.recorded_file):
        files[f"exercises/{unit.name}/{path.name}"] = path.read_bytes()
    files |= {name: (TEMPLATES / name).read_bytes() for name in ("setup.sh", "run_autograder")}
    said = {"unit": unit.name, "worth": unit.worth, "visibility": visibility}
    files["private/unit.json"] = json.dumps(said).encode()
    files["private/answers.json"] = recorded.to_json().encode()
    files["requirements.txt"] = _requirements(*PACKAGES, "packaging", "pyseccomp", unit=unit)
    write_zip(target, files, programs=("setup.sh", "run_autograder"))
    return list(files)


def classroom(unit: KitUnit, target: Path) -> list[str]:
    """Write the folder of the template repository; raises GradfnError if it holds something already."""
    files = contents([unit])
    files["autograder.py"] = (TEMPLATES / "autograder.txt").read_bytes().replace(b"UNIT", unit.name.encode())
    files[".github/workflows/gradfn.yml"] = (TEMPLATES / "workflow.yml").read_bytes()
    files[".gitignore"] = IGNORED.encode()
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needs = [Requirement(line).name for line in project["dependencies"]]
    files["requirements.txt"] = _requirements(*needs, unit=unit)
    if target.exists() and any(target.iterdir()):
        raise GradfnError(f"{target} is not empty: name another folder with --to")
    try:
        for path, data in files.items():
            write_whole(target / path, data)
    except OSError:
        shutil.rmtree(target, ignore_errors=True)
        raise
    return list(files)


def _requirements(*names: str, unit: KitUnit) -> bytes:
    """The distributions that the unit needs and all they require, as they are installed here."""
    needed = required((*names, *unit.declaration.packages))
    found = {each.name.lower(): each.version.partition("+")[0] for each in needed}
    lines = [f"{name}=={version}\n" for name, version in sorted(found.items())]
    return "".join([TORCH * ("torch" in found), *lines]).encode()
