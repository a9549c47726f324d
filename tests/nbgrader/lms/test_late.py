"""Due dates, extensions and late penalties: set with `gradfn deadline`, kept and taken off by nbgrader."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.errors import GradfnError, NotFound
from autograder.nbgrader.classes import CURRENT, grade_class, write_feedback_pages
from autograder.nbgrader.course import Course, open_course
from autograder.nbgrader.export import export
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.lms.late import Rule, deadlines, set_due, set_extension, set_rule
from autograder.nbgrader.lms.times import BadTime, parse, span
from autograder.nbgrader.marks import marks
from autograder.nbgrader.report.page import write_report
from tests import courses

DUE = datetime(2026, 12, 1, 22, 59)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)

TIMES = {
    "2026-12-01 23:59 Europe/Berlin": DUE,
    "2026-07-01 23:59 Europe/Berlin": datetime(2026, 7, 1, 21, 59),
    "2026-12-01T23:59:00+01:00": DUE,
    "2026-12-01 23:59 +0100": DUE,
    "2026-12-01 22:59 UTC": DUE,
    "2026-12-01T22:59Z": DUE,
    "2026-12-01 22:59:00.123456000 Z": DUE.replace(microsecond=123456),
    "2026-12-02 04:29 Asia/Kolkata": DUE,
    "Tuesday, 1 December 2026, 10:59 PM UTC": DUE,
    "December 1, 2026 1059 PM UTC": DUE,
    "Dec 1, 2026 859 AM UTC": datetime(2026, 12, 1, 8, 59),
    "2026-12-01-22-59-00 UTC": DUE,
    "2026-12-01 12:30 AM UTC": datetime(2026, 12, 1, 0, 30),
}
BAD_TIMES = {
    "2026-12-01 23:59": "says no time zone: write",
    "2026-12-01 23:59 CEST": "is not understood as a time: write",
    "2026-12-01 23:59 Europe/Berln": "no time zone is called 'Europe/Berln'",
    "tomorrow UTC": "is not understood as a time",
    "2026-02-30 12:00 UTC": "is not understood as a time",
    "01/12/2026 12:00 UTC": "is not understood as a time",
    "2026-10-25 02:30 Europe/Berlin": "exists twice in Europe/Berlin",
    "2026-03-29 02:30 Europe/Berlin": "does not exist in Europe/Berlin",
}


@pytest.mark.parametrize("text", TIMES)
def test_a_time_is_read_in_its_zone(text: str) -> None:
    """Also summer time, and hours of a half."""
    assert parse(text) == TIMES[text]


@pytest.mark.parametrize("text", BAD_TIMES)
def test_a_time_that_may_mean_something_else_is_refused(text: str) -> None:
    """With the forms that are accepted."""
    with pytest.raises(BadTime, match=BAD_TIMES[text]):
        parse(text)


def test_a_systems_own_times_have_the_zone_that_is_given() -> None:
    """A zone in the text comes first."""
    assert parse("2026-12-01 23:59", timezone(HOUR)) == DUE
    assert parse("2026-12-01 22:59 UTC", timezone(HOUR)) == DUE


def test_a_length_of_time_has_two_units() -> None:
    """The largest that are not 0."""
    found = [span(seconds) for seconds in (1, 60, 3600, 3900, 90000, 86400 * 2 + 61)]
    assert found == ["1 min", "1 min", "1 h", "1 h 5 min", "1 d 1 h", "2 d 2 min"]


#: A rule, how late, a score of at most 40, and what is taken off.
PENALTIES = [
    ("none", DAY, 30, 0), ("zero", HOUR, 30, 30),
    ("10%/day", HOUR, 30, 4), ("10%/day", DAY, 30, 4), ("10%/day", DAY + HOUR, 30, 8),
    ("10%/day", 30 * DAY, 30, 30),
    ("2/hour", HOUR / 2, 30, 2), ("2/hour", 5 * HOUR, 30, 10), ("1.5/hour", HOUR, 30, 1.5),
    ("10%/day, grace 30min", HOUR / 2, 30, 0), ("10%/day, grace 30min", HOUR, 30, 4),
    ("10%/day, at most 50%", 9 * DAY, 30, 20), ("2/hour, grace 2h, at most 7", 9 * HOUR, 30, 7),
    ("2/hour, grace 1d, at most 7", DAY, 3, 0), ("2/hour", 9 * HOUR, 3, 3),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "late", "score", "wanted"), PENALTIES)
def test_a_rule_takes_off_what_it_says(rule: str, late: timedelta, score: float, wanted: float) -> None:
    """For each hour or day that has begun; % of the unit's points; never more than the score."""
    assert Rule(rule).penalty(late.total_seconds(), score, 40) == pytest.approx(wanted)


@pytest.mark.parametrize(
    "rule", ["10%", "10% a day", "-5/day", "10%/week", "10%/day, cap 5", "10%/day, grace x", ""]
)
def test_a_rule_that_is_not_understood_is_refused(rule: str) -> None:
    """With those that are."""
    with pytest.raises(GradfnError, match=r"write (\"10%/day\"|30min)"):
        Rule(rule)


def test_nbgraders_own_fields_hold_what_is_set(course: Course) -> None:
    """A due date; extensions stay at their dates when it moves, and end with it."""
    unit = course.kit.unit("tiny")
    with gradebook(course) as opened:
        for name in ("ada", "ben"):
            opened.add_student(name)
    with pytest.raises(GradfnError, match="is not due: set the date for all first"):
        set_extension(course, unit, "ada", DUE)
    set_due(course, unit, DUE)
    set_extension(course, unit, "ada", DUE + 3 * DAY)
    with pytest.raises(NotFound, match=r"no student is called 'bem'\. Did you mean ben\?"):
        set_extension(course, unit, "bem", DUE + DAY)
    with pytest.raises(GradfnError, match="is due on 2026-12-01 22:59 UTC anyway"):
        set_extension(course, unit, "ben", DUE)
    set_due(course, unit, DUE + DAY)
    with gradebook(course) as opened:
        assert opened.find_assignment("tiny").duedate == DUE + DAY
        assert opened.find_submission("tiny", "ada").duedate == DUE + 3 * DAY
    found = deadlines(course, unit)
    assert (found.of("ada"), found.of("ben")) == (DUE + 3 * DAY, DUE + DAY)
    set_due(course, unit, DUE + 3 * DAY)
    assert deadlines(course, unit).extensions == {}
    set_due(course, unit, None)
    assert deadlines(course, unit).of("ada") is None


def test_an_extension_is_no_submission(course: Course) -> None:
    """Who has more time has not handed in yet: no export or report says anything else."""
    unit = course.kit.unit("tiny")
    with gradebook(course) as opened:
        opened.add_student("ada")
    set_due(course, unit, DUE)
    set_extension(course, unit, "ada", DUE + DAY)
    assert marks(course).of("tiny", "ada").state == "missing"
    assert export(course).notes == ()


def test_an_instructors_own_plugin_stays(course: Course) -> None:
    """A rule of the kit's would have no effect."""
    course = courses.configured(course, '\nc.AssignLatePenalties.plugin_class = "mine.Late"\n')
    with pytest.raises(GradfnError, match=r"nbgrader_config\.py names its own late plugin, mine\.Late"):
        set_rule(course, course.kit.unit("tiny"), Rule("zero"))


def test_the_command_sets_and_shows(
    course: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is set, in UTC or in the zone that was typed."""
    monkeypatch.chdir(course.root)
    with gradebook(course) as opened:
        opened.add_student("ada")
    assert main(["deadline", "tiny"]) == 0
    assert main(["deadline", "tiny", "2026-12-01 23:59 Europe/Berlin", "--late", "10%/day, at most 50%"]) == 0
    assert main(["deadline", "tiny", "2026-12-03 12:00 UTC", "--student", "ada"]) == 0
    assert main(["deadline", "tiny", "none", "--student", "ada"]) == 0
    again = "Penalties follow with gradfn grade tiny: it takes whose lateness has changed.\n"
    late = "late: 10%/day, at most 50%\n"
    assert capsys.readouterr().out == (
        "tiny: no due date\nlate: no penalty, unless nbgrader_config.py sets one\n"
        f"tiny: due 2026-12-01 23:59 CET\n{late}{again}"
        f"tiny: due 2026-12-01 23:59 CET\n  ada: until 2026-12-03 13:00 CET\n{late}{again}"
        f"tiny: due 2026-12-01 23:59 CET\n{late}The extension of ada has ended.\n{again}"
    )
    assert main(["deadline", "tiny", "2026-12-01 23:59"]) == 2
    assert capsys.readouterr().err.startswith(
        "gradfn: '2026-12-01 23:59' says no time zone: write \"2026-12-01"
    )


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class of three, due at DUE with 1 point a day: one in time, two an hour or 25 hours late."""
    course = courses.make(tmp_path_factory.mktemp("late"), ["right", "mistake", "script"])
    unit = course.unit("tiny")
    for name, late in (("right", DAY + HOUR), ("mistake", HOUR), ("script", -HOUR)):
        folder = course.submitted_folder(unit, name)
        time = DUE + late
        (folder / "timestamp.txt").write_text(f"{time:%Y-%m-%d %H:%M:%S} UTC")
        for file in folder.iterdir():
            os.utime(file, (0, 0))
    set_due(course, unit, DUE)
    set_rule(course, unit, Rule("1/day"))
    grade_class(course, unit)
    return course


def penalties(course: Course) -> dict[str, tuple[float | None, float, str]]:
    found = marks(course)
    return {p.id: (m.score, m.penalty, m.lateness) for p in found.people if (m := found.of("tiny", p.id))}


def test_nbgrader_takes_the_penalty_off(graded: Course) -> None:
    """And every door says so: gradebook, export, report, feedback."""
    assert penalties(graded) == {
        "right": (1.0, 2.0, "1 d 1 h late: -2 points"),
        "mistake": (0.0, 1.0, "1 h late: -1 point"),
        "script": (3.0, 0.0, ""),
    }
    unit = graded.unit("tiny")
    assert "squared; 1 h late: -1 point" in export(graded, "moodle").file.read_text()
    assert "1 d 1 h late: -2 points" in write_report(graded, unit)[0].read_text()
    assert set(write_feedback_pages(graded, [unit]).values()) <= {"", CURRENT}
    page = graded.feedback_file(unit, "right").read_text()
    assert "handed in 1 d 1 h late, due 2026-12-01 22:59 UTC" in page
    assert "handed in" not in graded.feedback_file(unit, "script").read_text()


#: A change, who is graded again, and the penalties of "right", "mistake" and "script".
CHANGES: dict[str, tuple[Callable[..., None], set[str], tuple[float, ...]]] = {
    "later": (lambda *to: set_due(*to, DUE + 2 * HOUR), {"right", "mistake"}, (1, 0, 0)),
    "extension": (lambda *to: set_extension(*to, "mistake", DUE + 2 * HOUR), {"mistake"}, (2, 0, 0)),
    "another rule": (lambda *to: set_rule(*to, Rule("zero")), {"right", "mistake"}, (3, 1, 0)),
    "earlier": (lambda *to: set_due(*to, DUE - 30 * HOUR), {"right", "mistake", "script"}, (3, 1, 2)),
    "none": (lambda *to: set_due(*to, None), {"right", "mistake"}, (0, 0, 0)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_whose_lateness_has_changed_is_graded_again(graded: Course, tmp_path: Path, name: str) -> None:
    """Only those: a submission that was in time and is so still has the same digest."""
    change, again, wanted = CHANGES[name]
    course = courses.copy(graded, tmp_path / "copy")
    unit = course.unit("tiny")
    change(course, unit)
    done: dict[str, str] = {}
    grade_class(
        open_course(course.root), unit, lambda n, t, task, record: done.update({task[1]: record.late})
    )
    assert set(done) == again
    assert done == {student: late for student, (_, _, late) in penalties(course).items() if student in done}
    found = penalties(course)
    assert tuple(found[student][1] for student in ("right", "mistake", "script")) == wanted
