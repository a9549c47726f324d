"""A course: a folder that nbgrader knows by its nbgrader_config.py, and what belongs to the grader alone.

make_course(folder, kit, db)   write the configuration and the private folder
open_course(folder)            the course in a folder; raises NotFound where there is none
Course                         its folders, its gradebook's address, and the seed of each unit's graded run
some(names)                    a few students' names, of very many the first

nbgrader_config.py   gradebook.db   source/   release/   submitted/   autograded/   feedback/
.gradfn/             for the owner only:
    course.json      which kit the course grades with
    secret           what the graded seeds are made of
    recorded/        the right answers on those seeds
    reports/         what was found in each submission, by unit and student
    grading.lock     held while a class is graded
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from autograder.errors import GradfnError, NotFound
from autograder.grading.oracle import recorded_for
from autograder.units.files import write_whole
from autograder.units.kit import Kit, KitUnit
from autograder.units.recorded import Recorded

PRIVATE = ".gradfn"
SQLITE = """f"sqlite:///{Path(__file__).resolve().parent / 'gradebook.db'}\""""
SHOWN = 20  # names on a line
CONFIG = """\
# How nbgrader runs this course; written by `gradfn course`. Options of your own can follow below.
from pathlib import Path

c = get_config()
c.CourseDirectory.course_id = {course_id!r}
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.db_url = {db_url}

# Only the answers of a submission are graded: they are put into the released notebook, and run and judged in
# a process of their own. This holds for `gradfn grade`, `nbgrader autograde` and formgrader's button.
c.Autograde.exporter_class = "autograder.nbgrader.converter.GraftExporter"
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = [
    "autograder.nbgrader.converter.Judge",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]
c.GenerateFeedback.exporter_class = "autograder.nbgrader.feedback.FeedbackExporter"
"""


@dataclass(frozen=True)
class Course:
    """A course's folder and the kit it grades with."""

    root: Path
    kit: Kit

    @property
    def private(self) -> Path:
        return self.root / PRIVATE

    @cached_property
    def config(self) -> Any:
        """What nbgrader_config.py says: a traitlets Config. Raises GradfnError where it cannot be run."""
        from traitlets.config import PyFileConfigLoader

        try:
            return PyFileConfigLoader("nbgrader_config.py", str(self.root)).load_config()
        except Exception as error:
            words = f"{type(error).__name__}: {error}"
            raise GradfnError(f"{self.root / 'nbgrader_config.py'} does not load: {words}") from error

    @property
    def db_url(self) -> str:
        """Where the gradebook is, in SQLAlchemy's words; a file without a folder is in the course's."""
        url = str(self.config.CourseDirectory.get("db_url", "sqlite:///gradebook.db"))
        file = url.removeprefix("sqlite:///")
        return url if file == url or file.startswith(":") else f"sqlite:///{self.root / file}"

    @property
    def course_id(self) -> str:
        return str(self.config.CourseDirectory.get("course_id", ""))

    @cached_property
    def stamp(self) -> float:
        """When the kit was changed last, as this course knows it."""
        return _stamp(self.kit.root)

    def unit(self, name: str) -> KitUnit:
        """The unit called `name`, read once; raises NotFound with the nearest name."""
        return _unit(self.kit, name, self.stamp)

    def seed(self, unit: KitUnit) -> int:
        """The seed of the unit's graded run: the same for the whole class, and not to be guessed."""
        secret = (self.private / "secret").read_bytes()
        return int.from_bytes(hmac.digest(secret, unit.name.encode(), "sha256")[:6], "big")

    def recorded(self, unit: KitUnit) -> Recorded:
        """The right answers on the unit's graded seed; made when they are first asked for."""
        return _recorded(unit, self.seed(unit), self.private / "recorded", self.stamp)

    def source_folder(self, unit: KitUnit) -> Path:
        return self.root / "source" / unit.name

    def released_file(self, unit: KitUnit) -> Path:
        """The notebook that students receive."""
        return self.root / "release" / unit.name / f"{unit.name}.ipynb"

    def submitted_folder(self, unit: KitUnit, student: str) -> Path:
        return self.root / "submitted" / student / unit.name

    def autograded_file(self, unit: KitUnit, student: str) -> Path:
        """The grafted notebook, which nbgrader writes and reads again to judge it."""
        return self.root / "autograded" / student / unit.name / f"{unit.name}.ipynb"

    def feedback_file(self, unit: KitUnit, student: str) -> Path:
        return self.root / "feedback" / student / unit.name / f"{unit.name}.html"

    def nobody(self, unit: KitUnit) -> str:
        """What is said where nothing was handed in."""
        return f"nobody has handed in {unit.name}: no files in {self.submitted_folder(unit, 'STUDENT')}"

    def students(self, unit: KitUnit) -> list[str]:
        """Everyone who handed something in, in the order of their names."""
        return [name for name in self._folders(unit) if _can_be_shown(name)]

    def unnameable(self, unit: KitUnit) -> list[str]:
        """Folders among them whose names would steer a terminal or a page: they are nobody's."""
        return [name for name in self._folders(unit) if not _can_be_shown(name)]

    def _folders(self, unit: KitUnit) -> list[str]:
        folders = (self.root / "submitted").glob(f"*/{unit.name}/")
        return sorted(folder.parent.name for folder in folders if not folder.parent.name.startswith("."))


def _can_be_shown(name: str) -> bool:
    """Whether a name is letters, signs, blanks and the joiners of some scripts, nothing that is not seen."""
    return all(c.isprintable() or unicodedata.category(c) == "Zs" or c in "\u200c\u200d" for c in name)


def some(names: Sequence[str]) -> str:
    """The names on one line; of very many the first, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def make_course(folder: Path, kit: Kit, db: str = "") -> Course:
    """Make a course in a folder, which may exist but hold no course yet; `db` is another gradebook's address.

    Raises GradfnError where there is one already, so that no secret and no configuration is lost.
    """
    root = folder.resolve()
    if (root / PRIVATE / "course.json").exists() or (root / "nbgrader_config.py").exists():
        raise GradfnError(f"{folder} holds a course already")
    private = root / PRIVATE
    try:
        (root / "submitted").mkdir(parents=True, exist_ok=True)
        private.mkdir(mode=0o700)
        (private / "secret").touch(mode=0o600)
        (private / "secret").write_bytes(secrets.token_bytes(32))
        config = CONFIG.format(course_id=root.name, db_url=repr(db) if db else SQLITE)
        # An address may hold a password.
        write_whole(root / "nbgrader_config.py", config, 0o600 if db else 0o644)
        (private / "course.json").write_text(json.dumps({"kit": str(kit.root)}), encoding="utf-8")
    except OSError as error:
        raise GradfnError(f"cannot make a course in {folder}: {error.strerror}") from error
    return Course(root, kit)


def open_course(folder: Path) -> Course:
    """The course in a folder; raises NotFound where there is none, or where its kit has moved."""
    root = folder.resolve()
    file = root / PRIVATE / "course.json"
    try:
        kit = Kit(Path(json.loads(file.read_text(encoding="utf-8"))["kit"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotFound(f"{folder} is no gradfn course: gradfn course {folder} makes one") from error
    for place in (kit.root, *root.parents):  # a course inside its kit moves with it
        if any(place.glob("exercises/*/checks.py")):
            return Course(root, Kit(place))
    raise NotFound(
        f"the course in {folder} grades with the kit in {kit.root}, which is not there: "
        f"write into {file} where it is now"
    )


# nbgrader opens the course anew for every submission. What was read of the kit is kept until one of its files
# changes; a JupyterLab with formgrader may run for weeks.


def _stamp(kit: Path) -> float:
    """When the kit was changed last."""
    folders = [folder for part in ("exercises", "solutions") for folder in (kit / part).glob("*/")]
    files = (entry for folder in folders for entry in os.scandir(folder))
    return max(entry.stat().st_mtime for entry in files if entry.name.endswith((".py", ".json")))


@lru_cache(maxsize=32)
def _unit(kit: Kit, name: str, stamp: float) -> KitUnit:
    return kit.unit(name)


@lru_cache(maxsize=8)
def _recorded(unit: KitUnit, seed: int, cache: Path, stamp: float) -> Recorded:
    return recorded_for(unit, seed, cache)
