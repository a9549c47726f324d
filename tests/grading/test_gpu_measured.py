"""What the GPU tier measures, without a GPU: calls that copy, operations that wait, memory in use."""

from __future__ import annotations

import functools
import sys
import time
import timeit
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from autograder.declare import Setting, move_to
from autograder.units.kit import Kit


@pytest.fixture
def measuring(kit: Kit) -> Any:
    """The helpers of the check programs."""
    return sys.modules[kit.unit("modules").declared_checks[0].program.__module__]


@contextmanager
def on(device: str) -> Iterator[None]:
    """A block in which `device` is the one under test."""
    before = move_to(Setting(device, "float32"))
    try:
        yield
    finally:
        move_to(before)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: x.sum(), "nothing"),
        (lambda x: x.sum().item(), "item"),
        (lambda x: float(x.sum()), "float"),
        (lambda x: x.cpu() + x.to("cpu"), "cpu, to('cpu')"),
        (lambda x: x.to(x.device), "nothing"),
        (lambda x: x[x > 0], "indexing by a mask"),
        (lambda x: 1 if x.any() else 0, "bool"),
        (lambda x: [n.tolist() for n in x], "tolist, tolist"),
    ],
)
def test_calls_that_take_numbers_to_the_host_are_seen(
    measuring: Any, call: Callable[[Any], Any], words: str
) -> None:
    """By their names, each time they are called, and nothing else is."""
    torch = pytest.importorskip("torch")
    assert measuring._host_calls(lambda: call(torch.ones(2))) == words


def copied(measuring: Any, *given: Any, result: Any) -> list[str]:
    """What is said of a call of Tensor.to, with a device without numbers in the GPU's place."""
    torch = pytest.importorskip("torch")
    with on("meta"):
        found: list[str] = measuring._words_of_move(torch.Tensor.to, given, result)
    return found


def test_a_copy_to_the_cpu_is_seen_however_it_is_asked_for(measuring: Any) -> None:
    """By where its result is: x.to(torch.device("cpu")) and x.to(another tensor) name no device."""
    torch = pytest.importorskip("torch")
    x, there = torch.ones(2, device="meta"), torch.ones(2)
    assert copied(measuring, x, torch.device("cpu"), result=there) == ["to('cpu')"]
    assert copied(measuring, x, x, result=x) == []
    assert copied(measuring, there, there, result=there) == []


class Waiting:
    """torch.cuda's way to tell of operations that wait, without a GPU: its warnings, word for word."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        cuda = pytest.importorskip("torch").cuda
        monkeypatch.setattr(cuda, "synchronize", lambda: None)
        monkeypatch.setattr(cuda, "get_sync_debug_mode", lambda: 0)
        monkeypatch.setattr(cuda, "set_sync_debug_mode", self.watch)

    def watch(self, mode: int | str) -> None:
        warnings.warn(
            "Synchronization debug mode is a prototype feature and does not yet detect all synchronizing "
            "operations (Triggered internally at Module.cpp:830.)",
            stacklevel=1,
        )

    def wait(self) -> bool:
        warnings.warn("called a synchronizing CUDA operation (Triggered internally at ...)", stacklevel=1)
        return True


@pytest.mark.filterwarnings("ignore:called a synchronizing")
@pytest.mark.parametrize(
    ("waits", "wanted", "words"),
    [(0, 0, "nothing"), (1, 0, "a hidden copy"), (1, 1, "a hidden copy"), (0, 1, "nothing")],
)
def test_an_operation_that_waits_is_noticed_and_nothing_else(
    measuring: Any, monkeypatch: pytest.MonkeyPatch, waits: int, wanted: int, words: str
) -> None:
    """What torch says of its own watching is no wait."""
    told = Waiting(monkeypatch)
    with on("cuda"):
        assert measuring._host_calls(lambda: [told.wait() for _ in range(waits)], wanted) == words


@pytest.mark.filterwarnings("ignore:called a synchronizing")
def test_what_waits_only_the_first_time_is_no_copy(measuring: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """torch itself looks at a GPU before it uses it, at whether an older one has bfloat16 for example."""
    first = functools.cache(Waiting(monkeypatch).wait)
    with on("cuda"):
        assert measuring._host_calls(first) == "nothing"


def test_a_placeholder_is_no_activation(measuring: Any) -> None:
    """Some versions of torch.utils.checkpoint save an empty tensor for each run of layers."""
    torch = pytest.importorskip("torch")
    model, x = torch.nn.Linear(2, 2), torch.ones(3, 2, requires_grad=True)
    empty = torch.empty(0, requires_grad=True)
    assert measuring._saved(model, lambda: (model(x), empty * empty)) == 1


def test_memory_is_counted_in_bytes(measuring: Any) -> None:
    """What is in use, and the most since one asked."""
    torch = pytest.importorskip("torch")
    with measuring._memory() as in_use:
        kept = torch.ones(1000)
        torch.ones(500)
        assert in_use() == (4000, 6000)
        kept = kept + 1
        assert in_use() == (4000, 8000)


# The simulated GPU and its clock


def machine_on(measuring: Any, answers: Any, behind: bool = True) -> Any:
    """A block on a simulated machine, with the answers in a module."""
    return measuring._Machine(behind).running(answers)


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
    measuring: Any, wait: Callable[[Any, Any], object], shown: float
) -> None:
    """By each of torch's ways, and by taking a number to the host; computing waits for nothing."""
    torch = pytest.importorskip("torch")
    answers = types.ModuleType("answers")
    with machine_on(measuring, answers) as machine:
        x, start = machine.tensor(), time.perf_counter()
        machine.work(3.0)
        wait(torch, x)
        assert time.perf_counter() - start == shown
        assert time.perf_counter_ns() / 1e9 == pytest.approx(time.monotonic())


def test_events_stand_in_the_queue_of_a_simulated_gpu(measuring: Any) -> None:
    """What is between two is the work between them, in milliseconds, and it is known once it is done."""
    torch = pytest.importorskip("torch")
    with machine_on(measuring, types.ModuleType("answers")) as machine:
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
def test_a_simulated_clock_is_gone_afterwards(measuring: Any, behind: bool) -> None:
    """Also after an error, and where an answer has bound a clock or a function of torch to a name."""
    torch = pytest.importorskip("torch")
    answers = types.ModuleType("answers")
    vars(answers).update(clock=time.perf_counter, synchronize=torch.cuda.synchronize)
    places = (time, timeit, torch, torch.cuda, torch.accelerator, answers)
    before = [dict(vars(place)) for place in places]

    def fails() -> None:
        with machine_on(measuring, answers, behind) as machine:
            assert vars(answers)["clock"]() == machine.now
            assert vars(answers)["synchronize"] is not before[-1]["synchronize"]
            raise ValueError("an error")

    with pytest.raises(ValueError, match="an error"):
        fails()
    assert [dict(vars(place)) for place in places] == before
    assert timeit.repeat.__defaults__[2] is timeit.default_timer  # type: ignore[index]


def test_a_simulated_cpu_has_no_gpu(measuring: Any) -> None:
    """Waiting for one is an error, and a CPU is done when it has worked."""
    torch = pytest.importorskip("torch")
    with machine_on(measuring, types.ModuleType("answers"), behind=False) as machine:
        start = time.perf_counter()
        machine.work(3.0)
        assert time.perf_counter() - start == 3.0
        assert not torch.cuda.is_available()
        assert not machine.tensor().is_cuda
        with pytest.raises(AssertionError, match="there is no GPU to wait for"):
            torch.cuda.synchronize()
