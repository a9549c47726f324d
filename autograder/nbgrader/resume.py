"""Which submissions can be skipped: neither they nor anything that bears on their scores has changed.

digests_of(course, unit, student)    digests of everything that a score depends on, by the words for a change
to_grade(course, tasks, about)       those whose record is incomplete, out of date or not as in the gradebook
about_unit(course, unit)             what both take for each submission of a unit

A record is completed last, when nbgrader has saved the scores and written its notebook. A run that is killed
leaves records incomplete, and those submissions are graded again from the beginning.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from autograder.errors import GradfnError
from autograder.grading.folder import TIME, files_of, stands_for_another
from autograder.nbgrader import records
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import auto_points
from autograder.nbgrader.lms.late import Deadlines, deadlines, text_of
from autograder.units import files
from autograder.units.kit import KitUnit

Task = tuple[str, str]  # a unit's name and a student's
Digests = Mapping[str, str]  # by the words for a change
About = tuple[Deadlines, Digests]  # of a unit

FILES, DUE, UNIT, SETTINGS, CODE = (
    "other files were handed in",
    "a time, the due date or an extension changed",
    "the unit, its release or the secret changed",
    "a setting in nbgrader_config.py changed",
    "the kit changed",
)
GRADES = "the gradebook or the graded notebook changed"
#: Parts of the kit that do not bear on scores.
NO_SCORES = (
    *("cli", "authors", "student", "jupyter.py", "nbgrader/report", "nbgrader/demo", "nbgrader/templates"),
    *(f"nbgrader/{name}.py" for name in ("attempts", "export", "feedback", "figures", "formgrader")),
    *("nbgrader/marks.py", "nbgrader/pages.py", "nbgrader/resume.py"),
    *(f"grading/{name}.py" for name in ("accounts", "doctor", "gradescope")),
)
#: Classes of nbgrader and Jupyter, by how their names begin, whose settings do not bear on scores.
ELSEWHERE = (
    *("CourseDirectory", "HTMLExporter", "GenerateFeedback", "GenerateAssignment", "ClearSolutions"),
    *("Exchange", "Formgrade", "Application", "NbGrader", "Log", "Server", "Zip", "FileNameCollector"),
    *("Gradfn.units", "Gradfn.attempts", "Gradfn.cool_down", "Gradfn.cluster"),
)


def digests_of(
    course: Course,
    unit: KitUnit,
    student: str,
    when: Deadlines | None = None,
    common: Digests | None = None,
) -> Digests:
    """Digests of the submission and its lateness, and those that all of a unit have in `common`."""
    folder, stamp = course.submitted_folder(unit, student), []
    try:
        handed_in = [path for path in files_of(folder) if not stands_for_another(path)]
        stamp = [path for path in handed_in if path == folder / TIME]
        others = [path for path in handed_in if path not in stamp]
        found = files.digest(others, *(str(path.relative_to(folder)) for path in others))
    except GradfnError as error:  # none of its files will be opened
        found = files.digest([], str(error))
    common = digests_of_unit(course, unit) if common is None else common
    return {FILES: found, DUE: files.digest(stamp, text_of(course, unit, student, when)), **common}


def to_grade(course: Course, tasks: Iterable[Task], about: Mapping[str, About]) -> dict[Task, str]:
    """The tasks that are not done, with why those that were graded before are graded again."""
    saved = {name: auto_points(course, course.unit(name)) for name in about}
    found = {}
    for name, student in tasks:
        unit = course.unit(name)
        if (completion := records.completion(course, unit, student)) is None:
            found[name, student] = ""
            continue
        now = digests_of(course, unit, student, *about[name])
        changed = [words for words in now if completion.digests.get(words) != now[words]]
        has_notebook = course.autograded_file(unit, student).exists()
        kept = completion.saved == saved[name].get(student) and has_notebook == (completion.saved is not None)
        if not completion.digests:
            found[name, student] = "an earlier version of the kit graded them"
        elif changed or not kept:
            found[name, student] = changed[0] if changed else GRADES
    return found


def about_unit(course: Course, unit: KitUnit) -> About:
    """What `digests_of` takes for each submission of a unit."""
    return deadlines(course, unit), digests_of_unit(course, unit)


def digests_of_unit(course: Course, unit: KitUnit) -> Digests:
    """Digests of the unit as released and as it is now, of settings and code."""
    paths = [*unit.checks_files, unit.recorded_file, *sorted(unit.solutions.glob("*.py"))]
    return {
        UNIT: files.digest([*paths, course.released_file(unit)], str(course.seed(unit, 0))),
        SETTINGS: files.digest([], _settings((course.root / "nbgrader_config.py").read_text("utf-8"))),
        CODE: digest_of_code(),
    }


@cache
def _settings(text: str) -> str:
    """What of nbgrader_config.py bears on scores: no comments, no settings of other parts of nbgrader."""
    statements = ast.parse(text).body
    return "\n".join(ast.dump(each) for each in statements if not _is_elsewhere(each))


def _is_elsewhere(statement: ast.stmt) -> bool:
    """Whether a statement is like `c.Exchange.root = ...`, a docstring or an import."""
    match statement:
        case ast.Assign([ast.Attribute(ast.Attribute(ast.Name("c"), owner), name)]):
            return f"{owner}.{name}".startswith(ELSEWHERE)
        case ast.Expr(ast.Constant()) | ast.Import() | ast.ImportFrom():
            return True
    return False


@cache
def digest_of_code() -> str:
    """The judge and the engine: another version might give other scores."""
    root = Path(__file__).resolve().parents[2]
    paths = (path for part in ("autograder", "engine") for path in (root / part).rglob("*"))
    others = tuple(str(root / "autograder" / part) for part in NO_SCORES)
    paths = (path for path in paths if path.suffix in (".py", ".txt", ".json"))
    return files.digest(sorted(path for path in paths if not str(path).startswith(others)))
