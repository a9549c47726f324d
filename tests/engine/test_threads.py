"""Threads that compile at the same time: each gets the text and the numbers it would get alone."""

import gc
import sys
import threading

import pytest

import engine
import engine.functional as F

POINTS = [(0.3, 0.7), (0.9, 0.2)]


def choices(x, y):
    """Many rules that branch, so that many comparisons are explored while the text is written."""
    s = x * 1.0
    for _ in range(6):
        s = F.leaky_relu(F.maximum(s, y) - F.minimum(s, y), 0.1) + F.clamp(s, -1.0, 1.0)
    return s


@pytest.fixture(autouse=True)
def _switch_often():
    """Let Python switch between the threads as often as it can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def run_in_threads(work, count=4):
    """What `work` returns in each of `count` threads that run together."""
    results = []
    threads = [threading.Thread(target=lambda: results.append(work())) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == count
    return results


def test_each_thread_compiles_for_itself():
    """Four threads compile the same function, 25 times each: one text, and the eager numbers."""
    alone = engine.compile(choices)
    right = [alone.value_and_grad(*point) for point in POINTS]

    def work():
        seen = set()
        for _ in range(25):
            compiled = engine.compile(choices)
            assert [compiled.value_and_grad(*point) for point in POINTS] == right
            seen.add(compiled.source)
        return seen

    assert run_in_threads(work) == [{alone.source}] * 4
    assert gc.isenabled()


def test_threads_share_a_compiled_function():
    """Four threads write the functions of one compiled function at the same moment, 25 times."""
    alone = engine.compile(choices)
    right = [(alone(*point), *alone.value_and_grad(*point)) for point in POINTS]
    for _ in range(25):
        shared = engine.compile(choices)
        shared(*POINTS[0])

        def work(shared=shared):
            return [(shared(*point), *shared.value_and_grad(*point)) for point in POINTS], shared.source

        assert run_in_threads(work) == [(right, alone.source)] * 4
