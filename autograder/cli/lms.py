"""An instructor's commands between a course and the system where its class lives.

gradfn roster FILE         the class list: a system's own export, or any CSV file
gradfn collect SOURCE UNIT what was handed in: a download, a folder of repositories, plain files
gradfn deadline UNIT TIME  due dates, extensions, late penalties
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from autograder.cli.common import Commands, add_unit, command, course_here, display_path
from autograder.units.lookup import find_unit

SYSTEMS = "moodle, canvas, brightspace, blackboard"


def add(commands: Commands) -> str:
    """Declare the commands; the title of their group."""
    roster = command(
        commands,
        "roster",
        _roster,
        "read the class list",
        """Takes Moodle's, Canvas's, Brightspace's or Blackboard's own export of grades, Moodle's grading
        worksheet, or any CSV file with the columns id, first_name, last_name, email. Nobody is removed. The
        ids and the columns of scores that a system wants back are stored for gradfn export.""",
        "gradfn roster 2026-11-28_Grades-CS101.csv",
    )
    roster.add_argument("file", type=Path, metavar="FILE", help="the CSV file, in any encoding of Excel's")
    words = f"{SYSTEMS} or csv (default: by the columns)"
    roster.add_argument("--from", dest="system", default="", metavar="SYSTEM", help=words)
    collect = command(
        commands,
        "collect",
        _collect,
        "take in what was handed in elsewhere",
        """Takes the zip or folder that Moodle, Canvas, Brightspace, Blackboard or Gradescope gives for an
        assignment, a folder of repositories, or a folder of files named by students. Writes
        submitted/STUDENT/UNIT; what is replaced, and earlier tries, stay in submitted/STUDENT/.earlier.

        Exit status 1 if something was not taken.""",
        """
        gradfn collect submissions.zip activations
        gradfn collect CS101-Activations-1234.zip activations --zone Europe/Berlin
        """,
    )
    collect.add_argument("source", type=Path, metavar="SOURCE", help="a zip or a folder")
    add_unit(collect)
    words = f"{SYSTEMS}, gradescope, github or plain (default: by the names in it)"
    collect.add_argument("--from", dest="system", default="", metavar="SYSTEM", help=words)
    words = "the time zone of the system's times, such as Europe/Berlin; needed once for a course"
    collect.add_argument("--zone", default="", metavar="ZONE", help=words)
    words = "which try of each student counts, 1 for the first (default: the last)"
    collect.add_argument("--try", dest="number", type=int, default=0, metavar="N", help=words)
    words = "also take students who are not in the gradebook"
    collect.add_argument("--add", action="store_true", help=words)
    collect.add_argument("--dry-run", action="store_true", help="only show what would be done")
    deadline = command(
        commands,
        "deadline",
        _deadline,
        "set due dates, extensions and late penalties",
        """Without a time it shows what is set. A time says its time zone: "2026-12-01 23:59 Europe/Berlin",
        "2026-12-01 23:59 +01:00" or "2026-12-01 22:59 UTC". A penalty is for each hour or day that has begun
        since the due date; % are of the unit's points.""",
        """
        gradfn deadline activations "2026-12-01 23:59 Europe/Berlin"
        gradfn deadline activations --late "10%/day, grace 30min, at most 50%"
        gradfn deadline activations "2026-12-04 12:00 UTC" --student ada
        """,
    )
    add_unit(deadline)
    deadline.add_argument("time", metavar="TIME", nargs="?", help="a time with its time zone, or none")
    deadline.add_argument("--student", metavar="S", help="an extension for this student only")
    words = '10%%/day, 2/hour (points), zero or none; behind it ", grace 30min" and ", at most 50%%"'
    deadline.add_argument("--late", metavar="RULE", help=words)
    return "commands for classes in a learning system"


def _roster(arguments: argparse.Namespace) -> int:
    course = course_here()
    from autograder.nbgrader.course import short_list
    from autograder.nbgrader.lms.roster import enrol
    from autograder.nbgrader.lms.systems import SYSTEMS as KNOWN

    done = enrol(course, arguments.file, arguments.system)
    print(f"{arguments.file.name}: {KNOWN[done.system].title}, {_count(done.seen, 'student')}")
    if done.new:
        print(f"new: {short_list(done.new)}")
    for line in done.changed:
        print(f"changed: {line}")
    if done.missing:
        print(f"not in this file, and left as they are: {short_list(done.missing)}")
    for line in done.problems:
        print(f"not taken: {line}")
    if not done.new and not done.changed:
        stored = "only the ids that the system wants back are new" if done.noted else "nothing is new"
        print(f"{stored[0].upper()}{stored[1:]}.")
    return 1 if done.problems else 0


def _collect(arguments: argparse.Namespace) -> int:
    course = course_here()
    unit = find_unit(course.kit, arguments.unit)
    from autograder.nbgrader.lms import collect, late, times

    options = collect.Options(arguments.system, arguments.zone, arguments.number, arguments.add)
    done, due = collect.plan(course, unit, arguments.source, options), late.deadlines(course, unit)
    students = {one.student for one in done.tries}
    found = f"{_count(students, 'student')}, {_count(done.tries, 'submission')}"
    print(f"{arguments.source.name}: {done.system.title}, {found}")
    changes = [one for one in done.tries if one.state != collect.SAME]
    rows = [("student", "in the download", "handed in", "")] * bool(changes)
    for one in changes:
        time = due.said(one.time) if one.time else "time unknown"
        if seconds := due.seconds_late(one.student, one.time):
            time += f", {times.span(seconds)} late"
        elif one.late:
            time += f", late for {done.system.title}"
        rows.append((one.student, one.who, time, one.state))
    _table(rows)
    for line in done.notes:
        print(line)
    if same := len(done.tries) - len(changes):
        print(f"{same} {'is' if same == 1 else 'are'} there already.")
    for who, why in done.problems:
        print(f"not taken: {who}: {why}")
    if arguments.dry_run:
        print("Nothing was written.")
    else:
        collect.carry_out(course, unit, done)
        written = sum(one.state in collect.WRITTEN for one in changes)
        into = display_path(course.root / "submitted")
        print(
            f"{written} written to {into}. Next: gradfn grade {unit.name}"
            if written
            else "Nothing has changed."
        )
    return 1 if done.problems else 0


def _deadline(arguments: argparse.Namespace) -> None:
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
    now = late.deadlines(course, unit)
    print(f"{unit.name}: {f'due {now.said(now.due)}' if now.due else 'no due date'}")
    for student, time in sorted(now.extensions.items()):
        print(f"  {student}: until {now.said(time)}")
    print(f"late: {now.rule or 'no penalty, unless nbgrader_config.py sets one'}")
    for student in sorted(before.extensions.keys() - now.extensions):
        print(f"The extension of {student} has ended.")
    if now != before:
        print(
            f"Penalties change with the next gradfn grade {unit.name}: it takes whose lateness has changed."
        )


def _count(things: object, word: str) -> str:
    number = len(things)  # type: ignore[arg-type]
    return f"{number} {word}{'s' * (number != 1)}"


def _table(rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their longest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
