"""A pool of processes with nbgrader already imported; one that is killed does not end the run.

    with Pool(jobs) as pool:
        result = pool.call(function, *arguments)
        for number, result in pool.map(function, calls): ...
    for batch in in_batches(results): ...

Every process is a fork of one that has imported nbgrader, so that a second run of a pool starts at once. A
process that dies fails its own call only: the result is `Lost`. All processes end with the pool, even if the
process that owns it is killed.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from multiprocessing import connection, get_all_start_methods, get_context, parent_process
from queue import Empty, Queue
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from autograder.errors import GradfnError, database_fault
from autograder.grading.imports import forget_working_directory
from autograder.units.files import os_words
from autograder.worker.outcome import exit_words

#: What takes seconds to import, in the order in which it is needed.
PRELOADED = [
    "autograder.nbgrader",
    "nbgrader.apps.api",
    "autograder.nbgrader.converter",
    "autograder.nbgrader.saving",
]
STOP_SECONDS = 5.0
WAIT_SECONDS, MOST = 0.5, 32  # for a batch, and in it
EXIT_0 = 256  # in place of exit status 0: see _Process
T = TypeVar("T")
_system = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")


@dataclass(frozen=True)
class Lost:
    """In place of a result: how the process that ran the call ended."""

    how: str


class Pool:
    """Up to `jobs` processes, each of which does `first` before its first call, where that can be done."""

    def __init__(self, jobs: int, first: Callable[[], object] = int) -> None:
        forget_working_directory()  # the forkserver of these processes would import from it
        self._jobs = jobs
        context = _Context()
        context.set_forkserver_preload(PRELOADED)
        about = dict(os.environ), first
        self._pool = ProcessPool(jobs, initializer=_begin, initargs=about, context=context)
        self._start = threading.Thread(target=lambda: self._pool.active)  # reading it starts the processes

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *exception: object) -> None:
        """End the processes; a call that is running is interrupted, as by Ctrl-C."""
        if self._start.ident:
            self._start.join()
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def warm_up(self) -> None:
        """Start the processes, which import nbgrader, without waiting for them."""
        self._start.start()

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """The result of one call; raises what it raises, GradfnError if its process ended."""
        ((_, result),) = self.map(function, [arguments])
        if isinstance(result, Lost):
            raise GradfnError(f"a process of this run ended: {result.how}")
        return result

    def map(
        self, function: Callable[..., Any], calls: Sequence[tuple[Any, ...]], seconds: float | None = None
    ) -> Iterator[tuple[int, Any]]:
        """The number of each call and its result or Lost, as they end; raises what a call raises.

        A call is begun only when a process is free and the results so far have been taken. A process whose
        call takes longer than `seconds` is ended.
        """
        waiting = enumerate(calls)
        running: dict[Future[Any], int] = {}
        while True:
            for number, arguments in islice(waiting, self._jobs - len(running)):
                running[self._pool.schedule(_run, (function, arguments), timeout=seconds)] = number
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                number = running.pop(future)
                try:
                    yield number, future.result()
                except TimeoutError:
                    yield number, Lost(f"it took more than {seconds:g} s")
                except ProcessExpired as expired:
                    status = 0 if expired.exitcode == EXIT_0 else expired.exitcode
                    yield number, Lost(exit_words(status))


def in_batches(results: Iterable[T]) -> Iterator[list[T]]:
    """What `results` gives, many at once where they come quickly; a thread waits for them."""
    found: Queue[T | _End] = Queue(MOST)
    threading.Thread(target=_put, args=(results, found), daemon=True).start()
    while True:
        batch, until = [found.get()], time.monotonic() + WAIT_SECONDS
        with suppress(Empty):
            while len(batch) < MOST and not isinstance(batch[-1], _End):
                batch.append(found.get(timeout=max(until - time.monotonic(), 0.0)))
        if kept := [each for each in batch if not isinstance(each, _End)]:
            yield kept
        if isinstance(end := batch[-1], _End):
            if end.error:
                raise end.error
            return


@dataclass(frozen=True)
class _End:
    """Behind the last result: what ended them, if it was an error."""

    error: BaseException | None = None


def _put(results: Iterable[T], found: Queue[T | _End]) -> None:
    try:
        for result in results:
            found.put(result)
        found.put(_End())
    except BaseException as error:
        found.put(_End(error))


_starting = threading.Lock()


class _Process(_system.Process):  # type: ignore[misc,name-defined]  # another class on Windows
    """Reports exit status 0 as another: pebble waits for ever for a call whose process exits with 0."""

    def start(self) -> None:
        """Start it without the program that called the kit: it would import that, and run all of it again.

        Ctrl-C is blocked in it, which its owner ends: while it imports, it would print a traceback.
        """
        with _starting:
            _block_ctrl_c(True)
            program, sys.modules["__main__"] = sys.modules["__main__"], types.ModuleType("__main__")
            try:
                super().start()
            finally:
                sys.modules["__main__"] = program
                _block_ctrl_c(False)

    @property
    def exitcode(self) -> int | None:
        code: int | None = super().exitcode
        return EXIT_0 if code == 0 else code


def _block_ctrl_c(blocked: bool) -> None:
    """Block SIGINT in this thread and what it starts, or let it through."""
    if hasattr(signal, "pthread_sigmask"):  # not on Windows
        signal.pthread_sigmask(signal.SIG_BLOCK if blocked else signal.SIG_UNBLOCK, {signal.SIGINT})


class _Context(type(_system)):  # type: ignore[misc]
    Process = _Process


def _begin(environment: dict[str, str], first: Callable[[], object]) -> None:
    """What each process does before its first call."""
    os.environ.clear()  # the process it was forked from may be older than the caller's environment
    os.environ.update(environment)
    os.chdir("/")  # traitlets and matplotlib look for settings in the working directory, and run them
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _block_ctrl_c(False)  # this process ignores it, but nbgrader interrupts its kernels by it
    with suppress(Exception):  # a call that needs it says what is wrong
        first()


def _run(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """One call, in a process of the pool."""
    end = signal.signal(signal.SIGTERM, _interrupt)
    try:
        return function(*arguments)
    except GradfnError:
        raise
    except Exception as error:  # a library's own may not survive being sent
        if words := os_words(error) if isinstance(error, OSError) else database_fault(error):
            raise GradfnError(words) from None
        raise RuntimeError(traceback.format_exc()) from None
    finally:
        signal.signal(signal.SIGTERM, end)


def _interrupt(*_: object) -> None:
    """End a call as Ctrl-C would: nbgrader and the sandbox clear up after that."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _end_with_parent() -> None:
    """Stop when the owner of the pool is killed: the next run would grade the same submission again."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(STOP_SECONDS)
        os._exit(1)
