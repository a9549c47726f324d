"""Figures for a program people run, and for compiled code: `python -m tests.benchmarks.engine` prints them.

gpt       one document of a GPT of 4,064 parameters: forward and backward, on every peer
batches   two moons over 10,000 points: map and sum against a loop over value_and_grad
native    two moons in Python code and in C
compiling microseconds an op, by stage
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import torch

import engine
from engine import Value
from engine import functional as F
from tests.benchmarks import gpt
from tests.benchmarks.engine import SIZES, WEIGHTS, loss_of, moons, ms, table, tensor, timed


def bench_gpt(document: str = "hypatia") -> None:
    """One document on microgpt.py's class, ours eager and compiled, torch scalars and torch tensors."""
    gpt.allow_recursion()
    makes: dict[str, Any] = {"microgpt's class": gpt.Micro, "engine, eager": Value, "torch scalars": tensor}
    models = {name: gpt.GPT(gpt.weights(make)) for name, make in makes.items()}
    models["engine, @compile on four functions"] = compiled = gpt.GPT(gpt.weights(Value), engine.compile)
    start = time.process_time()
    for each in gpt.DOCUMENTS:
        gpt.step(each, compiled)
    first = time.process_time() - start
    start = time.process_time()
    for each in gpt.DOCUMENTS:
        gpt.step(each, compiled)
    compiling = first - (time.process_time() - start)
    tensors = {
        name: torch.tensor(rows, dtype=torch.float64, requires_grad=True)
        for name, rows in gpt.weights(float).items()
    }

    def by_tensors() -> float:
        loss = gpt.by_tensors(document, tensors)
        loss.backward()
        return loss.item()

    runs: dict[str, Callable[[], float]] = {
        name: lambda model=model: gpt.step(document, model) for name, model in models.items()
    }
    runs["torch tensors"] = by_tensors
    losses = [run() for run in runs.values()]
    assert max(losses) - min(losses) <= 1e-12 * max(losses), losses
    slow = timed(runs["torch scalars"], rounds=3, clock=time.process_time)[0]
    others = [name for name in runs if name != "torch scalars"]
    times = dict(
        zip(others, timed(*[runs[name] for name in others], rounds=9, clock=time.process_time), strict=True)
    )
    times["torch scalars"] = slow
    micro, eager = times["microgpt's class"], times["engine, eager"]
    rows = [[name, ms(times[name]), f"{micro / times[name]:.1f}x"] for name in runs]
    repaid = compiling / (eager - times["engine, @compile on four functions"])
    table(
        f"A GPT of 4,064 parameters, one document of 8 positions, about 62,000 ops, CPU time; compiling for "
        f"all lengths takes {compiling:.2f} s, repaid after {repaid:.0f} steps",
        ["on", "forward and backward", "times as fast as microgpt's class"],
        rows,
    )


def loss_on(layers: Any, point: Any, label: Any) -> Any:
    """The hinge loss of one point."""
    h = list(point)
    for k, layer in enumerate(layers):
        h = [sum((w * x for w, x in zip(ws, h, strict=True)), b) for ws, b in layer]
        h = [F.relu(v) for v in h] if k + 2 < len(SIZES) else h
    return F.relu(1 + -label * h[0])


def layers_of(params: Any) -> Any:
    """Weights and biases of the network."""
    it = iter(params)
    return [[([next(it) for _ in range(i)], next(it)) for _ in range(o)] for i, o in pairwise(SIZES)]


def bench_batches(count: int = 10_000) -> None:
    """The summed loss and gradient over many points."""
    points, labels = moons(count)
    params = [Value(w) for w in WEIGHTS]
    layers = layers_of(params)
    one = engine.compile(lambda point, label: loss_on(layers, point, label))
    single = engine.compile(lambda *a: loss_on(layers_of(a[:-3]), a[-3:-1], a[-1]))

    def by_loop() -> tuple[float, list[float]]:
        total, grads = 0.0, [0.0] * len(WEIGHTS)
        for (x, y), label in zip(points, labels, strict=True):
            value, slopes = single.value_and_grad(*WEIGHTS, x, y, label)
            total += value
            grads = [g + slope for g, slope in zip(grads, slopes, strict=False)]  # not by the point
        return total, grads

    def by_sum(*columns: Any) -> tuple[float, list[float]]:
        for p in params:
            p.grad = 0.0
        total = one.sum(*columns)
        total.backward()
        return total.data, [p.grad for p in params]

    arrays = np.array(points), np.array(labels)
    wanted = by_loop()
    for got in (by_sum(points, labels), by_sum(*arrays)):
        assert np.allclose([got[0], *got[1]], [wanted[0], *wanted[1]], rtol=1e-11, atol=1e-11)
    runs = [by_loop, lambda: by_sum(points, labels), lambda: by_sum(*arrays)]
    loop, lists, by_arrays = timed(*runs, rounds=5, clock=time.process_time)
    rows = [
        ["a loop over value_and_grad", ms(loop), ""],
        ["f.sum on lists", ms(lists), f"{loop / lists:.1f}x"],
        ["f.sum on NumPy arrays", ms(by_arrays), f"{loop / by_arrays:.1f}x"],
    ]
    table(f"Two moons, {count:,} points, loss and gradient, CPU time", ["how", "time", "faster"], rows)


def bench_native() -> None:
    """The same straight line in Python and in C, on 100 points; what building it takes."""

    def loss(*params: Any) -> Any:
        return loss_of(params, lambda v: v.relu(), lambda x: x)

    rows, programs, results = [], [], []
    for backend in ("python", "c"):
        program = engine.compile(loss, backend=backend)
        before = os.times()
        results.append(program.value_and_grad(*WEIGHTS))
        own, building = (sum(os.times()[i : i + 2]) - sum(before[i : i + 2]) for i in (0, 2))
        rows.append([backend, f"{own:.1f} s" + (f" and {building:.1f} s of cc" if building else "")])
        programs.append(program)
    assert results[0] == results[1]
    for passes in (20, 1):  # many, as in training; one, after the collector has emptied the processor's cache

        def run(program: Any, passes: int = passes) -> None:
            for _ in range(passes):
                program.value_and_grad(*WEIGHTS)

        runs = [lambda program=program: run(program) for program in programs]
        times = [t / passes for t in timed(*runs, rounds=15, clock=time.process_time)]
        for row, seconds in zip(rows, times, strict=True):
            row += [f"{seconds * 1e3:.2f} ms", f"{times[0] / seconds:.1f}x"]
    head = ["back end", "compiling", "a pass of 20 in a row", "faster", "a pass, caches cold", "faster"]
    table("Two moons, 100 points, by back end, CPU time (wanted: 10x)", head, rows)


def bench_compiling() -> None:
    """CPU time an op of tracing, writing and Python's own compiler."""
    from engine.program import Program
    from engine.structures import flatten

    def network(*params: Any) -> Any:
        return loss_of(params, lambda v: v.relu(), lambda x: x)

    def chain(x: Any, n: int) -> Any:
        for _ in range(n // 2):
            x = x * 0.9999 + 0.0001
        return x

    rows = []
    cases: list[tuple[str, Any, list[float]]] = [("two moons", network, WEIGHTS)]
    cases += [(f"a chain of {n:,}", lambda x, n=n: chain(x, n), [0.5]) for n in (10_000, 100_000, 1_000_000)]
    for name, f, numbers in cases:
        clock = time.process_time
        stamps = [clock()]
        leaves: list[Any] = []
        program = Program(f, flatten((tuple(numbers), {}), leaves), leaves, True)
        stamps.append(clock())
        text = program.text("value_and_grad")
        stamps.append(clock())
        compile(text, "<text>", "exec")
        stamps.append(clock())
        ops = len(program.writer.entries)
        stages = [(b - a) / ops * 1e6 for a, b in itertools.pairwise(stamps)]
        rows.append([name, f"{ops:,}", *(f"{x:.1f}" for x in stages), f"{sum(stages):.1f}"])
    table(
        "Compiling, microseconds of CPU an op (wanted: at most 20)",
        ["program", "ops", "tracing", "writing", "Python's compiler", "together"],
        rows,
    )
