"""`gradfn roster` reads every system's class list and any spreadsheet's CSV, and removes nobody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.errors import GradfnError, NotFound
from autograder.nbgrader.course import Course
from autograder.nbgrader.export import export
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.lms.roster import Enrolled, enrol, read_table
from autograder.nbgrader.students import remove_student
from tests.nbgrader.lms.samples import CLASS, ROSTERS, table, worksheet

Fields = tuple[str | None, str | None, str | None, str | None]


def roster(course: Course, data: bytes | str, system: str = "") -> Enrolled:
    """Read a class list."""
    file = course.root.parent / "class.csv"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return enrol(course, file, system)


def students(course: Course) -> dict[str, Fields]:
    """nbgrader's table."""
    with gradebook(course) as opened:
        return {s.id: (s.first_name, s.last_name, s.email, s.lms_user_id) for s in opened.students}


@pytest.mark.parametrize("system", ROSTERS)
def test_each_systems_own_export_is_read(course: Course, system: str) -> None:
    """It is recognised; names with accents, ids and addresses are right; a second time nothing is new."""
    done = roster(course, ROSTERS[system])
    assert (done.system, done.problems, len(done.new)) == (system, [], len(CLASS))
    email = system in ("moodle", "brightspace", "csv")
    assert students(course) == {
        p.login: (p.first, p.last, p.email if email else None, str(p.canvas) if system == "canvas" else None)
        for p in CLASS
    }
    stored = (course.private / "lms.json").read_bytes()
    again = roster(course, ROSTERS[system])
    assert (again.new, again.changed, again.missing, again.noted) == ([], [], [], False)
    assert (course.private / "lms.json").read_bytes() == stored


HEADER = ("id", "first_name", "last_name", "email")
ROWS = [HEADER, ("007", "Zoë", "Müller; Jr.", "z@example.org"), ("0042", "Ben", "O'Hara, B.", "")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_encoding_and_separator_of_excels(course: Course, encoding: str, delimiter: str) -> None:
    """Leading zeros stay."""
    done = roster(course, table(ROWS, delimiter).encode(encoding))
    assert (done.new, done.problems) == (["007", "0042"], [])
    assert students(course) == {
        "007": ("Zoë", "Müller; Jr.", "z@example.org", None), "0042": ("Ben", "O'Hara, B.", None, None),
    }  # fmt: skip


def test_excels_own_marks_are_understood(course: Course, tmp_path: Path) -> None:
    """A first line that says the separator, and a number written as ="007"."""
    roster(course, 'sep=|\r\nid|first_name\r\n="007"|Zoë\r\n')
    assert students(course) == {"007": ("Zoë", None, None, None)}
    assert read_table(tmp_path / "class.csv") == [["id", "first_name"], ["007", "Zoë"]]


def test_what_has_changed_is_said_and_nobody_is_removed(
    course: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each change with both values; who is not in the file stays."""
    monkeypatch.chdir(course.root)
    roster(course, "id,first_name,email\nada,Ada,a@old.org\nben,Ben,\ncleo,Cleo,\n")
    Path("new.csv").write_text(
        "id,first_name,email\nada,Ada,a@new.org\nben,Ben,\nben,Ben,\ndan,,\n1.2E+08,Eve,\n"
    )
    assert main(["roster", "new.csv"]) == 1
    assert capsys.readouterr().out == """\
new.csv: CSV, 3 students
new: dan
changed: ada: email a@old.org -> a@new.org
not in this file, and left as they are: cleo
not taken: row 4 (ben, Ben): ben is in row 3 already
not taken: row 6 (1.2E+08, Eve): Excel has shortened a number: make that column text, and export again
"""  # fmt: skip
    assert students(course).keys() == {"ada", "ben", "cleo", "dan"}
    Path("new.csv").write_text("id,first_name\nada,Ada\nben,Ben\ncleo,Cleo\ndan,\n")
    assert main(["roster", "new.csv"]) == 0
    assert capsys.readouterr().out == "new.csv: CSV, 4 students\nNothing is new.\n"


def test_two_systems_know_the_same_people(course: Course) -> None:
    """Moodle's worksheet adds addresses to a class from Canvas by name; two of one name stay two people."""
    roster(course, ROSTERS["canvas"])
    done = roster(course, worksheet())
    assert done.new == ["bob@example.org", "bob2@example.org"]
    assert len(done.changed) == len(CLASS) - 2
    assert students(course)["chloe"] == ("Chloé", "Müller", "chloe@example.org", "91002")
    notes = json.loads((course.private / "lms.json").read_text())
    assert notes["participants"]["550114"] == ["chloe", "Saturday, 28 November 2026, 12:02 PM"]
    assert notes["people"]["canvas"]["chloe"]["SIS User ID"] == "004702"


def test_of_a_removed_student_no_id_is_left(course: Course) -> None:
    """What a class list said of them lies beside the gradebook."""
    roster(course, ROSTERS["canvas"])
    roster(course, worksheet())
    remove_student(course, "chloe")
    left = (course.private / "lms.json").read_text()
    assert [word for word in ("chloe", "004702", "550114", "91002") if word in left] == []
    assert "004701" in left


def test_an_id_must_be_one_that_nbgrader_can_store(course: Course) -> None:
    """And a row must have one. It is taken in one form of Unicode: what looks like it is the same student."""
    done = roster(
        course,
        "id,first_name,email\na*b,Eve,\n<b>,Eve,\n,Eve,\nx/../../y,Eve,\n\uff45v\u0065,Eve,\ne\u200dve,Eve,",
    )
    assert done.new == ["eve"]
    assert [line.partition("): ")[2].partition(":")[0] for line in done.problems] == [
        "nbgrader reads *, ? and [ in a student's name as a pattern",
        "the student's name holds markup or unprintable characters",
        "no id in id or student_id or username or login or number or email, and no student of the gradebook "
        "has this name or id",
        "the student's name holds markup or unprintable characters",
        "eve is in row 6 already",
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\3\4...", "is a workbook: in Excel, save it as CSV UTF-8"),
        (b"", "is empty"),
        (b"fruit,colour\napple,red\n", "no column says who the students are: colour, fruit. Expected are"),
    ],
)
def test_what_is_no_class_list_is_refused(course: Course, data: bytes, words: str) -> None:
    """With what is expected."""
    with pytest.raises(GradfnError, match=words):
        roster(course, data)


def test_a_file_that_is_not_there_is_named(course: Course, tmp_path: Path) -> None:
    """As is a system that is not known."""
    with pytest.raises(NotFound, match=r"cannot read .*none\.csv"):
        enrol(course, tmp_path / "none.csv")
    with pytest.raises(NotFound, match="no system is called 'canvass'"):
        roster(course, ROSTERS["canvas"], "canvass")


def test_a_damaged_file_of_notes_is_named(course: Course) -> None:
    """It is not overwritten: it holds ids that only the systems know."""
    (course.private / "lms.json").write_text("{", encoding="utf-8")
    with pytest.raises(GradfnError, match=r"lms\.json cannot be read: .* Restore it, or delete it"):
        export(course, "canvas")


def test_a_row_with_an_id_is_of_that_student(course: Course) -> None:
    """Also where two share an address; one whose id is new, and whose address is another's, is named."""
    lines = "id,first_name,email\nada,Ada,same@x\nbob,Bob,b@x\n"
    roster(course, lines)
    done = roster(course, lines.replace("b@x", "same@x") + "eve,Eve,same@x\n")
    assert done.changed == ["bob: email b@x -> same@x"]
    assert done.problems == ["row 4 (eve, Eve, same@x): it fits several students: ada, bob"]
