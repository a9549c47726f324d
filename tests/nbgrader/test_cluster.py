"""`gradfn grade --cluster`: a real scheduler and real workers over TLS; whatever ends, nothing is lost."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import dask
import pytest
import yaml
from distributed.cli.dask_scheduler import main as scheduler
from distributed.cli.dask_worker import main as worker
from psutil import Error, Process

from autograder import cli
from autograder.errors import GradfnError
from autograder.nbgrader import cluster as heads
from autograder.nbgrader import workers
from autograder.nbgrader.classes import Options, grade_class
from autograder.nbgrader.cluster import is_private
from autograder.nbgrader.course import Course, open_course
from autograder.units.kit import Kit
from tests import courses
from tests.clusters import CAUGHT, Cluster, end
from tests.conftest import ROOT
from tests.courses import scores
from tests.damaged_class import CLASS
from tests.nbgrader.test_classes import PLUGIN, gradfn, results

PAGE = (ROOT / "autograder" / "README.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## Reference: a cluster\n")[2].partition("\n## ")[0]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)
SHELL = [text for kind, text in BLOCKS if kind == "sh"]
TLS, SLURM, KUBERNETES = (yaml.safe_load(text) for kind, text in BLOCKS if kind == "yaml")
NAMES = ("right", "mistake", "script", "garbage", "photo", "exit", "warns", "stub", "deleted", "forged")
CONTAINER = {"name", "image", "args", "env", "resources", "securityContext", "volumeMounts", "ports"}
KILLS = "if student == 'mistake': import os; os.kill(os.getpid(), 9)"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler and two workers, one with a nanny, with the certificates and the settings of the page."""
    folder = tmp_path_factory.mktemp("cluster")
    subprocess.run(["bash", "-c", SHELL[1]], cwd=folder, check=True, capture_output=True)
    settings = yaml.safe_load(yaml.safe_dump(TLS).replace("/home/ada", str(folder)))
    (folder / "gradfn.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    config = {"DASK_CONFIG": str(folder / "gradfn.yaml")}
    here = dask.config.merge(dask.config.config, settings)
    with dask.config.set(here), Cluster(folder, config, tls=True) as started:
        started.add("one")
        started.add("two", "--no-nanny")
        os.environ |= config
        yield started
        del os.environ["DASK_CONFIG"]


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course without grades; the reference answers are computed already."""
    course = courses.make(tmp_path_factory.mktemp("handed_in"), NAMES)
    course.recorded(course.unit("tiny"))
    return course


@pytest.fixture(scope="module")
def here(handed_in: Course, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one machine leaves."""
    course = courses.copy(handed_in, tmp_path_factory.mktemp("here") / "copy")
    grade_class(course, course.unit("tiny"))
    return courses.state(course)


@pytest.fixture
def fresh(handed_in: Course, tmp_path: Path) -> Course:
    """A copy of the ungraded course that a test may spoil."""
    return courses.copy(handed_in, tmp_path / "fresh")


def graded(course: Course, cluster: Cluster, each: Callable[[int], object] = int, **more: Any) -> list[str]:
    """Grade on the cluster; who was graded, in this order. `each` is called with how many are done."""
    names: list[str] = []

    def progress(done: int, _: int, task: tuple[str, str], __: object) -> None:
        names.append(task[1])
        each(done)

    course = open_course(course.root)
    options = Options(cluster=cluster.address, **more)
    grade_class(course, course.unit("tiny"), progress, options)
    return names


def wait(until: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something is true."""
    last = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < last, "it took too long"
        time.sleep(0.05)


# The same as on one machine


def test_a_cluster_leaves_what_one_machine_leaves(fresh: Course, cluster: Cluster, here: Any) -> None:
    """Gradebook, notebooks and records, to the last byte; the second run has nothing to do.

    Scheduler and workers import nothing from the folder in which they were started.
    """
    plans: list[Any] = []
    assert sorted(graded(fresh, cluster, begin=plans.append)) == sorted(NAMES)
    assert courses.differences(here, courses.state(fresh)) == {}
    assert plans[0].count == len(NAMES)
    assert plans[0].where.endswith(f" of {cluster.address}")
    assert graded(fresh, cluster) == []
    assert graded(fresh, cluster, students=["right"], regrade=True) == ["right"]
    assert courses.differences(here, courses.state(fresh)) == {}
    assert not (cluster.folder / CAUGHT).exists()


def test_the_command_and_the_configuration_name_a_cluster(
    fresh: Course, cluster: Cluster, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By c.Gradfn.cluster, and --jobs grades here; the seed of another course is none of the workers'."""
    courses.configured(fresh, f"c.Gradfn.cluster = {cluster.address!r}\n")
    monkeypatch.chdir(fresh.root)
    assert cli.main(["grade", "tiny", "right"]) == 0
    first, line = capsys.readouterr().out.splitlines()[:2]
    assert re.fullmatch(rf"1 to grade on \d workers? of {cluster.address}", first)
    assert re.match(r"\[1/1\] right +3 points", line)
    assert cli.main(["grade", "tiny", "right", "--regrade", "--jobs", "1"]) == 0
    assert "workers" not in capsys.readouterr().out
    courses.configured(fresh, "c.Gradfn.cluster = 7\n")
    assert cli.main(["grade", "tiny"]) == 2
    assert "write c.Gradfn.cluster = " in capsys.readouterr().err


# Whatever is killed


def test_workers_killed_in_a_run_cost_nothing(fresh: Course, cluster: Cluster, here: Any) -> None:
    """One dies for good and one is started again by its nanny: each submission is graded once."""

    def kill(done: int) -> None:
        if done == 2:
            cluster.workers["two"].kill()
        if done == 4:
            for child in Process(cluster.workers["one"].pid).children(recursive=True):
                with suppress(Error):  # it is gone already
                    if "spawn_main" in " ".join(child.cmdline()):
                        child.kill()

    assert sorted(graded(fresh, cluster, kill)) == sorted(NAMES)
    assert courses.differences(here, courses.state(fresh)) == {}


def test_a_scheduler_killed_in_a_run_is_named_and_the_next_run_goes_on(
    fresh: Course, cluster: Cluster, here: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command ends with what to do; workers without a scheduler end too, and all is started again."""
    before: list[int] = []
    pack = heads._packed

    def slowly(*arguments: Any) -> Any:
        """So that some are still to be sent when two are saved."""
        time.sleep(0.4)
        return pack(*arguments)

    monkeypatch.setattr(heads, "_packed", slowly)

    def kill(done: int) -> None:
        before.append(done)
        if done == 2:
            cluster.scheduler.kill()
            cluster.scheduler.wait()

    try:
        with pytest.raises(GradfnError, match=r"the scheduler at .*: start it"):
            graded(fresh, cluster, kill)
        assert 2 <= len(before) < len(NAMES)
    finally:
        for process in cluster.workers.values():
            end(process)
        cluster.start()
        cluster.add("three")
        cluster.add("four", "--no-nanny")
    assert len(graded(fresh, cluster)) == len(NAMES) - len(before)
    assert courses.differences(here, courses.state(fresh)) == {}


def test_a_head_killed_in_a_run_loses_nothing(fresh: Course, cluster: Cluster, here: Any) -> None:
    """The next command grades the rest, and no more."""
    run = gradfn(fresh, "grade", "tiny", "--cluster", cluster.address)
    assert len(results(run, 3)) == 3
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
    assert len(graded(fresh, cluster)) <= len(NAMES) - 3
    assert courses.differences(here, courses.state(fresh)) == {}


def test_a_submission_that_ends_its_workers_is_named_and_the_others_are_graded(
    fresh: Course, cluster: Cluster
) -> None:
    """It is tried again alone; those that Dask blames with it get their points."""
    courses.configured(fresh, PLUGIN.format(body=KILLS, where="append("))
    names = graded(fresh, cluster)
    assert sorted(names) == sorted(NAMES)
    found = {each.student: each for each in scores(fresh, fresh.unit("tiny"))}
    bad = found.pop("mistake")
    assert bad.failed
    assert "grading it ended its workers, also when it was graded alone" in bad.words
    assert {name: each.points for name, each in found.items()} == {
        name: CLASS[name].points for name in NAMES if name != "mistake"
    }


# Templates


def test_the_template_for_slurm_is_taken_and_gives_a_job(cluster: Cluster, tmp_path: Path) -> None:
    """Dask knows each setting; the script that Slurm is given starts workers with the certificates."""
    from dask_jobqueue import SLURMCluster
    from distributed import Security

    known = set(dask.config.get("jobqueue.slurm"))
    assert {*SLURM["jobqueue"]["slurm"]} - known == set()
    program = next(text for kind, text in BLOCKS if kind == "py")
    assert "SLURMCluster(security=Security(), protocol=" in program
    compile(program, "slurm.py", "exec")
    settings = SLURM["jobqueue"]["slurm"] | {"interface": "lo"}
    settings["scheduler-options"] = settings["scheduler-options"] | {
        "port": 0,
        "dashboard_address": "127.0.0.1:0",
    }
    with (
        dask.config.set({"jobqueue.slurm": dask.config.get("jobqueue.slurm") | settings}),
        SLURMCluster(security=Security(), protocol="tls://") as slurm,
    ):
        script = slurm.job_script()
        assert slurm.scheduler_address.startswith("tls://")
    assert "#SBATCH -p short" in script
    assert "#SBATCH --cpus-per-task=16" in script
    assert "source /home/ada/gradfn/.venv/bin/activate" in script
    assert "export PYTHONSAFEPATH=1" in script
    started = shlex.split(next(line for line in script.splitlines() if "dask_worker" in line))
    options = worker.make_context(
        "worker", started[started.index("distributed.cli.dask_worker") + 1 :]
    ).params
    assert (options["n_workers"], options["nthreads"], options["nanny"]) == ("16", 1, True)
    assert options["tls_ca_file"] == str(cluster.folder / "cluster.pem")
    assert options["tls_key"] == str(cluster.folder / "cluster.key")


def test_the_template_for_kubernetes_has_the_keys_that_are_documented() -> None:
    """Those of dask-kubernetes and of pods; `dask worker` and `dask scheduler` take the arguments."""
    assert (KUBERNETES["apiVersion"], KUBERNETES["kind"]) == ("kubernetes.dask.org/v1", "DaskCluster")
    spec = KUBERNETES["spec"]
    assert {*spec} == {"worker", "scheduler"}
    assert {*spec["worker"]} == {"replicas", "metadata", "spec"}
    assert {*spec["scheduler"]} == {"service", "spec"}
    service = spec["scheduler"]["service"]
    for part, command in (("worker", worker), ("scheduler", scheduler)):
        assert {*spec[part]["spec"]} == {"containers", "volumes"}
        (container,) = spec[part]["spec"]["containers"]
        assert {*container} <= CONTAINER
        assert all(isinstance(word, str) for word in container["args"])
        assert container["args"][:2] == ["dask", part]
        command.make_context(part, container["args"][2:])
        assert container["env"] == [
            {"name": "DASK_CONFIG", "value": "/tls/gradfn.yaml"},
            {"name": "PYTHONSAFEPATH", "value": "1"},
        ]
    (port,) = spec["scheduler"]["spec"]["containers"][0]["ports"]
    assert service["ports"][0]["targetPort"] == port["name"]
    name = KUBERNETES["metadata"]["name"]
    assert service["selector"]["dask.org/cluster-name"] == name
    assert (
        f"tls://{name}-scheduler:{port['containerPort']}" in spec["worker"]["spec"]["containers"][0]["args"]
    )


# Who is refused


def test_a_worker_that_would_give_other_points_is_refused_by_name(
    fresh: Course, cluster: Cluster, tmp_path: Path
) -> None:
    """Another version, another package, no kit at all: and the fit ones grade."""
    copies = {name: tmp_path / name for name in ("older", "otherwise", "kitless")}
    for part in ("autograder", "engine"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, copies["older"] / part, ignore=ignored)
    package = copies["older"] / "autograder" / "__init__.py"
    package.write_text(package.read_text().replace('__version__ = "', '__version__ = "0.0.'))
    other = copies["otherwise"] / "numpy-0.9.9.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 0.9.9\n")
    (copies["kitless"] / "autograder").mkdir(parents=True)
    (copies["kitless"] / "autograder" / "__init__.py").touch()
    for name, folder in copies.items():
        path = f"{folder}:{ROOT}" if name == "otherwise" else str(folder)
        cluster.add(name, "--no-nanny", settings={"PYTHONPATH": path})
    wait(lambda: all("Registered to" in cluster.log(name) for name in copies))
    said: list[str] = []
    assert sorted(graded(fresh, cluster, say=said.append)) == sorted(NAMES)
    refused = {line.split()[1]: line for line in said}
    for name in copies:
        end(cluster.workers.pop(name))
    assert "it has gradfn 0.0." in refused["older"]
    assert "install that there, then restart it" in refused["older"]
    assert "it has numpy 0.9.9, not " in refused["otherwise"]
    assert "is not installed there" in refused["kitless"]
    assert sorted(refused) == sorted(copies)


def test_a_run_ends_where_every_worker_has_another_unit(
    fresh: Course, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once, with what each of them has."""
    monkeypatch.setattr(workers, "_digest", lambda unit: "0123456789abcdef")
    with pytest.raises(GradfnError) as raised:
        graded(fresh, cluster)
    words = r"no worker at .* can grade this: worker \w+ \(tls://.*\) refused: it has another unit tiny \("
    assert re.match(words, str(raised.value))
    assert "not 01234567" in str(raised.value)


def test_a_worker_without_a_sandbox_or_with_another_torch_is_refused(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torch counts where the unit uses it."""
    course = Course(ROOT, kit)
    plain, torch = (workers.needs_of(course, [kit.unit(name)]) for name in ("perceptron", "modules"))
    assert workers._examine(plain) == workers._examine(torch) == ""
    other = replace(torch, packages={**torch.packages, "torch": "0.4.1"})
    assert re.match(r"it has torch \d.*, not 0.4.1: pip install torch==0.4.1 there", workers._examine(other))
    assert "torch" not in plain.packages
    monkeypatch.setattr(workers, "lacking", lambda unit: "there is no bwrap")
    assert workers._examine(plain).startswith("it cannot confine submissions: there is no bwrap.")


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("tls://head.example.org:8786", True),
        ("tcp://127.0.0.1:8786", True),
        ("tcp://[::1]:8786", True),
        ("tcp://localhost:8786", True),
        ("tcp://head.example.org:8786", False),
        ("tcp://10.0.0.5:8786", False),
        ("tcp://0.0.0.0:8786", False),
        ("ws://head.example.org:8786", False),
        ("tcp://127.0.0.1.example.org:8786", False),
    ],
)
def test_who_could_listen(address: str, private: bool) -> None:
    """TLS, and what does not leave the machine."""
    assert is_private(address) is private


def test_plain_connections_are_refused(fresh: Course, tmp_path: Path) -> None:
    """To the scheduler before a word is said, and where others reach it too."""
    unit = fresh.unit("tiny")
    with pytest.raises(GradfnError, match=r"without encryption.*--insecure-cluster"):
        grade_class(fresh, unit, options=Options(cluster="192.0.2.1:8786"))
    plainly = dask.config.set({"distributed.comm.require-encryption": False})
    with plainly, Cluster(tmp_path / "open", {"DASK_CONFIG": str(tmp_path)}) as plain:
        with pytest.raises(GradfnError, match=r"no scheduler answers at tcp://127.0.0.1:1: "):
            grade_class(fresh, unit, options=Options(cluster="tcp://127.0.0.1:1"))
        address, port = plain.address, plain.address.rpartition(":")[2]
        end(plain.scheduler)
        plain.address = f"tcp://0.0.0.0:{port}"
        plain.start()
        wait(lambda: plain.log("scheduler").count("Scheduler at:"))
        with pytest.raises(GradfnError, match=r"the scheduler is reached by tcp://.*without encryption"):
            grade_class(fresh, unit, options=Options(cluster=address))
