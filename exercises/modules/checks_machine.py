"""A simulated device and its clock: when does an answer wait for the one and read the other?

Machine(behind)    a host and its device, which works behind the host's back (a GPU) or is the CPU itself
  .running(answer)   a block in which Python's clocks and torch's devices are those of the machine
  .work(seconds)     work handed over to the device
  .tensor()          a tensor that lives on the device
  .model(seconds)    a model whose passes take that long
"""

from __future__ import annotations

import time
import timeit
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cached_property, partial
from types import ModuleType, SimpleNamespace
from typing import Any, NoReturn

from autograder.declare.torch_probes import nn, torch

from .checks_costs import TO_HOST

#: The seconds in which a host hands one pass over to its device, and the cores of a CPU.
LAUNCH, CORES = 2.0**-17, 4

#: The functions of Python's module `time` that measure what passes on the wall, and what processors work.
WALL, PROCESSOR = ("perf_counter", "monotonic", "time", "clock_gettime"), ("process_time", "thread_time")

#: A holder of a name, the name, and the value that takes its place.
Place = tuple[Any, str, Any]


class Machine:
    """A host whose clock stands still unless it works or waits, and the queue of its device.

    Where the device works `behind` the host's back it is a GPU; otherwise it is the CPU itself. All times are
    sums of powers of 2, and exact.
    """

    def __init__(self, behind: bool) -> None:
        self.behind = behind
        self.now = 512.0
        self.done = 0.0  # when the device has done all it was given
        self.worked = 0.0  # by the host's processor, on all of its cores

    def work(self, seconds: float) -> None:
        """Hand work over to the device."""
        self.done = max(self.now, self.done) + seconds
        self.worked += LAUNCH if self.behind else CORES * seconds
        self.now = self.now + LAUNCH if self.behind else self.done

    def wait(self, *_: Any, **__: Any) -> None:
        """Let the host wait until the device is done."""
        self.now = max(self.now, self.done)

    @contextmanager
    def running(self, answer: Any) -> Iterator[Machine]:
        """A block in which Python's clocks and torch's devices are those of this machine."""
        import torch  # itself, since it is written to

        places = [*self._clocks(), *(self._gpu(torch) if self.behind else self._no_gpu(torch))]
        with _in_place(places, vars(answer).get("_module", answer)):
            yield self

    def _clocks(self) -> Iterator[Place]:
        """Where Python has its clocks, each with one of this machine."""
        clocks: tuple[tuple[tuple[str, ...], Callable[[], float]], ...] = (
            (WALL, lambda: self.now),
            (PROCESSOR, lambda: self.worked),
        )
        for names, seconds in clocks:
            for name in names:
                yield time, name, lambda *_, seconds=seconds: seconds()
                yield time, f"{name}_ns", lambda *_, seconds=seconds: round(seconds() * 1e9)
        yield timeit, "default_timer", lambda: self.now
        functions: tuple[Any, ...] = (timeit.timeit, timeit.repeat, timeit.Timer.__init__)
        for function in functions:
            defaults = [(lambda: self.now) if d is timeit.default_timer else d for d in function.__defaults__]
            yield function, "__defaults__", tuple(defaults)

    def _gpu(self, torch: ModuleType) -> Iterator[Place]:
        """Where torch asks for a GPU, and waits for it."""
        device, event = torch.device("cuda", 0), partial(Event, self)

        def recorded(mark: Event | None = None) -> Event:
            mark = mark or event()
            mark.record()
            return mark

        stream = SimpleNamespace(synchronize=self.wait, record_event=recorded)
        yield torch, "Event", lambda *_, **options: event(**options)
        for module in (torch.cuda, torch.accelerator):
            yield module, "is_available", lambda: True
            yield module, "device_count", lambda: 1
            yield module, "synchronize", self.wait
            yield module, "current_stream", lambda *_: stream
        yield torch.accelerator, "current_accelerator", lambda *_, **__: device
        yield torch.cuda, "current_device", lambda: 0
        yield torch.cuda, "default_stream", lambda *_: stream
        yield torch.cuda, "device", lambda *_: nullcontext()
        yield torch.cuda, "Event", event

    def _no_gpu(self, torch: ModuleType) -> Iterator[Place]:
        """The same where there is no GPU; torch's own words for it would be taken for the machine's fault."""

        def refuse(*_: Any, **__: Any) -> NoReturn:
            raise AssertionError("there is no GPU to wait for")

        for module in (torch.cuda, torch.accelerator):
            yield module, "is_available", lambda: False
            yield module, "device_count", lambda: 0
            yield module, "synchronize", refuse
            yield module, "current_stream", refuse
        yield torch.accelerator, "current_accelerator", lambda *_, **__: None
        yield torch.cuda, "Event", refuse

    def tensor(self) -> torch.Tensor:
        """A tensor that lives on the device, as far as an answer can tell without a look into its memory."""
        return torch.ones(2, 3).as_subclass(self._kind)

    @cached_property
    def _kind(self) -> type[torch.Tensor]:
        """The class of the device's tensors."""
        if not self.behind:
            return torch.Tensor
        wait = self.wait

        class OnGPU(torch.Tensor):
            device = property(lambda self: torch.device("cuda", 0))
            is_cuda = property(lambda self: True)
            is_cpu = property(lambda self: False)

            @classmethod
            def __torch_function__(
                cls, function: Any, types: Any, arguments: Sequence[Any] = (), options: Any = None
            ) -> Any:
                name, options = getattr(function, "__name__", ""), options or {}
                moved = name == "to" and "cpu" in map(str, [*arguments[1:], *options.values()])
                if moved or name in TO_HOST:
                    wait()
                if name in ("to", "cuda"):
                    return arguments[0]  # only the machine's clock knows of moves
                default: Any = super().__torch_function__
                return default(function, types, arguments, options)

        return OnGPU

    def model(self, seconds: Iterable[float], seen: list[tuple[bool, bool]]) -> nn.Module:
        """A model whose passes take these seconds in turn; `seen` gets its mode, and if there is a graph."""
        machine, left = self, iter(seconds)

        class Model(nn.Module):
            def __init__(self) -> None:
                nn.Module.__init__(self)
                self.weight = nn.Parameter(machine.tensor())

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                machine.work(next(left, 0.0))
                result = x * self.weight
                seen.append((self.training, result.requires_grad))
                return result

        return Model()


class Event:
    """torch.cuda.Event: a mark in the queue, which the device reaches when it has done what stands before."""

    def __init__(self, machine: Machine, enable_timing: bool = False, **_: Any) -> None:
        self._machine, self._timing, self._reached = machine, enable_timing, 0.0

    def record(self, *_: Any) -> None:
        self._reached = max(self._machine.now, self._machine.done)

    def synchronize(self) -> None:
        self._machine.now = max(self._machine.now, self._reached)

    def query(self) -> bool:
        self._machine.now += LAUNCH
        return self._reached <= self._machine.now

    def elapsed_time(self, end: Event) -> float:
        if not (self._timing and end._timing):
            raise ValueError("Both events must be created with argument 'enable_timing=True'.")
        if not end._reached <= self._machine.now:
            raise RuntimeError("CUDA error: device not ready")
        return (end._reached - self._reached) * 1000


@contextmanager
def _in_place(places: list[Place], module: ModuleType) -> Iterator[None]:
    """A block in which each holder has another value by a name, also where `module` has bound the old one."""
    old = [(holder, name, getattr(holder, name)) for holder, name, _ in places if hasattr(holder, name)]
    new = {(id(holder), name): value for holder, name, value in places}
    for holder, name, value in old[:]:
        for bound in [key for key, own in vars(module).items() if own is value]:
            old.append((module, bound, value))
            new[id(module), bound] = new[id(holder), name]
    try:
        for holder, name, _ in old:
            setattr(holder, name, new[id(holder), name])
        yield
    finally:
        for holder, name, value in old:
            setattr(holder, name, value)
