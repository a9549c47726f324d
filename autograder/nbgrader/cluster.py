"""Grade on other machines: a Dask cluster, the second way beside `pool` to turn submissions into `Judged`.

    with Cluster(address, ...) as cluster:
        count, where = cluster.ready(course, units)              once the reference answers are there
        for judged in cluster.judged(course, tasks, about): ...

A worker is a stock `dask worker`. It is examined, without being told anything secret. One that fits is sent
the course's settings and the reference answers, and gets a resource with the run's name, which each task asks
for: a worker that does not fit, or is new and not examined yet, is given no submission.

Dask runs the tasks of a lost worker again, and after several losses blames all that the worker was given
(KilledWorker). These are tried again one by one: what then still ends its workers is a named failure.
"""

from __future__ import annotations

import ipaddress
import logging
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from queue import Empty, Queue
from typing import Any
from uuid import uuid4

from autograder.answers.submission import suffix_of
from autograder.errors import GradfnError
from autograder.grading.folder import MOST_BYTES, files_of
from autograder.nbgrader.bulk import Judged, begin, unsaved
from autograder.nbgrader.course import Course
from autograder.nbgrader.gpu import file_of
from autograder.nbgrader.records import in_a_line
from autograder.nbgrader.resume import About, Task
from autograder.nbgrader.workers import Job, Settings, enrol, examine, grade_there, leave, needs_of
from autograder.units.files import read_untrusted
from autograder.units.kit import KitUnit

LOOK_SECONDS, CONNECT_SECONDS = 1.0, 10.0  # between looks for new workers; without a scheduler
SAY_SECONDS, PATIENCE = 5.0, 600.0  # without a worker
#: How much is held against a submission that Dask blames for several losses of a worker, and for one; and the
#: most at which it is tried again.
BLAME, LOSS, MOST_BLAME = 3, 1, 6
AHEAD = 2  # submissions at a worker: one is run, one waits there
AGAIN = "start it, then run this command again; what was graded stays"
PAGE = 'autograder/README.md, "Reference: a cluster"'
OPEN = "its connection is not encrypted, and would carry the hidden inputs"
Running = dict[str, tuple[Any, Job]]  # a future and its job, by the task's key


def is_private(address: str) -> bool:
    """Whether nobody else can listen to what is sent to an address: it is TLS, or this machine's own."""
    from distributed.comm.addressing import get_address_host

    if address.startswith(("tls://", "wss://")):
        return True
    try:
        host = get_address_host(address)
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Cluster:
    """The head's side of a cluster; raises GradfnError where there is none, or where others could listen."""

    def __init__(
        self,
        address: str,
        insecure: bool,
        course: Course,
        units: Sequence[KitUnit],
        say: Callable[[str], None],
    ) -> None:
        try:
            import dask
            from distributed import Client, Security
            from distributed.comm.addressing import normalize_address
        except ImportError as error:
            raise GradfnError(f"a cluster needs Dask: pip install 'gradfn[cluster]' ({error})") from error
        self.address, self._insecure, self._say = normalize_address(address), insecure, say
        self._must_be_private(self.address, "the cluster")
        for name in ("distributed", "distributed.client"):  # what they say is said here
            logging.getLogger(name).setLevel(logging.CRITICAL)
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
        own = {"security": Security(), "set_as_default": False, "timeout": CONNECT_SECONDS}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of other versions: what counts is examined
                self._client = Client(self.address, **own)
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            words = f"no scheduler answers at {self.address}: {in_a_line(error)}"
            raise GradfnError(f"{words}. {PAGE}, says how one is started") from error
        self._needs, self._name = needs_of(course, units), f"gradfn-{uuid4().hex}"
        self._settings: Settings | None = None
        self._verdicts: dict[str, str] = {}  # by worker: why it is refused, empty if it fits
        self._size, self._ever, self._fault = 0, False, ""
        self._found: Queue[Any] = Queue()
        self._aside: set[str] = set()
        self._closed = threading.Event()

    def __enter__(self) -> Cluster:
        self._must_be_private(self._client.scheduler_info(n_workers=0)["address"], "the scheduler")
        threading.Thread(target=self._recruit, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Let the workers forget the run; what they are running is dropped."""
        self._closed.set()
        with suppress(Exception):
            if self._settings and self._client.status == "running":
                self._client.run(leave, self._name, on_error="ignore")
        with suppress(Exception):
            self._client.close(timeout=2)

    def _must_be_private(self, address: str, what: str) -> None:
        if not (self._insecure or is_private(address)):
            raise GradfnError(
                f"{what} is reached by {address}, without encryption: others could read the hidden inputs on "
                f"their way, and run code on its machines. Use TLS ({PAGE}), or --insecure-cluster"
            )

    def ready(self, course: Course, units: Sequence[KitUnit]) -> tuple[int, str]:
        """Send the workers what they need, and wait for the first; how many there are, and where."""
        config = deepcopy(course.config)
        config.CourseDirectory.pop("db_url", None)
        released = {unit.name: course.released_file(unit).read_bytes() for unit in units}
        answers = {unit.name: course.recorded(unit) for unit in units}
        self._settings = Settings(self._name, self._needs, config, released, answers)
        while not self._size:
            self._must_go_on()
            time.sleep(0.05)
        return self._size, f" on {self._size} worker{'s' * (self._size != 1)} of {self.address}"

    def _must_go_on(self) -> None:
        if self._fault or self._closed.is_set():
            raise GradfnError(self._fault or "the run was stopped")

    def _recruit(self) -> None:
        """Examine and enrol workers as they come, in a thread of its own, until the end."""
        since, said = time.monotonic(), False
        try:
            while not self._closed.wait(LOOK_SECONDS if self._size else LOOK_SECONDS / 10):
                self._look()
                if self._size:
                    since, said = time.monotonic(), False
                alone = time.monotonic() - since
                if self._settings and alone > SAY_SECONDS and not said:
                    said, line = True, f"dask worker {self.address} --nworkers=-1 --nthreads 1"
                    self._say(f"Waiting for a worker: PYTHONSAFEPATH=1 {line}")
                if alone > PATIENCE:
                    raise GradfnError(f"no worker was there for {PATIENCE / 60:.0f} minutes: {AGAIN}")
        except GradfnError as error:
            self._fault = str(error)
        except Exception as error:
            self._fault = self._gone(error)

    def _gone(self, error: Exception) -> str:
        return f"the scheduler at {self.address} does not answer any more: {AGAIN} ({in_a_line(error)})"

    def _look(self) -> None:
        """Note which workers are there, examine the new ones, and enrol those that fit."""
        self._must_be_connected()
        there = self._client.scheduler_info(n_workers=-1)["workers"]
        there = {where: about for where, about in there.items() if about["status"] == "running"}
        self._verdicts = {where: self._verdicts[where] for where in there if where in self._verdicts}
        new = there.keys() - self._verdicts.keys()
        unsafe = {where for where in new if not (self._insecure or is_private(where))}
        self._note(there, dict.fromkeys(unsafe, OPEN))
        self._note(there, self._run(examine, new - unsafe, self._needs))
        fit = [where for where in there if self._verdicts.get(where) == ""]
        if self._settings:
            late = [where for where in fit if not there[where]["resources"].get(self._name)]
            self._note(there, self._run(enrol, late, self._settings))
            self._size = list(self._verdicts.values()).count("")
        self._ever = self._ever or bool(fit)
        if there and not self._ever and all(self._verdicts.get(where) for where in there):
            reasons = "; ".join([*self._verdicts.values()][:5])
            raise GradfnError(f"no worker at {self.address} can grade this: {reasons}")

    def _must_be_connected(self) -> None:
        if self._client.status != "running":
            raise OSError("the connection is lost")

    def _run(self, function: Any, workers: Iterable[str], *arguments: Any) -> dict[str, Any]:
        """What a function says in some workers, or the exception."""
        named = [*workers]
        return self._client.run(function, *arguments, workers=named, on_error="return") if named else {}

    def _note(self, there: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        """Keep what was said of workers; one without the kit raises what it says."""
        for where, words in said.items():
            if isinstance(words, OSError):
                continue  # it is gone
            if isinstance(words, Exception):
                kit = f"gradfn {self._needs.version} is not installed there"
                words = f"{kit} ({in_a_line(words)}): install it, then restart the worker"
            self._verdicts[where] = words and f"worker {there[where]['name']} ({where}) refused: {words}"
            if words:
                self._say(self._verdicts[where])

    def judged(self, course: Course, tasks: Sequence[Task], about: Mapping[str, About]) -> Iterator[Judged]:
        """What is to be saved of each task, in the order in which they finish."""
        waiting, alone = deque(tasks), deque[Job]()
        running: Running = {}
        while waiting or alone or running:
            self._must_go_on()
            jobs: list[Job] = []
            size = sum(map(_size, (job for _, job in running.values())))
            while waiting and len(running) + len(jobs) < AHEAD * self._size and size < MOST_BYTES:
                job = _packed(course, *waiting.popleft(), about)
                if isinstance(job, Judged):
                    yield job
                else:
                    jobs.append(job)
                    size += _size(job)
            if alone and not waiting and not running and self._size:
                jobs = [alone.popleft()]
            try:
                running |= self._sent(jobs)
                ended = self._ended(running) or self._stuck(running)
            except Exception as error:
                raise GradfnError(self._gone(error)) from error
            for key, result in ended.items():
                _, job = running.pop(key)
                if isinstance(result, Judged):
                    yield result
                elif (blame := _blame(result)) and job.blamed + blame <= MOST_BLAME:
                    alone.append(replace(job, blamed=job.blamed + blame))
                else:
                    yield unsaved(job.begun, _named(result))

    def _sent(self, jobs: Sequence[Job]) -> Running:
        """Send some jobs to the scheduler, by keys that name no student."""
        if not jobs:
            return {}
        keys, own = [f"gradfn-{uuid4().hex}" for _ in jobs], {self._name: 1}
        futures = self._client.map(
            grade_there, [self._name] * len(jobs), jobs, key=keys, resources=own, pure=False, retries=0
        )
        for future in futures:
            future.add_done_callback(self._found.put)
        return dict(zip(keys, zip(futures, jobs, strict=True), strict=True))

    def _ended(self, running: Running) -> dict[str, Judged | Exception]:
        """What has ended since the last time, by key: a Judged, or what went wrong."""
        ended: list[Any] = []
        with suppress(Empty):
            ended.append(self._found.get(timeout=LOOK_SECONDS))
            while True:
                ended.append(self._found.get_nowait())
        ended = [future for future in ended if future.key in running]
        finished = {future.key: future for future in ended if future.status == "finished"}
        results = dict(self._client.gather(finished, errors="skip")) if finished else {}
        for future in ended:
            if future.key in results:
                continue
            if future.status == "error":
                results[future.key] = future.exception()
            elif future.status in ("cancelled", "lost"):
                self._must_be_connected()
                results[future.key] = Lost("Dask has lost it")
            else:  # its worker was lost before it could tell: Dask runs it again
                future.add_done_callback(self._found.put)
        return results

    def _stuck(self, running: Running) -> dict[str, Exception]:
        """Cancel the tasks that no worker was given, now and the last time.

        When the last worker is lost Dask puts its tasks aside until another one comes, but then that one is
        not enrolled yet; and it does not look at them again.
        """
        given = {key for keys in self._client.processing().values() for key in keys}
        aside = {key for key, (future, _) in running.items() if key not in given and not future.done()}
        self._aside, stuck = aside, aside & self._aside if self._size else set()
        for key in stuck:
            running[key][0].cancel()
        return {key: Lost("its worker was lost, and no other one took it") for key in stuck}


class Lost(Exception):
    """A task that ended without its fault."""


def _blame(error: Exception) -> int:
    """How much is held against a task that ended with its worker; 0 if it did not."""
    if type(error).__name__ == "KilledWorker":
        return BLAME
    return LOSS if isinstance(error, Lost) else 0


def _named(error: Exception) -> GradfnError:
    """Why a task gave no Judged."""
    if _blame(error):
        last = getattr(error, "last_worker", None)
        where = f", the last time at {last.address}" if last else ""
        return GradfnError(
            f"grading it ended its workers, also when it was graded alone{where}: their logs may say why "
            "(memory?)"
        )
    return GradfnError(f"the worker could not grade it: {in_a_line(error)}")


def _packed(course: Course, name: str, student: str, about: Mapping[str, About]) -> Job | Judged:
    """A submission with its files, of which those that hold no answers are only named; or why it has none."""
    unit = course.unit(name)
    begun = begin(course, unit, student, *about[name])
    if begun.record:
        return begun
    try:
        found = {
            str(path.relative_to(course.root)): read_untrusted(path, MOST_BYTES + 1)
            if suffix_of(path)
            else b""
            for path in files_of(course.submitted_folder(unit, student))
        }
        with suppress(FileNotFoundError):  # what the GPU tier said is part of the report
            path = file_of(course, unit, student)
            found[str(path.relative_to(course.root))] = path.read_bytes()
    except (OSError, GradfnError) as error:
        return unsaved(begun, error)
    return Job(begun, found)


def _size(job: Job) -> int:
    return sum(map(len, job.files.values()))
