"""How long a student waits: a unit's pytest run against an empty one, each in a fresh process.

    python -m tests.benchmarks.student

Runs alternate, so that a busy machine slows all alike; medians are printed, and their ratio to the empty run:
once with the plugins that are installed here, once without any, as in a student's own environment.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 9
WANTED = 1.3
UNITS = ("perceptron", "activations")
EMPTY = "an empty run"
#: Settings of pytest's environment, and what they stand for.
ENVIRONMENTS = {
    "plugins as installed for `make test`": {},
    "no plugins, as a student installs it": {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
}


def seconds(arguments: list[str], folder: Path, settings: dict[str, str]) -> float:
    """The wall-clock time of one pytest run."""
    command = [sys.executable, "-m", "pytest", *arguments]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | settings
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    return time.perf_counter() - start


def medians(settings: dict[str, str]) -> dict[str, float]:
    """The median time of an empty run, and of each unit on its stub."""
    times: dict[str, list[float]] = {name: [] for name in (EMPTY, *UNITS)}
    with tempfile.TemporaryDirectory() as empty:
        Path(empty, "test_nothing.py").write_text("def test_nothing():\n    pass\n", encoding="utf-8")
        for _ in range(ROUNDS):
            times[EMPTY].append(seconds(["-q", "-p", "no:cacheprovider"], Path(empty), settings))
            for unit in UNITS:
                times[unit].append(seconds([f"exercises/{unit}"], ROOT, settings))
    return {name: statistics.median(taken) for name, taken in times.items()}


def main() -> None:
    """Print a table for each environment."""
    for title, settings in ENVIRONMENTS.items():
        found = medians(settings)
        print(f"\n| pytest, {title} | median of {ROUNDS} | ratio | wanted |")
        print("| --- | --- | --- | --- |")
        for name, median in found.items():
            wanted = "" if name == EMPTY else f"at most {WANTED}"
            print(f"| {name} | {median:.2f} s | {median / found[EMPTY]:.2f} | {wanted} |")


if __name__ == "__main__":
    main()
