"""One full run of the GPU tier on a real GPU: `python -m tests.gpu.run` prints tables, writes RESULTS.md.

1. The solution passes every check, in every dtype: how near the errors come to what is allowed, and what the
   checks measured.
2. Every mistake of the tier fails, and is named.
3. Answers that break the GPU end as named failures, and the judge goes on.

It needs torch, NumPy and pytest, and nothing else. `GRADFN_DEVICE=cpu` rehearses 1 and 2, and writes nothing.
"""

from __future__ import annotations

import contextlib
import datetime
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from autograder.declare import Check
from autograder.grading import oracle
from autograder.judging.judge import judge
from autograder.judging.results import Result
from autograder.units import gpu_tier
from autograder.units.kit import Kit, KitUnit
from autograder.units.recorded import PUBLIC_SEED
from autograder.worker.outcome import Outcome
from autograder.worker.run import run

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).with_name("RESULTS.md")

#: Answers to `predict` that end a process's use of the GPU, and the name that the judge must give it.
HARMFUL = {
    "out of memory": "torch.empty(2**50, device=X.device)",
    "an illegal memory access": (
        "kernel = torch.cuda.jiterator._create_jit_fn('template <typename T> T f(T x) { return *(T*)16; }')\n"
        "    kernel(X).sum().item()"
    ),
    "a device-side assertion": "torch.zeros(3, device=X.device)[torch.tensor([7], device=X.device)].cpu()",
    "no answer in time": "torch.cuda._sleep(2**50); torch.cuda.synchronize()",
}


def main() -> int:
    """Run everything; 1 where something is not as it should be."""
    if reason := gpu_tier.missing():
        print(f"not run ({reason})")
        return 2
    unit = Kit(ROOT).unit("modules")
    lines, wrong = [f"# The GPU tier, as run\n\n{_machine()}\n"], []
    for part in (solutions(unit), mistakes(unit), *([harm(unit)] if gpu_tier.device() == "cuda" else [])):
        for line, right in part:
            print(line, flush=True)
            lines.append(line)
            wrong += [] if right else [line]
    total = f"\n{'Everything is as it should be.' if not wrong else f'{len(wrong)} lines are not right.'}"
    print(total)
    if gpu_tier.device() == "cuda":
        RESULTS.write_text("\n".join([*lines, total, ""]), encoding="utf-8")
    return 1 if wrong else 0


def _machine() -> str:
    import torch

    name = torch.cuda.get_device_name() if gpu_tier.device() == "cuda" else "none, a rehearsal on the CPU"
    return (
        f"{datetime.date.today()} · {name} · torch {torch.__version__} · CUDA {torch.version.cuda} · "
        f"Python {platform.python_version()}"
    )


Lines = Iterator[tuple[str, bool]]


def solutions(unit: KitUnit) -> Lines:
    """What the solution comes to in each check: its largest error in units of what is allowed."""
    yield "\n| exercise | check | passed | error / allowed | measured |\n|---|---|---|---|---|", True
    answers = oracle.solution_of(unit)
    for exercise in unit.exercises:
        for place in gpu_tier.settings(unit.all_checks):
            checks = unit.checks_of(exercise, place)
            outcomes = {check.name: run(check, answers, PUBLIC_SEED) for check in checks}
            results = judge(unit, exercise, outcomes, unit.recorded, setting=place)
            for check, result in zip(checks, results, strict=True):
                share, passed = nearness(unit, check, outcomes[check.name]), result.status == "passed"
                said = outcomes[check.name].printed.strip() or ("" if passed else result.message)
                words = " ".join(said.split()).replace("|", "/")
                yield (
                    f"| {exercise} | {check.label} | {'yes' if passed else '**no**'} | {share} | {words} |",
                    passed,
                )


def nearness(unit: KitUnit, check: Check, outcome: Outcome) -> str:
    """The largest error as a share of what is allowed; empty where no number was compared."""
    right = unit.recorded.answers[check.exercise][check.name].returned
    shares = [
        float(np.max(np.abs(a - b) / (check.atol + check.rtol * np.abs(a)), initial=0.0))
        for a, b in _numbers(right, outcome.returned)
    ]
    return f"{max(shares):.2f}" if shares else ""


def _numbers(a: Any, b: Any) -> Iterator[tuple[Any, Any]]:
    """The pairs of floats at the same places of two pieces of plain data."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in a.keys() & b.keys():
            yield from _numbers(a[key], b[key])
    elif isinstance(a, list | tuple) and isinstance(b, list | tuple):
        for pair in zip(a, b, strict=False):
            yield from _numbers(*pair)
    elif isinstance(a, float | np.ndarray) and isinstance(b, float | np.ndarray):
        yield np.asarray(a, float), np.asarray(b, float)


def mistakes(unit: KitUnit) -> Lines:
    """Which checks each mistake of the tier fails, and whether it is called by its name."""
    yield "\n| exercise | mistake of the tier | fails | named |\n|---|---|---|---|", True
    owner = {name: exercise.name for exercise in unit.exercises.values() for name in exercise.names}
    for mistake in oracle.mistakes_of(unit):
        if mistake.tier == "cpu":
            continue
        exercise, answers = owner[mistake.name], oracle.with_mistake(unit, mistake)
        results: list[Result] = []
        for place in gpu_tier.settings(unit.all_checks):
            checks = unit.checks_of(exercise, place)
            outcomes = {
                check.name: run(check, answers, PUBLIC_SEED, *oracle.home_of(mistake)) for check in checks
            }
            results += judge(unit, exercise, outcomes, unit.recorded, setting=place)
        failed = [result.check for result in results if result.status != "passed"]
        named = any(result.mistake == mistake.title for result in results)
        yield (
            f"| {exercise} | {mistake.title} | {', '.join(failed)} | {'yes' if named else '**no**'} |",
            named,
        )


def harm(unit: KitUnit) -> Lines:
    """What `gradfn judge --tier gpu` says of answers that break the GPU; each in processes of its own."""
    yield "\n| an answer with | ends as | the other exercises |\n|---|---|---|", True
    text = unit.solution_file.read_text(encoding="utf-8")
    for name, code in HARMFUL.items():
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "modules.py"
            file.write_text(
                text.replace("was_training = {part: part.training for part in model.modules()}", code),
                encoding="utf-8",
            )
            command = [sys.executable, "-m", "autograder.cli", "judge", "modules", str(file), "--tier", "gpu"]
            done = subprocess.run(
                [*command, "--unconfined"], cwd=ROOT, capture_output=True, text=True, check=False
            )
        last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr.strip()
        yield (
            f"| {name} | {'named' if name in done.stdout else '**not named**'} | {last} |",
            name in done.stdout,
        )


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        sys.exit(main())
