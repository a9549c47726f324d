"""An instructor's commands."""

from __future__ import annotations

import argparse
from contextlib import chdir, suppress
from pathlib import Path

from autograder.cli.commands import command
from autograder.cli.common import (
    course_and_unit,
    course_here,
    display_path,
    kit_to_grade,
    manual_text,
    points,
)
from autograder.errors import NotFound
from autograder.units.lookup import find_unit


@command("course", "--kit")
def _course(arguments: argparse.Namespace) -> None:
    """Make a course in a folder.

    The folder holds nbgrader's configuration, its gradebook and all that is released and handed in. The
    commands release, grade, feedback, report and export are run inside it.

        DIR        the folder, such as fall; it is made if it does not exist
        --db URL=  keep the gradebook in PostgreSQL, such as postgresql://user@host/name (default:
            gradebook.db)

        gradfn course fall
        gradfn course fall --units ~/neurons
        gradfn course fall --db postgresql://ada@localhost/fall
    """
    kit = kit_to_grade(arguments)
    from autograder.nbgrader.course import make_course

    db = ""
    if arguments.db:
        from autograder.nbgrader.database import address

        db = address(arguments.db)
    course = make_course(Path(arguments.dir), kit, db)
    where = "this folder" if course.root == Path.cwd() else display_path(course.root)
    print(f"A course is in {where}. There: gradfn release UNIT")


@command("release", "UNIT")
def _release(arguments: argparse.Namespace) -> None:
    """Release a unit as an nbgrader assignment.

    Writes release/UNIT/UNIT.ipynb, the notebook to give to the students. They hand in this notebook or
    the unit's .py file.

        gradfn release activations
    """
    course, unit = course_and_unit(arguments)
    from autograder.authors.ready import must_be_ready
    from autograder.nbgrader.steps import release

    must_be_ready(course.kit.unit(unit.name))  # with its author's points, not the course's
    released = release(course, unit)
    file = display_path(released.file)
    print(f"{unit.name}: {points(unit.points)}{manual_text(unit)}, released as {file}")
    if released.changed:
        print(f"{unit.name} was handed in already. {released.changed}: gradfn grade {unit.name}")


@command("grade", "UNIT", "--unconfined")
def _grade(arguments: argparse.Namespace) -> int:
    """Grade the new and changed submissions.

    Submissions are read from submitted/STUDENT/UNIT/. A run can be stopped at any time: the next one
    grades the rest.

        [students:STUDENT ...]  names of folders below submitted/ (default: all students)
        --regrade               also what is graded already
        --jobs N=0              how many processes (default: one for each core)
        --cluster ADDRESS       grade on the workers of a Dask scheduler, such as tls://head:8786 (default:
            c.Gradfn.cluster in nbgrader_config.py, unless --jobs is given)
        --insecure-cluster      also where the connection to the cluster is not encrypted
        --watch                 go on grading what arrives in submitted/ or in nbgrader's exchange, until
            Ctrl-C
        --every SECONDS=60      with --watch: how often to look (default: every 60 seconds)
        --tier TIER=cpu|gpu     cpu (default), or gpu: add the GPU tier to submissions already graded, as
            extra credit

        gradfn grade activations
        gradfn grade activations ada bob --regrade
        gradfn grade activations --watch
        gradfn grade activations --cluster tls://head.example.org:8786
    """
    course, unit = course_and_unit(arguments)
    from autograder.cli.grading_view import say_not_taken, say_what_waits, show, show_gpu, watch
    from autograder.nbgrader import settings
    from autograder.nbgrader.classes import Options
    from autograder.units.gpu_tier import missing

    if arguments.tier == "gpu":
        show_gpu(course, unit, arguments.students)
        return 0
    cluster = arguments.cluster or ("" if arguments.jobs else settings.cluster(course.root, course.config))
    options = Options(
        arguments.jobs,
        arguments.students,
        arguments.regrade,
        cluster=cluster,
        insecure=arguments.insecure_cluster,
    )
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


@command("feedback", "UNIT")
def _feedback(arguments: argparse.Namespace) -> int:
    """Write a feedback page for each student whose page is not up to date.

    The pages are feedback/STUDENT/UNIT/UNIT.html.

        gradfn feedback activations
    """
    course, unit = course_and_unit(arguments)
    from autograder.cli.grading_view import say_what_waits, show_pages

    status = show_pages(course, unit)
    say_what_waits(course, unit)
    return status


@command("report", "UNIT")
def _report(arguments: argparse.Namespace) -> None:
    """Write a page about the class: scores, mistakes, checks.

    The page shows who needs attention, the distribution of scores, which mistakes were made, and which
    checks are too hard or do not discriminate.

        --out FILE  the page (default: reports/UNIT.html in the course)

        gradfn report activations
    """
    course, unit = course_and_unit(arguments)
    with chdir(course.root):  # matplotlib looks for its settings in the working directory
        from autograder.nbgrader.report.page import write_report
    file, words = write_report(course, unit, arguments.out)
    print(f"{unit.name}: {words}\nThe report is in {display_path(file)}")


@command("similar", "UNIT")
def _similar(arguments: argparse.Namespace) -> None:
    """Write a page about answers that are too alike.

    Compares what is graded. Names, the order of lines, and what many answers share do not count.

        --out FILE  the page (default: reports/UNIT-similar.html in the course)

        gradfn similar activations
    """
    course, unit = course_and_unit(arguments)
    with chdir(course.root):
        from autograder.nbgrader.similar.page import write_page
    file, words = write_page(course, unit, arguments.out)
    print(f"{unit.name}: {words}\nThe page is in {display_path(file)}")


@command("student remove")
def _remove(arguments: argparse.Namespace) -> int:
    """Remove a student and everything that is known of them.

    Submissions, feedback, records, the gradebook's rows, and the reports and exports that name the
    student, which gradfn report and gradfn export write again. Without --yes it only says what would
    go.

        STUDENT  the student's id
        --yes    remove it; there is no way back

        gradfn student remove ada --yes
    """
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


@command("formgrader")
def _formgrader(arguments: argparse.Namespace) -> None:
    """Open nbgrader's formgrader to read and grade written answers.

    Opens JupyterLab in the course's folder, without terminals, kernels or writing to files, because
    submissions are shown there. Formgrader is in its menu Nbgrader.

        [options:OPTION ...]  for jupyter lab, behind --

        gradfn formgrader -- --no-browser --port 9000
    """
    course = course_here()
    from autograder.nbgrader.formgrader import launch

    launch(course, arguments.options)


@command("bundle", "--kit")
def _bundle(arguments: argparse.Namespace) -> None:
    """Make the students' copy of the kit, without solutions.

    A zip with the exercises, the commands for students and a README.md to start with.

        --out FILE         the zip (default: gradfn-students.zip)
        [chosen:UNIT ...]  units by their names (default: all)
        --title TITLE      how its README.md begins

        gradfn bundle --out kit.zip
        gradfn bundle perceptron spikes --units ~/neurons --title "Neurons"
    """
    kit = kit_to_grade(arguments)
    from autograder.authors.bundle import TITLE, bundle

    target = arguments.out or Path("gradfn-students.zip")
    chosen = [find_unit(kit, name) for name in arguments.chosen] or kit.units()
    files = bundle(kit, target, chosen, arguments.title or TITLE)
    size = target.stat().st_size / 1024
    print(f"The students' copy is in {display_path(target)}: {len(files)} files, {size:.0f} kB, no solutions")


@command("doctor", "--kit")
def _doctor(arguments: argparse.Namespace) -> int:
    """Show what this machine lacks for grading, and what to do.

    Tries each layer of the sandbox. Exit status 1 if one is missing.

        gradfn doctor
    """
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
