"""A Dask cluster on this machine: a real scheduler and workers, in processes of their own.

with Cluster(folder) as cluster:              plain TCP on loopback; with `tls`, Dask's settings for TLS
    cluster.add("one")                        a worker; `kill` and `wait` are the process's own
    grade_class(..., options=Options(cluster=cluster.address))
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CAUGHT = "caught"  # the file that a module of the working directory writes, if it is imported


def free_port() -> int:
    """A port of this machine that nobody listens to."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Cluster:
    """A scheduler, and workers by their names, started in a folder of traps; what they print is there too."""

    def __init__(self, folder: Path, settings: Mapping[str, str] = {}, tls: bool = False) -> None:
        self.folder, self._settings = folder, dict(settings)
        self.address = f"{'tls' if tls else 'tcp'}://127.0.0.1:{free_port()}"
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for name in (*sys.stdlib_module_names, "sitecustomize", "numpy", "distributed", "nbgrader_config"):
            (folder / f"{name}.py").write_text(f"open({str(folder / CAUGHT)!r}, 'a').write(__file__)")

    def __enter__(self) -> Cluster:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        for process in (*self.workers.values(), self.scheduler):
            end(process)

    def start(self) -> None:
        """Start the scheduler, also a second time."""
        host, _, port = self.address.rpartition(":")
        self.scheduler = self._run("scheduler", "--host", host, "--port", port, "--no-dashboard")

    def add(self, name: str, *options: str, settings: Mapping[str, str] = {}) -> None:
        """Start a worker by the line that README gives."""
        self.workers[name] = self._run(
            *("worker", self.address, "--name", name, "--nthreads", "1", "--host", "127.0.0.1"),
            *("--no-dashboard", "--local-directory", str(self.folder), *options),
            settings=settings,
            log=name,
        )

    def log(self, name: str) -> str:
        """What a worker, or the scheduler, has printed."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    def _run(
        self, *words: str, settings: Mapping[str, str] = {}, log: str = "scheduler"
    ) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": "1",
            "PYTHONSAFEPATH": "1",
            **self._settings,
            **settings,
        }
        with (self.folder / f"{log}.log").open("ab") as stream:
            return subprocess.Popen(
                [str(Path(sys.executable).parent / "dask"), *words],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all of its group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
