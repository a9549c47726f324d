"""An instructor's commands.

gradfn judge UNIT FILE    judge one file, without a course
gradfn course DIR         make a course; in its folder:
gradfn release UNIT, gradfn grade UNIT, gradfn feedback UNIT
gradfn report UNIT, gradfn similar UNIT: pages about the class, in `reports`
gradfn export             the gradebook as CSV, for nbgrader, Canvas or Moodle
gradfn formgrader         read and grade written answers, in a Jupyter that can do nothing else
gradfn bundle             make the students' copy of the kit
gradfn doctor             what this machine lacks for grading
"""

from __future__ import annotations

import argparse
import json
from contextlib import suppress
from pathlib import Path

from autograder.cli import reports
from autograder.cli.common import (
    Commands,
    add_kit_folder,
    add_unconfined,
    add_unit,
    at_least_1,
    command,
    course_here,
    display_path,
    kit_to_grade,
    manual_text,
    points,
)
from autograder.errors import NotFound
from autograder.units.lookup import find_unit


def add(commands: Commands) -> str:
    """Declare the commands; the title of their group."""
    _add_judge(commands)
    _add_course(commands)
    _add_grade(commands)
    _add_what_follows(commands)
    _add_kit(commands)
    return "commands for instructors"


def _add_judge(commands: Commands) -> None:
    judge = command(
        commands,
        "judge",
        _judge,
        "judge one file, without a course",
        """Prints a card for each check, then the points. Exit status 0 whatever the score.""",
        """
        gradfn judge activations bob/activations.ipynb
        gradfn judge activations activations.py --json --seed 7
        """,
    )
    add_unit(judge)
    judge.add_argument("file", metavar="FILE", help="the student's .py or .ipynb file")
    judge.add_argument("--json", action="store_true", help="print one JSON object")
    words = "the seed of the inputs (default: 0, the seed of the public checks)"
    judge.add_argument("--seed", type=int, default=0, metavar="N", help=words)
    words = "cpu (default), or gpu: the unit's checks in float32 and bfloat16 on a CUDA device"
    judge.add_argument("--tier", choices=("cpu", "gpu"), default="cpu", help=words)
    add_kit_folder(judge)
    add_unconfined(judge)


def _add_course(commands: Commands) -> None:
    course = command(
        commands,
        "course",
        _course,
        "make a course in a folder",
        """The folder holds nbgrader's configuration, its gradebook and all that is released and handed in.
        The commands release, grade, feedback, report and export are run inside it.""",
        """
        gradfn course fall
        gradfn course fall --db postgresql://ada@localhost/fall
        """,
    )
    course.add_argument(
        "dir", metavar="DIR", help="the folder, such as fall; it is made if it does not exist"
    )
    words = "keep the gradebook in PostgreSQL, such as postgresql://user@host/name (default: gradebook.db)"
    course.add_argument("--db", default="", metavar="URL", help=words)
    add_kit_folder(course)
    release = command(
        commands,
        "release",
        _release,
        "release a unit as an nbgrader assignment",
        """Writes release/UNIT/UNIT.ipynb, the notebook to give to the students. They hand in this notebook or
        the unit's .py file.""",
        "gradfn release activations",
    )
    add_unit(release)


def _add_grade(commands: Commands) -> None:
    grade = command(
        commands,
        "grade",
        _grade,
        "grade the new and changed submissions",
        """Submissions are read from submitted/STUDENT/UNIT/. A run can be stopped at any time: the next one
        grades the rest.""",
        """
        gradfn grade activations
        gradfn grade activations ada bob --regrade
        """,
    )
    add_unit(grade)
    words = "names of folders below submitted/ (default: all students)"
    grade.add_argument("students", nargs="*", metavar="STUDENT", help=words)
    grade.add_argument("--regrade", action="store_true", help="also what is graded already")
    words = "how many processes (default: one for each core)"
    grade.add_argument("--jobs", type=at_least_1, default=0, metavar="N", help=words)
    words = "cpu (default), or gpu: add the GPU tier to submissions already graded, as extra credit"
    grade.add_argument("--tier", choices=("cpu", "gpu"), default="cpu", help=words)
    add_unconfined(grade)


def _add_what_follows(commands: Commands) -> None:
    feedback = command(
        commands,
        "feedback",
        _feedback,
        "write a feedback page for each student",
        """The pages are feedback/STUDENT/UNIT/UNIT.html.""",
        "gradfn feedback activations",
    )
    add_unit(feedback)
    reports.add(commands)
    export = command(
        commands,
        "export",
        _export,
        "write the gradebook as CSV",
        examples="""
        gradfn export
        gradfn export --format canvas --column "activations=Week 2 (1234)"
        gradfn export --format csv --delimiter ";"
        """,
    )
    words = "nbgrader (default), moodle, canvas, brightspace, blackboard or csv: a column for each unit"
    export.add_argument("--format", default="nbgrader", metavar="FORMAT", help=words)
    words = "the CSV file (default: grades.csv or grades-FORMAT.csv in the course)"
    export.add_argument("--to", type=Path, metavar="FILE", help=words)
    words = (
        "the header of a unit's column in your system, with its number (default: as gradfn roster has read)"
    )
    export.add_argument("--column", action="append", default=[], metavar="UNIT=HEADER", help=words)
    words = 'for csv: what separates cells; ";" also writes decimal commas, for Excel in such countries'
    export.add_argument("--delimiter", default=",", choices=(",", ";", "\t"), metavar="MARK", help=words)
    command(
        commands,
        "formgrader",
        _formgrader,
        "open nbgrader's formgrader to read and grade written answers",
        """Opens JupyterLab in the course's folder, without terminals, kernels or writing to files, because
        submissions are shown there. Formgrader is in its menu Nbgrader.""",
        "gradfn formgrader -- --no-browser --port 9000",
    ).add_argument("options", nargs="*", metavar="OPTION", help="for jupyter lab, behind --")


def _add_kit(commands: Commands) -> None:
    words = "make the students' copy of the kit, without solutions"
    details = "A zip with the exercises, the commands for students and a README.md to start with."
    bundle = command(commands, "bundle", _bundle, words, details, "gradfn bundle --out kit.zip")
    words = "the zip (default: gradfn-students.zip)"
    bundle.add_argument("--out", type=Path, metavar="FILE", help=words)
    add_kit_folder(bundle)
    words = "show what this machine lacks for grading, and what to do"
    details = "Tries each layer of the sandbox. Exit status 1 if one is missing."
    add_kit_folder(command(commands, "doctor", _doctor, words, details, "gradfn doctor"))


def _judge(arguments: argparse.Namespace) -> None:
    unit = find_unit(kit_to_grade(arguments), arguments.unit)
    from autograder.grading.grade import grade_file
    from autograder.judging.card import PUBLIC_ONLY, points_text, without_repeats
    from autograder.units.recorded import PUBLIC_SEED

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
        print(f"{question.question}: {state}; a person grades it, for up to {points(question.max_points)}")
    if arguments.tier == "cpu":
        total = points_text(report.points, report.max_points)
        print(f"{report.file}: {total}{manual_text(unit)}")
    if report.gpu:
        print(f"{report.file}: {report.gpu.words}")
    if arguments.tier == "cpu" and report.seed == PUBLIC_SEED and report.points == report.max_points:
        print(PUBLIC_ONLY)


def _course(arguments: argparse.Namespace) -> None:
    kit = kit_to_grade(arguments)
    from autograder.nbgrader.course import make_course

    db = ""
    if arguments.db:
        from autograder.nbgrader.database import address

        db = address(arguments.db)
    course = make_course(Path(arguments.dir), kit, db)
    print(f"A course is in {display_path(course.root)}. There: gradfn release UNIT")


def _release(arguments: argparse.Namespace) -> None:
    course = course_here()
    unit = find_unit(course.kit, arguments.unit)
    from autograder.nbgrader.steps import release

    file = display_path(release(course, unit))
    print(f"{unit.name}: {points(unit.points)}{manual_text(unit)}, released as {file}")


def _grade(arguments: argparse.Namespace) -> None:
    course = course_here()
    unit = find_unit(course.kit, arguments.unit)
    from autograder.cli.grading_view import say_what_waits, show, show_gpu
    from autograder.nbgrader.classes import Options
    from autograder.units.gpu_tier import missing

    if arguments.tier == "gpu":
        show_gpu(course, unit, arguments.students)
        return
    show(course, unit, Options(arguments.jobs, arguments.students, arguments.regrade))
    if unit.recorded.gpu:
        reason = missing() or "a CUDA device is here"
        print(f"GPU tier: beside these points ({reason}; gradfn grade {unit.name} --tier gpu adds it)")
    say_what_waits(course, unit)


def _feedback(arguments: argparse.Namespace) -> None:
    course = course_here()
    unit = find_unit(course.kit, arguments.unit)
    from autograder.cli.grading_view import say_what_waits, show_pages

    show_pages(course, unit)
    say_what_waits(course, unit)


def _export(arguments: argparse.Namespace) -> None:
    course = course_here()
    from autograder.nbgrader.export import export

    exported = export(course, arguments.format, arguments.to, arguments.column, arguments.delimiter)
    print(f"The gradebook is in {display_path(exported.file)}")
    for line in filter(None, [*exported.notes, exported.next]):
        print(line)


def _formgrader(arguments: argparse.Namespace) -> None:
    course = course_here()
    from autograder.nbgrader.formgrader import launch

    launch(course, arguments.options)


def _bundle(arguments: argparse.Namespace) -> None:
    kit = kit_to_grade(arguments)
    from autograder.authors.bundle import bundle

    target = arguments.out or Path("gradfn-students.zip")
    files = bundle(kit, target)
    size = target.stat().st_size / 1024
    print(f"The students' copy is in {display_path(target)}: {len(files)} files, {size:.0f} kB, no solutions")


def _doctor(arguments: argparse.Namespace) -> int:
    units = list(kit_to_grade(arguments).units())
    from autograder.grading.doctor import examine

    unit = next(unit for unit in units if "torch" not in unit.declaration.packages)
    with_torch = next((unit for unit in units if "torch" in unit.declaration.packages), unit)
    ill = 0
    for finding in examine(unit, with_torch):
        ill += finding.good is False
        mark = {True: "ok  ", False: "NOT ", None: "    "}[finding.good]
        print(f"{mark}{finding.title}{': ' * bool(finding.words)}{finding.words}", flush=True)
    with suppress(ImportError):  # nbgrader is named above if it is not installed
        from autograder.nbgrader.formgrader import advice

        try:
            course = course_here()
        except NotFound:
            course = None
        print(f"    formgrader: {advice(course)}")
    return 1 if ill else 0
