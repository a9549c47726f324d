"""The table of attacks in SECURITY.md, made from the corpus: `python -m tests.security_table` rewrites it."""

from __future__ import annotations

import sys
from collections import defaultdict

from tests.attack_arena import corpus, pairs
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


if __name__ == "__main__":
    FILE.write_text(rewritten(FILE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{FILE.name}: {len(corpus())} attacks, {len(pairs())} of pairs\n")
