"""What the GPU tier measures, without a GPU: calls that copy, operations that wait, memory in use."""

from __future__ import annotations

import functools
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from autograder.declare import Setting, move_to
from tests.conftest import ROOT
from tests.units.beside_checks import file_beside_checks

torch_costs = file_beside_checks("modules", "checks_costs")


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
def test_calls_that_take_numbers_to_the_host_are_seen(call: Callable[[Any], Any], words: str) -> None:
    """By their names, each time they are called, and nothing else is."""
    torch = pytest.importorskip("torch")
    assert torch_costs.host_calls(lambda: call(torch.ones(2))) == words


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: x.sum().item(), "nothing"),
        (lambda x: [n.item() for n in x], "item"),
        (lambda x: (x.sum().item(), x.cpu()), "cpu"),
        (lambda x: x.nonzero(), "nonzero"),
    ],
)
def test_a_spare_call_may_take_one_number(call: Callable[[Any], Any], words: str) -> None:
    """A loss is taken to the host in every step; what comes beyond that is named."""
    torch = pytest.importorskip("torch")
    assert torch_costs.host_calls(lambda: call(torch.ones(2)), spare=1) == words


def copied(*given: Any, result: Any) -> list[str]:
    """What is said of a call of Tensor.to, with a device without numbers in the GPU's place."""
    torch = pytest.importorskip("torch")
    with on("meta"):
        found: list[str] = torch_costs._words_of_move(torch.Tensor.to, given, result)
    return found


def test_a_copy_to_the_cpu_is_seen_however_it_is_asked_for() -> None:
    """By where its result is: x.to(torch.device("cpu")) and x.to(another tensor) name no device."""
    torch = pytest.importorskip("torch")
    x, there = torch.ones(2, device="meta"), torch.ones(2)
    assert copied(x, torch.device("cpu"), result=there) == ["to('cpu')"]
    assert copied(x, x, result=x) == []
    assert copied(there, there, result=there) == []


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
    monkeypatch: pytest.MonkeyPatch, waits: int, wanted: int, words: str
) -> None:
    """What torch says of its own watching is no wait."""
    told = Waiting(monkeypatch)
    with on("cuda"):
        assert torch_costs.host_calls(lambda: [told.wait() for _ in range(waits)], wanted) == words


@pytest.mark.filterwarnings("ignore:called a synchronizing")
def test_what_waits_only_the_first_time_is_no_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    """torch itself looks at a GPU before it uses it, at whether an older one has bfloat16 for example."""
    first = functools.cache(Waiting(monkeypatch).wait)
    with on("cuda"):
        assert torch_costs.host_calls(first) == "nothing"


def test_a_placeholder_is_no_activation() -> None:
    """Some versions of torch.utils.checkpoint save an empty tensor for each run of layers."""
    torch = pytest.importorskip("torch")
    model, x = torch.nn.Linear(2, 2), torch.ones(3, 2, requires_grad=True)
    empty = torch.empty(0, requires_grad=True)
    assert torch_costs.activations_saved(model, lambda: (model(x), empty * empty)) == 1


def test_memory_is_counted_in_bytes() -> None:
    """What is in use, and the most since one asked."""
    torch = pytest.importorskip("torch")
    with torch_costs.memory() as in_use:
        kept = torch.ones(1000)
        torch.ones(500)
        assert in_use() == (4000, 6000)
        kept = kept + 1
        assert in_use() == (4000, 8000)


def test_a_file_that_asks_pytorch_is_read_without_it() -> None:
    """Commands about other units, and students without torch, load its checks too."""
    code = """if True:
        import sys
        from autograder.units.kit import Kit
        print(len(Kit.here().unit("modules").all_checks) > 50, "torch" in sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "True False\n"
