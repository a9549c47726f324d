"""A process that has imported what a unit needs, and forks a worker for each submission; Linux only.

    python -m autograder.worker.forkserver SOCKET SETTINGS CHECKS UNIT

It runs inside the sandbox, as its process 1. For each submission its socket receives a pair of descriptors:
the worker's channel to the judge, and a life line; and where there are control groups, the file by which the
worker joins its own. When the judge closes the life line, the worker is killed. When the worker has ended, an
account of it is written to the life line: exit status, CPU time, memory, and refused system calls by number.
No line of a submission runs in this process.

    server ── fork ── keeper, in namespaces of its own ── fork ── worker: locked down, process 1 of them

In a container without namespaces (`autograder.grading.accounts`) an account of its own takes their place.
"""

from __future__ import annotations

import base64
import gc
import importlib
import json
import os
import random
import select
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from autograder.errors import WorkerFault
from autograder.worker.__main__ import WorkerServer, serve
from autograder.worker.lockdown import (
    Refusals,
    drop_privileges,
    end_account,
    enter_namespaces,
    filter_calls,
    install,
    mount_proc,
    restrict_files,
)

ACCOUNTS = 40_000
NOT_CONFINED = 70  # the exit status of a worker that could not lock itself down


def main() -> None:
    """Fork workers until the judge closes the socket; the sandbox, and every process in it, ends then."""
    descriptor, settings_text, checks_file, unit = sys.argv[1:]
    settings = json.loads(settings_text)
    judge = socket.socket(fileno=int(descriptor))
    worker = WorkerServer(Path(checks_file), unit)
    for package in settings["preload"]:
        importlib.import_module(package)
    _keep_pages()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps the keepers
    judge.sendall(b"ready")
    while True:
        kind, descriptors, _, _ = socket.recv_fds(judge, 1, 3)
        if not descriptors:
            return
        if os.fork() == 0:
            judge.close()
            _and_exit(partial(_keep, worker, settings, kind == b"0", *descriptors))
        for end in descriptors:
            os.close(end)
        if "autograder.worker.shell" not in sys.modules:  # an only submission does not wait
            importlib.import_module("autograder.worker.shell").prepare()
            _keep_pages()


def _keep_pages() -> None:
    """Leave what is imported alone: a collection in a fork would write to, and so copy, every page of it."""
    gc.collect()
    gc.freeze()


def _and_exit(call: Callable[[], int]) -> NoReturn:
    """End this fork with the call's status, whatever happens in it: the code after it is the parent's."""
    status = NOT_CONFINED
    try:
        status = call()
    finally:
        os._exit(status)


def _keep(
    worker: WorkerServer, settings: dict[str, Any], bare: bool, channel: int, life: int, *group: int
) -> int:
    """Fork a worker into new namespaces, kill it when the judge closes the life line, and give an account.

    A `bare` one cannot import anew what is taken away from it.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # Accounts that nobody has; two workers that run at once have two.
    account = settings["accounts"] and settings["accounts"] + os.getpid() % ACCOUNTS
    hidden = [settings["engine"]] if bare else []
    if account:
        os.chdir("/tmp")
        settings["readable"] = [path for path in settings["readable"] if path not in hidden]
    else:
        enter_namespaces(hidden)
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        if account:
            Path("/proc/self/oom_score_adj").write_text("1000")  # if memory ends, the judge lives on
        os.close(life)
        ours.close()
        _and_exit(partial(_work, worker, settings, account, channel, theirs, group))
    for descriptor in (channel, theirs.detach(), *group):
        os.close(descriptor)
    _, listener, _, _ = socket.recv_fds(ours, 1, 1)
    refusals = [Refusals(descriptor) for descriptor in listener]
    counts = refusals[0].counts if refusals else None
    waiting: list[int | Refusals] = [life, os.pidfd_open(child)]
    while not set(ready := select.select([*waiting, *refusals], [], [])[0]) & set(waiting):
        refusals = [each for each in refusals if each not in ready or each.answer()]
    if waiting[1] not in ready:
        os.kill(child, signal.SIGKILL)
    _, status, used = os.wait4(child, 0)
    if account:
        end_account(account)
    said = {
        "status": os.waitstatus_to_exitcode(status),
        "cpu": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss,
        "refused": counts,
    }
    os.write(life, json.dumps(said).encode())
    return 0


def _work(
    worker: WorkerServer,
    settings: dict[str, Any],
    account: int,
    channel: int,
    keeper: socket.socket,
    group: Sequence[int],
) -> int:
    """Confine this process, reseed its generators, and answer the judge until it closes the channel."""
    for descriptor in group:
        os.write(descriptor, b"0")  # this process joins the control group
        os.close(descriptor)
    _redirect_output()
    if settings["proc"]:
        mount_proc()
    drop_privileges(settings["limits"], account)
    if settings["readable"]:
        restrict_files(settings["readable"], settings["listed"])
    counted, uncounted, last = (base64.b64decode(filter_) for filter_ in settings["filters"])
    listener = filter_calls(settings["seccomp"], counted, uncounted)
    if listener is not None:
        socket.send_fds(keeper, [b"1"], [listener])
        os.close(listener)
    keeper.close()
    if last:
        install(last)
    _reseed()
    try:
        serve(worker, channel)
    except WorkerFault:
        return 0  # the judge has closed the channel
    except BaseException:
        return 1  # a KeyboardInterrupt that an answer raised, say


def _redirect_output() -> None:
    """Point the standard descriptors to /dev/null: all workers share them, and one could fill them."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _reseed() -> None:
    """Seed every global generator anew: without this all forks would draw the same numbers."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if "torch" in sys.modules:
        sys.modules["torch"].seed()


if __name__ == "__main__":
    main()
