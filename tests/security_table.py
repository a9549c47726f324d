"""The table of attacks in SECURITY.md, made from the corpus: `python -m tests.security_table` rewrites it.

`python -m tests.security_table wasm` grades the corpus in another way than bubblewrap, for half an hour, and
prints how many of each kind end as their files say, and of the others what came of them.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from autograder.grading.confinement import UNCONFINED
from autograder.grading.grade import grade_submission
from autograder.grading.isolation import ISOLATION, WAYS
from autograder.units.kit import Kit
from tests.attack_arena import Arena, broken, corpus, handed_in, leaks, pairs, with_short_limits
from tests.conftest import ROOT

FILE = ROOT / "SECURITY.md"
BEGIN, END = "<!-- attacks -->\n", "<!-- end of attacks -->"
#: What each kind of attack tries, by the first word of its file, and the layers that stop it.
KINDS = {
    "bomb": ("use up memory, processes, descriptors, disk, signals", "limits, control group, system calls"),
    "crash": ("end its own process or the judge's", "one process for each submission, plain data"),
    "daemon": ("stay behind when the submission is over", "process namespace, system calls"),
    "fence": ("use ready-made code where it is to be written", "a process in which that code is gone"),
    "forge": (
        "answer the judge in the worker's name",
        "the channel's checks, the judge's own clock and kernel",
    ),
    "huge": ("answer with more than the judge can take", "caps on size, depth and number of parts"),
    "kernel": ("reach the kernel by calls that answers do not need", "system calls, no capabilities"),
    "leave": ("leave something for the next submission", "namespaces, an own /tmp, read-only mounts"),
    "lie": ("look right in a comparison without being right", "plain data, compared by the judge"),
    "loop": ("never come to an end", "time limits inside, the judge's clock outside"),
    "notebook": ("use what only a notebook can do", "no shell, no kernel, outputs as text and pictures"),
    "pair": (
        "tell another submission something, or take from it, at the same time",
        "system calls, namespaces, limits of its own",
    ),
    "patch": ("change the code that checks it", "the judge compares in its own process"),
    "read": (
        "read files, memory, settings of the machine or of others",
        "mounts, Landlock, namespaces, system calls",
    ),
    "share": ("talk to another submission, or disturb it", "system calls, namespaces"),
    "signal": ("send signals to others", "process namespace"),
    "socket": ("reach a network", "network namespace, system calls"),
    "text": ("harm who reads the report", "texts are cut, and made visible"),
    "torch": ("use what torch brings along", "mounts, system calls, plain data"),
}


def table() -> str:
    """The table in Markdown, one row for each kind."""
    tries: dict[str, list[str]] = defaultdict(list)
    for path in [*(attack.path for attack in corpus()), *pairs()]:
        kind, _, name = path.stem.partition("_")
        tries[kind].append(name.replace("_", " "))
    rows = [
        f"| {kind} | {len(names)} | {KINDS[kind][0]} | {', '.join(names)} | {KINDS[kind][1]} |"
        for kind, names in sorted(tries.items())
    ]
    head = ["| kind | files | tries to | by | stopped by |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"


def rewritten(text: str) -> str:
    """SECURITY.md with the table as it is now."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


def try_all(way: str) -> None:
    """Grade the corpus in a way, and print a table."""
    os.environ[ISOLATION] = way
    ended, tried = Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv(UNCONFINED, "")
        arena = Arena(Path(folder), Kit(ROOT))
        with_short_limits(patch, arena, 20.0)
        print("| attack | what came of it |\n|---|---|")
        for attack in corpus():
            kind, unit = attack.path.stem.partition("_")[0], arena.kit.unit(attack.unit)
            if WAYS[way].unfit(unit, ()):
                continue
            report = grade_submission(unit, handed_in(attack, unit), unit.recorded)
            tried[kind] += 1
            wrong = [*broken(attack.must, report), *leaks(report), *arena.traces()]
            ended[kind] += not wrong
            if wrong:
                words = [line for r in report.checks if not r.points for line in r.message.splitlines()[1:2]]
                said = [*words[:1], *report.notes[:1], *report.account.ended[:1], wrong[0][:200]]
                print(
                    f"| {attack.path.stem} | {report.points:g} points. {' '.join(' '.join(said).split())} |"
                )
        arena.close()
    print("\n| kind | files | as with bubblewrap |\n|---|---|---|")
    for kind, number in sorted(tried.items()):
        print(f"| {kind} | {number} | {ended[kind]} |")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        try_all(sys.argv[1])
        sys.exit()
    FILE.write_text(rewritten(FILE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{FILE.name}: {len(corpus())} attacks, {len(pairs())} of pairs\n")
