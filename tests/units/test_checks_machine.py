"""The simulated GPU and its clock: they answer as real ones do, and are gone afterwards."""

from __future__ import annotations

import time
import timeit
import types
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.units.beside_checks import file_beside_checks

Machine = file_beside_checks("modules", "checks_machine").Machine


def machine_on(answers: types.ModuleType, behind: bool = True) -> AbstractContextManager[Any]:
    """A block on a simulated machine, with the answers in a module."""
    return Machine(behind).running(answers)


@pytest.mark.parametrize(
    ("wait", "shown"),
    [
        (lambda torch, x: None, 2.0**-17),
        (lambda torch, x: torch.cuda.synchronize(), 3.0),
        (lambda torch, x: torch.cuda.synchronize(x.device), 3.0),
        (lambda torch, x: torch.cuda.current_stream().synchronize(), 3.0),
        (lambda torch, x: torch.cuda.current_stream().record_event().synchronize(), 3.0),
        (lambda torch, x: torch.accelerator.synchronize(), 3.0),
        (lambda torch, x: torch.get_device_module(x.device).synchronize(), 3.0),
        (lambda torch, x: x.sum().item(), 3.0),
        (lambda torch, x: x.to("cpu"), 3.0),
        (lambda torch, x: x.to(x.device), 2.0**-17),
        (lambda torch, x: x * 2, 2.0**-17),
    ],
)
def test_a_simulated_gpu_is_waited_for_as_a_real_one(
    wait: Callable[[Any, Any], object], shown: float
) -> None:
    """By each of torch's ways, and by taking a number to the host; computing waits for nothing."""
    torch = pytest.importorskip("torch")
    answers = types.ModuleType("answers")
    with machine_on(answers) as machine:
        x, start = machine.tensor(), time.perf_counter()
        machine.work(3.0)
        wait(torch, x)
        assert time.perf_counter() - start == shown
        assert time.perf_counter_ns() / 1e9 == pytest.approx(time.monotonic())


def test_events_stand_in_the_queue_of_a_simulated_gpu() -> None:
    """What is between two is the work between them, in milliseconds, and it is known once it is done."""
    torch = pytest.importorskip("torch")
    with machine_on(types.ModuleType("answers")) as machine:
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        machine.work(1.0)
        begin.record()
        machine.work(3.0)
        end.record()
        with pytest.raises(RuntimeError, match="not ready"):
            begin.elapsed_time(end)
        end.synchronize()
        assert begin.elapsed_time(end) == 3000.0
        with pytest.raises(ValueError, match="enable_timing"):
            torch.cuda.Event().elapsed_time(end)


@pytest.mark.parametrize("behind", [True, False])
def test_a_simulated_clock_is_gone_afterwards(behind: bool) -> None:
    """Also after an error, and where an answer has bound a clock or a function of torch to a name."""
    torch = pytest.importorskip("torch")
    answers = types.ModuleType("answers")
    vars(answers).update(clock=time.perf_counter, synchronize=torch.cuda.synchronize)
    places = (time, timeit, torch, torch.cuda, torch.accelerator, answers)
    before = [dict(vars(place)) for place in places]

    def fails() -> None:
        with machine_on(answers, behind) as machine:
            assert vars(answers)["clock"]() == machine.now
            assert vars(answers)["synchronize"] is not before[-1]["synchronize"]
            raise ValueError("an error")

    with pytest.raises(ValueError, match="an error"):
        fails()
    assert [dict(vars(place)) for place in places] == before
    assert timeit.repeat.__defaults__[2] is timeit.default_timer  # type: ignore[index]


def test_a_simulated_cpu_has_no_gpu() -> None:
    """Waiting for one is an error, and a CPU is done when it has worked."""
    torch = pytest.importorskip("torch")
    with machine_on(types.ModuleType("answers"), behind=False) as machine:
        start = time.perf_counter()
        machine.work(3.0)
        assert time.perf_counter() - start == 3.0
        assert not torch.cuda.is_available()
        assert not machine.tensor().is_cuda
        with pytest.raises(AssertionError, match="there is no GPU to wait for"):
            torch.cuda.synchronize()
