"""How long `gradfn watch` takes from save to card: the real command in a pseudo-terminal.

    python -m tests.benchmarks.watch

A save is written as an editor writes it; the time ends when the card of that very save has been drawn. Each save
waits until the next process is warm, as a student who types does. Next to it, the same saves through pytest.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.kit import Kit
from tests.sessions import copy_of_the_kit
from tests.terminal import Terminal, environment
from tests.tiny import answered

ROUNDS = 15
PAUSE = 1.5  # seconds between saves
WANTED = 0.3
#: An exercise of each unit, and an answer to it that raises an error of its own at each save.
EXERCISES = {"perceptron": "step", "activations": "sigmoid", "graph": "topo_order", "modules": "init_weights"}
PROOF = "raise ValueError('save {} of {}')"


def seconds(kit: Kit, name: str, *arguments: str) -> list[float]:
    """The times from save to card, for one unit."""
    unit, exercise = kit.exercise(f"{name}.{EXERCISES[name]}")
    function, taken = exercise.names[0], []
    with Terminal(kit.root, f"{name}.{exercise.name}", *arguments) as terminal:
        terminal.wait("Not done yet", 60)
        for number in range(ROUNDS):
            terminal.read(PAUSE)
            proof = PROOF.format(number, name)
            beside = unit.folder / "saved.tmp"
            beside.write_text(answered(unit, **{function: proof}), encoding="utf-8")
            start = time.perf_counter()
            os.replace(beside, unit.stub_file)
            while f"save {number} of {name}" not in terminal.output:
                terminal.read()
            taken.append(time.perf_counter() - start)
    unit.stub_file.write_text(unit.recorded.stub, encoding="utf-8")
    return taken


def by_pytest(kit: Kit, name: str) -> list[float]:
    """The times of pytest's runs of the same exercise."""
    command = [sys.executable, "-m", "pytest", f"exercises/{name}", "-k", EXERCISES[name]]
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        settings = environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
        subprocess.run(command, cwd=kit.root, env=settings, capture_output=True, check=False)
        taken.append(time.perf_counter() - start)
    return taken


def main() -> None:
    """Print a table."""
    print(f"| from save to card | median of {ROUNDS} | slowest | pytest | wanted |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        kit = Kit(copy_of_the_kit(Path(folder)))
        for name in EXERCISES:
            row(name, seconds(kit, name), by_pytest(kit, name))
        row("activations, --poll", seconds(kit, "activations", "--poll"), None)


def row(name: str, taken: list[float], pytest: list[float] | None) -> None:
    """One line of the table; only units without torch have a wish."""
    wanted = "" if "poll" in name or "modules" in name else f"at most {WANTED} s"
    other = f"{statistics.median(pytest):.2f} s" if pytest else ""
    print(
        f"| {name} | {statistics.median(taken):.2f} s | {max(taken):.2f} s | {other} | {wanted} |", flush=True
    )


if __name__ == "__main__":
    main()
