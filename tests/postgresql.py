"""A PostgreSQL server of one's own, and databases in it.

with server() as address: new_database(address, "gradebook")
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path


def _programs() -> Path | None:
    """The folder of Debian's PostgreSQL, or of the one on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


PROGRAMS = _programs()


def _as_nobody_special() -> list[str]:
    """The prefix that runs a command as another user: PostgreSQL refuses to run as root."""
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server started for a test or a measurement."""
    assert PROGRAMS is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = Path(tempfile.mkdtemp(prefix="gradfn-postgres-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(home, "nobody", "nogroup")
    data, who = str(home / "data"), _as_nobody_special()
    made = ["initdb", "--pgdata", data, "--username=grader", "--auth=trust", "--no-sync", "--encoding=UTF8"]
    subprocess.run([*who, PROGRAMS / made[0], *made[1:]], check=True, capture_output=True, cwd=home)
    options = ["-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", "", "-F"]
    process = subprocess.Popen(
        [*who, PROGRAMS / "postgres", *options],
        cwd=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield f"postgresql://grader@127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)  # a fast shutdown
        process.wait(30)
        shutil.rmtree(home)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise TimeoutError("PostgreSQL did not start")


def new_database(server: str, name: str) -> str:
    """The URL of a new, empty database."""
    import psycopg

    until = time.monotonic() + 30
    while True:
        try:
            with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]  # a name of our own
                return f"{server}/{name}"
        except psycopg.OperationalError:  # it listens before it is ready
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
