"""Record the system calls that workers make: autograder/grading/system_calls.json allows those.

    python -m tests.grading.record          run every answer that the kit knows under strace, write the file
    python -m tests.grading.record --run    only run them, which is what strace looks at

The answers are each unit's solution, as a script and as a notebook, its alternatives, its mistakes and its
wrong answers. A call counts from the moment when the worker's filter is in force. What calls
ask for that are allowed in part only (`seccomp.PARTLY`) is printed, for a person to compare.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import subprocess
import sys
import tempfile
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from autograder.declare import CPU, Mistake
from autograder.grading import oracle
from autograder.grading.sandbox import Sandbox, read_submission
from autograder.grading.seccomp import LIST, PARTLY
from autograder.units import script
from autograder.units.kit import Kit, KitUnit
from tests.conftest import ROOT

DRAWING = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
LINE = re.compile(r"^(\d+) +(?:<\.\.\. )?(\w+)(?:\(| resumed>)(.*)$")
FILTER = re.compile(r"PR_SET_SECCOMP|SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, \{len=\d+, ")
REFUSED = re.compile(r"= -1 (EPERM|ENOSYS) ")
BORN = re.compile(r"CLONE_THREAD.* = \d+ (?:/\* (\d+) in strace's PID NS \*/)?")


def answers(unit: KitUnit) -> Iterator[tuple[str, str]]:
    """An exercise and a source for its cell, for everything that the kit knows."""
    cells = script.split(unit.solution_file.read_text(encoding="utf-8"))
    own = {cell.name: cell.source for cell in cells if cell.name in unit.exercises}
    yield from own.items()
    for exercise, sources in import_module(f"tests.alternatives.{unit.name}").ALTERNATIVES.items():
        yield from ((exercise, source) for source in sources)
    for exercise, wrong in import_module(f"tests.wrong_answers.{unit.name}").WRONG.items():
        for edit in wrong.values():
            yield exercise, own[exercise].replace(*edit) if isinstance(edit, tuple) else edit
    names = {name: cell.name for cell in cells for name in cell.names}
    for mistake in oracle.mistakes_of(unit):
        name = names[mistake.name]
        yield (
            name,
            oracle.mistaken_cell(unit, mistake) if mistake.edits else f"{own[name]}\n\n{_code(mistake)}",
        )


def _code(mistake: Mistake) -> str:
    """A mistake that is a function or class of its own, under the name of the answer."""
    source = textwrap.dedent(inspect.getsource(mistake.replacement))
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef | ast.ClassDef)
    written, node.name, node.decorator_list = node.name, mistake.name, []
    return f"{ast.unparse(node)}\n{written} = {mistake.name}"


def run(unit: KitUnit) -> None:
    """Run them all, each in a worker of its own with the checks of its exercise."""
    cells = script.split(unit.solution_file.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"{unit.name}.py")
        file.write_text(script.join(cells), encoding="utf-8")
        read_submission(file, unit)
    with Sandbox(unit) as sandbox:
        sources = [("setup", cells[0].source), ("drawing", DRAWING)]
        sources += [(cell.name, cell.source) for cell in cells[1:] if cell.kind == "code"]
        sandbox.load(sources, notebook=True)
        for check in unit.all_checks:
            sandbox.check(check, 0)
    for exercise, source in answers(unit):
        mine = [replace(cell, source=source) if cell.name == exercise else cell for cell in cells]
        with Sandbox(unit) as sandbox:
            sandbox.load([(cell.name, cell.source) for cell in mine if cell.kind == "code"], notebook=False)
            for check in unit.checks_of(exercise, CPU):
                sandbox.check(check, 0)


def seen(lines: Iterable[str]) -> tuple[Counter[str], Counter[str]]:
    """The calls of workers in a log of strace, and the arguments of those that are allowed in part."""
    calls: Counter[str] = Counter()
    partly: Counter[str] = Counter()
    workers: set[str] = set()
    for line in lines:
        if not (found := LINE.match(line)):
            continue
        pid, name, rest = found.groups()
        if REFUSED.search(rest):
            continue
        if pid in workers and "<unfinished ...>" not in rest:  # a later line says whether it was refused
            calls[name] += 1
            if name in PARTLY:
                partly[name + "(" + re.sub(r"\w*\d\w*|\"[^\"]*\"", "…", rest)[:90]] += 1
            if born := BORN.search(rest):
                workers.add(born[1] or "")
        elif name in ("prctl", "seccomp") and FILTER.match(rest):
            workers.add(pid)
    return calls, partly


def main() -> None:
    """Run strace on this program, once for each profile, and write the file."""
    kit = Kit(ROOT)
    profiles: dict[str, list[KitUnit]] = {"numpy": [], "torch": []}
    for unit in kit.units():
        profiles["torch" if "torch" in unit.declaration.packages else "numpy"].append(unit)
    if "--run" in sys.argv:
        for unit in profiles[sys.argv[-1]]:
            run(unit)
        return
    known = json.loads(LIST.read_text(encoding="utf-8"))
    for profile in profiles:
        with tempfile.NamedTemporaryFile("r", suffix=".strace") as log:
            strace = ["strace", "-f", "-qq", "-s", "0", "--decode-pids=pidns", "-o", log.name]
            python = [sys.executable, "-m", "tests.grading.record", "--run", profile]
            subprocess.run([*strace, *python], check=True)
            calls, partly = seen(log)
        known["recorded"][profile] = " ".join(sorted(calls))
        print(profile, dict(calls), *sorted(partly.items()), sep="\n    ")
    LIST.write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
