"""A course: a folder that nbgrader knows by its nbgrader_config.py, with a private folder of the grader's.

make_course(folder, kit, db)   write the configuration and the private folder
open_course(folder)            the course in a folder; raises NotFound if there is none
course_around(folder)          the course that a folder is in
write_privately(course)        let this process write for the owner of a course only, or for its group too
Course                         its folders, its gradebook's address, and the seed of each unit's graded run
is_id(name)                    whether a folder's name can be a student's id
short_list(names)              students' names in one line; of many, the first and how many more

nbgrader_config.py   gradebook.db   source/   release/   submitted/   autograded/   feedback/
.gradfn/             readable by the owner only:
    course.json      the kit that the course grades with
    secret           from which the graded seeds are made
    seeds/           how many of them each unit has used up
    runs/            figures of each run, by unit
    attempts/        whose files were graded when, by unit and student
    recorded/        the reference answers on those seeds
    reports/         the record of each submission, by unit and student
    grading-*.lock   held while a unit is graded
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from autograder.errors import GradfnError, NotFound
from autograder.grading.oracle import recorded_for
from autograder.nbgrader import settings
from autograder.units.files import write_whole
from autograder.units.kit import Kit, KitUnit
from autograder.units.places import installed_units
from autograder.units.recorded import Recorded
from autograder.worker.outcome import can_be_shown

PRIVATE = ".gradfn"
SQLITE = """f"sqlite:///{Path(__file__).resolve().parent / 'gradebook.db'}\""""
STUDENTS_FOLDERS = ("submitted", "autograded", "feedback")  # hold files that students handed in
SHOWN = 20  # names in a line
MARKUP = '/<>"&\\$`\n\t'
CONFIG = """\
# How nbgrader runs this course; written by `gradfn course`. Add your own options below.
from pathlib import Path

from autograder.nbgrader.templates import FOLDERS

c = get_config()
c.CourseDirectory.course_id = {course_id!r}
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.db_url = {db_url}

# Only a submission's answers are graded: they are put into the released notebook, then run and judged in a
# process of their own. So do `gradfn grade`, `nbgrader autograde` and formgrader's button.
c.Autograde.exporter_class = "autograder.nbgrader.converter.GraftExporter"
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = [
    "autograder.nbgrader.converter.Judge",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]
c.AssignLatePenalties.plugin_class = "autograder.nbgrader.lms.plugin.LatePenalty"
c.GenerateFeedback.exporter_class = "autograder.nbgrader.feedback.FeedbackExporter"

# The points of a unit, or of one exercise; 0 leaves an exercise out of the score. Then: gradfn release UNIT
# c.Gradfn.points = {{"activations": 50, "activations.gelu": 0}}
# Folders with units of your own, beside the kit's; their code runs with your rights.
c.Gradfn.units = {units!r}
{formgrader}"""
#: For formgrader's pages.
FORMGRADER = """
# Formgrader's page of a submission: nothing on it is typeset, and no script runs but formgrader's own.
c.HTMLExporter.template_file = "gradfn_formgrade/index.html.j2"
c.HTMLExporter.extra_template_paths = FOLDERS
# Addresses of formgrader lead to no other folder, and its API sends no pages.
from autograder.nbgrader.handlers import protect

protect()
"""


@dataclass(frozen=True)
class Course:
    """A course's folder, and the kit it grades with."""

    root: Path
    kit: Kit

    @property
    def private(self) -> Path:
        return self.root / PRIVATE

    @cached_property
    def config(self) -> Any:
        """nbgrader_config.py as a traitlets Config; raises GradfnError if running it fails."""
        return settings.load(self.root)

    @property
    def db_url(self) -> str:
        """The gradebook's SQLAlchemy URL; a relative file is in the course's folder."""
        url = str(self.config.CourseDirectory.get("db_url", "sqlite:///gradebook.db"))
        file = url.removeprefix("sqlite:///")
        return url if file == url or file.startswith(":") else f"sqlite:///{self.root / file}"

    @property
    def course_id(self) -> str:
        return str(self.config.CourseDirectory.get("course_id", ""))

    @cached_property
    def stamp(self) -> float:
        """When the kit was last changed, read once per Course."""
        return _stamp(self.kit)

    def unit(self, name: str) -> KitUnit:
        """The unit called `name` with the course's points, cached; raises NotFound with the nearest name."""
        worth = settings.worth(self.root, self.config, self.kit.names)
        return _unit(self.kit, name, self.stamp, worth.get(name, ()))

    def units(self) -> list[KitUnit]:
        """Every unit of the kit, in learning order."""
        return [self.unit(unit.name) for unit in self.kit.units()]

    def seed(self, unit: KitUnit, number: int | None = None) -> int:
        """The seed of the unit's graded runs: nobody can guess it, and after feedback it is another."""
        try:
            secret = (self.private / "secret").read_bytes()
        except OSError as error:
            raise GradfnError(_closed(self.private / "secret", error)) from error
        number = self._number(unit) if number is None else number
        text = f"{unit.name}#{number}" if number else unit.name
        return int.from_bytes(hmac.digest(secret, text.encode(), "sha256")[:6], "big")

    def _number(self, unit: KitUnit) -> int:
        file = self.private / "seeds" / unit.name
        return int(file.read_text(encoding="utf-8")) if file.exists() else 0

    def show_seed(self, unit: KitUnit, seed: int) -> None:
        """Note that feedback shows a run with this seed."""
        if seed == self.seed(unit):
            (self.private / "seeds").mkdir(exist_ok=True)
            self._shown(unit).touch()

    def is_seed_shown(self, unit: KitUnit) -> bool:
        return self._shown(unit).exists()

    def renew_seed(self, unit: KitUnit) -> None:
        """Use another seed from now on."""
        write_whole(self.private / "seeds" / unit.name, str(self._number(unit) + 1))
        self._shown(unit).unlink(missing_ok=True)

    def _shown(self, unit: KitUnit) -> Path:
        return self.private / "seeds" / f"{unit.name}.shown"

    def recorded(self, unit: KitUnit) -> Recorded:
        """The reference answers on the unit's graded seed; made at the first use."""
        return _recorded(unit, self.seed(unit), self.private / "recorded", self.stamp)

    def source_folder(self, unit: KitUnit) -> Path:
        return self.root / "source" / unit.name

    def released_file(self, unit: KitUnit) -> Path:
        """The notebook that students receive."""
        return self.root / "release" / unit.name / f"{unit.name}.ipynb"

    def submitted_folder(self, unit: KitUnit, student: str) -> Path:
        return self.root / "submitted" / student / unit.name

    def autograded_file(self, unit: KitUnit, student: str) -> Path:
        """The grafted notebook, which nbgrader writes, and reads again to judge it."""
        return self.root / "autograded" / student / unit.name / f"{unit.name}.ipynb"

    def feedback_file(self, unit: KitUnit, student: str) -> Path:
        return self.root / "feedback" / student / unit.name / f"{unit.name}.html"

    def no_submissions(self, unit: KitUnit) -> str:
        """The message if there are no submissions."""
        return f"nobody has handed in {unit.name}: no files in {self.submitted_folder(unit, 'STUDENT')}"

    def students(self, unit: KitUnit) -> list[str]:
        """The students who handed something in, sorted by name."""
        return [name for name in self._folders(unit) if is_id(name)]

    def unnameable(self, unit: KitUnit) -> list[str]:
        """Submission folders that are left out because their names would steer a terminal or a page."""
        return [name for name in self._folders(unit) if not is_id(name)]

    def _folders(self, unit: KitUnit) -> list[str]:
        folders = (self.root / "submitted").glob(f"*/{unit.name}/")
        return sorted(folder.parent.name for folder in folders if folder.parent.name != ".ipynb_checkpoints")


def is_id(name: str) -> bool:
    """Whether a folder's name can be a student's id: visible characters, no leading dot, no markup.

    nbgrader's formgrader writes ids into its pages as they are: as HTML, as JavaScript, as formulas.
    """
    return not name.startswith(".") and all(can_be_shown(c) and c not in MARKUP for c in name)


def short_list(names: Sequence[str]) -> str:
    """The names in one line; of many, the first and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def make_course(folder: Path, kit: Kit, db: str = "") -> Course:
    """Make a course in a folder; `db` is the URL of a gradebook outside of it.

    Raises GradfnError if the folder holds a course already, so that no secret and no configuration is lost.
    """
    root = folder.resolve()
    private = root / PRIVATE
    try:
        if (private / "course.json").exists() or (root / "nbgrader_config.py").exists():
            open_course(root)  # it may have been copied without its hidden folder
            raise GradfnError(f"{folder} holds a course already")
        os.umask(os.umask(0o077) | 0o002)  # who may write a file of settings here runs code when it is graded
        root.mkdir(parents=True, exist_ok=True)
        for name in ("source", *STUDENTS_FOLDERS):  # answers, and what is known of students
            (root / name).mkdir(mode=0o700, exist_ok=True)
        private.mkdir(mode=0o700, exist_ok=True)  # a full disk may have ended an earlier try
        for file in (private / "secret", *[root / "gradebook.db"] * (not db)):
            file.touch(mode=0o600)
        (root / ".gitignore").write_text("# Names, grades, submissions, solutions: nothing for Git.\n*\n")
        (private / "secret").write_bytes((private / "secret").read_bytes() or secrets.token_bytes(32))
        address = repr(db) if db else SQLITE
        own = [str(folder) for folder in kit.more if folder not in installed_units()]
        config = CONFIG.format(course_id=root.name, db_url=address, units=own, formgrader=FORMGRADER)
        write_whole(root / "nbgrader_config.py", config, 0o600 if db else 0o644)  # a URL may hold a password
        (private / "course.json").write_text(json.dumps({"kit": str(kit.root)}), encoding="utf-8")
    except OSError as error:
        raise GradfnError(f"cannot make a course in {folder}: {error.strerror}") from error
    return Course(root, kit)


def open_course(folder: Path | str) -> Course:
    """The course in a folder; raises NotFound if there is none, or if its kit has moved."""
    root = Path(folder).resolve()
    file = root / PRIVATE / "course.json"
    try:
        kit = Kit(Path(json.loads(file.read_text(encoding="utf-8"))["kit"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        if (root / "nbgrader_config.py").exists() or isinstance(error, PermissionError):
            raise GradfnError(_closed(file, error)) from error
        raise NotFound(f"{folder} is not a gradfn course: gradfn course {folder} makes one") from error
    for candidate in (kit.root, *root.parents):  # a course inside its kit moves with the kit
        if any(candidate.glob("exercises/*/checks.py")):
            config = settings.load(root)
            more = (*settings.unit_folders(root, config), *installed_units())
            course = Course(root, Kit(candidate, more))
            vars(course)["config"] = config
            return course
    raise NotFound(
        f"the course in {folder} grades with the kit in {kit.root}, which is not there: "
        f"write its new folder into {file}"
    )


def course_around(folder: Path) -> Course:
    """The course that a folder is in; raises NotFound if there is none.

    What students handed in may look like a course, whose settings would run: the one around it counts.
    """
    inside: list[Path] = []
    for place in (folder, *folder.parents):
        if (place / "nbgrader_config.py").exists():
            inside = [*(f for f in inside if f.relative_to(place).parts[0] not in STUDENTS_FOLDERS), place]
    if not inside:
        raise NotFound("no course here: run this in a course's folder, or make one with gradfn course DIR")
    return open_course(inside[0])


def _closed(file: Path, error: Exception) -> str:
    """Why a file of the private folder cannot be read, and what to do."""
    if isinstance(error, PermissionError):
        owner = "another user"
        with suppress(OSError, KeyError, NotImplementedError):
            owner = file.parent.owner()
        share = "c.CourseDirectory.groupshared = True in nbgrader_config.py shares a course with a group"
        return f"{file.parent} belongs to {owner} and is closed to you: {share}"
    name = f"the hidden folder {PRIVATE}" if not file.parent.exists() else str(file)
    lost = f"{name} is missing" if not file.exists() else f"{file} cannot be read"
    return f"{lost}: copy it from where the course was, or from a backup (cp -a takes hidden folders along)"


def write_privately(course: Course) -> None:
    """Let this process write for the owner only, or also for a group.

    That is a group that may write to the folder, or that nbgrader's setting groupshared shares a course with.
    """
    shared = bool(course.config.CourseDirectory.get("groupshared", False))
    os.umask(0o007 if shared or course.root.stat().st_mode & 0o020 else 0o077)
    ours = (f"{name}/**/*" for name in (PRIVATE, "source", "release", "reports"))
    students = (f"{name}/**/" for name in STUDENTS_FOLDERS[1:])
    found = (path for pattern in ("*", *ours, *students) for path in course.root.glob(pattern))
    for path in (course.root, *found) if shared else ():
        with suppress(OSError):  # another owner's
            mode = path.stat().st_mode
            path.chmod(stat.S_IMODE(mode) | (0o2070 if stat.S_ISDIR(mode) else 0o060))


# nbgrader opens the course again for every submission. The caches hold what was read of the kit until one of
# its files changes; a JupyterLab with formgrader may run for weeks.


def _stamp(kit: Kit) -> float:
    """When the kit was last changed."""
    parts = [root / part for root in (kit.root, *kit.more) for part in ("exercises", "solutions")]
    files = (entry for part in parts for folder in part.glob("*/") for entry in os.scandir(folder))
    return max(entry.stat().st_mtime for entry in files if entry.name.endswith((".py", ".json")))


@lru_cache(maxsize=32)
def _unit(kit: Kit, name: str, stamp: float, worth: tuple[tuple[str, float], ...]) -> KitUnit:
    return replace(kit.unit(name), worth=worth)


@lru_cache(maxsize=8)
def _recorded(unit: KitUnit, seed: int, cache: Path, stamp: float) -> Recorded:
    return recorded_for(unit, seed, cache)
