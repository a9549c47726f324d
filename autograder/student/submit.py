"""Hand in a unit: choose the file, show what is in it, and put it where the course looks for it.

    choose_file(unit)                       the script or the notebook, whichever holds the answers
    preview(unit, file)                     what is answered in it, and which public checks pass
    to_course(unit, file, course, student)  copy it to the course's submitted/<student>/<unit>/
    put(folder, files, time)                write a submission's folder, and keep what was there
    write_time(folder, time)                when it was handed in
    to_upload(unit, file, root)             copy it to a folder to upload from, under the name courses expect
    student_name(name)                      the student's folder name

Earlier submissions are never overwritten. nbgrader's exchange is in `autograder.student.exchange`.
"""

from __future__ import annotations

import getpass
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from autograder.answers.convert import differences, notebook_file
from autograder.answers.submission import Submission, answered, label_of, read, suffix_of
from autograder.errors import BadSubmission, GradfnError, NotFound
from autograder.judging.card import OTHER_INPUTS, points_text
from autograder.student.attempt import Attempt
from autograder.student.progress import Standing
from autograder.units import script
from autograder.units.files import writing
from autograder.units.kit import KitUnit
from autograder.worker.cells import Cells
from autograder.worker.imports import only

SECONDS = 10.0
EARLIER = ".earlier"


@dataclass(frozen=True)
class Preview:
    """A file about to be handed in: lines to read, and reasons not to hand it in."""

    lines: tuple[str, ...]
    problems: tuple[str, ...]


def choose_file(unit: KitUnit) -> Path:
    """The script or the notebook, whichever holds the answers; raises BadSubmission where the two differ."""
    script, notebook = unit.stub_file, notebook_file(unit)
    files = [file for file in (script, notebook) if file.exists()]
    if not files:
        raise NotFound(f"{unit.name}: there is neither {script.name} nor {notebook.name}")
    different = differences(unit)
    if len(files) == 1 or not different:
        return files[0]
    with_answers = [file for file in files if answered(_read(file, unit), unit)]
    if len(with_answers) == 1:
        return with_answers[0]
    raise BadSubmission(
        f"{script.name} and {notebook.name} hold different answers ({', '.join(different)}). Carry the right "
        f"ones over (gradfn script {unit.name} or gradfn notebook {unit.name}), or say which: "
        f"gradfn submit {unit.name} FILE"
    )


def preview(unit: KitUnit, file: Path) -> Preview:
    """Run a file's answers on the public checks, in this process; raises as `read` does."""
    submission = _read(file, unit)
    cells = Cells(f"handed_in_{unit.name}", notebook=False)
    problems = list(_run(cells, submission, unit))
    begun = answered(submission, unit)
    attempt = Attempt(unit, cells.module)
    results = [
        r for name, exercise in unit.exercises.items() if name in begun for r in attempt.results(exercise)
    ]
    standing = Standing.of(unit, results)
    width = max(map(len, [*unit.exercises, *unit.questions]))
    lines = []
    for name in unit.exercises:
        passed = f"{standing.count(name)} of {len(standing.worth[name])} public checks pass"
        lines.append(f"  {name:<{width}}  {passed if name in begun else 'not answered'}")
    written = dict(submission.written)
    lines += [f"  {q:<{width}}  a text, {'' if q in written else 'not '}answered" for q in unit.questions]
    total = points_text(*standing.points())
    lines.append(
        f"{len(begun & {*unit.exercises})} of {len(unit.exercises)} exercises answered, {total} on the "
        f"public checks. {OTHER_INPUTS}"
    )
    lines += [f"note: {note}" for note in submission.notes]
    if not begun:
        problems.append("nothing is answered yet")
    return Preview(tuple(lines), tuple(problems))


def _read(file: Path, unit: KitUnit) -> Submission:
    """The answers in the student's own file; a link is followed, since its target is what will be copied."""
    return read(file.resolve() if file.is_symlink() else file, unit)


def _run(cells: Cells, submission: Submission, unit: KitUnit) -> Iterator[str]:
    """Run a submission's cells in order, as a grader does; a line for each exception."""
    setup = script.split(unit.recorded.stub)[0].source
    cells.run(script.SETUP, setup, SECONDS)
    for cell in submission.cells:
        with only(unit.declaration.packages, [vars(cells.module)]), patch("sys.stdin", StringIO()):
            _, raised = cells.run(label_of(cell), cell.source, SECONDS)
        if raised is not None:
            yield f"{label_of(cell)}: {raised.type_name}: {raised.message}"
    cells.restore(unit.exercises)


def student_name(name: str | None) -> str:
    """The student's folder name: `name`, or else the login name; raises GradfnError for an unusable one."""
    try:
        name = name or getpass.getuser()
    except (OSError, ImportError, KeyError) as error:
        raise GradfnError("your login name is unknown here. Give your name: --student NAME") from error
    if name.startswith(".") or any(letter in name for letter in "/\\+*:"):
        raise GradfnError(
            f"{name!r} cannot be a folder's name, as a student's name has to be. Say --student NAME"
        )
    return name


def to_course(unit: KitUnit, file: Path, course: Path, student: str) -> Path:
    """Copy the file into a course's folder; an earlier submission there is moved to .earlier."""
    folder, name = course / "submitted" / student / unit.name, f"{unit.name}{suffix_of(file)}"
    try:
        put(folder, {name: file.read_bytes()}, datetime.now(UTC).replace(tzinfo=None))
    except OSError as error:
        raise GradfnError(f"cannot hand in to {folder}: {error.strerror}") from error
    return folder / name


def put(folder: Path, files: Mapping[str, bytes], time: datetime | None) -> None:
    """Write a submission's folder in one step, with its time in UTC; what is there is moved to .earlier."""
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, data in files.items():
        (fresh / name).write_bytes(data)
    if time:
        write_time(fresh, time)
    if folder.exists():
        earlier = folder.parent / EARLIER
        earlier.mkdir(exist_ok=True)
        folder.rename(free(earlier / f"{folder.name}-{_stamp()}"))
    fresh.rename(folder)


def write_time(folder: Path, time: datetime) -> None:
    """Say when a submission was handed in, in UTC; its files get it too: a later change is doubtful."""
    (folder / "timestamp.txt").write_text(f"{time:%Y-%m-%d %H:%M:%S.%f} UTC", encoding="utf-8")
    for path in folder.iterdir():
        os.utime(path, (time.replace(tzinfo=UTC).timestamp(),) * 2, follow_symlinks=False)


def to_upload(unit: KitUnit, file: Path, root: Path) -> Path:
    """Copy the file to a new folder named by the time; the file keeps the name that the course expects."""
    folder = free(root / unit.name / _stamp())
    target = folder / f"{unit.name}{suffix_of(file)}"
    with writing(target):
        folder.mkdir(parents=True)
        shutil.copyfile(file, target)
    return target


def is_course(folder: Path) -> bool:
    """Whether the folder is a course's: submissions are collected there."""
    return (folder / "nbgrader_config.py").exists() or (folder / "submitted").is_dir()


def _stamp() -> str:
    return f"{datetime.now():%Y%m%d-%H%M%S}"


def free(path: Path) -> Path:
    """The path, or with a number behind it where that exists already."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free
