"""What a download holds: who handed in what, and when, as its names say it.

recognise(found, form, people, ...)  the system that a download is from
tries(system, found, people, source) what each person handed in at one time, and the entries that say nobody
answers(entries, unit, units)        the file with the answers among those of a try
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path, PurePosixPath

import yaml

from autograder.errors import GradfnError
from autograder.grading.folder import MOST_READ, TIME
from autograder.nbgrader.lms.people import People
from autograder.nbgrader.lms.systems import SYSTEMS, System, system_named
from autograder.nbgrader.lms.unpack import Entry
from autograder.units.kit import KitUnit
from autograder.worker.outcome import harmless

#: What systems and browsers add to the name of a file that is there already.
COPY = re.compile(r"(?:-\d+| ?\(\d+\)|-Copy\d+| - Copy)+$")
SUFFIXES = (".ipynb", ".py")
AROUND = re.compile(r"submitted|submissions|assignment_\d+_export")  # folders that hold all of a download
METADATA = "submission_metadata.yml"
NOT_IDS = ("file", "order", "late", "time", "about")
Problems = list[tuple[str, str]]


@dataclass
class Try:
    """What one person handed in at one time."""

    ids: dict[str, str]  # who it is, by kind of id
    told: str = ""  # the time, as the download has it
    late: bool = False  # whether the download marks it so
    order: int = 0
    entries: list[Entry] = field(default_factory=list)
    student: str = ""
    time: datetime | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    state: str = ""  # what is done with it, in words
    assumed: bool = False  # whether its time is only how late it is to count
    counts: bool = False  # whether it is the student's submission, not an earlier try

    @property
    def who(self) -> str:
        """The person, as the download says it."""
        return harmless(" ".join(self.ids.values()))


def recognise(found: Sequence[Entry], form: str, people: People, source: Path) -> tuple[System, list[Entry]]:
    """The system of a download, or the one asked for; and the entries below the folders that hold them all.

    Each name at the top counts once: a student may hand in many files, named as another system writes them.
    """
    for depth in range(_shared(found, people, source) + 1):
        cut = [replace(entry, path="/".join(entry.path.split("/")[depth:])) for entry in found]
        tops = {entry.path.partition("/")[0] for entry in cut if entry.path.endswith((*SUFFIXES, ".zip"))}
        tops = tops or {entry.path.partition("/")[0] for entry in cut}
        for name, system in SYSTEMS.items():
            match = {entry.path.partition("/")[0] for entry in cut if system.match(entry.path)}
            marked = name != "gradescope" or any(entry.path == METADATA for entry in cut)
            if form in ("", name) and marked and 2 * len(match & tops) > len(tops):
                return system, cut
    return system_named(form or ("github" if any(source.glob("*/.git")) else "plain")), [*found]


def _shared(found: Iterable[Entry], people: People, source: Path) -> int:
    """How many folders hold all entries, one in the other, and have a download's name, not a person's.

    A student who is alone in a download, and unknown, may have packed folders with others' names.
    """
    levels = zip(*(entry.path.split("/")[:-1] for entry in found), strict=False)
    shared = (names[0].lower() for names in takewhile(lambda names: len({*names}) == 1, levels))
    own = COPY.sub("", source.resolve().stem).lower()  # a zip's or a folder's, once more inside of it
    return sum(
        1
        for _ in takewhile(
            lambda n: (n == own or AROUND.fullmatch(n)) and not people.find({"any": n})[0], shared
        )
    )


def tries(system: System, found: Sequence[Entry], people: People, source: Path) -> tuple[list[Try], Problems]:
    """The tries; and the entries that may hold answers, but say nothing of a person, with the reason."""
    metadata, logins = _metadata(found), _logins(system, found)
    depth = _shared(found, people, source)
    said = [system.match(e.path) if system.entry else _plain(e.path, depth, people, source) for e in found]
    versions: dict[tuple[str, ...], set[int]] = defaultdict(set)  # of a file that was handed in again
    for about in said:
        if about and "order" in about:
            versions[_version(about)].add(int(about["order"]))
    made: dict[object, Try] = {}
    strange = []
    for entry, about in zip(found, said, strict=True):
        if about is None:
            if entry.path.endswith((*SUFFIXES, ".zip")):
                strange.append((harmless(entry.path), f"its name is not as {system.title} writes them"))
            continue
        order = sorted(versions[_version(about)]).index(int(about["order"])) if "order" in about else 0
        ids = {kind: text for kind, text in about.items() if kind not in NOT_IDS}
        for who in metadata.get(ids.get("key", ""), [ids | logins.get(ids.get("any", ""), {})]):
            time = who.get("time", about.get("time", ""))
            who = {kind: text for kind, text in who.items() if kind != "time"}
            one = made.setdefault((*who.items(), time, order), Try(who, time, "late" in about, order))
            if "about" not in about:
                one.entries.append(replace(entry, path=about.get("file", entry.path)))
    return list(made.values()), strange


def _version(about: Mapping[str, str]) -> tuple[str, ...]:
    """A person's file, without what its name gets when it is handed in again."""
    path = PurePosixPath(about["file"].partition("/")[0])
    return about["name"], COPY.sub("", path.stem), path.suffix


def _plain(path: str, depth: int, people: People, source: Path) -> dict[str, str]:
    """Whose a file is: the first name on its path that is a student's, among those at the top."""
    names = PurePosixPath(path).with_suffix("").parts[: depth + 1]
    parts = [re.sub(r"\.zip$", "", name, flags=re.IGNORECASE) for name in names]
    for number, part in enumerate(parts, 1):
        if people.find({"any": part})[0]:
            return {"any": part, "time": _committed(source.joinpath(*parts[:number]))}
    return {"any": parts[-1]}


def _committed(folder: Path) -> str:
    """The time of a repository's last commit, which its author can set; nothing of the repository is run."""
    where = ["-c", "safe.directory=*", "--git-dir", str(folder / ".git")]
    command = ["git", *where, "cat-file", "commit", "HEAD"]
    limits = {**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOC_LIMIT": "16m"}
    try:
        if (folder / ".git").is_dir():
            said = subprocess.run(command, capture_output=True, env=limits, timeout=10, check=False)
            if found := re.search(rb"^committer .* (\d+) [+-]\d{4}$", said.stdout, re.MULTILINE):
                return f"{datetime.fromtimestamp(int(found[1]), UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (OSError, ValueError, subprocess.TimeoutExpired):
        pass  # no git, or no such time
    return ""


def _metadata(found: Iterable[Entry]) -> dict[str, list[dict[str, str]]]:
    """Who handed in each of Gradescope's submissions, and when: each member of a group has handed it in."""
    entry = next((entry for entry in found if entry.path == METADATA), None)
    result = {}
    try:
        for key, about in yaml.safe_load(entry.read()).items() if entry else ():
            time = about.get(":created_at", "")
            in_utc = isinstance(time, datetime) and time.tzinfo is None  # so YAML reads it
            result[key] = [
                {kind: str(who[f":{kind}"]) for kind in ("name", "sid", "email") if who.get(f":{kind}")}
                | {"time": f"{time} UTC" if in_utc else str(time)}
                for who in about[":submitters"]
            ]
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise GradfnError(f"{METADATA} is not as Gradescope writes it: {harmless(str(error))}") from error
    return result


def _logins(system: System, found: Iterable[Entry]) -> dict[str, dict[str, str]]:
    """The logins in the texts beside Blackboard's files, whose names can be split in several ways."""
    logins = {}
    for entry in found:
        if "about" in (about := system.match(entry.path) or {}):
            with suppress(GradfnError):
                text = entry.read().decode("utf-8-sig", "replace")
                if who := re.search(r"^Name:.*\(([^()]+)\)\s*$", text, re.MULTILINE):
                    logins[about["any"]] = {"login": who[1]}
    return logins


def time_told(made: Try, people: People) -> str:
    """When it was handed in, as names, Moodle's worksheet or a timestamp.txt have it; or an empty text."""
    told = made.told or people.notes.participants.get(made.ids.get("participant", ""), ["", ""])[1]
    stamp = next((entry for entry in made.entries if PurePosixPath(entry.path).name == TIME), None)
    return told.strip("- ") or (stamp.read()[:100].decode(errors="replace").strip() if stamp else "")


def answers(found: Iterable[Entry], unit: KitUnit, units: Sequence[str]) -> dict[str, bytes]:
    """The files with the answers, under the unit's name; raises GradfnError unless it is clear which."""
    named: list[Entry] = []  # as the unit
    like: list[Entry] = []  # with the unit's name in it, such as ada_activations.py
    others: list[Entry] = []
    rest = []
    for entry in found:
        path = PurePosixPath(entry.path)
        stem = COPY.sub("", path.stem).casefold()
        if path.suffix.lower() in SUFFIXES and stem not in {*units} - {unit.name} | {"checks", "conftest"}:
            word = re.search(rf"(?<![^\W_]){re.escape(unit.name)}(?![^\W_])", stem)
            (named if stem == unit.name else like if word else others).append(entry)
        elif path.name != TIME:
            rest.append(entry)
    contents: dict[str, dict[bytes, str]] = defaultdict(dict)
    meant = named or like or others
    for entry in meant:
        contents[unit.name + PurePosixPath(entry.path).suffix.lower()][entry.read()] = entry.path
    if any(len(same) > 1 for same in contents.values()) or (meant is others and len(others) > 1):
        if len(meant) > MOST_READ:
            raise GradfnError(f"which file holds the answers? {_paths(meant)}")
        return _all(meant)
    if not contents:
        for entry in rest:
            entry.read()  # what cannot be read says why
        raise GradfnError(f"no .ipynb or .py file with answers of {unit.name}: {_paths(rest)}")
    return {name: next(iter(same)) for name, same in contents.items()}


def _all(meant: Iterable[Entry]) -> dict[str, bytes]:
    """All of a few files: when they are graded, the one with answers counts. Students chose their names."""
    found: dict[str, bytes] = {}
    for entry in meant:
        path, data = PurePosixPath(entry.path), entry.read()
        stem, suffix = re.sub(r"[^\w ().-]|^\.", "_", path.stem)[:40], path.suffix.lower()
        names = (f"{stem}{again}{suffix}" for again in ("", *(f" ({n})" for n in range(2, MOST_READ + 1))))
        if data not in found.values():
            found[next(name for name in names if name not in found)] = data
    return found


def _paths(found: Sequence[Entry]) -> str:
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return ", ".join(harmless(entry.path) for entry in found[:5]) + more
