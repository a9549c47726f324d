"""An instructor's commands.

gradfn judge UNIT FILE    one file, without a course
gradfn course DIR         a course in a folder; in it:
gradfn release UNIT, gradfn grade UNIT, gradfn feedback UNIT
gradfn report UNIT        a page on the class: scores, mistakes, who needs a look, how good the checks are
gradfn export             the gradebook as CSV, for nbgrader, Canvas or Moodle
gradfn bundle             the students' copy of the kit
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.cli.common import Commands, at_least_1, command, manual_text, shown
from autograder.errors import GradfnError, NotFound
from autograder.units.kit import Kit, KitUnit

if TYPE_CHECKING:  # nbgrader takes seconds to import: each command brings what it needs
    from autograder.nbgrader.course import Course


def add(commands: Commands) -> None:
    """Declare the commands."""
    judge = command(commands, "judge", _judge, "judge one file: a .py or an .ipynb", "UNIT", "FILE")
    judge.add_argument("--json", action="store_true", help="print one JSON object")
    judge.add_argument("--seed", type=int, default=0, help="the seed of the inputs (default: the public one)")
    tiers = "cpu, or gpu: float32 and bfloat16 on a CUDA device, where the unit has such a tier"
    judge.add_argument("--tier", choices=("cpu", "gpu"), default="cpu", help=tiers)
    _may_go_without(judge)
    course = command(commands, "course", _course, "make a course in a folder", "DIR")
    words = "another gradebook than gradebook.db in the folder: postgresql://user@host/name"
    course.add_argument("--db", default="", metavar="URL", help=words)
    command(commands, "release", _release, "release a unit as an nbgrader assignment", "UNIT")
    grade = command(commands, "grade", _grade, "grade what was handed in and is new or changed", "UNIT")
    grade.add_argument("students", nargs="*", metavar="STUDENT", help="only theirs (default: everyone's)")
    grade.add_argument("--regrade", action="store_true", help="grade anew what is graded already")
    words = "how many processes (default: one a core)"
    grade.add_argument("--jobs", type=at_least_1, default=0, metavar="N", help=words)
    words = "gpu adds the GPU tier to what is graded already, as extra credit, on a machine that has one"
    grade.add_argument("--tier", choices=("cpu", "gpu"), default="cpu", help=words)
    _may_go_without(grade)
    command(commands, "feedback", _feedback, "write the feedback pages", "UNIT")
    report = command(commands, "report", _report, "a page on the class: scores, mistakes, items", "UNIT")
    report.add_argument("--out", type=Path, metavar="FILE", help="default: reports/UNIT.html in the course")
    export = command(commands, "export", _export, "write the gradebook as CSV")
    words = "nbgrader (default), canvas or moodle"
    export.add_argument("--format", default="nbgrader", metavar="FORMAT", help=words)
    export.add_argument("--to", type=Path, metavar="FILE", help="default: grades.csv in the course's folder")
    bundle = command(commands, "bundle", _bundle, "make the students' copy of the kit: no solutions in it")
    bundle.add_argument("--out", type=Path, metavar="FILE", help="the zip (default: gradfn-students.zip)")
    command(commands, "doctor", _doctor, "what this machine has for grading, and what to do")


def _may_go_without(parser: argparse.ArgumentParser) -> None:
    words = "run submissions without a sandbox: they can then do all that you can"
    parser.add_argument("--unconfined", action="store_true", help=words)


def _judge(arguments: argparse.Namespace) -> None:
    from autograder.grading.grade import grade_file
    from autograder.judging.card import PUBLIC_ONLY, without_repeats
    from autograder.units.recorded import PUBLIC_SEED

    unit = Kit.here().unit(arguments.unit)
    report = grade_file(unit, Path(arguments.file), arguments.seed, arguments.tier)
    if arguments.json:
        print(json.dumps(report.to_dict(), ensure_ascii=False))
        return
    on_gpu = report.gpu.checks if report.gpu and arguments.tier == "gpu" else ()
    print("\n\n".join(without_repeats(result.message for result in (*report.checks, *on_gpu))), end="\n\n")
    for note in report.notes:
        print(f"note: {note}")
    for question in report.manual:
        state = "answered" if question.answered else "not answered"
        print(f"{question.question}: {state}; a person grades it, for up to {question.max_points:g} points")
    if arguments.tier == "cpu":
        print(f"{report.file}: {report.points:g} / {report.max_points:g} points{manual_text(unit)}")
    if report.gpu:
        print(f"{report.file}: {report.gpu.words}")
    if arguments.tier == "cpu" and report.seed == PUBLIC_SEED and report.points == report.max_points:
        print(PUBLIC_ONLY)


def _course(arguments: argparse.Namespace) -> None:
    from autograder.nbgrader.course import make_course

    db = ""
    if arguments.db:
        from autograder.nbgrader.database import address

        db = address(arguments.db)
    course = make_course(Path(arguments.dir), Kit.here(), db)
    print(f"A course is in {shown(course.root)}. There: gradfn release UNIT")


def _here() -> Course:
    """The course that the working directory is in."""
    from autograder.nbgrader.course import open_course

    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / "nbgrader_config.py").exists():
            return open_course(folder)
    raise NotFound("no course here: run this in a course's folder, or make one with gradfn course DIR")


def _release(arguments: argparse.Namespace) -> None:
    course = _here()
    unit = course.kit.unit(arguments.unit)
    from autograder.nbgrader.steps import release

    print(
        f"{unit.name}: {unit.points:g} points{manual_text(unit)}, released as {shown(release(course, unit))}"
    )


def _grade(arguments: argparse.Namespace) -> None:
    course = _here()
    unit = course.kit.unit(arguments.unit)
    from autograder.cli.grading_view import show
    from autograder.nbgrader.classes import Options
    from autograder.units.gpu_tier import missing

    if arguments.tier == "gpu":
        _add_gpu(course, unit, arguments.students)
        return
    show(course, unit, Options(arguments.jobs, arguments.students, arguments.regrade))
    if unit.recorded.gpu:
        reason = missing() or "a CUDA device is here"
        print(f"GPU tier: beside these points ({reason}; gradfn grade {unit.name} --tier gpu adds it)")
    _say_what_waits(course, unit)


def _add_gpu(course: Course, unit: KitUnit, students: list[str]) -> None:
    """Add the GPU tier of each submission, and say what it came to; one that cannot be stops no other."""
    from autograder.nbgrader.gpu import add

    if not unit.recorded.gpu:
        raise NotFound(f"{unit.name} has no GPU tier")
    for student in students or course.students(unit):
        try:
            words = add(course, unit, student).words
        except GradfnError as error:
            words = str(error)
        print(f"{student:<20} {words}", flush=True)


def _say_what_waits(course: Course, unit: KitUnit) -> None:
    """A line about the answers that a person has to read, where there are any."""
    from autograder.nbgrader.gradebook import waiting

    if unit.questions and (count := waiting(course, unit)):
        print(f"To grade by hand: {count} written answer{'s' * (count > 1)}, in formgrader")


def _feedback(arguments: argparse.Namespace) -> None:
    course = _here()
    unit = course.kit.unit(arguments.unit)
    from autograder.cli.grading_view import pages

    pages(course, unit)
    _say_what_waits(course, unit)


def _report(arguments: argparse.Namespace) -> None:
    course = _here()
    unit = course.kit.unit(arguments.unit)
    from autograder.nbgrader.report.page import write_report

    written = write_report(course, unit, arguments.out)
    print(f"{unit.name}: {written.words}")
    print(f"The report is in {shown(written.file)}")


def _export(arguments: argparse.Namespace) -> None:
    course = _here()
    from autograder.nbgrader.export import export

    exported = export(course, arguments.format, arguments.to)
    print(f"The gradebook is in {shown(exported.file)}")
    for line in filter(None, [*exported.notes, exported.next]):
        print(line)


def _bundle(arguments: argparse.Namespace) -> None:
    from autograder.authors.bundle import bundle

    target = arguments.out or Path("gradfn-students.zip")
    files = bundle(Kit.here(), target)
    size = target.stat().st_size / 1024
    print(f"The students' copy is in {shown(target)}: {len(files)} files, {size:.0f} kB, no solutions")


def _doctor(arguments: argparse.Namespace) -> int:
    from autograder.grading.doctor import examine

    units = list(Kit.here().units())
    unit = next(unit for unit in units if "torch" not in unit.declaration.packages)
    with_torch = next((unit for unit in units if "torch" in unit.declaration.packages), unit)
    ill = 0
    for finding in examine(unit, with_torch):
        ill += finding.good is False
        mark = {True: "ok  ", False: "NOT ", None: "    "}[finding.good]
        print(f"{mark}{finding.title}{': ' * bool(finding.words)}{finding.words}", flush=True)
    return 1 if ill else 0
