"""Handing in: what will be handed in, whether it loads, and putting it where the course expects it.

    chosen(unit)                        the file that is meant, where script and notebook are both there
    look(unit, file) -> Look            what is answered in it, and what passes the public checks
    to_course(unit, file, course, who)  into the course's submitted/<student>/<unit>/
    to_upload(unit, file, root)         a copy to upload, under the name that a course reads

An earlier submission is never lost. nbgrader's exchange has a file of its own, `autograder.student.exchange`.
"""

from __future__ import annotations

import getpass
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.answers.cells import as_python
from autograder.answers.convert import differences, notebook_file
from autograder.answers.submission import Submission, from_script, label_of, read
from autograder.errors import BadSubmission, GradfnError, NotFound
from autograder.judging.card import OTHER_INPUTS, points_text
from autograder.student.attempt import Attempt
from autograder.units import script
from autograder.units.kit import KitUnit
from autograder.worker.cells import Cells

SECONDS = 10.0
EARLIER = ".earlier"


@dataclass(frozen=True)
class Look:
    """A file about to be handed in: lines to read, and what speaks against it."""

    lines: tuple[str, ...]
    trouble: tuple[str, ...]


def chosen(unit: KitUnit) -> Path:
    """The script or the notebook, whichever holds the answers; BadSubmission where they differ."""
    script, notebook = unit.stub_file, notebook_file(unit)
    there = [file for file in (script, notebook) if file.exists()]
    if not there:
        raise NotFound(f"{unit.name}: there is neither {script.name} nor {notebook.name}")
    different = differences(unit)
    if len(there) == 1 or not different:
        return there[0]
    begun = [file for file in there if _answered(_read(file, unit), unit)]
    if len(begun) == 1:
        return begun[0]
    raise BadSubmission(
        f"{script.name} and {notebook.name} hold different answers ({', '.join(different)}). Carry the right "
        f"ones over (gradfn script {unit.name} or gradfn notebook {unit.name}), or say which: "
        f"gradfn submit {unit.name} FILE"
    )


def look(unit: KitUnit, file: Path) -> Look:
    """Run a file's answers and its public checks, in this process; raises as `read` does."""
    submission = _read(file, unit)
    cells = Cells(f"handed_in_{unit.name}", notebook=False)
    trouble = list(_run(cells, submission, unit))
    answered = _answered(submission, unit)
    attempt = Attempt(unit, cells.module)
    width = max(map(len, [*unit.exercises, *unit.questions]))
    lines, points = [], 0.0
    for name, exercise in unit.exercises.items():
        if name not in answered:
            lines.append(f"  {name:<{width}}  not answered")
            continue
        results = attempt.results(exercise)
        points += sum(result.points for result in results)
        passed = sum(result.status == "passed" for result in results)
        lines.append(f"  {name:<{width}}  {passed} of {len(results)} public checks pass")
    written = dict(submission.written)
    lines += [f"  {q:<{width}}  a text, {'' if q in written else 'not '}answered" for q in unit.questions]
    total = points_text(points, unit.points)
    lines.append(
        f"{len(answered)} of {len(unit.exercises)} exercises answered, {total} on the public checks. "
        + OTHER_INPUTS
    )
    lines += [f"note: {note}" for note in submission.notes]
    if not answered and not written:
        trouble.append("nothing is answered yet")
    return Look(tuple(lines), tuple(trouble))


def _read(file: Path, unit: KitUnit) -> Submission:
    """The answers in a student's own file, which may be kept elsewhere: what is handed in is no link."""
    return read(file.resolve() if file.is_symlink() else file, unit)


def _run(cells: Cells, submission: Submission, unit: KitUnit) -> Iterator[str]:
    """Run a submission's cells as a grader does, one after the other; what each raised."""
    setup = script.split(unit.recorded.stub)[0].source
    cells.run(script.SETUP, setup, SECONDS)
    for cell in submission.cells:
        _, raised = cells.run(label_of(cell), as_python(cell.source), SECONDS)
        if raised is not None:
            yield f"{label_of(cell)}: {raised.type_name}: {raised.message}"


def _answered(submission: Submission, unit: KitUnit) -> set[str]:
    """The exercises to which something was written, and where marks are lost all that is defined."""
    stubs = {cell.name: cell.source for cell in from_script(unit.recorded.stub, unit, "").cells}
    given = {cell.name: cell.source for cell in submission.cells if cell.name}
    own = [name for cell in submission.cells if not cell.name for name in cell.names]
    return {
        name
        for name, exercise in unit.exercises.items()
        if (given[name] != stubs[name] if name in given else set(exercise.names) & set(own))
    }


def student_name(name: str | None) -> str:
    """The name of a student's folder: as given, or who is logged in; raises GradfnError for no name."""
    try:
        name = name or getpass.getuser()
    except (OSError, ImportError, KeyError) as error:
        raise GradfnError("who hands in? Say so with --student NAME") from error
    if name.startswith(".") or any(letter in name for letter in "/\\+*:"):
        raise GradfnError(f"a student's name becomes a folder's name: {name!r} cannot. Say --student NAME")
    return name


def to_course(unit: KitUnit, file: Path, course: Path, student: str) -> Path:
    """Put the file into a course's folder; what was handed in there before is moved aside, not lost."""
    folder = course / "submitted" / student / unit.name
    fresh = folder.with_name(f".{unit.name}.new")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        shutil.copyfile(file, fresh / f"{unit.name}{file.suffix}")
        stamp = datetime.now(UTC)
        (fresh / "timestamp.txt").write_text(f"{stamp:%Y-%m-%d %H:%M:%S.%f} UTC", encoding="utf-8")
        if folder.exists():
            earlier = folder.parent / EARLIER
            earlier.mkdir(exist_ok=True)
            folder.rename(_free(earlier / f"{unit.name}-{_stamp()}"))
        fresh.rename(folder)
    except OSError as error:
        raise GradfnError(f"cannot hand in to {folder}: {error.strerror}") from error
    return folder / f"{unit.name}{file.suffix}"


def to_upload(unit: KitUnit, file: Path, root: Path) -> Path:
    """Copy the file to a folder of its own for this time; the course reads it by its name."""
    folder = _free(root / unit.name / _stamp())
    target = folder / f"{unit.name}{file.suffix}"
    try:
        folder.mkdir(parents=True)
        shutil.copyfile(file, target)
    except OSError as error:
        raise GradfnError(f"cannot write {target}: {error.strerror}") from error
    return target


def is_course(folder: Path) -> bool:
    """Whether submissions are collected in this folder."""
    return (folder / "nbgrader_config.py").exists() or (folder / "submitted").is_dir()


def _stamp() -> str:
    return f"{datetime.now():%Y%m%d-%H%M%S}"


def _free(path: Path) -> Path:
    """The path, or one like it that nothing has yet."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free
