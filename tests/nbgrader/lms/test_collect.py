"""`gradfn collect` puts each download where nbgrader looks, whoever it is from, and loses nothing."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.errors import GradfnError, NotFound
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.lms.collect import Options
from autograder.nbgrader.lms.roster import enrol
from tests.nbgrader.lms.collecting import (
    ADA,
    ANSWER,
    BEN,
    BY_LOGIN,
    FOLDER,
    HOUR,
    SYSTEMS,
    Enrolled,
    collect,
    held,
    reasons,
    states,
)
from tests.nbgrader.lms.samples import CLASS, NOON, Person, download, worksheet, zip_of


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_class_is_where_nbgrader_looks(enrolled: Enrolled, system: str) -> None:
    """Each student's own answer under the unit's name, with its time in UTC; a second run changes nothing."""
    roster, offset, twins = SYSTEMS[system]
    course = enrolled(roster)
    mine = {person: f"# {person.name}\n".encode() for person in CLASS}
    data = download(system, {person: {"tiny.py": text} for person, text in mine.items()})
    done = collect(course, data)
    wanted = {f"{p.login}/tiny/tiny.py": text for p, text in mine.items() if p.login not in twins}
    if offset is not None:
        for person in CLASS:
            if person.login not in twins:
                fraction = ".123456" if system == "gradescope" else ".000000"
                time = NOON + offset + timedelta(minutes=person.number)
                wanted[f"{person.login}/tiny/timestamp.txt"] = (
                    f"{time:%Y-%m-%d %H:%M:%S}{fraction} UTC".encode()
                )
    assert held(course) == wanted
    assert len(done.problems) == len(twins)
    assert set(states(done).values()) == {"new"}
    again = collect(course, data)
    assert set(states(again).values()) == {"there already"}
    assert held(course) == wanted


def test_moodles_worksheet_brings_times_and_numbers(enrolled: Enrolled, tmp_path: Path) -> None:
    """The number in a folder's name tells two people of one name apart; the time is the worksheet's."""
    course = enrolled("csv")
    (tmp_path / "worksheet.csv").write_bytes(worksheet())
    enrol(course, tmp_path / "worksheet.csv")
    bobs = [BY_LOGIN["bob"], BY_LOGIN["bob2"]]
    done = collect(course, download("moodle", {p: {"tiny.py": p.login.encode()} for p in bobs}))
    assert {one.student: one.time for one in done.tries} == {
        p.login: NOON - HOUR + timedelta(minutes=p.number) for p in bobs
    }
    assert held(course)["bob2/tiny/tiny.py"] == b"bob2"


@pytest.mark.parametrize(
    "path",
    [
        "Group A-Ada Lovelace_1_assignsubmission_file_/tiny.py",
        "Ada Lovelace_1_assignsubmission_file/tiny.py",
        "Ada Lovelace_1_assignsubmission_file_tiny.py",
        "submissions/Ada  LOVELACE_1_assignsubmission_file_/work/tiny (2).py",
        f"Participant_{ADA.participant}_assignsubmission_file_/tiny.py",
    ],
)
def test_moodle_writes_names_in_several_ways(enrolled: Enrolled, tmp_path: Path, path: str) -> None:
    """With groups, without folders, and with blind marking."""
    course = enrolled("moodle")
    (tmp_path / "worksheet.csv").write_bytes(worksheet([ADA]))
    enrol(course, tmp_path / "worksheet.csv")
    collect(course, zip_of({path: ANSWER}))
    assert held(course)["ada/tiny/tiny.py"] == ANSWER


def test_the_last_try_counts_and_the_others_are_there_too(enrolled: Enrolled) -> None:
    """Brightspace has a folder for each try; --try picks another."""
    course = enrolled("brightspace")
    folder = "2000-1 - Ada Lovelace - Nov {}, 2026 {}/tiny.py"
    data = zip_of(
        {
            folder.format(28, "835 PM"): b"2",
            folder.format(9, "1159 AM"): b"1",
            folder.format(29, "1201 AM"): b"3",
        }
    )
    done = collect(course, data)
    assert [(one.state, one.files["tiny.py"]) for one in done.tries] == [
        ("an earlier try", b"1"), ("an earlier try", b"2"), ("new", b"3"),
    ]  # fmt: skip
    wanted = {
        "ada/tiny/tiny.py": b"3",
        "ada/.earlier/tiny-20261109-105900/tiny.py": b"1",
        "ada/.earlier/tiny-20261128-193500/tiny.py": b"2",
    }
    assert {path: text for path, text in held(course).items() if path.endswith("py")} == wanted
    before = held(course)
    assert set(states(collect(course, data)).values()) == {"there already"}
    assert held(course) == before
    collect(course, data, Options(number=1))
    assert held(course)["ada/tiny/tiny.py"] == b"1"
    assert b"3" in [text for path, text in held(course).items() if ".earlier" in path]


def test_canvas_numbers_files_that_are_handed_in_again(enrolled: Enrolled) -> None:
    """tiny-1.py is tiny.py again; another file is part of the same try. What Canvas marks late is known."""
    course = enrolled("canvas")
    who = f"{ADA.squashed}_LATE_{ADA.canvas}"
    files = {f"{who}_701_tiny.py": b"1", f"{who}_800_tiny-1.py": b"2", f"{who}_702_data.csv": b""}
    done = collect(course, zip_of(files))
    assert held(course)["ada/tiny/tiny.py"] == b"2"
    assert sorted(text for path, text in held(course).items() if ".earlier" in path) == [b"1"]
    assert all(one.late for one in done.tries)


def test_what_canvas_marks_late_has_no_time_until_one_is_said(
    enrolled: Enrolled, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Canvas does not say by how much: no penalty is taken off without a word, and --late says a time."""
    course = enrolled("canvas")
    file = course.root.parent / "submissions.zip"
    names = (f"{ADA.squashed}_LATE_{ADA.canvas}_701_tiny.py", f"{BEN.squashed}_{BEN.canvas}_702_tiny.py")
    file.write_bytes(zip_of(dict.fromkeys(names, ANSWER)))
    monkeypatch.chdir(course.root)
    said = "Canvas marks these late and does not say by how much, so no penalty can be taken off: ada. "
    for _ in range(2):
        assert main(["collect", str(file), "tiny"]) == 0
        assert said + "With --late 1d each counts as a day late" in capsys.readouterr().out
    assert main(["collect", str(file), "tiny", "--late", "1d"]) == 2
    assert "late after when? gradfn deadline tiny TIME says it" in capsys.readouterr().err
    main(["deadline", "tiny", "2026-12-01 12:00 UTC"])
    assert main(["collect", str(file), "tiny", "--late", "1d"]) == 0
    out = capsys.readouterr().out
    assert ("2026-12-02 12:00 UTC, 1 d late" in out, said in out) == (True, False)
    times = {path: text for path, text in held(course).items() if path.endswith("timestamp.txt")}
    assert times == {"ada/tiny/timestamp.txt": b"2026-12-02 12:00:00.000000 UTC"}


def test_nothing_is_lost_that_was_there(enrolled: Enrolled) -> None:
    """What is replaced goes to .earlier; an older download is not put over a newer submission."""
    course = enrolled("blackboard")
    monday = zip_of({"tiny_ada_attempt_2026-11-23-10-00-00_tiny.py": b"monday"})
    friday = zip_of({"tiny_ada_attempt_2026-11-27-10-00-00_tiny.ipynb": b"friday"})
    collect(course, monday)
    assert states(collect(course, friday)) == {"ada": "replaces what was there"}
    now = held(course)
    assert [text for path, text in now.items() if path.endswith("/tiny.py")] == [b"monday"]
    assert now["ada/tiny/tiny.ipynb"] == b"friday"
    assert "ada/tiny/tiny.py" not in now
    assert states(collect(course, monday)) == {"ada": "there already"}
    tuesday = zip_of({"tiny_ada_attempt_2026-11-24-10-00-00_tiny.py": b"tuesday"})
    assert states(collect(course, tuesday)) == {"ada": "older than what is there"}
    assert held(course)["ada/tiny/tiny.ipynb"] == b"friday"
    assert b"tuesday" in held(course).values()


def test_a_time_that_becomes_known_is_added(enrolled: Enrolled, tmp_path: Path) -> None:
    """Without taking the same answers for a new try; the files are not younger, or the time is doubted."""
    course = enrolled("moodle")
    data = download("moodle", {ADA: {"tiny.py": ANSWER}})
    collect(course, data)
    (tmp_path / "worksheet.csv").write_bytes(worksheet([ADA]))
    enrol(course, tmp_path / "worksheet.csv")
    assert states(collect(course, data)) == {"ada": "its time is known now"}
    assert not list((course.root / "submitted" / "ada").glob(".earlier/*"))
    file = course.root / "submitted" / "ada" / "tiny" / "tiny.py"
    assert file.stat().st_mtime == datetime.fromisoformat("2026-11-28T11:00:00+00:00").timestamp()


def test_blackboards_names_are_split_where_its_text_says(enrolled: Enrolled) -> None:
    """hw_maria_s may be the unit hw of maria_s or hw_maria of s: without the text, both students fit."""
    course = enrolled("blackboard")
    with gradebook(course) as opened:
        opened.add_student("s")
    name = "hw_maria_s_attempt_2026-11-28-10-00-00"
    assert "fits several students: maria_s, s" in reasons(
        collect(course, zip_of({f"{name}_tiny.py": ANSWER}))
    )
    about = "Name: María Sánchez (maria_s)\r\nAssignment: hw\r\n"
    collect(course, zip_of({f"{name}_tiny.py": ANSWER, f"{name}.txt": about}))
    assert held(course)["maria_s/tiny/tiny.py"] == ANSWER


def test_a_local_time_needs_its_zone_once(enrolled: Enrolled) -> None:
    """The course remembers it; a time that is not understood is said, and the answers are taken."""
    course = enrolled("brightspace")
    path = "2000-1 - Ada Lovelace - {}/tiny.py"
    with pytest.raises(GradfnError, match=r"Brightspace's times say no time zone: add --zone"):
        collect(course, zip_of({path.format("Nov 28, 2026 1000 AM"): b"1"}), Options())
    collect(course, zip_of({path.format("Nov 28, 2026 1000 AM"): b"1"}))
    collect(course, zip_of({path.format("Nov 29, 2026 1000 AM"): b"2"}), Options())
    assert held(course)["ada/tiny/timestamp.txt"] == b"2026-11-29 09:00:00.000000 UTC"
    done = collect(course, zip_of({path.format("29 novembre 2026 10h"): b"3"}))
    assert done.notes[0].startswith("ada: taken without its time: '29 novembre 2026 10h' is not understood")


def test_a_group_of_gradescopes_has_handed_in_together(enrolled: Enrolled) -> None:
    """Each member gets the submission."""
    course = enrolled("moodle")
    two = (
        ":submitters:\n  - :name: Ada\n    :email: ada@example.org\n  - :name: B\n    :email: ben@example.org"
    )
    metadata = f"submission_1:\n  {two}\n  :created_at: 2026-11-28 10:00:00 +0100\n"
    collect(
        course,
        zip_of({"submissions/submission_metadata.yml": metadata, "submissions/submission_1/tiny.py": ANSWER}),
    )
    assert held(course)["ben/tiny/tiny.py"] == ANSWER
    assert held(course)["ada/tiny/timestamp.txt"] == b"2026-11-28 09:00:00.000000 UTC"
    with pytest.raises(GradfnError, match=r"submission_metadata\.yml is not as Gradescope writes it"):
        collect(course, zip_of({"submission_metadata.yml": "- 1\n", "submission_1/tiny.py": ANSWER}))


def test_repositories_are_taken_with_the_time_of_their_last_commit(
    enrolled: Enrolled, tmp_path: Path
) -> None:
    """A folder ASSIGNMENT-LOGIN each; the answers are where the kit has them."""
    if not (git := shutil.which("git")):
        pytest.skip("git is not installed")
    course = enrolled("csv")
    repository = tmp_path / "clones" / "tiny-ada"
    (repository / "exercises" / "tiny").mkdir(parents=True)
    (repository / "exercises" / "tiny" / "tiny.py").write_bytes(ANSWER)
    (repository / "exercises" / "tiny" / "checks.py").write_bytes(b"")
    who = {"GIT_COMMITTER_DATE": "2026-11-28T10:00:00+01:00"}
    who |= {f"GIT_{role}_{what}": "a@b.c" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "done"]):
        subprocess.run([git, *command], cwd=repository, env={**who, "HOME": str(tmp_path)}, check=True)
    done = collect(course, tmp_path / "clones")
    assert done.system.title == "folder of repositories"
    assert held(course) == {
        "ada/tiny/tiny.py": ANSWER, "ada/tiny/timestamp.txt": b"2026-11-28 09:00:00.000000 UTC",
    }  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "ada/tiny.py",
        "submitted/ada/Tiny/tiny.py",
        "ada_tiny.py",
        "tiny-ada@example.org.py",
        "Ada Lovelace/t.py",
        "Lovelace_Ada_ada.zip",
        "Ada Lovelace.ZIP",
    ],
)
def test_plain_files_say_whose_they_are_in_many_ways(enrolled: Enrolled, tmp_path: Path, path: str) -> None:
    """By a folder's or the file's own name, an id, an address or a full name."""
    course = enrolled("csv")
    file = tmp_path / "files" / path
    file.parent.mkdir(parents=True)
    file.write_bytes(zip_of({"work/tiny.py": ANSWER}) if path.lower().endswith(".zip") else ANSWER)
    collect(course, tmp_path / "files")
    assert held(course) == {"ada/tiny/tiny.py": ANSWER}


def test_people_who_are_not_in_the_class_are_named(course: Course, enrolled: Enrolled) -> None:
    """Or added, where that is asked for; two people of one name are never mixed up."""
    data = download(
        "moodle", {Person("eve", "Eve", "Eel", 77): {"tiny.py": ANSWER}, BY_LOGIN["bob"]: {"tiny.py": ANSWER}}
    )
    with pytest.raises(NotFound, match="the gradebook holds no students yet: gradfn roster FILE"):
        collect(course, data)
    enrolled("moodle")
    said = reasons(collect(course, data))
    assert "Eve Eel 550639: no student of the gradebook has this name or id" in said
    assert "Bob Smith 550170: it fits several students: bob, bob2" in said
    collect(course, data, Options(add=True))
    assert list(held(course)) == ["Eve Eel/tiny/tiny.py"]


def test_a_name_that_steers_a_terminal_is_shown_harmlessly(
    enrolled: Enrolled, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of a download is printed as it is."""
    course = enrolled("moodle")
    (course.root / "d.zip").write_bytes(
        zip_of(
            {
                "A\x1b[31m_1_assignsubmission_file_/t\x1b[2J.pdf": b"",
                FOLDER + "\x1b[2J.py": b"",
                FOLDER + "x.py": b"",
            }
        )
    )
    monkeypatch.chdir(course.root)
    assert main(["collect", "d.zip", "tiny"]) == 1
    assert "\x1b" not in capsys.readouterr().out


def test_the_command_shows_what_goes_where(
    enrolled: Enrolled, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit status 1 if something was not taken; a dry run writes nothing; what came late is marked."""
    course = enrolled("blackboard")
    monkeypatch.chdir(course.root)
    files = {ADA: {"tiny.py": b"1"}, BEN: {"tiny.py": b"2"}, BY_LOGIN["zoe"]: {"report.pdf": b""}}
    Path("bb.zip").write_bytes(download("blackboard", files))
    assert main(["deadline", "tiny", "2026-11-28 12:00 Europe/Berlin"]) == 0
    capsys.readouterr()
    table = """\
bb.zip: Blackboard, 3 students, 3 submissions
student  in the download  handed in
ada      tiny_ada ada     2026-11-28 12:00 CET               new
ben      tiny_ben ben     2026-11-28 12:01 CET, 1 min late   new
zoe      tiny_zoe zoe     2026-11-28 12:25 CET, 25 min late  no answers: not graded
not taken: zoe (tiny_zoe zoe): no .ipynb or .py file with answers of tiny: report.pdf
"""
    assert main(["collect", "bb.zip", "tiny", "--dry-run", "--zone", "Europe/Berlin"]) == 1
    assert capsys.readouterr().out == table + "Nothing was written.\n"
    assert held(course) == {}
    assert main(["collect", "bb.zip", "tiny"]) == 1
    assert capsys.readouterr().out == table + "3 written to submitted. Next: gradfn grade tiny\n"
    del files[BY_LOGIN["zoe"]]
    Path("bb.zip").write_bytes(download("blackboard", files))
    assert main(["collect", "bb.zip", "tiny"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["2 are there already.", "Nothing has changed."]


def test_what_is_no_download_is_refused(enrolled: Enrolled, tmp_path: Path) -> None:
    """A file that is no zip, one that is not there, a system that nobody knows."""
    course = enrolled("csv")
    (tmp_path / "x.pdf").write_bytes(b"%PDF")
    for name in ("x.pdf", "none.zip"):
        with pytest.raises(NotFound, match="neither a folder nor a zip"):
            collect(course, tmp_path / name)
    with pytest.raises(NotFound, match=r"no system is called 'moodel'. Did you mean moodle\?"):
        collect(course, zip_of({"a": b""}), Options(form="moodel"))
