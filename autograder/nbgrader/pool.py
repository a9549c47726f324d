"""Processes that have nbgrader imported, and that no submission's end takes along.

    with Pool(jobs) as pool:
        result = pool.call(function, *arguments)
        for number, result in pool.map(function, calls): ...

Every process is a fork of one that imported nbgrader, once, so that the next run of a pool starts at once. A
process does one call at a time. One that ends meanwhile is replaced, and its call ends as `Lost`; all of them
end with the pool, also where that is killed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import connection, get_all_start_methods, get_context, parent_process
from typing import Any

from autograder.errors import GradfnError

#: What takes seconds to import, in the order in which it is needed.
PRELOADED = ["autograder.nbgrader", "nbgrader.apps.api", "autograder.nbgrader.converter"]
STOP_SECONDS = 5.0


@dataclass(frozen=True)
class Lost:
    """In place of a result: how the process ended that was to give it."""

    how: str


@dataclass(frozen=True)
class Failed:
    """In place of a result: what the call raised."""

    error: Exception


class Pool:
    """Up to `jobs` processes, started when there is work for them."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._context = _context()
        self._idle: list[_Worker] = []
        self._busy: dict[_Worker, int] = {}

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *exception: object) -> None:
        """End the processes; what they were doing is left undone, but they clear up behind them."""
        for worker in (*self._idle, *self._busy):
            worker.process.terminate()
        for worker in (*self._idle, *self._busy):
            worker.close()

    def warm_up(self) -> None:
        """Begin to import nbgrader without waiting for it."""
        while len(self._idle) < self._jobs:
            self._idle.append(_Worker(self._context))

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """The result of one call; raises what it raises, GradfnError where its process ended."""
        ((_, result),) = self.map(function, [arguments])
        if isinstance(result, Lost):
            raise GradfnError(f"a process of this run ended: {result.how}")
        return result

    def map(
        self, function: Callable[..., Any], calls: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Any]]:
        """The number of each call and its result or Lost, as they end; raises what a call raises."""
        waiting = deque(enumerate(calls))
        while waiting or self._busy:
            while waiting and len(self._busy) < self._jobs:
                worker = self._idle.pop() if self._idle else _Worker(self._context)
                number, arguments = waiting.popleft()
                worker.ask(function, arguments)
                self._busy[worker] = number
            ready = connection.wait([worker.channel for worker in self._busy])
            for worker in [worker for worker in self._busy if worker.channel in ready]:
                result = worker.answer()
                number = self._busy.pop(worker)
                if not isinstance(result, Lost):
                    self._idle.append(worker)
                if isinstance(result, Failed):
                    raise result.error
                yield number, result


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, started_by: Any) -> None:
        self.channel, theirs = started_by.Pipe()
        self.process = started_by.Process(target=_serve, args=(theirs, dict(os.environ)))
        self.process.start()
        theirs.close()

    def ask(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        with contextlib.suppress(BrokenPipeError):  # then it has ended, which its answer will say
            self.channel.send((function, arguments))

    def answer(self) -> Any | Lost:
        try:
            return self.channel.recv()
        except (EOFError, OSError):
            self.process.join(STOP_SECONDS)
            code = self.process.exitcode
            self.close()
            return Lost(f"exit status {code}" if code is None or code >= 0 else signal.Signals(-code).name)

    def close(self) -> None:
        self.process.join(STOP_SECONDS)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
        self.channel.close()


def _context() -> Any:
    """Forks of a process that has imported what all need; where the system has no fork, new processes."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    found = get_context("forkserver")
    found.set_forkserver_preload(PRELOADED)
    return found


def _serve(channel: connection.Connection, environment: dict[str, str]) -> None:
    """A worker's life: calls and their results, until nobody is there to ask."""
    os.environ.clear()  # the process it was forked from may be older than the caller's environment
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; what follows is the caller's to say
    signal.signal(signal.SIGTERM, _interrupt)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt, EOFError, OSError):
        while True:
            function, arguments = channel.recv()
            try:
                result = function(*arguments)
            except GradfnError as error:
                result = Failed(error)
            except Exception:  # of some library, which need not survive the pipe
                result = Failed(RuntimeError(traceback.format_exc()))
            channel.send(result)


def _interrupt(*_: object) -> None:
    """End what runs as Ctrl-C would: nbgrader and the sandbox know how to clear up after that."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _end_with_parent() -> None:
    """A process without a parent would go on grading beside the run that takes up where that was killed."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(STOP_SECONDS)
        os._exit(1)
