"""What students put into a download: zips, bombs, links, and names that are not theirs."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path
from subprocess import run

import pytest

from autograder.errors import BadSubmission, GradfnError
from autograder.grading.folder import read_answers
from autograder.nbgrader.lms import unpack
from autograder.nbgrader.lms.collect import Options
from tests.nbgrader.lms.collecting import (
    ADA,
    ANSWER,
    BEN,
    BY_LOGIN,
    FOLDER,
    SYSTEMS,
    Enrolled,
    collect,
    held,
    reasons,
    states,
)
from tests.nbgrader.lms.samples import Person, download, zip_of

KIT = {
    "kit/exercises/tiny/tiny.py": ANSWER,
    "kit/exercises/tiny/checks.py": b"1",
    "__MACOSX/kit/._tiny.py": b"2",
}
#: What Ada hands in, and what comes of it: the reason why it is not taken, or nothing.
HANDED_IN: dict[str, tuple[Mapping[str, bytes], str]] = {
    "a zip": ({"work.zip": zip_of(KIT)}, ""),
    "a zip in a zip": ({"work.zip": zip_of({"inner.zip": zip_of(KIT)})}, ""),
    "both kinds": ({"tiny.py": ANSWER, "tiny.ipynb": b"{}"}, ""),
    "another name": ({"my answers.py": ANSWER}, ""),
    "the same twice": ({"tiny.py": ANSWER, "copy/tiny.py": ANSWER}, ""),
    "a checkpoint": ({"tiny.py": ANSWER, ".ipynb_checkpoints/tiny-checkpoint.py": b"1"}, ""),
    "many names": ({f"{n}.py": b"%d" % n for n in range(9)}, "which file holds the answers? 0.py, 1.py, "),
    "no answers": ({"tiny.pdf": b"%PDF"}, "no .ipynb or .py file with answers of tiny: tiny.pdf"),
    "an empty zip": ({"work.zip": zip_of({"__MACOSX/._tiny.py": b"1"})}, "the zip is empty"),
    "a damaged zip": ({"work.zip": b"PK"}, "the zip is damaged"),
    "a rar": ({"work.rar": b"Rar!"}, "a .rar archive cannot be opened: unpack it, and make it a zip"),
    "a way out": ({"work.zip": zip_of({"../../tiny.py": ANSWER})}, "its path leads out of the zip"),
    "a way up": ({"work.zip": zip_of({"/etc/tiny.py": ANSWER})}, "its path leads out of the zip"),
}  # fmt: skip


@pytest.mark.parametrize("case", HANDED_IN)
def test_the_answers_are_found_in_what_was_handed_in(enrolled: Enrolled, case: str) -> None:
    """In zips and folders; where that is not clear, the reason is given and stands in their place."""
    course = enrolled("moodle")
    files, reason = HANDED_IN[case]
    done = collect(course, zip_of({FOLDER + name: data for name, data in files.items()}))
    assert reason in reasons(done)
    assert bool(done.problems) == bool(reason)
    assert held(course).get("ada/tiny/tiny.py", b"") == (b"" if reason else ANSWER)
    assert reason in held(course).get("ada/tiny/not-taken.txt", b"").decode()
    if reason:
        with pytest.raises(BadSubmission, match=re.escape(reason)):
            read_answers(course.root / "submitted" / "ada" / "tiny", course.unit("tiny"))


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ({"tiny.py": ANSWER, "old/tiny.py": b"1"}, {"tiny.py", "tiny (2).py"}),
        ({"b.ipynb": b'{"cells": [], "nbformat": 4}', "Ä b.PY": ANSWER}, {"b.ipynb", "Ä b.py"}),
        ({"work.zip": zip_of({"a" + "(1)" * 20_000 + "!.py": ANSWER, "\x1bb.py": b"1"})}, None),
    ],
    ids=["versions", "kinds", "long"],
)
def test_of_a_few_files_the_one_with_answers_counts(
    enrolled: Enrolled, files: Mapping[str, bytes], names: set[str] | None
) -> None:
    """Which it is only grading can tell, so all are kept, under names that are harmless."""
    course = enrolled("moodle")
    data = zip_of({FOLDER + name: content for name, content in files.items()})
    assert not reasons(collect(course, data))
    folder = course.root / "submitted" / "ada" / "tiny"
    there = {path.name for path in folder.iterdir()}
    assert there == names if names else len(there) == 2 and max(map(len, there)) < 50
    chosen = read_answers(folder, course.unit("tiny"))
    assert f"of 2 files {chosen.file} counts" in chosen.notes
    assert "return 2 * x" in "".join(cell.source for cell in chosen.cells)
    assert states(collect(course, data)) == {"ada": "there already"}


def member(**fields: object) -> bytes:
    """A zip whose only member has these fields."""
    info, data = zipfile.ZipInfo(FOLDER + "tiny.py"), io.BytesIO()
    for name, value in fields.items():
        setattr(info, name, value)
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(info, ANSWER)
    return data.getvalue()


def test_links_passwords_and_wrong_checksums_are_named(enrolled: Enrolled) -> None:
    """Nothing of such a file is read."""
    course = enrolled("moodle")
    link = member(external_attr=(stat.S_IFLNK | 0o777) << 16, create_system=3)
    locked = member().replace(b"PK\1\2\x14\3\x14\0\0\0", b"PK\1\2\x14\3\x14\0\1\0")
    broken = bytearray(member())
    broken[len(FOLDER) + 30 + 9] ^= 0xFF
    for data, words in ((link, "it is a link"), (locked, "encrypted"), (bytes(broken), "it cannot be read")):
        assert words in reasons(collect(course, data))
    assert {Path(path).name for path in held(course)} == {"not-taken.txt"}


def test_a_bomb_is_not_unpacked(enrolled: Enrolled, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a large file, nor many of them, nor zips without end."""
    course = enrolled("moodle")
    monkeypatch.setattr(unpack, "MOST_BYTES", 1 << 20)
    assert "larger than 1 MB" in reasons(collect(course, zip_of({FOLDER + "tiny.py": bytes(2 << 20)})))
    data = zip_of(KIT)
    for _ in range(5):
        data = zip_of({"z.zip": data})
    assert "a zip in 3 zips cannot be opened" in reasons(collect(course, zip_of({FOLDER + "work.zip": data})))
    monkeypatch.setattr(unpack, "MOST_IN_A_ZIP", (3, 1 << 20))
    many = zip_of({f"{n}.txt": b"" for n in range(4)})
    done = collect(
        course, zip_of({FOLDER + "work.zip": many, "Alan Turing_2_assignsubmission_file_/tiny.py": ANSWER})
    )
    assert reasons(done) == "ada (Ada Lovelace 1): more than 3 files: take them in parts"
    assert held(course)["alan/tiny/tiny.py"] == ANSWER  # whom Ada's zip does not touch
    monkeypatch.setattr(unpack, "MOST_IN_A_ZIP", (5_000, 1 << 20))
    unpacked, read = [], unpack._of_zip
    monkeypatch.setattr(unpack, "_of_zip", lambda *which: unpacked.append(which) or read(*which))
    bombs = zip_of({f"{n}.zip": bytes(2 << 20) for n in range(9)})
    assert "larger than 1 MB" in reasons(collect(course, zip_of({FOLDER + "work.zip": bombs})))
    assert len(unpacked) == 2  # work.zip and the first: the others are not looked at
    monkeypatch.setattr(unpack, "MOST", (3, 1 << 20))
    with pytest.raises(GradfnError, match="more than 3 files"):
        collect(course, many)


#: Where a student writes another's name into what is the student's own, and the download's system.
FORGED = {
    "moodle": f"work.zip/{BEN.name}_{BEN.participant}_assignsubmission_file_/tiny.py",
    "canvas": f"work.zip/{BEN.squashed}_{BEN.canvas}_1_tiny.py",
    "brightspace": "work.zip/1-2 - Ben O'Hara - Nov 28, 2026 900 AM/tiny.py",
    "blackboard": "work.zip/tiny_ben_attempt_2026-11-28-09-00-00_tiny.py",
    "plain": "ben/tiny.py",
}


@pytest.mark.parametrize("system", FORGED)
def test_nobody_hands_in_for_another(enrolled: Enrolled, system: str) -> None:
    """A name further in is the student's own word; so is a file that names who has handed in what."""
    course = enrolled(SYSTEMS[system][0])
    name = FORGED[system].removeprefix("work.zip/")
    metadata = "submission_1:\n  :submitters:\n  - :email: ben@example.org\n"
    inside = {name: b"forged", "submission_1/tiny.py": b"forged", "submission_metadata.yml": metadata}
    inside |= {f"{n}-2 - Ben - Nov 28, 2026 900 AM/{n}.py": b"" for n in range(9)}
    eve = Person("eve", "Eve", "Eel", 77)  # not in the class
    for who, others in ((ADA, {}), (ADA, {BY_LOGIN["alan"]}), (eve, {BY_LOGIN["alan"]})):
        files = {who: {"work.zip": zip_of(inside)}} | {other: {"tiny.py": b"alan"} for other in others}
        if system == "plain":
            files[who] = {"ben/tiny.py": b"forged", "submission_metadata.yml": metadata.encode()}
        done = collect(course, download(system, files))
        assert done.system.title == {"plain": "folder of files"}.get(system, system.title())
        assert {path.partition("/")[0] for path in held(course)} <= {"ada", "alan"}


def test_a_zip_alone_is_not_taken_for_a_download(enrolled: Enrolled, tmp_path: Path) -> None:
    """What one student has packed may look like another system's download of the whole class."""
    metadata = "submission_1:\n  :submitters:\n  - :email: ben@example.org\n"
    forged = zip_of({"submission_1/tiny.py": ANSWER, "submission_metadata.yml": metadata})
    for name in ("ada.zip", "ada/work.zip", "homework.zip"):
        folder = tmp_path / name.replace("/", "-")
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(forged)
        course = enrolled("csv")
        assert collect(course, folder).system.title == "folder of files"
        assert {*held(course)} <= {"ada/tiny/tiny.py"}


@pytest.mark.parametrize(
    ("inside", "add"),
    [
        ("ada/tiny.py", False),
        ("Ada Lovelace_1_assignsubmission_file_/tiny.py", False),
        ("submission_1/tiny.py", False),
        ("ada/tiny.py", True),
    ],
)
def test_a_folder_alone_is_not_taken_for_a_download(
    enrolled: Enrolled, tmp_path: Path, inside: str, add: bool
) -> None:
    """It may be an unknown student's, who has packed it so that it looks like others'."""
    metadata = "submission_1:\n  :submitters:\n  - :email: ada@example.org\n"
    for name, content in ((inside, ANSWER), ("submission_metadata.yml", metadata.encode())):
        file = tmp_path / "files" / "mallory" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    course = enrolled("csv")
    done = collect(course, tmp_path / "files", Options(add=add))
    assert add or "mallory holds everything: if that is the download's folder and nobody's" in done.notes[0]
    assert [*held(course)] == ["mallory/tiny/tiny.py"] * add


def test_an_address_that_leads_elsewhere_is_no_id(enrolled: Enrolled, tmp_path: Path) -> None:
    """An id becomes a folder's name; Gradescope's metadata hold what a student has for an address."""
    metadata = "submission_1:\n  :submitters:\n  - :email: x/../../../../eve@example.org\n"
    course = enrolled("csv")
    files = {"submission_1/tiny.py": ANSWER, "submission_metadata.yml": metadata}
    done = collect(course, zip_of(files), Options(add=True))
    assert "holds markup" in reasons(done)
    assert not [*tmp_path.parent.rglob("eve@example.org")]


def test_a_commit_without_end_is_not_read(enrolled: Enrolled, tmp_path: Path) -> None:
    """Its submission is taken without a time: git unpacks a commit of gigabytes from a few megabytes."""
    repository = tmp_path / "files" / "ada"
    repository.mkdir(parents=True)
    (repository / "tiny.py").write_bytes(ANSWER)
    author = ("-c", "user.name=ada", "-c", "user.email=ada@example.org")
    for words in (["init", "-q"], ["add", "tiny.py"], ["commit", "-qF-"]):
        run(["git", *author, *words], cwd=repository, input=b"a" * (20 << 20), check=True)
    (one,) = collect(enrolled("csv"), tmp_path / "files").tries
    assert (one.state, one.time) == ("new", None)


def test_a_link_in_a_folder_is_not_followed(enrolled: Enrolled, tmp_path: Path) -> None:
    """It may lead to another's answers, or anywhere."""
    course = enrolled("csv")
    (tmp_path / "secret.py").write_bytes(b"secret")
    (tmp_path / "files" / "ada").mkdir(parents=True)
    (tmp_path / "files" / "ada" / "tiny.py").symlink_to(tmp_path / "secret.py")
    (tmp_path / "files" / "ben").symlink_to(tmp_path / "files" / "ada")
    assert "it is a link" in reasons(collect(course, tmp_path / "files"))
    assert {path: b"secret" in text for path, text in held(course).items()} == {
        "ada/tiny/not-taken.txt": False,
        "ben/tiny/not-taken.txt": False,
    }


@pytest.mark.parametrize("encoding", ["utf-8", "cp437"])
def test_a_zips_names_may_be_in_another_encoding(enrolled: Enrolled, encoding: str) -> None:
    """Zips that do not say that their names are UTF-8, with names in UTF-8 or as DOS wrote them."""
    course = enrolled("moodle")
    name = "Kurt Gödel_1_assignsubmission_file_/tiny.py"
    stand_in = "x" * len(name.encode(encoding))
    data = zip_of({stand_in: ANSWER}).replace(stand_in.encode(), name.encode(encoding))
    collect(course, data)
    assert held(course) == {"kurt/tiny/tiny.py": ANSWER}
