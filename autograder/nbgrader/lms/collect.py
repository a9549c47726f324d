"""A download into submitted/STUDENT/UNIT: whose it is, which file holds the answers, when it was handed in.

plan(course, unit, source, ...) -> Plan    what goes where; nothing is written
carry_out(course, unit, plan)              write it; what is replaced stays in submitted/STUDENT/.earlier

Of several tries the last in time counts; the others are written to .earlier too.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path

from autograder.errors import GradfnError, NotFound
from autograder.grading.folder import REFUSED, stands_for_another
from autograder.nbgrader.course import Course
from autograder.nbgrader.inbox import in_one_form, must_have_a_plain_name, time_of
from autograder.nbgrader.lms import times
from autograder.nbgrader.lms.downloads import SUFFIXES, Try, answers, recognise, time_told, tries
from autograder.nbgrader.lms.late import deadlines
from autograder.nbgrader.lms.people import NO_ROSTER, People
from autograder.nbgrader.lms.systems import System
from autograder.nbgrader.lms.unpack import entries
from autograder.student.submit import EARLIER, free, put, write_time
from autograder.units.files import read_untrusted, writing
from autograder.units.kit import KitUnit
from autograder.worker.outcome import harmless

NEW, SAME, TIMED = "new", "there already", "its time is known now"
REPLACES, OLDER, EARLIER_TRY = "replaces what was there", "older than what is there", "an earlier try"
NO_ANSWERS = "no answers: not graded"
WRITTEN = (NEW, TIMED, REPLACES, NO_ANSWERS)


@dataclass(frozen=True)
class Options:
    """The system, the time zone, which try (1 the first, 0 the last), whether to add unknown students.

    `late` is a length of time: what the system marks late, and does not say when, came so much after its due
    date.
    """

    form: str = ""
    zone: str = ""
    number: int = 0
    add: bool = False
    late: str = ""


@dataclass
class Plan:
    """What goes where; what was not taken and why."""

    system: System
    tries: list[Try] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def plan(course: Course, unit: KitUnit, source: Path, options: Options) -> Plan:
    """Read a download and match it to the class; raises GradfnError if it cannot be read as a whole."""
    people, found = People(course), list(entries(source))
    if not people.kinds and not options.add:
        raise NotFound(NO_ROSTER)
    system, found = recognise(found, options.form, people, source)
    done = Plan(system)
    made, done.problems = tries(done.system, found, people, source)
    if not made and not done.problems:
        raise NotFound(f"{source} holds nothing that was handed in")
    told = [time_told(one, people) for one in made]
    zone, when = options.zone or people.notes.zone, deadlines(course, unit)
    late = times.length(options.late) if options.late else None
    if done.system.zone and any(told) and not zone:
        raise GradfnError(
            f"{done.system.title}'s times say no time zone: add --zone, as --zone Europe/Berlin"
        )
    for one, time in zip(made, told, strict=True):
        try:
            one.student = _student(people, one, options.add)
        except GradfnError as error:
            done.problems.append((one.who, str(error)))
            continue
        try:
            one.files = answers(one.entries, unit, course.kit.names())
        except GradfnError as error:
            done.problems.append((f"{one.student} ({one.who})", str(error)))
            one.files = {REFUSED: str(error).encode()}
        try:
            one.time = times.parse(time, times.zone_named(zone) if zone else None) if time else None
        except times.BadTime as error:
            done.notes.append(f"{one.student}: taken without its time: {error}")
        if one.late and not one.time and late:
            if (due := when.of(one.student)) is None:
                raise GradfnError(f"late after when? gradfn deadline {unit.name} TIME says it")
            one.time, one.assumed = due + late, True
        done.tries.append(one)
    if not done.tries and len(tops := {e.path.partition("/")[0] for e in found}) == 1:
        around = f"{tops.pop()} holds everything: if that is the download's folder and nobody's, unpack and"
        done.notes.append(f"{harmless(around)} name it, as in gradfn collect DIR/FOLDER {unit.name}")
    done.tries.sort(key=lambda one: (one.student, one.time or datetime.min, one.order))
    for student, of_one in groupby(done.tries, lambda one: one.student):
        _decide(course.submitted_folder(unit, student), [*of_one], options.number)
    done.tries = [one for one in done.tries if one.state]
    if options.zone and options.zone != people.notes.zone:
        times.zone_named(options.zone)
        people.notes.zone = options.zone
        people.notes.write(course)
    return done


def _student(people: People, one: Try, add: bool) -> str:
    """Whose it is; `add` also takes people who are not in the gradebook."""
    student, why = people.find(one.ids)
    if not student and add and "several" not in why:
        kinds = ("login", "email", "sid", "any", "name", "key")
        student = in_one_form(next(one.ids[kind] for kind in kinds if kind in one.ids))
    if not student:
        raise GradfnError(f"{why}: copy it into the right folder yourself" if "several" in why else why)
    must_have_a_plain_name(student)
    return student


def _decide(folder: Path, of_one: list[Try], number: int) -> None:
    """Say what is done with each try of a student; nothing with one that was refused where there is another.

    Where there is none, the reason is written in its place: it was handed in, and has no score.
    """
    held, earlier = _files(folder), [_files(p) for p in (folder.parent / EARLIER).glob(f"{folder.name}-*")]
    readable = [one for one in of_one if REFUSED not in one.files]
    if readable or {*held} - {REFUSED}:
        of_one = readable
    if not of_one:
        return
    for one in of_one:
        one.state = SAME if one.files == held or one.files in earlier else EARLIER_TRY
    counts = of_one[number - 1 if 0 < number <= len(of_one) else -1]
    counts.counts = True
    time = None
    with suppress(GradfnError):
        time = time_of(folder)
    older = counts.time < (time or datetime.min) if counts.time else counts.files in earlier
    if counts.files == held:
        newer = counts.time and (counts.assumed or counts.time > (time or datetime.min))
        counts.state = TIMED if newer and counts.time != time else SAME
        counts.time = counts.time if newer else time
    elif {*held} - {REFUSED} and older and not number:
        counts.state = SAME if counts.files in earlier else OLDER
    else:
        counts.state = REPLACES if held else NEW if readable else NO_ANSWERS


def carry_out(course: Course, unit: KitUnit, done: Plan) -> None:
    """Write what the plan says; raises GradfnError if that fails."""
    for one in done.tries:
        folder = course.submitted_folder(unit, one.student)
        with writing(folder, "What is written stays"):
            if one.state == TIMED and one.time:
                write_time(folder, one.time)
            elif one.state in WRITTEN:
                put(folder, one.files, one.time)
            elif one.state != SAME:
                stamp = f"{one.time or datetime.now():%Y%m%d-%H%M%S}"
                put(free(folder.parent / EARLIER / f"{unit.name}-{stamp}"), one.files, one.time)


def _files(folder: Path) -> dict[str, bytes]:
    """The answers in a submission's folder, without the notebook that stands for another file."""
    found = (p for p in folder.glob("*") if p.suffix in SUFFIXES or p.name == REFUSED)
    paths = (p for p in found if p.is_file() and not p.is_symlink())
    return {path.name: read_untrusted(path, 1 << 30) for path in paths if not stands_for_another(path)}
