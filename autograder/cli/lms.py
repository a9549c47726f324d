"""An instructor's commands between a course and the system where its class lives."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path

from autograder.cli.commands import command
from autograder.cli.common import course_here, display_path, manual_text
from autograder.errors import NotFound
from autograder.units.kit import Kit, KitUnit
from autograder.units.lookup import find_unit
from autograder.units.recorded import Recorded

PLACES = ("gradescope", "classroom", "worksheet")


@command("roster")
def _roster(arguments: argparse.Namespace) -> int:
    """Read the class list.

    Takes Moodle's, Canvas's, Brightspace's or Blackboard's own export of grades, Moodle's grading
    worksheet, or any CSV file with the columns id, first_name, last_name, email. Nobody is removed. The
    ids and the columns of scores that a system wants back are stored for gradfn export.

        FILE                   the CSV file, in any encoding of Excel's
        --from system:SYSTEM=  moodle, canvas, brightspace, blackboard or csv (default: by the columns)

        gradfn roster grades.csv
    """
    course = course_here()
    from autograder.nbgrader.course import short_list
    from autograder.nbgrader.lms.roster import enrol
    from autograder.nbgrader.lms.systems import SYSTEMS as KNOWN

    done = enrol(course, arguments.file, arguments.system)
    print(f"{arguments.file.name}: {KNOWN[done.system].title}, {_count(len(done.seen), 'student')}")
    lines = [f"new: {short_list(done.new)}"] * bool(done.new)
    lines += [f"changed: {line}" for line in done.changed]
    if not lines:
        ids = "Only the ids that the system wants back are new."
        lines = [ids if done.noted else "Nothing is new."]
    if done.missing:
        lines.append(f"not in this file, and left as they are: {short_list(done.missing)}")
    print(*lines, *(f"not taken: {line}" for line in done.problems), sep="\n")
    return 1 if done.problems else 0


@command("collect")
def _collect(arguments: argparse.Namespace) -> int:
    """Take in what was handed in elsewhere.

    Takes the zip or folder that Moodle, Canvas, Brightspace, Blackboard or Gradescope gives for an
    assignment, a folder of repositories, or a folder of files named by students. Writes
    submitted/STUDENT/UNIT; what is replaced, and earlier tries, stay in submitted/STUDENT/.earlier.

    Exit status 1 if something was not taken.

        SOURCE                 a zip or a folder
        UNIT
        --from system:SYSTEM=  moodle, canvas, brightspace, blackboard, gradescope, github or plain
            (default: by the names in it)
        --zone ZONE=           the time zone of the system's times, such as Europe/Berlin; needed once for
            a course
        --late LENGTH=         how long after its due date what a system marks late came, where it does not
            say when, as Canvas: 1d, 2h, 30min
        --try number:N=0       which try of each student counts, 1 for the first (default: the last)
        --add                  also students who are not in the gradebook
        --dry-run              only show what would be done

        gradfn collect submissions.zip activations
        gradfn collect CS101-Activations-1234.zip activations --zone Europe/Berlin
    """
    course = course_here()
    unit = find_unit(course.kit, arguments.unit)
    from rich.cells import cell_len, set_cell_size

    from autograder.nbgrader.course import short_list
    from autograder.nbgrader.lms import collect, late, times

    options = collect.Options(
        arguments.system, arguments.zone, arguments.number, arguments.add, arguments.late
    )
    done, due = collect.plan(course, unit, arguments.source, options), late.deadlines(course, unit)
    students = _count(len({one.student for one in done.tries}), "student")
    print(
        f"{arguments.source.name}: {done.system.title}, {students}, {_count(len(done.tries), 'submission')}"
    )
    changes = [one for one in done.tries if one.state != collect.SAME]
    rows = [("student", "in the download", "handed in", "")] * bool(changes)
    for one in changes:
        time = times.said(one.time, due.zone) if one.time else "time unknown"
        seconds = due.seconds_late(one.student, one.time)
        mark = f", {times.span(seconds)} late" if seconds else f", late for {done.system.title}" * one.late
        rows.append((one.student, one.who, time + mark, one.state))
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(set_cell_size(cell, most) for cell, most in zip(row, widths, strict=True)).rstrip())
    same = len(done.tries) - len(changes)
    lines = [*done.notes, *[f"{same} {'is' if same == 1 else 'are'} there already."] * bool(same)]
    if some := [one.student for one in done.tries if one.late and not one.time and one.counts]:
        title, who = done.system.title, short_list(some)
        lines.append(
            f"{title} marks these late and does not say by how much, so no penalty can be taken off: {who}. "
            "With --late 1d each counts as a day late"
        )
    lines += [f"not taken: {who}: {why}" for who, why in done.problems]
    if arguments.dry_run:
        lines.append("Nothing was written.")
    else:
        collect.carry_out(course, unit, done)
        written = sum(one.state in collect.WRITTEN for one in changes)
        where = (
            f"{written} written to {display_path(course.root / 'submitted')}. Next: gradfn grade {unit.name}"
        )
        lines.append(where if written else "Nothing has changed.")
    print(*lines, sep="\n")
    return 1 if done.problems else 0


@command("deadline", "UNIT")
def _deadline(arguments: argparse.Namespace) -> None:
    """Set due dates, extensions and late penalties.

    Without a time it shows what is set. A time says its time zone: "2026-12-01 23:59 Europe/Berlin",
    "2026-12-01 23:59 +01:00" or "2026-12-01 22:59 UTC"; times are shown in the zone that was typed
    last. A penalty is for each hour or day that has begun since the due date; % are of the unit's
    points.

        [TIME]       a time with its time zone, or none
        --student S  an extension for this student only
        --late RULE  10%/day, 2/hour (points), zero or none; behind it ", grace 30min" and ", at most
            50%"

        gradfn deadline activations "2026-12-01 23:59 Europe/Berlin"
        gradfn deadline activations --late "10%/day, grace 30min, at most 50%"
        gradfn deadline activations "2026-12-04 12:00 UTC" --student ada
    """
    course = course_here()
    unit = find_unit(course.kit, arguments.unit)
    from autograder.nbgrader.lms import late, times

    before = late.deadlines(course, unit)
    if arguments.late is not None:
        late.set_rule(course, unit, late.Rule(arguments.late))
    if arguments.time:
        time = None if arguments.time == "none" else times.parse(arguments.time)
        if arguments.student:
            late.set_extension(course, unit, arguments.student, time)
        else:
            late.set_due(course, unit, time)
        if zone := times.zone_in(arguments.time):
            late.show_in(course, zone)
    now = late.deadlines(course, unit)
    print(f"{unit.name}: {f'due {times.said(now.due, now.zone)}' if now.due else 'no due date'}")
    for student, time in sorted(now.extensions.items()):
        print(f"  {student}: until {times.said(time, now.zone)}")
    print(f"late: {now.rule or 'no penalty, unless nbgrader_config.py sets one'}")
    for student in sorted(before.extensions.keys() - now.extensions):
        print(f"The extension of {student} has ended.")
    if now != before:
        print(f"Penalties follow with gradfn grade {unit.name}: it takes whose lateness has changed.")


@command("export")
def _export(arguments: argparse.Namespace) -> int:
    r"""Write the gradebook as CSV, or Gradescope's or GitHub's grader.

    Without PLACE: the gradebook. With gradescope: the zip to upload as an assignment's autograder. With
    classroom: the folder of a template repository, whose workflow runs the public checks. With
    worksheet: Moodle's grading worksheet of an assignment, filled.

        [PLACE=|gradescope|classroom|worksheet]  gradescope, classroom, worksheet
        [unit:UNIT]               the unit to grade there
        --from source:FILE        for worksheet: the grading worksheet as Moodle has given it
        --visibility WHEN=visible|after_due_date|after_published  when students see Gradescope's tests:
            visible (default), after_due_date or after_published
        --format FORMAT=nbgrader  nbgrader (default), moodle, canvas, brightspace, blackboard or csv: a column
            for each unit
        --to FILE                 what to write (default: grades.csv or grades-FORMAT.csv in the course;
            PLACE-UNIT here)
        --column UNIT=HEADER ...  the header of a unit's column in your system, with its number (default: as
            gradfn roster has read)
        --delimiter MARK=,|;|\t   for csv: what separates cells; ";" also writes decimal commas, for Excel in
            such countries

        gradfn export
        gradfn export gradescope activations --visibility after_due_date
        gradfn export classroom activations --to template
        gradfn export worksheet activations --from Grades-CS101-Activations-1234.csv
        gradfn export --format canvas --column "activations=Week 2 (1234)"
        gradfn export --format csv --delimiter ";"
    """
    if arguments.place and not arguments.unit:
        raise NotFound(f"which unit? Write gradfn export {arguments.place} UNIT")
    if arguments.place in PLACES[:2]:
        _export_grader(arguments)
        return 0
    course = course_here()
    from autograder.cli.grading_view import say_not_taken
    from autograder.nbgrader.export import export, fill_worksheet

    if arguments.place:
        if not arguments.source:
            raise NotFound("which worksheet? Download it from the assignment in Moodle: --from FILE")
        unit = course.unit(find_unit(course.kit, arguments.unit).name)
        target = arguments.to or Path(f"worksheet-{unit.name}.csv")
        exported = fill_worksheet(course, unit, arguments.source, target)
    else:
        exported = export(course, arguments.format, arguments.to, arguments.column, arguments.delimiter)
    print(f"The gradebook is in {display_path(exported.file)}")
    for line in filter(None, [*exported.notes, exported.next]):
        print(line)
    return int(say_not_taken(course))


def _export_grader(arguments: argparse.Namespace) -> None:
    from autograder.authors.autograders import classroom, gradescope

    unit, recorded = _unit_to_export(arguments.unit)
    target = arguments.to or Path(f"{arguments.place}-{unit.name}{'.zip' * (arguments.place == PLACES[0])}")
    if arguments.place == PLACES[0]:
        gradescope(unit, recorded, target, arguments.visibility)
        print(
            f"{display_path(target)}: upload it as the autograder, with {unit.points:g} as autograder points"
            f"{manual_text(unit)}. It holds the answers to hidden inputs: give it to nobody"
        )
        return
    files = classroom(unit, target)
    print(
        f"{display_path(target)}: {len(files)} files for the template repository. Its points are feedback, "
        f"since students can change them: those of gradfn collect and gradfn grade {unit.name} count"
    )


def _unit_to_export(name: str) -> tuple[KitUnit, Recorded]:
    """The unit with the answers to hidden inputs: those of the course around, or else of a new seed."""
    from autograder.grading.oracle import recorded_for

    try:
        course = course_here()
    except NotFound:
        unit = find_unit(Kit.to_grade(), name)
        return unit, recorded_for(unit, secrets.randbelow(1 << 48) + 1)
    unit = course.unit(find_unit(course.kit, name).name)
    return unit, course.recorded(unit)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"
