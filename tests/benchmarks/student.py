"""How long a student waits: a unit's pytest run against an empty one, each in a fresh process.

    python -m tests.benchmarks.student

Runs alternate, so that a busy machine slows both; medians are printed, and their ratio.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 7
LIMIT = 1.5


def seconds(arguments: list[str], folder: Path) -> float:
    """The wall-clock time of one pytest run."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=folder, capture_output=True, check=False)
    return time.perf_counter() - start


def main() -> None:
    """Print the table: an empty run, each NumPy unit on its stub, the ratio."""
    units = ("perceptron", "activations")
    times: dict[str, list[float]] = {name: [] for name in ("an empty run", *units)}
    with tempfile.TemporaryDirectory() as empty:
        Path(empty, "test_nothing.py").write_text("def test_nothing():\n    pass\n", encoding="utf-8")
        for _ in range(ROUNDS):
            times["an empty run"].append(seconds(["-q", "-p", "no:cacheprovider"], Path(empty)))
            for unit in units:
                times[unit].append(seconds([f"exercises/{unit}"], ROOT))
    base = statistics.median(times["an empty run"])
    print(f"| pytest | median of {ROUNDS} | ratio | asked |")
    print("| --- | --- | --- | --- |")
    for name, taken in times.items():
        asked = "" if name not in units else f"at most {LIMIT}"
        median = statistics.median(taken)
        print(f"| {name} | {median:.2f} s | {median / base:.2f} | {asked} |")


if __name__ == "__main__":
    main()
