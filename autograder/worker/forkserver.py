"""A process that has imported what a unit needs, and forks a worker for each submission; Linux only.

    python -m autograder.worker.forkserver SOCKET SETTINGS CHECKS UNIT

It runs inside the sandbox, as its process 1. Over its socket come pairs of descriptors, a pair for each
submission: the worker's channel to the judge, and a life line. When the judge lets go of the life line the
worker is killed; when the worker ends, its status is written there. No line of a submission runs in this
process.

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
from autograder.worker.__main__ import Worker, serve
from autograder.worker.lockdown import give_up, leave_the_others, see_itself

NOT_CONFINED = 70  # the exit status of a worker that could not lock itself down


def main() -> None:
    """Serve until the judge closes the socket, which ends all that was forked with the sandbox."""
    descriptor, settings_text, checks_file, unit = sys.argv[1:]
    settings = json.loads(settings_text)
    judge = socket.socket(fileno=int(descriptor))
    worker = Worker(Path(checks_file), unit)
    for package in settings["preload"]:
        importlib.import_module(package)
    gc.collect()
    gc.freeze()  # what is imported is never collected, nor its pages copied for marking it
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
    """Leave this fork with the call's status, whatever happens in it: the code behind is the parent's."""
    status = NOT_CONFINED
    try:
        status = call()
    finally:
        os._exit(status)


def _keep(worker: Worker, settings: dict[str, Any], channel: int, life: int) -> int:
    """Fork a worker into new namespaces, and see to it that it ends when the judge lets go."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    leave_the_others()
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


def _work(worker: Worker, settings: dict[str, Any], channel: int) -> int:
    """Lock this process down, give it random numbers of its own, and answer the judge while it asks."""
    _be_mute()
    if settings["proc"]:
        see_itself()
    give_up(settings["limits"], base64.b64decode(settings["system_calls"]))
    _shuffle()
    try:
        serve(worker, channel)
    except WorkerFault:
        return 0  # the judge has heard enough
    except BaseException:
        return 1  # a KeyboardInterrupt that an answer raised, say


def _be_mute() -> None:
    """Lead the standard descriptors nowhere: the server's are shared, and one submission could fill them."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _shuffle() -> None:
    """Seed every global generator anew: what is forked would draw the same numbers each time."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if "torch" in sys.modules:
        sys.modules["torch"].seed()


if __name__ == "__main__":
    main()
