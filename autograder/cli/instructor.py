"""An instructor's commands.

gradfn course DIR         make a course; in its folder:
gradfn release UNIT, gradfn grade UNIT, gradfn feedback UNIT
gradfn report UNIT, gradfn similar UNIT: pages about the class, in `reports`
gradfn formgrader         read and grade written answers, in a Jupyter that can do nothing else
gradfn student remove     remove a student and everything that is known of them
gradfn bundle             make the students' copy of the kit
gradfn doctor             what this machine lacks for grading
"""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path

from autograder.cli import judge, reports
from autograder.cli.common import (
    Commands,
    add_kit_folder,
    add_unconfined,
    add_unit,
    at_least_1,
    command,
    course_and_unit,
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
    judge.add(commands)
    _add_course(commands)
    _add_grade(commands)
    _add_what_follows(commands)
    _add_kit(commands)
    return "commands for instructors"


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
        gradfn course fall --units ~/neurons
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
        gradfn grade activations --watch
        """,
    )
    add_unit(grade)
    words = "names of folders below submitted/ (default: all students)"
    grade.add_argument("students", nargs="*", metavar="STUDENT", help=words)
    grade.add_argument("--regrade", action="store_true", help="also what is graded already")
    words = "how many processes (default: one for each core)"
    grade.add_argument("--jobs", type=at_least_1, default=0, metavar="N", help=words)
    words = "go on grading what arrives in submitted/ or in nbgrader's exchange, until Ctrl-C"
    grade.add_argument("--watch", action="store_true", help=words)
    words = "with --watch: how often to look (default: every 60 seconds)"
    grade.add_argument("--every", type=at_least_1, default=60, metavar="SECONDS", help=words)
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
    student = commands.add_parser("student", help="remove a student").add_subparsers(
        metavar="COMMAND", required=True
    )
    remove = command(
        student,
        "remove",
        _remove,
        "remove a student and everything that is known of them",
        """Submissions, feedback, records, the gradebook's rows, and the reports and exports that name the
        student, which gradfn report and gradfn export write again. Without --yes it only says what would
        go.""",
        "gradfn student remove ada --yes",
    )
    remove.add_argument("student", metavar="STUDENT", help="the student's id")
    remove.add_argument("--yes", action="store_true", help="remove it; there is no way back")
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
    examples = """
        gradfn bundle --out kit.zip
        gradfn bundle perceptron spikes --units ~/neurons --title "Neurons"
        """
    bundle = command(commands, "bundle", _bundle, words, details, examples)
    words = "the zip (default: gradfn-students.zip)"
    bundle.add_argument("--out", type=Path, metavar="FILE", help=words)
    bundle.add_argument("chosen", nargs="*", metavar="UNIT", help="units by their names (default: all)")
    bundle.add_argument("--title", metavar="TITLE", help="how its README.md begins")
    add_kit_folder(bundle)
    words = "show what this machine lacks for grading, and what to do"
    details = "Tries each layer of the sandbox. Exit status 1 if one is missing."
    add_kit_folder(command(commands, "doctor", _doctor, words, details, "gradfn doctor"))


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
    course, unit = course_and_unit(arguments)
    from autograder.authors.ready import must_be_ready
    from autograder.nbgrader.steps import release

    must_be_ready(unit)
    released = release(course, unit)
    file = display_path(released.file)
    print(f"{unit.name}: {points(unit.points)}{manual_text(unit)}, released as {file}")
    if released.changed:
        print(f"{unit.name} was handed in already. {released.changed}: gradfn grade {unit.name}")


def _grade(arguments: argparse.Namespace) -> int:
    course, unit = course_and_unit(arguments)
    from autograder.cli.grading_view import say_not_taken, say_what_waits, show, show_gpu, watch
    from autograder.nbgrader.classes import Options
    from autograder.units.gpu_tier import missing

    if arguments.tier == "gpu":
        show_gpu(course, unit, arguments.students)
        return 0
    options = Options(arguments.jobs, arguments.students, arguments.regrade)
    if arguments.watch:
        watch(course, unit, options, arguments.every)
    try:
        status = show(course, unit, options)
    finally:
        left = say_not_taken(course)
    if unit.recorded.gpu:
        reason = missing() or "a CUDA device is here"
        print(f"GPU tier: beside these points ({reason}; gradfn grade {unit.name} --tier gpu adds it)")
    say_what_waits(course, unit)
    return 1 if status or left else 0


def _feedback(arguments: argparse.Namespace) -> int:
    course, unit = course_and_unit(arguments)
    from autograder.cli.grading_view import say_what_waits, show_pages

    status = show_pages(course, unit)
    say_what_waits(course, unit)
    return status


def _remove(arguments: argparse.Namespace) -> int:
    course = course_here()
    from autograder.nbgrader.students import files_about, remove_student

    paths = files_about(course, arguments.student)
    if arguments.yes:
        remove_student(course, arguments.student)
        print(f"{arguments.student} is removed from the gradebook, with {len(paths)} files and folders")
        return 0
    last = "and the rows in the gradebook. Nothing is removed without --yes"
    print(*map(display_path, paths), last, sep="\n")
    return 1


def _formgrader(arguments: argparse.Namespace) -> None:
    course = course_here()
    from autograder.nbgrader.formgrader import launch

    launch(course, arguments.options)


def _bundle(arguments: argparse.Namespace) -> None:
    kit = kit_to_grade(arguments)
    from autograder.authors.bundle import TITLE, bundle

    target = arguments.out or Path("gradfn-students.zip")
    chosen = [find_unit(kit, name) for name in arguments.chosen] or kit.units()
    files = bundle(kit, target, chosen, arguments.title or TITLE)
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
