"""The engine's figures: `python -m tests.benchmarks.engine [--markdown]`.

Every peer runs in the same process on the same numbers, in turn, with the collector on; medians are printed.

    gpt, batches, native, compiling    in engine_compiled.py
    moons     a 2-16-16-1 network on 100 points, hinge loss and weight decay: one forward and one backward
    chains    time and memory an op, from 1e3 to 1e6 ops, in one chain, one sum, and one wide layer
    import    `import engine` against `python -c pass`
"""

from __future__ import annotations

import gc
import os
import random
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import micrograd.engine
import torch

import engine
from engine import Value
from tests.benchmarks import gpt

SIZES = (2, 16, 16, 1)
POINTS, DECAY = 100, 1e-4
ROUNDS = 7


def moons(n: int = POINTS, seed: int = 0) -> tuple[list[tuple[float, float]], list[int]]:
    """Two half circles with noise, labelled -1 and +1."""
    from math import cos, pi, sin

    rng = random.Random(seed)
    points, labels = [], []
    for i in range(n):
        t, upper = rng.uniform(0.0, pi), i % 2 == 0
        x, y = (cos(t), sin(t)) if upper else (1.0 - cos(t), 0.5 - sin(t))
        points.append((x + rng.gauss(0.0, 0.1), y + rng.gauss(0.0, 0.1)))
        labels.append(1 if upper else -1)
    return points, labels


XS, YS = moons()
WEIGHTS = [random.Random(i).uniform(-1.0, 1.0) for i in range(sum((a + 1) * b for a, b in pairwise(SIZES)))]


def loss_of(params: Any, relu: Callable[[Any], Any], make: Callable[[float], Any]) -> Any:
    """The loss as a micrograd user writes it: neurons of scalars, hinge loss, squared weights."""
    it = iter(params)
    layers = [[([next(it) for _ in range(i)], next(it)) for _ in range(o)] for i, o in pairwise(SIZES)]
    losses = []
    for x, y in zip(XS, YS, strict=True):
        h: list[Any] = [make(x[0]), make(x[1])]
        for k, layer in enumerate(layers):
            h = [sum((wi * xi for wi, xi in zip(w, h, strict=True)), b) for w, b in layer]
            if k + 2 < len(SIZES):
                h = [relu(v) for v in h]
        losses.append(relu(1 + -y * h[0]))
    return sum(losses) * (1.0 / len(losses)) + DECAY * sum(p * p for p in params)


def eager(make: Callable[[float], Any], constant: Callable[[float], Any]) -> tuple[float, list[float]]:
    """One forward and backward on anything that has `backward()`."""
    params = [make(w) for w in WEIGHTS]
    loss = loss_of(params, lambda v: v.relu(), constant)
    loss.backward()
    return float(loss.data), [float(p.grad) for p in params]


def by_hand(*params: float) -> tuple[float, list[float]]:
    """The same arithmetic in plain Python: loops over lists of floats, gradients written out."""
    layers, at = [], 0
    for i, o in pairwise(SIZES):
        layers.append(
            (
                [params[at + k * (i + 1) : at + k * (i + 1) + i] for k in range(o)],
                [params[at + k * (i + 1) + i] for k in range(o)],
            )
        )
        at += o * (i + 1)
    dws = [[[0.0] * len(row) for row in ws] for ws, _ in layers]
    dbs = [[0.0] * len(bs) for _, bs in layers]
    total, share, last = 0.0, 1.0 / len(XS), len(layers) - 1
    for x, y in zip(XS, YS, strict=True):
        acts: list[Any] = [x]
        for k, (ws, bs) in enumerate(layers):
            h, out = acts[-1], []
            for row, b in zip(ws, bs, strict=True):
                for w, v in zip(row, h, strict=True):
                    b = b + w * v
                out.append(b if k == last or b > 0.0 else 0.0)
            acts.append(out)
        margin = 1.0 + -y * acts[-1][0]
        if margin <= 0.0:
            continue
        total += margin
        dh = [-y * share]
        for k in range(last, -1, -1):
            h, ws, dw, db = acts[k], layers[k][0], dws[k], dbs[k]
            below = [0.0] * len(h)
            for j, d in enumerate(dh):
                if d != 0.0 and (k == last or acts[k + 1][j] > 0.0):
                    db[j] += d
                    row, drow = ws[j], dw[j]
                    for i, v in enumerate(h):
                        drow[i] += d * v
                        below[i] += d * row[i]
            dh = below
    grads = [
        g for dw, db in zip(dws, dbs, strict=True) for drow, d in zip(dw, db, strict=True) for g in (*drow, d)
    ]
    decayed = [g + 2.0 * DECAY * p for g, p in zip(grads, params, strict=True)]
    return total * share + DECAY * sum(p * p for p in params), decayed


def straight_line() -> Callable[..., tuple[float, list[float]]]:
    """The same arithmetic with no loop at all, written out by this file, not by the engine."""
    lines = [f"def straight({', '.join(f'p{i}' for i in range(len(WEIGHTS)))}):", " total = 0.0"]
    names, at = [], 0
    for i, o in pairwise(SIZES):
        names.append(
            [([f"p{at + k * (i + 1) + n}" for n in range(i)], f"p{at + k * (i + 1) + i}") for k in range(o)]
        )
        at += o * (i + 1)
    lines += [f" d{i} = 0.0" for i in range(len(WEIGHTS))]
    for (x0, x1), y in zip(XS, YS, strict=True):
        acts = [[repr(x0), repr(x1)]]
        for k, layer in enumerate(names):
            out = [f"h{k}_{j}" for j in range(len(layer))]
            for j, (ws, b) in enumerate(layer):
                lines.append(
                    f" {out[j]} = {b} + "
                    + " + ".join(f"{w} * {v}" for w, v in zip(ws, acts[-1], strict=True))
                )
                if k + 1 < len(names):
                    lines.append(f" if {out[j]} <= 0.0: {out[j]} = 0.0")
            acts.append(out)
        lines += [f" m = 1.0 + {-y} * {acts[-1][0]}", " total += m if m > 0.0 else 0.0"]
        lines.append(f" e2_0 = {-y / len(XS)!r} if m > 0.0 else 0.0")
        for k in range(len(names) - 1, -1, -1):
            for j, (ws, b) in enumerate(names[k]):
                if k + 1 < len(names):
                    lines.append(f" if {acts[k + 1][j]} <= 0.0: e{k}_{j} = 0.0")
                lines.append(f" d{b[1:]} += e{k}_{j}")
                lines += [f" d{w[1:]} += e{k}_{j} * {v}" for w, v in zip(ws, acts[k], strict=True)]
            if k:
                for i in range(len(acts[k])):
                    terms = " + ".join(f"e{k}_{j} * {ws[i]}" for j, (ws, _) in enumerate(names[k]))
                    lines.append(f" e{k - 1}_{i} = {terms}")
    squares = " + ".join(f"p{i} * p{i}" for i in range(len(WEIGHTS)))
    grads = ", ".join(f"d{i} + {2 * DECAY!r} * p{i}" for i in range(len(WEIGHTS)))
    lines.append(f" return total / {len(XS)} + {DECAY!r} * ({squares}), [{grads}]")
    space: dict[str, Any] = {}
    exec("\n".join(lines), space)
    return space["straight"]  # type: ignore[no-any-return]


def timed(
    *runs: Callable[[], Any], rounds: int = ROUNDS, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """The median seconds of each, run in turn so that a busy machine is shared out."""
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(rounds):
        for kept, run in zip(times, runs, strict=True):
            gc.collect()
            start = clock()
            run()
            kept.append(clock() - start)
    return [statistics.median(kept) for kept in times]


def agree(a: tuple[float, Any], b: tuple[float, Any]) -> None:
    """Raise if two runs differ: a benchmark of wrong numbers measures nothing."""
    for x, y in zip((a[0], *a[1]), (b[0], *b[1]), strict=True):
        if abs(x - y) > 1e-9 * max(1.0, abs(y)):
            raise ArithmeticError(f"the peers disagree: {x} and {y}")


def table(title: str, head: list[str], rows: list[list[str]]) -> None:
    """Print a Markdown table, which also reads as text."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    print(f"\n### {title}\n")
    for row in [head, ["-" * w for w in widths], *rows]:
        print("| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |")


def tensor(x: float) -> torch.Tensor:
    """torch's counterpart of Value(x)."""
    return torch.tensor(x, dtype=torch.float64, requires_grad=True)


def bench_moons() -> None:
    """Eager, compiled, micrograd, microgpt's class, torch scalars, by hand."""
    torch.set_num_threads(1)
    program = engine.compile(lambda *ps: loss_of(ps, lambda v: v.relu(), float))
    start = time.perf_counter()
    compiled_result = program.value_and_grad(*WEIGHTS)
    compile_time = time.perf_counter() - start
    straight = straight_line()
    peers: list[tuple[str, Callable[[], Any]]] = [
        ("engine, eager", lambda: eager(Value, Value)),
        ("micrograd", lambda: eager(micrograd.engine.Value, micrograd.engine.Value)),
        ("microgpt's class", lambda: eager(gpt.Micro, gpt.Micro)),
        ("torch float64 scalars", lambda: eager(tensor, tensor)),
        ("engine, compiled", lambda: program.value_and_grad(*WEIGHTS)),
        ("by hand, straight line", lambda: straight(*WEIGHTS)),
        ("by hand, loops", lambda: by_hand(*WEIGHTS)),
    ]
    for _, run in peers:
        agree(run(), compiled_result)
    slow = timed(*[run for _, run in peers[:4]], rounds=5, clock=time.process_time)
    fast = timed(*[run for _, run in peers[4:]], rounds=25, clock=time.process_time)
    ours, micro, small, torches, compiled, line, loops = [*slow, *fast]
    rows = [
        ["eager", "micrograd", ms(ours), ms(micro), f"{micro / ours:.1f}x faster", "5x"],
        ["eager", "microgpt's class", ms(ours), ms(small), f"{small / ours:.1f}x faster", "3x"],
        ["eager", "torch scalars", ms(ours), ms(torches), f"{torches / ours:.1f}x faster", "5x"],
        ["compiled", "micrograd", ms(compiled), ms(micro), f"{micro / compiled:.0f}x faster", "50x"],
        [
            "compiled",
            "by hand, straight line",
            ms(compiled),
            ms(line),
            f"{compiled / line:.2f}x the time",
            "1.3x",
        ],
        ["compiled", "by hand, loops", ms(compiled), ms(loops), f"{compiled / loops:.2f}x the time", "1.3x"],
    ]
    title = f"Two moons 2-16-16-1, {POINTS} points, forward and backward (compiling: {compile_time:.1f} s)"
    table(title, ["ours", "peer", "ours", "peer", "ratio", "wanted"], rows)


def ms(seconds: float) -> str:
    """Seconds as milliseconds."""
    return f"{seconds * 1e3:.1f} ms"


def chain(n: int) -> Value:
    """n ops, each on the last."""
    v = Value(1.0)
    for _ in range(n):
        v = v * 1.0000001
    return v


def fan(n: int) -> Value:
    """n / 2 products of one leaf, added up."""
    x = Value(1.0)
    return sum((x * 0.5 for _ in range(n // 2)), Value(0.0))


def wide(n: int) -> Value:
    """Three layers of n / 4 units, the last two of tanh, added up."""
    x = Value(0.1)
    layer = [x * 0.5 for _ in range(n // 4)]
    for _ in range(2):
        layer = [v.tanh() for v in layer]
    return sum(layer, Value(0.0))


def bench_growth() -> None:
    """CPU time and bytes an op as graphs grow; building, backward and letting go."""
    rows = []
    for build in (chain, fan, wide):
        for n in (10**3, 10**4, 10**5, 10**6):
            rounds = 3 if n == 10**6 else 7

            def run(build: Callable[[int], Value] = build, n: int = n) -> None:
                build(n).backward()

            (seconds,) = timed(run, rounds=rounds, clock=time.process_time)
            tracemalloc.start()
            root = build(n)
            held = tracemalloc.get_traced_memory()[0]
            root.backward()
            after, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            rows.append(
                [
                    build.__name__,
                    f"{n:,}",
                    f"{seconds / n * 1e9:.0f} ns",
                    f"{held / n:.0f}",
                    f"{after / n:.0f}",
                    f"{peak / n:.0f}",
                ]
            )
            del root
    head = ["graph", "ops", "CPU time an op", "bytes an op", "after backward", "peak in backward"]
    table(
        "Growth: forward and backward, default recursion limit (wanted: linear, at most 140 bytes)",
        head,
        rows,
    )


def bench_memory_peers() -> None:
    """Bytes an op of the peers, at 10,000 ops of a chain (micrograd's backward recurses: forward only)."""
    rows = []
    for name, make in (("engine", Value), ("micrograd", micrograd.engine.Value)):
        gc.collect()
        tracemalloc.start()
        v = make(1.0)
        for _ in range(10_000):
            v = v * 1.0000001
        rows.append([name, f"{tracemalloc.get_traced_memory()[0] / 10_000:.0f}"])
        tracemalloc.stop()
    table("Bytes an op, forward", ["engine", "bytes"], rows)


def bench_import() -> None:
    """Medians of fresh interpreters."""

    def start(code: str) -> Callable[[], Any]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)

    empty, ours, theirs = timed(
        start("pass"), start("import engine"), start("import micrograd.engine"), rounds=15
    )
    rows = [["import engine", ms(ours), ms(empty), f"{(ours - empty) * 1e3:.1f} ms more", "30 ms"]]
    rows.append(
        ["import micrograd.engine", ms(theirs), ms(empty), f"{(theirs - empty) * 1e3:.1f} ms more", ""]
    )
    table("Import, against `python -c pass`", ["what", "time", "pass", "difference", "wanted"], rows)


def main() -> None:
    """Run them all."""
    from tests.benchmarks import engine_compiled as compiled

    gpt.allow_recursion()
    print(f"Python {sys.version.split()[0]}, torch {torch.__version__}, collector on, medians of CPU time")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    bench_moons()
    compiled.bench_gpt()
    compiled.bench_batches()
    compiled.bench_native()
    compiled.bench_compiling()
    bench_growth()
    bench_memory_peers()
    bench_import()


if __name__ == "__main__":
    main()
