"""Exports have the columns that nbgrader, Canvas and Moodle read, and no score that was not earned."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.errors import GradfnError, NotFound
from autograder.nbgrader.course import Course
from autograder.nbgrader.export import FORMS, export, fill_worksheet
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.lms.people import UNKNOWN
from autograder.nbgrader.lms.roster import enrol, read_table
from tests.nbgrader.lms.samples import CLASS as PEOPLE
from tests.nbgrader.lms.samples import ROSTERS
from tests.paper_course import KNOWN, PASSED, RAISED, Student, write_down

Table = list[list[str]]

CLASS = {
    "ada": Student((PASSED, PASSED), "Ada", "Lovelace", "ada@example.org", "4711"),
    "ben": Student((KNOWN, PASSED), 'Ben "Benny"', "O'Hara, Jr.", penalty=0.25),
    "cleo": Student(None, failure="neither tiny.ipynb nor a .py file was handed in"),
    "dan": Student((PASSED, RAISED), waits=True, by_hand=1.5),
    "eva": Student((RAISED, PASSED), penalty=7.0),
}


@pytest.fixture
def course(paper: Course) -> Course:
    """A course with a small graded class; finn is in the gradebook, but has no submission."""
    write_down(paper, paper.kit.unit("tiny"), CLASS)
    with gradebook(paper) as opened:
        opened.add_student("finn", first_name="Finn")
    return paper


def table(course: Course, form: str) -> Table:
    """The exported file as a CSV reader reads it."""
    with export(course, form).file.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


EXAMPLES = {
    "nbgrader": """\
assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score
tiny,,,ada,Lovelace,Ada,ada@example.org,3.0,0.0,3.0,3.0
tiny,,,ben,"O'Hara, Jr.","Ben ""Benny""\",,1.0,0.25,0.75,3.0
tiny,,,cleo,,,,,,,3.0
tiny,,,dan,,,,1.5,0.0,1.5,3.0
tiny,,,eva,,,,1.0,7.0,0.0,3.0
tiny,,,finn,,Finn,,0.0,0.0,0.0,3.0
""",
    "canvas": """\
Student,ID,SIS User ID,SIS Login ID,Section,tiny
    Points Possible,,,,,3
"Lovelace, Ada",4711,ada,ada,,3
"O'Hara, Jr., Ben ""Benny""\",,ben,ben,,0.75
cleo,,cleo,cleo,,
dan,,dan,dan,,1.5
eva,,eva,eva,,0
Finn,,finn,finn,,
""",
    "moodle": """\
First name,Last name,Username or ID number,Email address,tiny,tiny feedback
Ada,Lovelace,ada,ada@example.org,3,
"Ben ""Benny""\","O'Hara, Jr.",ben,,0.75,double: squared
,,cleo,,-,not graded: neither tiny.ipynb nor a .py file was handed in
,,dan,,1.5,halve: TypeError: unsupported operand type(s)
,,eva,,0,double: TypeError: unsupported operand type(s)
Finn,,finn,,-,
""",
    "brightspace": """\
OrgDefinedId,Username,tiny Points Grade,End-of-Line Indicator
,ada,3,#
,ben,0.75,#
,cleo,,#
,dan,1.5,#
,eva,0,#
,finn,,#
""",
    "blackboard": """\
"Last Name","First Name","Username","tiny"
"Lovelace","Ada","ada","3"
"O'Hara, Jr.","Ben ""Benny""\","ben","0.75"
"","","cleo",""
"","","dan","1.5"
"","","eva","0"
"","Finn","finn",""
""",
    "csv": """\
\ufeffid,last_name,first_name,email,tiny
ada,Lovelace,Ada,ada@example.org,3
ben,"O'Hara, Jr.","Ben ""Benny""\",,0.75
cleo,,,,
dan,,,,1.5
eva,,,,0
finn,,Finn,,
""",
}


@pytest.mark.parametrize("form", EXAMPLES)
def test_each_form_is_this_file(course: Course, form: str) -> None:
    """Quoted where needed; manual points are added, penalties subtracted, and no score is below 0."""
    assert export(course, form).file.read_text(encoding="utf-8") == EXAMPLES[form]


def test_the_forms_are_those_of_the_examples() -> None:
    """Every form has an example in this file."""
    assert {*EXAMPLES} == {*FORMS}


def test_nbgraders_own_export_says_the_same(course: Course, tmp_path: Path) -> None:
    """The same columns and values as nbgrader's own export, for all students that it can write."""
    with gradebook(course) as opened:
        from nbgrader.plugins import CsvExportPlugin

        CsvExportPlugin(to=str(tmp_path / "own.csv")).export(opened)
    own = list(csv.reader((tmp_path / "own.csv").read_text(encoding="utf-8").splitlines()))
    ours = table(course, "nbgrader")
    assert own[0] == ours[0]
    assert {row[3] for row in own[1:]} >= {"ada", "dan", "eva", "finn"}
    assert [row for row in ours if row[3] in ("ada", "dan", "eva", "finn")] == [
        row for row in sorted(own) if row[3] in ("ada", "dan", "eva", "finn")
    ]


def test_whom_the_file_has_no_score_for_is_said(course: Course) -> None:
    """The notes list who has no score and whose score is not final."""
    assert export(course).notes == (
        "tiny: not graded, so without a score: cleo: neither tiny.ipynb nor a .py file was handed in",
        "tiny: not final, a part still needs manual grading: dan",
    )


def test_what_is_not_graded_yet_is_counted(paper: Course) -> None:
    """With what to do; before grading, the names are those of the whole class."""
    write_down(paper, paper.kit.unit("tiny"), {})
    for name in ("ada", "ben"):
        paper.submitted_folder(paper.kit.unit("tiny"), name).mkdir(parents=True)
    assert "tiny: 2 not graded yet: gradfn grade tiny" in export(paper).notes


def test_a_person_may_grade_what_the_judge_could_not(paper: Course) -> None:
    """Manual points for all cells make a score; for some cells they do not."""
    write_down(paper, paper.kit.unit("tiny"), {"gus": Student(None, failure="damaged", by_hand=2.0)})
    assert table(paper, "nbgrader")[1][7:10] == ["", "", ""]
    with gradebook(paper) as opened:
        opened.find_grade("test_halve", "tiny", "tiny", "gus").manual_score = 0.5
        opened.db.commit()
    assert table(paper, "nbgrader")[1][7:10] == ["2.5", "0.0", "2.5"]


def test_canvas_finds_columns_where_it_looks_for_them(course: Course) -> None:
    """The conditions of its importer: three names in their places, Section before the first assignment."""
    header, possible, *students = table(course, "canvas")
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert header[2:5] == ["SIS User ID", "SIS Login ID", "Section"]
    assert "Points Possible" in possible[0]
    assert {len(row) for row in (header, possible, *students)} == {len(header)}
    assert not any("Points Possible" in row[0] for row in students)


def test_no_cell_is_a_formula(paper: Course) -> None:
    """A spreadsheet shows the text of a name, an address or feedback, and runs nothing."""
    evil = [f'{sign}HYPERLINK("http://example.org")' for sign in (*"=+-@\t\r\n＝＋－＠", "  =")]
    write_down(
        paper,
        paper.kit.unit("tiny"),
        {f"eve{n}": Student((PASSED, PASSED), e, e, e, e, notes=(e,)) for n, e in enumerate(evil)},
    )
    for form in {*FORMS} - {"brightspace"}:  # which has ids only
        cells = {cell for row in table(paper, form) for cell in row if "HYPERLINK" in cell}
        assert {cell[0] for cell in cells} == {"'"}
        assert {cell[1:].partition(",")[0] for cell in cells} == {e.partition(",")[0] for e in evil}


def test_an_id_that_had_to_change_is_said(paper: Course) -> None:
    """An LMS will not find the student by the changed id."""
    write_down(paper, paper.kit.unit("tiny"), {"=eve": Student((PASSED, PASSED), "Eve")})
    assert export(paper, "moodle").notes == (
        "with an apostrophe in front, or a spreadsheet would run it as a formula: =eve",
    )


def test_feedback_for_moodle_is_no_markup(paper: Course) -> None:
    """Moodle shows feedback as HTML, so markup from a submission is escaped."""
    eve = Student((PASSED, PASSED), notes=("<script> & co.ipynb was read",))
    write_down(paper, paper.kit.unit("tiny"), {"eve": eve})
    assert table(paper, "moodle")[1][-1] == "&lt;script&gt; &amp; co.ipynb was read"


def test_assignments_of_others_are_there_too(course: Course) -> None:
    """The gradebook may hold other assignments than units; one without submissions gets no LMS column."""
    with gradebook(course) as opened:
        opened.add_assignment("essay")
        opened.add_notebook("essay", "essay")
        opened.add_grade_cell("all", "essay", "essay", max_score=10, cell_type="markdown")
        opened.add_assignment("later")
        opened.add_submission("essay", "finn")
        opened.find_grade("all", "essay", "essay", "finn").manual_score = 7.5
        opened.find_grade("all", "essay", "essay", "finn").needs_manual_grade = False
        opened.db.commit()
    header, possible, *students = table(course, "canvas")
    assert (header[5:], possible[5:]) == (["tiny", "essay"], ["3", "10"])
    assert students[-1] == ["Finn", "", "finn", "finn", "", "", "7.5"]
    assert {row[0] for row in table(course, "nbgrader")[1:]} == {"tiny", "essay", "later"}


#: By system: the header of the tiny unit's column in its own export, as its import wants it.
COLUMNS = {
    "moodle": "tiny",
    "canvas": "Tiny (1234)",
    "brightspace": "Tiny Points Grade",
    "blackboard": "Tiny [Total Pts: 3 Score] |123456",
    "csv": "tiny",
}


@pytest.mark.parametrize("system", COLUMNS)
def test_a_system_gets_its_own_ids_and_columns_back(paper: Course, tmp_path: Path, system: str) -> None:
    """Whom it finds by these cells has the right score; who has none has an empty cell, never a 0."""
    graded = {
        "ada": Student((PASSED, PASSED)),
        "chloe": Student((KNOWN, PASSED)),
        "zoe": Student(None, failure="?"),
    }
    write_down(paper, paper.kit.unit("tiny"), graded)
    (tmp_path / "roster.csv").write_bytes(ROSTERS[system])
    enrol(paper, tmp_path / "roster.csv")
    theirs, ours = read_table(tmp_path / "roster.csv"), read_table(export(paper, system).file)
    shared = [
        name
        for name in ours[0]
        if name in theirs[0] and name not in ("End-of-Line Indicator", COLUMNS[system])
    ]
    assert len(shared) >= (2 if system == "brightspace" else 3)
    key = {"moodle": "Email address", "canvas": "ID", "csv": "id"}.get(system, "Username")
    wanted = {
        row[theirs[0].index(key)]: [row[theirs[0].index(name)] for name in shared] for row in theirs[1:]
    }
    found = {row[ours[0].index(key)]: row for row in ours[1:] if "Points Possible" not in row[0]}
    assert len(found) == len(PEOPLE)
    scores = {}
    for name, row in found.items():
        assert [row[ours[0].index(header)] for header in shared] == wanted[name]
        scores[name] = row[ours[0].index(COLUMNS[system])]
    nothing = "-" if system == "moodle" else ""
    by_place = dict(
        zip((p.login for p in PEOPLE), (scores[name] for name in wanted if name in scores), strict=True)
    )
    assert {login: score for login, score in by_place.items() if score != nothing} == {
        "ada": "3",
        "chloe": "1",
    }


def test_people_whom_a_system_does_not_know_are_left_out(course: Course, tmp_path: Path) -> None:
    """One of them would stop Moodle's import of all."""
    header = "First name,Last name,Username,Email address\n"
    (tmp_path / "list.csv").write_text(f"{header}Ada,Lovelace,ada,ada@example.org\n", encoding="utf-8")
    enrol(course, tmp_path / "list.csv")
    assert [row[2] for row in table(course, "moodle")[1:]] == ["ada"]
    assert any("does not have them: ben, cleo, dan" in note for note in export(course, "moodle").notes)
    assert len(table(course, "canvas")) == 2 + len(table(course, "csv")[1:])


def test_the_column_may_be_named(course: Course, tmp_path: Path) -> None:
    """Where a system has several that fit, none is guessed."""
    (tmp_path / "roster.csv").write_text("Student,ID,Section,Tiny (1),Week 2: tiny (2)\n", encoding="utf-8")
    enrol(course, tmp_path / "roster.csv")
    notes = export(course, "canvas").notes
    assert "tiny: it may also be Tiny (1) or Week 2: tiny (2)" in notes
    export(course, "canvas", columns=["tiny=Tiny (1)"])
    assert table(course, "canvas")[0][5] == "tiny"
    assert "Tiny (1)" in export(course, "canvas", columns=["tiny=Tiny (1)"]).file.read_text()
    with pytest.raises(NotFound, match=r"no assignment of --column is called 'tinny'\. Did you mean tiny\?"):
        export(course, "canvas", columns=["tinny=x"])


def test_a_country_of_decimal_commas_has_its_own_csv(course: Course) -> None:
    """Only plain CSV: the systems read commas."""
    lines = export(course, "csv", delimiter=";").file.read_text(encoding="utf-8-sig").splitlines()
    assert (lines[0], lines[2]) == (
        "id;last_name;first_name;email;tiny",
        'ben;O\'Hara, Jr.;"Ben ""Benny""";;0,75',
    )
    with pytest.raises(GradfnError, match="Moodle reads commas only"):
        export(course, "moodle", delimiter=";")


def test_the_command_says_where_it_is_and_what_is_next(
    course: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It prints the file, who has no score, and how to import the file."""
    monkeypatch.chdir(course.root)
    assert main(["export", "--format", "canvas", "--to", "c.csv"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "The gradebook is in c.csv",
        *export(course).notes,
        "tiny: in the column tiny (new; --column tiny=HEADER names another)",
        "In Canvas: Grades, Import. Students are found by SIS ID or login, else by name: see its preview.",
    ]
    assert Path("c.csv").read_text(encoding="utf-8") == EXAMPLES["canvas"]


def test_what_cannot_be_done_is_said(course: Course, tmp_path: Path) -> None:
    """An unknown form and a file that cannot be written are errors."""
    with pytest.raises(NotFound, match=r"no format is called 'moodel'\. Did you mean moodle\?"):
        export(course, "moodel")
    with pytest.raises(GradfnError, match=r"cannot write .*: Is a directory"):
        export(course, to=tmp_path)


def test_it_names_what_was_not_taken(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Marks without somebody's submission would go back to the class otherwise."""
    (course.root / "submitted" / "bob" / "Tiny").mkdir(parents=True)
    monkeypatch.chdir(course.root)
    assert main(["export"]) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "Not taken: submitted/bob/Tiny: is tiny meant? Rename the folder"


def test_moodles_worksheet_is_filled(course: Course, tmp_path: Path) -> None:
    """A row is found by number, address or name; other cells stay; decimal commas are Moodle's."""
    header = [
        "Identifier",
        "Full name",
        "Email address",
        "Status",
        "Grade",
        "Maximum Grade",
        "Feedback comments",
    ]
    rows = [
        ["Participant 7", "Ada L.", "ada@example.org", "=x", "", "2,00", "old"],
        ["Participant 8", 'Ben "Benny" O\'Hara, Jr.', "", "-", "", "2,00", ""],
        ["Participant 9", "Finn", "", "-", "1,50", "2,00", "kept"],
        ["Participant 10", "Nobody Known", "", "-", "", "2,00", ""],
    ]
    sheet, filled = tmp_path / "Grades.csv", tmp_path / "filled.csv"
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    done = fill_worksheet(course, course.unit("tiny"), sheet, filled)
    with filled.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file, strict=True)) == [
            header,
            [*rows[0][:4], "3", "2,00", ""],
            [*rows[1][:4], "0,75", "2,00", "double: squared"],
            *rows[2:],
        ]
    assert done.notes[-2:] == (
        "above the assignment's maximum in Moodle, 2,00: ada",
        f"not filled: Participant 10: {UNKNOWN}",
    )
    with pytest.raises(GradfnError, match="no column Identifier"):
        fill_worksheet(course, course.unit("tiny"), export(course, "moodle").file, filled)
