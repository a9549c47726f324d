"""The attack corpus and its arena: what attacks may steal or damage, and what they left behind.

read(path) -> Attack      a file of tests/attacks: what it tries, and what its report must show
handed_in(attack, unit)   the attack as a submission, with right answers to everything else
broken(promise, report)   how a report differs from what the attack's file requires
pairs()                   the attacks of two submissions at once
honest(unit)              right answers, and a cell that looks for what others left
leaks(report)             what leaked into the report, or would harm its reader
stumbles(report)          signs that an attack's own code is broken
Arena                     a kit, a course with secrets, a victim, sockets; `traces()` finds what was left
"""

from __future__ import annotations

import ast
import contextlib
import ctypes
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from autograder.answers.submission import Submission, from_notebook, from_script
from autograder.grading import grade, processes, sandbox
from autograder.judging.results import Report
from autograder.nbgrader.course import make_course
from autograder.nbgrader.outputs import safe_outputs
from autograder.units import script
from autograder.units.kit import Kit, KitUnit
from autograder.worker.outcome import BLANKS
from autograder.worker.parsing import notebook_cells

FOLDER = Path(__file__).parent / "attacks"
EVIDENCE, CANARY, MARK = "EVIDENCE", "gradfn-canary", "gradfn-attack"
LONGEST_REPORT = 200_000  # characters of a report that somebody is to read
SHARED_MEMORY_KEY = 0x67726164
PORTS, ABSTRACT = range(47_010, 47_030), "gradfn-attack-arena"
SUBREAPER = 36  # prctl's name for "orphans below me become my children"

#: What each copied unit keeps of its checks, so that a submission takes less than a second.
SHORT = """

from dataclasses import replace as _replace

from autograder.declare import Check as _Check

for _name, _value in list(globals().items()):
    if isinstance(_value, _Check):
        if _value.exercise in {kept!r}:
            globals()[_name] = _replace(_value, seconds={seconds!r})
        else:
            del globals()[_name]
"""
KEPT = {
    "activations": ({"sigmoid", "relu", "value_sigmoid"}, 1.0),
    "autograd": ({"no_grad", "hvp", "checkpoint", "trace"}, 2.0),
    "graph": ({"topo_order", "backward"}, 2.0),
    "perceptron": ({"step", "signed_distance", "train_perceptron", "xor_by_hand"}, 1.0),
    "modules": ({"predict", "checkpointed_forward"}, 5.0),
}


@dataclass(frozen=True)
class Attack:
    """A file of the corpus: `must` is what its report must show, `harm` what it could do unconfined."""

    path: Path
    tries: str
    must: str
    unit: str
    harm: str

    @property
    def notebook(self) -> bool:
        return self.path.suffix == ".ipynb"


def read(path: Path) -> Attack:
    """The attack in a file, by its docstring or its first cell: a sentence, then lines of `name: value`."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        words = notebook_cells(text, path.name)[0]["source"]
    else:
        words = ast.get_docstring(ast.parse(text)) or ""
    tries, _, rest = words.partition("\n\n")
    fields = dict(re.findall(r"^(\w+): (.+)$", rest, re.MULTILINE))
    return Attack(
        path, tries, fields.get("must", "full"), fields.get("unit", "perceptron"), fields.get("harm", "")
    )


def honest(unit: KitUnit) -> Submission:
    """Right answers, and a cell that looks for what others left."""
    return handed_in(replace(read(FOLDER / "_honest.py"), unit=unit.name), unit)


def corpus() -> list[Attack]:
    """Every attack; files whose names start with an underscore are parts of attacks."""
    return [read(p) for p in sorted(FOLDER.glob("*.*")) if p.name[0] not in "_." and p not in pairs()]


def pairs() -> list[Path]:
    """The attacks of two submissions that are graded at once: one holds something that the other measures."""
    return sorted(FOLDER.glob("pair_*.py"))


def half_of_a_pair(path: Path, role: str, start: float, end: float) -> str:
    """The cell of one of the two, which holds or measures from `start` to `end` of the machine's clock."""
    driver = (FOLDER / "_pair.py").read_text(encoding="utf-8")
    return f"ROLE, START, END = {role!r}, {start}, {end}\n{path.read_text(encoding='utf-8')}\n{driver}"


def handed_in(attack: Attack, unit: KitUnit) -> Submission:
    """The solution with the attack in it: own cells in front, an exercise's behind its right answer."""
    text = attack.path.read_text(encoding="utf-8")
    if not attack.notebook:
        return from_script(script.join(_joined(unit, script.split(text))), unit, attack.path.name)
    cells = [cell for cell in notebook_cells(text, attack.path.name) if cell["cell_type"] == "code"]
    ids = [str(cell["metadata"].get("nbgrader", {}).get("grade_id", "")) for cell in cells]
    theirs = [
        script.Cell(name or script.SETUP, cell["source"]) for name, cell in zip(ids, cells, strict=True)
    ]
    made = [_notebook_cell(cell.name, cell.source) for cell in _joined(unit, theirs)]
    return from_notebook(json.dumps({"cells": made}), unit, attack.path.name)


def _joined(unit: KitUnit, theirs: list[script.Cell]) -> Iterator[script.Cell]:
    tools = (FOLDER / "_tools.py").read_text(encoding="utf-8")
    right = script.split(unit.solution_file.read_text(encoding="utf-8"))
    own = [cell for cell in theirs if cell.name not in unit.exercises]
    yield replace(right[0], source=tools)
    for cell in own:
        yield replace(cell, source=cell.source or "pass")
    for cell in right[1:]:
        added = [other.source for other in theirs if other.name == cell.name]
        source = re.sub(r"^ *###.*\n", "", cell.source + "\n", flags=re.MULTILINE)
        yield replace(cell, source="\n\n".join([source, *added]))


def _notebook_cell(name: str, source: str) -> dict[str, Any]:
    marks = {} if name == script.SETUP else {"nbgrader": {"grade_id": name}}
    return {"cell_type": "code", "metadata": marks, "source": source}


def broken(promise: str, report: Report) -> Iterator[str]:
    """How the report differs from what the attack's file requires.

    full                 every answer got its points
    nothing runs         no check was run
    nothing passes       no check got its points
    no points for step   whatever becomes of the others
    step loses points    some check of it did not pass; all others got their points
    step is judged       the same, and all of its other checks count as failed
    step fails           no check of it passed; all others got their points
    step times out       the same, and its time was up
    """
    passed = {result.exercise for result in report.checks if result.points}
    short = {result.exercise for result in report.checks if result.points != result.max_points}
    match promise.split():
        case ["full"]:
            kept = not short
        case ["nothing", "runs"]:
            kept = {result.status for result in report.checks} == {"not run"}
        case ["nothing", "passes"]:
            kept = not passed
        case ["no", "points", "for", exercise]:
            kept = exercise not in passed and bool(report.of(exercise))
        case [exercise, "loses", "points"]:
            kept = short == {exercise}
        case [exercise, "is", "judged"]:
            kept = short == {exercise} and {r.status for r in report.checks if not r.points} == {"failed"}
        case [exercise, "fails"]:
            kept = short == {exercise} and exercise not in passed
        case [exercise, "times", "out"]:
            late = "timeout" in {result.status for result in report.of(exercise)}
            kept = late and short == {exercise} and exercise not in passed
        case _:
            kept = False
    if not kept:
        yield f"not {promise}: {[(r.exercise, r.check, r.status) for r in report.checks if not r.points]}"


def leaks(report: Report) -> Iterator[str]:
    """Evidence in the report, and text in it that would harm a terminal, a file or a page."""
    shown = [output for piece in report.outputs for output in safe_outputs(piece)]
    for word in (EVIDENCE, CANARY):
        whole = json.dumps([report.to_dict(), shown, repr(report.outputs)], ensure_ascii=False)
        if word in whole:
            yield f"got out: {whole[max(whole.index(word) - 200, 0) :][:600]}"
    texts = [*_texts(report.to_dict()), *_texts(shown)]
    for text in texts:
        if bad := {c for c in text if c in BLANKS or not (c.isprintable() or c in "\n\t")}:
            yield f"shown to who reads it: {sorted(bad)} in {text[:200]!r}"
    if (size := sum(map(len, texts))) > LONGEST_REPORT:
        yield f"the report has {size} characters"


def stumbles(report: Report) -> Iterator[str]:
    """Signs that the attack's own cells are broken, so that it proves nothing."""
    for note in report.notes:
        if note.startswith(script.SETUP) or re.search("NameError|SyntaxError|ImportError", note):
            yield f"the attack itself is broken: {note}"


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            if key != "image/png":
                yield from _texts(value)
    elif isinstance(data, list | tuple):
        for item in data:
            yield from _texts(item)


def with_short_limits(patch: pytest.MonkeyPatch, arena: Arena, load_seconds: float = 3.0) -> None:
    """Give submissions less time, and a secret to find."""
    patch.setenv("GRADFN_SECRET", CANARY)
    patch.setattr(sandbox, "GRACE", 0.5)
    patch.setattr(processes, "LAST_WORDS_SECONDS", 0.1)
    patch.setattr(sandbox, "CELL_SECONDS", 1.0)
    patch.setattr(grade, "Sandbox", partial(sandbox.Sandbox, load_seconds=load_seconds))
    patch.setattr(tempfile, "tempdir", str(arena.temporary))


class Arena:
    """Where attacks run: what an attack may want, and a search for what it left."""

    def __init__(self, folder: Path, real: Kit) -> None:
        self.folder = folder
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.kit = Kit(folder / "kit")
        for name in KEPT:
            self._copy(real, name)
        self._make_course()
        self._doors = list(_doors())
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
        self._victim = subprocess.Popen(["sleep", "86400"], env={"CANARY": CANARY})
        self._others: set[int] = set()
        self._others = set(self._processes())  # of earlier tests
        self._shared = Path(f"/dev/shm/{CANARY}-{os.getpid()}")
        self._shared.write_text(CANARY)
        self._host = socket.gethostname()
        self._old = set(self._marked())

    def close(self) -> None:
        """End what was started and remove what was written."""
        self._victim.kill()
        self._victim.wait()
        self._shared.unlink()
        for door in self._doors:
            door.close()
        ctypes.CDLL(None).prctl(SUBREAPER, 0, 0, 0, 0)

    def _copy(self, real: Kit, name: str) -> None:
        for room in ("exercises", "solutions"):
            shutil.copytree(real.root / room / name, self.kit.root / room / name)
        kept, seconds = KEPT[name]
        with (self.kit.root / "exercises" / name / "checks.py").open("a", encoding="utf-8") as file:
            file.write(SHORT.format(kept=kept, seconds=seconds))
        for file_name in ("by_torch.py", "mistakes.py"):
            with (self.kit.root / "solutions" / name / file_name).open("a", encoding="utf-8") as file:
                file.write(f"\n# {CANARY}\n")

    def _make_course(self) -> None:
        course = make_course(self.folder / "course", self.kit)
        unit = self.kit.unit("perceptron")
        others = course.submitted_folder(unit, "ada") / "perceptron.py"
        recorded = course.private / "recorded" / f"perceptron-{course.seed(unit)}.json"
        for path in (others, recorded, course.root / "gradebook.db"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(CANARY)

    def traces(self) -> Iterator[str]:
        """What was left or damaged; it is removed, so that the next attack starts clean."""
        if self._victim.poll() is not None:
            yield "the victim was killed"
        for pid, words in self._left_running().items():
            yield f"left running: {pid} {words}"
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        for door in self._doors:
            with contextlib.suppress(BlockingIOError):
                door.accept()[0].close()
                yield f"somebody knocked at {door.getsockname()!r}"
        for path in set(self._marked()) - self._old:
            yield f"left lying: {path}"
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if left := [path.name for path in self.temporary.iterdir() if "gradfn-kit-" not in path.name]:
            yield f"left in the temporary folder: {left}"
        libc = ctypes.CDLL(None)
        if (segment := libc.shmget(SHARED_MEMORY_KEY, 0, 0)) >= 0:
            libc.shmctl(segment, 0, None)
            yield "left a segment of shared memory"
        if MARK in Path("/proc/keys").read_text():
            yield "left a key in the kernel's keyrings"
        if socket.gethostname() != self._host:
            yield "renamed the machine"

    def _left_running(self, seconds: float = 1.0) -> dict[int, str]:
        """New processes below this one, after a moment in which they may end."""
        end = time.monotonic() + seconds
        while (left := self._processes()) and time.monotonic() < end:
            time.sleep(0.01)
        return left

    def _processes(self) -> dict[int, str]:
        """Processes below this one, orphans too, but for the victim and one sandbox's two: pid and name."""
        parents, names = {}, {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, ValueError):
                name, _, rest = (folder / "stat").read_text().partition(" (")[2].rpartition(") ")
                state, parent = rest.split()[:2]
                pid = int(folder.name)
                if state == "Z" and int(parent) == os.getpid() and name not in ("bwrap", "sleep"):
                    os.waitpid(pid, os.WNOHANG)  # an orphan: nobody else would
                elif state != "Z":
                    parents[pid], names[pid] = int(parent), name
        children = {pid for pid, parent in parents.items() if parent == os.getpid()}
        sandbox = [pid for pid in children if names[pid] == "bwrap"][:1]
        servers = [pid for pid, parent in parents.items() if parent in sandbox][:1]
        below, grown = set(children), children
        while grown:
            grown = {pid for pid, parent in parents.items() if parent in grown}
            below |= grown
        known = {self._victim.pid, *sandbox, *servers, *self._others}
        return {pid: names[pid] for pid in below - known}

    def _marked(self) -> Iterator[Path]:
        """Files with the attacks' mark, wherever an attack could have left one."""
        here = Path(__file__).resolve().parents[1]
        packages = {Path(path) for path in sys.path if path and Path(path).is_dir()}
        system = "/ /tmp /var/tmp /dev /dev/shm /run /etc /etc/cron.d /etc/profile.d /home /var/lib /usr/lib"
        rooms = [here / room for room in ("autograder", "autograder/worker", "engine", "exercises")]
        folders = {
            *map(Path, system.split()),
            Path.home(),
            here,
            *rooms,
            *packages,
            Path(sys.prefix),
            Path.cwd(),
        }
        for folder in folders:
            for place in (folder, folder / "__pycache__"):
                with contextlib.suppress(OSError):
                    yield from (Path(entry) for entry in os.scandir(place) if MARK in entry.name)
        yield from self.kit.root.rglob(f"*{MARK}*")


def _doors() -> Iterator[socket.socket]:
    """Listening sockets: one on the network, one with an abstract name."""
    for family, names in (
        (socket.AF_INET, [("127.0.0.1", port) for port in PORTS]),
        (socket.AF_UNIX, [f"\0{ABSTRACT}-{number}" for number in range(10)]),
    ):
        door = socket.socket(family)
        for name in names:
            with contextlib.suppress(OSError):
                door.bind(name)
                break
        door.listen()
        door.setblocking(False)
        yield door


def as_text(report: Report) -> str:
    """A report for a failed test's message."""
    return json.dumps({**asdict(report), "outputs": repr(report.outputs)[:2000]}, indent=1, default=repr)[
        :6000
    ]
