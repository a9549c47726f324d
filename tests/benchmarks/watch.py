"""How long `gradfn watch` takes from save to card: the real command in a pseudo-terminal.

    python -m tests.benchmarks.watch

A save is written as an editor writes it; the time ends when the card of that very save has been drawn.
Between two saves the next process gets warm, as while a student types. Beside it: pytest, same exercise.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.units.kit import Kit
from autograder.units.lookup import find_exercise
from tests.sessions import copy_of_the_kit
from tests.terminal import Terminal, environment
from tests.tiny import answered

ROUNDS = 11
PAUSE = 1.0  # seconds between saves ...
PAUSE_TORCH = 4.0  # ... and where the next process has to import torch
WANTED = 0.3
#: An exercise of each unit, and an answer to it that raises an error of its own at each save.
EXERCISES = {"perceptron": "step", "activations": "sigmoid", "graph": "topo_order", "modules": "init_weights"}
PROOF = "raise ValueError('save {} of {}')"


def seconds(kit: Kit, name: str, *arguments: str) -> list[float]:
    """The times from save to card, for one unit."""
    unit, exercise = find_exercise(kit, f"{name}.{EXERCISES[name]}")
    function, taken = exercise.names[0], []
    with Terminal(kit.root, f"{name}.{exercise.name}", *arguments) as terminal:
        terminal.wait("Not done yet", 60)
        for number in range(ROUNDS):
            terminal.read(PAUSE_TORCH if "torch" in unit.declaration.packages else PAUSE)
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
    for _ in range(3):
        start = time.perf_counter()
        settings = environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
        subprocess.run(command, cwd=kit.root, env=settings, capture_output=True, check=False)
        taken.append(time.perf_counter() - start)
    return taken


def row(name: str, taken: list[float], pytest: str, wanted: str) -> None:
    """Print one line of the table."""
    median, slowest = statistics.median(taken), max(taken)
    print(f"| {name} | {median:.2f} s | {slowest:.2f} s | {pytest} | {wanted} |", flush=True)


def main() -> None:
    """Print a table; what is wanted of NumPy units is not asked of torch and of polling."""
    print(f"| from save to card | median of {ROUNDS} | slowest | pytest | wanted |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        kit = Kit(copy_of_the_kit(Path(folder)))
        for name in EXERCISES:
            wanted = "" if "torch" in kit.unit(name).declaration.packages else f"at most {WANTED} s"
            row(name, seconds(kit, name), f"{statistics.median(by_pytest(kit, name)):.2f} s", wanted)
        row("activations, --poll", seconds(kit, "activations", "--poll"), "", "")


if __name__ == "__main__":
    main()
