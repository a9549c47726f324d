"""A made-up class as each system writes it: its own export of the class list, a download of an assignment.

CLASS                    some people; names with accents, hyphens and apostrophes, ids with leading zeros
ROSTERS                  by system: the bytes of its export, in its own encoding
download(system, ...)    its zip: what each person handed in, with the times that it writes
zip_of(files)            a zip of files by their paths
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

NOON = datetime(2026, 11, 28, 12, 0)


@dataclass(frozen=True)
class Person:
    """A student, and the numbers that the systems have given."""

    login: str
    first: str
    last: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def sid(self) -> str:
        return f"00{4700 + self.number}"

    @property
    def email(self) -> str:
        return f"{self.login}@example.org"

    @property
    def canvas(self) -> int:
        return 91000 + self.number

    @property
    def participant(self) -> int:
        return 550100 + 7 * self.number

    @property
    def squashed(self) -> str:
        """As Canvas writes it into a file's name."""
        return "".join(c for c in f"{self.last}, {self.first}".lower() if c.isalnum() or c == "_")


NAMES = """\
ada Ada Lovelace|ben Ben O'Hara|chloe Chloé Müller|jlp Jean-Luc Picard|grace Grace Hopper|kurt Kurt Gödel
emmy Emmy Noether|alan Alan Turing|li Li Na|maria_s María Sánchez|bob Bob Smith|bob2 Bob Smith
sofia Sofia Kovalevskaya|nina Nina van Houten|ola Ola Nordmann|pat Pat Lee|quin Quinn Fox|ravi Ravi Rao
sam Sam Øster|tess Tess Tüll|uma Uma Das|vera Vera Rubin|wen Wen Xu|xena Xena Zorn|yan Yan Yi|zoe Zoë Zed
hana Hana Ito|igor Igor Petrov|john John von-Neumann|kay Kay McNulty"""
CLASS = tuple(
    Person(*words[:2], " ".join(words[2:]), number)
    for number, words in enumerate(text.split() for text in NAMES.replace("\n", "|").split("|"))
)


def table(rows: Iterable[Sequence[object]], delimiter: str = ",", quote: bool = False) -> str:
    text = io.StringIO()
    style = csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n", quoting=style).writerows(rows)
    return text.getvalue()


def worksheet(people: Sequence[Person] = CLASS) -> bytes:
    """Moodle's grading worksheet of one assignment, with the times in Moodle's words."""
    header = ("Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade")
    rows = [
        (
            *header,
            "Grade can be changed",
            "Last modified (submission)",
            "Last modified (grade)",
            "Feedback comments",
        )
    ]
    for p in people:
        time = NOON + timedelta(minutes=p.number)
        said = f"{time:%A}, {time.day} {time:%B %Y}, {time:%I:%M %p}".replace(" 0", " ")
        who = (f"Participant {p.participant}", p.name, p.email)
        rows.append((*who, "Submitted for grading", "", "38.00", "Yes", said, "-", ""))
    return table(rows).encode("utf-8-sig")


def _canvas() -> bytes:
    header = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Tiny (1234)", "Tiny Current Score")
    rows: list[Sequence[object]] = [header, ("", "", "", "", "", "Manual Posting", "(read only)")]
    rows.append(("    Points Possible", "", "", "", "", "3.00", "(read only)"))
    rows += [(f"{p.last}, {p.first}", p.canvas, p.sid, p.login, "CS101", "", "") for p in CLASS]
    return table([*rows, ("Student, Test", 99999, "", "abc123", "CS101", "", "")]).encode()


def _blackboard() -> bytes:
    header = ("Last Name", "First Name", "Username", "Student ID", "Last Access", "Availability")
    rows: list[Sequence[object]] = [(*header, "Tiny [Total Pts: 3 Score] |123456")]
    rows += [(p.last, p.first, p.login, p.sid, "2026-11-27 10:00:00", "Yes", "") for p in CLASS]
    return b"\xff\xfe" + table(rows, "\t", quote=True).encode("utf-16-le")


def _brightspace() -> bytes:
    grade = "Tiny Points Grade <Numeric MaxPoints:3>"
    rows: list[Sequence[object]] = [
        ("OrgDefinedId", "Username", "Last Name", "First Name", "Email", grade, "End-of-Line Indicator")
    ]
    rows += [(f"#{p.sid}", f"#{p.login}", p.last, p.first, p.email, "", "#") for p in CLASS]
    return table(rows).encode("utf-8-sig")


def _moodle() -> bytes:
    header = ("First name", "Last name", "Username", "ID number", "Email address", "Assignment: Tiny (Real)")
    return table([header, *((p.first, p.last, p.login, p.sid, p.email, "-") for p in CLASS)]).encode(
        "utf-8-sig"
    )


def _csv() -> bytes:
    """As Excel saves it in a country of decimal commas; Excel has no other letters there."""
    header = ("id", "first_name", "last_name", "email")
    return table([header, *((p.login, p.first, p.last, p.email) for p in CLASS)], ";").encode("cp1252")


ROSTERS = {
    "moodle": _moodle(),
    "canvas": _canvas(),
    "brightspace": _brightspace(),
    "blackboard": _blackboard(),
    "csv": _csv(),
}
#: Who the gradebook's students are called after each.
Files = Mapping[str, bytes]


def zip_of(files: Mapping[str, bytes | str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return data.getvalue()


def download(system: str, handed_in: Mapping[Person, Files], unit: str = "tiny") -> bytes:
    """The system's zip of what people handed in: by person, the files of one try."""
    files: dict[str, bytes | str] = {}
    metadata = ""
    for p, own in handed_in.items():
        time = NOON + timedelta(minutes=p.number)
        for name, content in own.items():
            files[_PATHS[system](p, name, time, unit)] = content
        if system == "blackboard":
            about = f"Name: {p.name} ({p.login})\nAssignment: {unit}\nDate Submitted: ...\n"
            files[f"{unit}_{p.login}_attempt_{time:%Y-%m-%d-%H-%M-%S}.txt"] = about
        metadata += (
            f"submission_{p.number}:\n  :submitters:\n  - :name: {p.name}\n    :sid: '{p.sid}'\n"
            f"    :email: {p.email}\n  :created_at: {time:%Y-%m-%d %H:%M:%S}.123456000 Z\n  :score: 0.0\n"
        )
    if system == "gradescope":
        files["assignment_12_export/submission_metadata.yml"] = metadata
    if system == "brightspace":
        files["index.html"] = "<html></html>"
    return zip_of(files)


_PATHS = {
    "moodle": lambda p, name, time, unit: f"{p.name}_{p.participant}_assignsubmission_file_/{name}",
    "canvas": lambda p, name, time, unit: f"{p.squashed}_{p.canvas}_{70000 + p.number}_{name}",
    "brightspace": lambda p, name, time, unit: (
        f"{2000 + p.number}-51512 - {p.name} - {time:%b} {time.day}, {time.year} {time:%I%M %p}".replace(
            "- 0", "- "
        )
        + f"/{name}"
    ),
    "blackboard": lambda p, name, time, unit: f"{unit}_{p.login}_attempt_{time:%Y-%m-%d-%H-%M-%S}_{name}",
    "gradescope": lambda p, name, time, unit: f"assignment_12_export/submission_{p.number}/{name}",
    "plain": lambda p, name, time, unit: f"{p.login}/{name}",
}
