"""The class report: what it finds in a class, its text harmless, its page for any class."""

from __future__ import annotations

import base64
import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from autograder.cli import main
from autograder.errors import GradfnError, NotFound
from autograder.nbgrader.course import Course
from autograder.nbgrader.gradebook import gradebook
from autograder.nbgrader.report.gather import ClassReport, gather
from autograder.nbgrader.report.page import write_report
from tests.paper_course import (
    KNOWN,
    LATE,
    LOST,
    NOT_RUN,
    PASSED,
    RAISED,
    STUB,
    WRONG,
    Student,
    write_down,
)

EVIL = '<img src=x onerror="alert(1)"></td><script>alert(2)</script>'


class Page(HTMLParser):
    """A page's elements, its text, and the text of each row of its tables by the first cell."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.in_cell = False
        self.rows: list[list[str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self.in_cell = self.in_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.in_cell:
            self.rows[-1][-1] += data

    def row(self, first: str) -> list[str]:
        """The first row that begins with these words, with single spaces."""
        return next([" ".join(cell.split()) for cell in row] for row in self.rows if row[0].strip() == first)


def page_of(course: Course) -> str:
    """The report of the tiny unit."""
    return write_report(course, course.kit.unit("tiny"))[0].read_text(encoding="utf-8")


def gathered(course: Course, **students: Student) -> ClassReport:
    """What the report says of a class."""
    unit = course.kit.unit("tiny")
    write_down(course, unit, students)
    return gather(course, unit)


# The class


def test_what_was_never_tried_says_nothing_of_a_check(paper: Course) -> None:
    """Untouched stubs and unrunnable files do not count in the item analysis, but are in the class."""
    report = gathered(
        paper,
        ada=Student((PASSED, PASSED)),
        ben=Student((PASSED, STUB)),
        stub=Student((STUB, STUB)),
        login=Student((NOT_RUN, NOT_RUN)),
        nothing=Student(None, failure="no file"),
    )
    assert (report.attempts, len(report.lines), report.scores) == (2, 5, [3, 2, 0, 0])
    assert [item.share for item in report.items] == [1, 1, 0.5, 0.5]


def test_who_needs_a_look(paper: Course) -> None:
    """The most urgent first, each with the reason; submissions without one are not listed."""
    report = gathered(
        paper,
        ada=Student((PASSED, PASSED)),
        ben=Student((KNOWN, RAISED)),
        odd=Student((PASSED, PASSED), notes=("test_double edited, the released cell counts",)),
        lost=Student((PASSED, LOST)),
        late=Student((LATE, NOT_RUN), notes=("cell marks lost",)),
        stub=Student((STUB, STUB)),
        login=Student((NOT_RUN, NOT_RUN)),
        waits=Student((PASSED, PASSED), waits=True),
        nothing=Student(None, failure="neither tiny.ipynb nor a .py file was handed in"),
        ungraded=Student(None),
    )
    assert {line.person.id: "; ".join(line.reasons.values()) for line in report.to_look_at} == {
        "nothing": "not graded",
        "ungraded": "not graded",
        "login": "could not be run",
        "stub": "nothing done",
        "late": "out of time: double; an unusual file",
        "lost": "ended its process: halve",
        "odd": "an unusual file",
    }
    begun = time.process_time()  # a class of 5,000 once took minutes: each line was looked for in the others
    assert len(replace(report, lines=report.lines * 500).to_look_at) == 7 * 500
    assert time.process_time() - begun < 1.0
    words = {line.person.id: line.mark.words for line in report.to_look_at}
    assert words["odd"] == "test_double edited, the released cell counts"
    assert words["nothing"] == "neither tiny.ipynb nor a .py file was handed in"
    assert words["ungraded"] == "not graded yet"


def test_scores_are_what_counts(paper: Course) -> None:
    """With manual points and late penalties, the best first, those without a score last."""
    report = gathered(
        paper,
        nothing=Student(None, failure="no file"),
        ada=Student((PASSED, PASSED), penalty=1.5),
        ben=Student((WRONG, PASSED), by_hand=1.25),
    )
    assert [(line.person.id, line.mark.score) for line in report.lines] == [
        ("ben", 2.25), ("ada", 1.5), ("nothing", None)
    ]  # fmt: skip


def test_what_exercises_end_in_is_counted(paper: Course) -> None:
    """Each submission once for each exercise."""
    ends = {"a": PASSED, "b": KNOWN, "c": WRONG, "d": RAISED, "e": LATE, "f": STUB, "g": NOT_RUN, "h": LOST}
    report = gathered(paper, **{name: Student((end, PASSED)) for name, end in ends.items()})
    assert report.end_counts("double") == {
        "right": 1, "known": 1, "wrong": 1, "error": 2, "timeout": 1, "not done": 1, "not run": 1
    }  # fmt: skip
    assert report.end_counts("halve")["right"] == len(ends)


def test_mistakes_are_counted_with_who_made_them(paper: Course) -> None:
    """With the advice, which comes from the kit and not from the submission."""
    report = gathered(
        paper, ada=Student((PASSED, PASSED)), ben=Student((KNOWN, WRONG)), cleo=Student((KNOWN, STUB))
    )
    assert [(n.exercise, n.title, n.advice, [p.id for p in n.who]) for n in report.mistakes] == [
        ("double", "squared", "Twice a number is not its square.", ["ben", "cleo"])
    ]


def test_equal_answers_without_a_name_stand_together(paper: Course) -> None:
    """Known mistakes, exceptions and answers of a single student are not shared answers."""
    report = gathered(
        paper,
        ada=Student((WRONG, PASSED)),
        ben=Student((WRONG, RAISED)),
        cleo=Student((RAISED, RAISED)),
        dan=Student((KNOWN, WRONG)),
        eva=Student((KNOWN, STUB)),
        finn=Student((PASSED, STUB)),
    )
    assert [(a.exercise, a.words, [p.id for p in a.who]) for a in report.shared] == [
        ("double", WRONG.words, ["ada", "ben"])
    ]


def test_reports_of_other_checks_are_not_mixed_in(paper: Course) -> None:
    """Submissions graded before the checks changed must be graded again."""
    unit = paper.kit.unit("tiny")
    write_down(paper, unit, {"ada": Student((PASSED, PASSED)), "old": Student((PASSED, PASSED))})
    file = paper.private / "reports" / "tiny" / "old.json"
    file.write_text(file.read_text(encoding="utf-8").replace("values_halve", "halves"), encoding="utf-8")
    report = gather(paper, unit)
    assert report.attempts == 1
    assert [(line.person.id, *line.reasons.values()) for line in report.to_look_at] == [
        ("old", "graded by other checks than the kit has now: grade it again")
    ]


# The page


def test_nothing_in_the_page_is_a_submissions_markup(paper: Course) -> None:
    """Names, notes and messages are shown as text; the page runs no script and loads nothing."""
    evil = Student((RAISED, KNOWN), EVIL, EVIL, EVIL, notes=(f"{EVIL}.ipynb was read",))
    shared = type(WRONG)("failed", f"double(x)  expected 2, got '{EVIL}'")
    write_down(
        paper,
        paper.kit.unit("tiny"),
        {"eve<b>": evil, "ada": Student((shared, PASSED)), "ben": Student((shared, PASSED))},
    )
    (paper.private / "reports" / "tiny" / "gus.json").write_text('{"failure": "<script>"}', encoding="utf-8")
    paper.submitted_folder(paper.kit.unit("tiny"), "gus").mkdir(parents=True)
    page = Page(page_of(paper))
    assert {tag for tag, _ in page.elements}.isdisjoint({"script", "iframe", "object", "link", "svg"})
    assert page.text.count(EVIL) >= 4
    assert "eve<b>" in page.text
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")]
        assert tag != "img" or str(attributes["src"]).startswith("data:image/svg+xml;base64,")
        assert tag != "a" or str(attributes["href"]).startswith("#")
    policy = next(
        a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def test_the_page_says_it_all(paper: Course) -> None:
    """Scores, mistakes, items and the class, in the tables."""
    write_down(
        paper,
        paper.kit.unit("tiny"),
        {
            "ada": Student((PASSED, PASSED), "Ada", "Lovelace"),
            "ben": Student((KNOWN, PASSED)),
            "cleo": Student((KNOWN, STUB), penalty=0.5),
            "nothing": Student(None, failure="no file"),
        },
    )
    page = Page(page_of(paper))
    assert page.row("double") == ["double", "1", "2", "", "", "", "", ""]
    assert page.row("adaAda Lovelace")[1:4] == ["3", "2", "1"]
    assert page.row("nothing") == ["nothing", "no score", "not graded", "no file"]
    assert page.row("cleo") == ["cleo", "0late −0.5", "0k", "0–", "double: squared; halve: not done yet"]
    assert page.row("1")[1:5] == ["values double", "2", "33% medium", "0.50 too few to say"]
    assert "Guilford 1953" in page.text


def test_pictures_are_light_and_made_of_text(paper: Course) -> None:
    """Well-formed SVG with its words as text, and an alternative text for each picture."""
    students = {f"s{n}": Student((KNOWN, PASSED) if n % 3 else (PASSED, WRONG)) for n in range(12)}
    write_down(paper, paper.kit.unit("tiny"), students)
    images = [attributes for tag, attributes in Page(page_of(paper)).elements if tag == "img"]
    assert len(images) == 4
    for image in images:
        svg = base64.b64decode(str(image["src"]).partition(",")[2])
        assert image["alt"]
        assert "submissions" in "".join(ET.fromstring(svg).itertext())
        assert len(svg) < 60_000


def test_the_same_class_gives_the_same_page(paper: Course) -> None:
    """The page is the same, byte for byte, on the same day."""
    write_down(
        paper, paper.kit.unit("tiny"), {"ada": Student((PASSED, WRONG)), "ben": Student((KNOWN, PASSED))}
    )
    assert page_of(paper) == page_of(paper)


def test_one_student_is_a_class(paper: Course) -> None:
    """A class without scores gets a report too, without empty pictures."""
    write_down(paper, paper.kit.unit("tiny"), {"ada": Student((PASSED, WRONG))})
    assert "That is too few to judge a check by its coefficient." in " ".join(
        Page(page_of(paper)).text.split()
    )


def test_a_class_without_a_score_has_its_page(paper: Course) -> None:
    """It says who handed in what, without empty pictures."""
    write_down(paper, paper.kit.unit("tiny"), {"ada": Student(None, failure="no file")})
    page = Page(page_of(paper))
    assert "Nobody has a score yet." in page.text
    assert page.row("ada")[1:] == ["no score", "not graded", "no file"]
    assert "img" not in {tag for tag, _ in page.elements}


def test_five_hundred_students_take_seconds(paper: Course) -> None:
    """Processor time on one core, after the imports."""
    ends = (PASSED, PASSED, PASSED, KNOWN, WRONG, RAISED, STUB, LATE)
    rng = np.random.default_rng(0)
    students = {
        f"s{n:03}": Student((ends[a], ends[b]), "First", "Last")
        for n, (a, b) in enumerate(rng.integers(8, size=(500, 2)))
    }
    write_down(paper, paper.kit.unit("tiny"), students)
    started = time.process_time()
    page = page_of(paper)
    assert time.process_time() - started < 10
    assert page.count("First Last") >= 500
    assert page.count("<details") > 1


def test_without_grades_it_says_what_to_do(paper: Course) -> None:
    """The error names the step that is missing: release, hand in, grade."""
    unit = paper.kit.unit("tiny")
    with pytest.raises(NotFound, match="tiny is not released in this course: gradfn release tiny"):
        write_report(paper, unit)
    with gradebook(paper) as opened:
        opened.add_assignment("tiny")
    with pytest.raises(NotFound, match="nobody has handed in tiny"):
        write_report(paper, unit)
    paper.submitted_folder(unit, "ada").mkdir(parents=True)
    with pytest.raises(NotFound, match="nothing of tiny is graded yet: gradfn grade tiny"):
        write_report(paper, unit)


def test_the_command_says_what_it_found_and_where_it_is(
    paper: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The default is a folder for reports in the course."""
    students = {
        "ada": Student((PASSED, PASSED)),
        "cleo": Student((KNOWN, PASSED)),
        "dan": Student((STUB, STUB)),
    }
    write_down(paper, paper.kit.unit("tiny"), students)
    monkeypatch.chdir(paper.root)
    for more, where in (([], "reports/tiny.html"), (["--out", "../tiny.html"], "../tiny.html")):
        assert main(["report", "tiny", *more]) == 0
        assert capsys.readouterr().out.splitlines() == [
            "tiny: 3 of 3 graded, 1.33 of 3 points on average, 1 needs attention",
            f"The report is in {where}",
        ]
        assert "squared" in Page(Path(where).read_text(encoding="utf-8")).text
    with pytest.raises(GradfnError, match=r"cannot write .*: Is a directory"):
        write_report(paper, paper.kit.unit("tiny"), tmp_path)
