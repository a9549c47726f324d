"""A process that has imported what a unit needs, and forks a worker for each submission; Linux only.

    python -m autograder.worker.forkserver SOCKET SETTINGS CHECKS UNIT

It runs inside the sandbox, as its process 1. For each submission its socket receives a pair of descriptors:
the worker's channel to the judge, and a life line. When the judge closes the life line, the worker is killed;
when the worker ends, its exit status is written to it. No line of a submission runs in this process.

    server ── fork ── keeper, in namespaces of its own ── fork ── worker: locked down, process 1 of them
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
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from autograder.errors import WorkerFault
from autograder.worker.__main__ import WorkerServer, serve
from autograder.worker.lockdown import drop_privileges, enter_namespaces, mount_proc

NOT_CONFINED = 70  # the exit status of a worker that could not lock itself down


def main() -> None:
    """Fork workers until the judge closes the socket; the sandbox, and every process in it, ends then."""
    descriptor, settings_text, checks_file, unit = sys.argv[1:]
    settings = json.loads(settings_text)
    judge = socket.socket(fileno=int(descriptor))
    worker = WorkerServer(Path(checks_file), unit)
    for package in settings["preload"]:
        importlib.import_module(package)
    gc.collect()
    gc.freeze()  # else a collection in a fork would write to, and so copy, every page of what is imported
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps the keepers
    judge.sendall(b"ready")
    while True:
        _, pair, _, _ = socket.recv_fds(judge, 1, 2)
        if not pair:
            return
        if os.fork() == 0:
            judge.close()
            _and_exit(partial(_keep, worker, settings, *pair))
        for end in pair:
            os.close(end)


def _and_exit(call: Callable[[], int]) -> NoReturn:
    """End this fork with the call's status, whatever happens in it: the code after it is the parent's."""
    status = NOT_CONFINED
    try:
        status = call()
    finally:
        os._exit(status)


def _keep(worker: WorkerServer, settings: dict[str, Any], channel: int, life: int) -> int:
    """Fork a worker into new namespaces, and kill it when the judge closes the life line."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    enter_namespaces()
    child = os.fork()
    if child == 0:
        os.close(life)
        _and_exit(partial(_work, worker, settings, channel))
    os.close(channel)
    ended = os.pidfd_open(child)
    if ended not in select.select([life, ended], [], [])[0]:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.write(life, str(os.waitstatus_to_exitcode(status)).encode())
    return 0


def _work(worker: WorkerServer, settings: dict[str, Any], channel: int) -> int:
    """Confine this process, reseed its generators, and answer the judge until it closes the channel."""
    _redirect_output()
    if settings["proc"]:
        mount_proc()
    drop_privileges(settings["limits"], base64.b64decode(settings["system_calls"]))
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
