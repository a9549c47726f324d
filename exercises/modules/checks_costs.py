"""What a call of PyTorch takes from the device to the host, and what it costs.

    host_calls         the calls by which it takes numbers to the host
    memory             a block in which the bytes of tensors are counted
    costs_of           the time of calls on a GPU, their operations on a CPU
    milliseconds       the time of one call by the clock of the GPU
    activations_saved  how many tensors a forward pass keeps for backward
    float32_precision  how float32 is multiplied

On a CPU all but the time is measured as well, so that checks for a GPU can be rehearsed there.
"""

from __future__ import annotations

import gc
import statistics
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

from autograder.declare import here
from autograder.declare.torch_probes import nn, torch

Call = Callable[[], object]

# What a call takes from the device to the host.

#: Methods of a tensor that give the host a number, and so wait until the GPU has computed it.
TO_HOST = (
    *("cpu", "item", "tolist", "numpy", "__array__", "__bool__", "__float__", "__int__", "__index__"),
    *("nonzero", "is_nonzero", "equal", "masked_select", "unique", "__repr__", "__format__"),
)

#: Those of them that take a loss to the host, the usual one first.
_ONE_NUMBER = ("item", "float", "tolist", "cpu")

#: What torch says of an operation that waited. It also says, once, that it does not detect all
#: "synchronizing operations": that is not about a call.
_WAITED = "called a synchronizing CUDA operation"


def host_calls(call: Call, spare: int = 0) -> str:
    """The calls by which `call` takes numbers from the device under test to the host, or "nothing".

    They are seen by their names, which are the same on every device. On a GPU torch also reports each
    operation that waits for it: what no name explains is "a hidden copy". `spare` calls that take one number,
    a loss for example, are left out.
    """
    with suppress(RuntimeError):
        call()  # a first time torch itself looks at the GPU: what can it do, and do its libraries load?
    seen: list[str] = []

    class Watch(torch.overrides.TorchFunctionMode):
        def __torch_function__(
            self, function: Any, types: Any, arguments: Sequence[Any] = (), options: Any = None
        ) -> Any:
            named = _words_of_host_call(function, arguments, options or {})
            seen.extend(named)
            result = function(*arguments, **(options or {}))
            seen.extend([] if named else _words_of_move(function, arguments, result))
            return result

    with _waits_noticed() as waits, Watch():
        try:
            call()
        except RuntimeError:  # what was moved to the host no longer fits what stayed
            if not seen:
                raise
    if len(seen) <= spare and len(waits) > len(seen):
        seen.append("a hidden copy")
    for allowed in [name for name in _ONE_NUMBER for _ in range(seen.count(name))][:spare]:
        seen.remove(allowed)
    return ", ".join(sorted(seen)) or "nothing"


def _words_of_host_call(function: Any, arguments: Sequence[Any], options: dict[str, Any]) -> list[str]:
    """The name of a tensor's method, if it takes numbers from the device under test to the host."""
    name = getattr(function, "__name__", "")
    if not any(torch.is_tensor(a) and a.device.type == here().device for a in arguments):
        return []
    if name == "to" and "cpu" in [options.get("device"), *(a for a in arguments if isinstance(a, str))]:
        return ["to('cpu')"]
    if name == "__getitem__" and any(torch.is_tensor(a) and a.dtype == torch.bool for a in arguments[1:]):
        return ["indexing by a mask"]
    return [name.strip("_")] if name in TO_HOST else []


def _words_of_move(function: Any, arguments: Sequence[Any], result: Any) -> list[str]:
    """A call's name, if it gave a tensor on the CPU for one on the GPU: x.to(other), cpu_tensor.copy_(x)."""
    name = getattr(function, "__name__", "")
    moved = torch.is_tensor(result) and result.device.type == "cpu" != here().device
    if not moved or not any(torch.is_tensor(a) and a.device.type == here().device for a in arguments):
        return []
    return ["to('cpu')" if name == "to" else name.strip("_")]


@contextmanager
def _waits_noticed() -> Iterator[list[warnings.WarningMessage]]:
    """A list that CUDA's waits are in afterwards; elsewhere it stays empty."""
    waits: list[warnings.WarningMessage] = []
    if here().device != "cuda":
        yield waits
        return
    torch.cuda.synchronize()
    before = torch.cuda.get_sync_debug_mode()
    with warnings.catch_warnings(record=True) as noticed:
        warnings.simplefilter("always")
        torch.cuda.set_sync_debug_mode("warn")
        try:
            yield waits
        finally:
            torch.cuda.set_sync_debug_mode(before)
            waits += [warning for warning in noticed if _WAITED in str(warning.message)]


# What a call costs.


@contextmanager
def memory() -> Iterator[Callable[[], tuple[int, int]]]:
    """A function that says how many bytes tensors take now, and at most since it was last called."""
    if here().device == "cuda":
        gc.collect()  # what earlier checks left in cycles must not go while memory is counted
        yield _bytes_on_gpu
        return

    from torch.multiprocessing.reductions import StorageWeakRef

    alive: dict[Any, int] = {}
    peak = 0

    def now() -> int:
        for known in [known for known in alive if known.expired()]:
            del alive[known]
        return sum(alive.values())

    def notice(result: Any) -> None:
        nonlocal peak
        for each in result if isinstance(result, tuple | list) else [result]:
            if torch.is_tensor(each):
                storage = each.untyped_storage()
                alive[StorageWeakRef(storage)] = storage.nbytes()  # type: ignore[no-untyped-call]
        peak = max(peak, now())

    def in_use() -> tuple[int, int]:
        nonlocal peak
        most, peak = peak, now()
        return peak, most

    with _operations(notice):
        yield in_use


def _bytes_on_gpu() -> tuple[int, int]:
    peak = torch.cuda.max_memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    return torch.cuda.memory_allocated(), peak


def costs_of(*calls: Call, runs: int = 21) -> list[float]:
    """What each of the calls costs: its median time by the clock of the GPU.

    They run in turns, so that a busy GPU is busy for all of them. In a rehearsal on the CPU, which other
    programs may use too, operations are counted instead.
    """
    if here().device != "cuda":
        return [_operations_of(call) for call in calls]
    taken: list[list[float]] = [[] for _ in calls]
    for turn in range(runs + 3):
        for call, times in zip(calls, taken, strict=True):
            if turn < 3:
                call()  # the first calls choose their kernels
            else:
                times.append(milliseconds(call))
    return [statistics.median(times) for times in taken]


def milliseconds(call: Call) -> float:
    """How long one call takes by the GPU's own clock: the call returns before its work is done."""
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))  # type: ignore[no-untyped-call]
    begin.record()
    call()
    end.record()
    end.synchronize()
    return float(begin.elapsed_time(end))


@contextmanager
def _operations(notice: Callable[[Any], object]) -> Iterator[None]:
    """A block in which `notice` is given the result of each operation of torch."""
    from torch.utils._python_dispatch import TorchDispatchMode

    class Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]
        def __torch_dispatch__(
            self, function: Any, types: Any, arguments: Sequence[Any] = (), options: Any = None
        ) -> Any:
            result = function(*arguments, **(options or {}))
            notice(result)
            return result

    with Watch():  # type: ignore[no-untyped-call]
        yield


def _operations_of(call: Call) -> int:
    """How many operations one call asks of torch."""
    counter = count()
    with _operations(lambda _: next(counter)):
        call()
    return next(counter)


def activations_saved(model: nn.Module, forward: Call) -> int:
    """How many tensors other than the model's parameters `forward` saves for backward."""
    weights = {p.untyped_storage().data_ptr() for p in model.parameters()}
    saved = []

    def pack(kept: torch.Tensor) -> torch.Tensor:
        # An empty tensor is a placeholder, which some versions of torch.utils.checkpoint save.
        saved.append(kept.numel() > 0 and kept.untyped_storage().data_ptr() not in weights)
        return kept

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda kept: kept):
        forward()
    return sum(saved)


def float32_precision() -> str:
    """How float32 is multiplied; "high" too where TF32 was switched on by the newer fp32_precision alone."""
    try:
        return torch.get_float32_matmul_precision()
    except RuntimeError:  # torch refuses to choose between its two ways of saying it
        return "high"
