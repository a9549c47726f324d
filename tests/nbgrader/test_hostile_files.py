"""Files made to hurt who grades or reads: endless colouring, long names, false times, hidden characters."""

from __future__ import annotations

import csv
import json
import os
import re
import time
from pathlib import Path

import pytest

from autograder.nbgrader.classes import grade_class
from autograder.nbgrader.course import Course
from autograder.nbgrader.export import FORMULA, _text
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.records import Record, stored
from autograder.nbgrader.steps import write_feedback
from autograder.worker.timeout import within
from tests import courses
from tests.damaged_class import RIGHT

ANSWERS = "".join(f"\n\n# %% {name} *\n{source}\n" for name, source in RIGHT.items())
#: What Pygments takes quadratic time for.
BOMBS = {"blank lines": "\n " * 60_000, "dots": "a." * 60_000 + "a", "brackets": "(" * 20_000}
HIDDEN = "right = True  # \u202e\u2066 }if\u2069 \u200b\x1b[2J\u00ad\ufeff"
#: The fullest name that a file system takes.
WIDE = "\u6f22" * 82


def hand_in(course: Course, name: str, answers: str) -> Path:
    """A script of one student."""
    folder = course.submitted_folder(course.unit("tiny"), name)
    folder.mkdir(parents=True)
    (folder / "tiny.py").write_text(answers, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with all of these, and an honest student."""
    course = courses.make(tmp_path_factory.mktemp("hostile"), [])
    for name, bomb in BOMBS.items():
        hand_in(course, name, f"{ANSWERS}\n\n# %%\n'''{bomb}'''\n" + bomb)
    hand_in(course, "honest", ANSWERS)
    hand_in(course, "hidden", f"{ANSWERS}\n\n# %%\n{HIDDEN}\n")
    hand_in(course, WIDE, ANSWERS)
    (hand_in(course, "early", ANSWERS) / "timestamp.txt").write_text("2001-01-01 00:00:00 UTC")
    other = hand_in(course, "other", "") / "tiny.py"
    other.rename(other.with_name(".cache.py")).write_text(ANSWERS, encoding="utf-8")
    notebook = json.loads(course.released_file(course.unit("tiny")).read_text(encoding="utf-8"))
    notebook["metadata"]["gradfn"] = {"stands_for": ".cache.py"}
    other.with_name("tiny.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return course


@pytest.fixture(scope="module")
def graded(course: Course) -> dict[str, Record]:
    """The records of one run of the class."""
    return grade_class(course, course.unit("tiny"))


@pytest.fixture(scope="module")
def pages(course: Course, graded: dict[str, Record]) -> dict[str, str]:
    """The feedback pages, each made in less than the time in which the grader gives up."""
    begun = time.process_time()
    files = write_feedback(course, course.unit("tiny"))
    assert time.process_time() - begun < 60
    return {file.parent.parent.name: file.read_text(encoding="utf-8") for file in files}


@pytest.mark.parametrize("name", BOMBS)
def test_colouring_comes_to_an_end(name: str, pages: dict[str, str]) -> None:
    """The page shows the answers; what takes too long is shown without colours."""
    assert "def double" in re.sub(r"<[^>]*>", "", pages[name])


def test_a_name_that_is_too_long_stops_nobody(course: Course, graded: dict[str, Record]) -> None:
    """Its submission is named as not graded; the others are graded."""
    assert graded[WIDE].failed
    assert "the folder's name is longer than" in graded[WIDE].words
    assert graded["honest"] == Record(3.0, 3.0, "")


def test_what_a_notebook_says_that_it_stands_for_is_ignored(graded: dict[str, Record]) -> None:
    """The stubs that a person would read are graded, not the hidden file."""
    assert graded["other"].points == 0


def test_a_time_before_the_files_is_not_believed(course: Course, graded: dict[str, Record]) -> None:
    """The submission has no time then, and a note says why."""
    record = stored(course, course.unit("tiny"), "early") or {}
    assert [note for note in record["notes"] if note.startswith("timestamp.txt says 2001-01-01 00:00, but")]
    with gradebook(course) as opened:
        assert opened.find_submission("tiny", "early").timestamp is None


def test_hidden_characters_are_seen(pages: dict[str, str]) -> None:
    """In the page stand their codes, none of them itself."""
    words = re.sub(r"<[^>]*>", "", pages["hidden"])
    for character in set(HIDDEN) & set("\u202e\u2066\u2069\u200b\x1b\u00ad\ufeff"):
        assert character not in pages["hidden"]
        assert character.encode("unicode_escape").decode() in words


@pytest.mark.parametrize("split", [";", "\t", "|"])
@pytest.mark.parametrize("sign", ["=", "+", "@", "\uff1d"])
def test_a_spreadsheet_of_another_country_finds_no_formula(split: str, sign: str) -> None:
    """It splits cells elsewhere, and none of the pieces is a formula."""
    evil = f'eve{split}{sign}HYPERLINK("http://example.org"){split} {sign}1{split}"{sign}2'
    line = _text(evil).splitlines()
    for cell in (cell for row in csv.reader(line, delimiter=split) for cell in row):
        assert not cell.strip().startswith(FORMULA)
    assert within(5, lambda: _text(f"eve{split}" * 50_000)).startswith("eve")
    assert within(5, lambda: _text(f"eve{split * 100_000}x")).endswith("x")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such long names")
def test_the_longest_name_is_a_folders(course: Course) -> None:
    """The case above is real: the file system takes the name."""
    assert len(WIDE.encode()) == 246
    assert course.submitted_folder(course.unit("tiny"), WIDE).is_dir()
