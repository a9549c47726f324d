"""The GPU tier without a GPU: its code path is rehearsed on the CPU, its failures are simulated."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.answers.submission import from_script
from autograder.declare import CPU, Check, Setting, here
from autograder.errors import WorkerFault
from autograder.grading import confinement, grade, oracle
from autograder.judging.gpu_faults import FAULTS, fault_of
from autograder.judging.judge import judge
from autograder.judging.results import GpuReport, Result
from autograder.student.attempt import Attempt
from autograder.units import gpu_tier
from autograder.units.kit import Kit, KitUnit
from autograder.worker.modules import module_of
from autograder.worker.outcome import Outcome, Raised
from autograder.worker.run import run
from tests.conftest import ROOT
from tests.gpu import run as full_run

HIDDEN = (
    "rich IPython jupyter ipykernel nbgrader nbformat nbconvert traitlets matplotlib sqlalchemy watchfiles"
)


@pytest.fixture(scope="module")
def unit(kit: Kit) -> KitUnit:
    """The unit that has a GPU tier."""
    return kit.unit("modules")


@pytest.fixture
def rehearsal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tier on the CPU."""
    monkeypatch.setenv("GRADFN_DEVICE", "cpu")


def python(*arguments: str, hidden: str = "") -> subprocess.CompletedProcess[str]:
    """A Python that sees no GPU, and none of the hidden packages."""
    hide = f"import sys; sys.modules.update(dict.fromkeys({hidden.split()!r})); sys.argv.pop(0); "
    start = "import runpy; runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)"
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": "", "GRADFN_DEVICE": ""}
    return subprocess.run(
        [sys.executable, "-c", hide + start, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def named(unit: KitUnit, name: str, setting: Setting) -> Check:
    """A check as it runs in a setting."""
    return next(gpu_tier.adapt(check, setting) for check in unit.all_checks if check.name == name)


# What is run, and how closely it is compared


def test_every_exercise_with_tensors_is_in_the_tier(unit: KitUnit) -> None:
    """Each exercise has checks in the tier, at least in float32, but one whose generator is the CPU's."""
    assert [name for name in unit.exercises if not unit.gpu_checks(name)] == ["train_xor_mlp"]


@pytest.mark.parametrize(("dtype", "eps"), [("float32", 2**-23), ("bfloat16", 2**-7)])
def test_the_tolerance_follows_from_dtype_and_length(unit: KitUnit, dtype: str, eps: float) -> None:
    """eps * sqrt(terms) with a constant in front; a check that allows more on the CPU keeps it."""
    check = named(unit, "rows_are_probabilities", Setting("cuda", dtype))
    assert check.rtol == check.atol == pytest.approx(gpu_tier.SAFETY * eps * math.sqrt(check.terms))
    assert named(unit, "weights_fill_the_kaiming_range", Setting("cuda", "float32")).rtol == 0.02


def test_tf32_would_not_pass_as_float32() -> None:
    """TF32 keeps 10 bits: its error is hundreds of times what float32 is allowed."""
    assert 100 * gpu_tier.tolerance("float32", 60) / gpu_tier.SAFETY < 2**-11


@pytest.mark.usefixtures("rehearsal")
def test_tf32_is_named_however_it_is_switched_on(unit: KitUnit) -> None:
    """Also by fp32_precision, which torch has beside the older ways since 2.9."""
    torch = pytest.importorskip("torch")
    if not hasattr(torch.backends, "fp32_precision"):
        pytest.skip("this torch has the older ways only")
    module = oracle.solution_of(unit)
    right = module.train_step

    def train_step(*given: Any) -> Any:
        torch.backends.cuda.matmul.fp32_precision = "tf32"
        return right(*given)

    vars(module)["train_step"] = train_step
    check = named(unit, "float32_keeps_its_digits", gpu_tier.REHEARSAL)
    (result,) = (
        r
        for r in judge(
            unit, "train_step", {check.name: run(check, module, 0)}, unit.recorded, setting=check.setting
        )
        if r.check == check.label
    )
    assert (result.status, result.mistake) == ("failed", "TF32 switched on")
    assert torch.get_float32_matmul_precision() == "highest"


@pytest.mark.usefixtures("rehearsal")
def test_the_tier_passes_the_solution_and_names_its_mistakes(unit: KitUnit) -> None:
    """The run for a real GPU, rehearsed on the CPU: every check passes."""
    lines = [*full_run.solutions(unit), *full_run.mistakes(unit)]
    assert [line for line, right in lines if not right] == []
    assert len(lines) > sum(len(unit.gpu_checks(name)) for name in unit.exercises)


def test_a_program_leaves_the_setting_as_it_was(unit: KitUnit) -> None:
    """The setting is reset even if the answer raises."""
    check = named(unit, "rows_are_probabilities", Setting("cpu", "bfloat16"))
    assert run(check, module_of("def predict(model, X): raise ValueError", "none"), 0).raised
    assert here() == CPU


def test_answers_stay_on_their_device(unit: KitUnit) -> None:
    """On torch's meta device the solution works, and an answer that moves to the CPU fails."""
    torch = pytest.importorskip("torch")
    model, X = torch.nn.Linear(4, 3, device="meta"), torch.ones(5, 4, device="meta")
    assert oracle.solution_of(unit).predict(model, X).device == X.device
    for mistake in oracle.mistakes_of(unit):
        if mistake.name == "predict" and mistake.tier == "gpu":
            with pytest.raises(NotImplementedError, match="Cannot copy out of meta tensor"):
                oracle.with_mistake(unit, mistake).predict(model, X)


# What a worker needs


def test_the_driver_is_found_where_the_loader_finds_it() -> None:
    """The driver's folder is found through its library, tested with one that every machine has."""
    if sys.platform != "linux":
        pytest.skip("the loader of Linux is asked")
    folder = gpu_tier.driver_folder("libm.so.6")
    assert folder is not None
    assert list(folder.glob("libm.so*"))
    assert gpu_tier.driver_folder("libnone.so.1") is None


@pytest.mark.parametrize("inside", [True, False])
def test_a_worker_finds_the_driver_and_the_gpu_that_was_chosen(
    unit: KitUnit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: bool
) -> None:
    """A driver outside of the system's libraries is mounted and searched; one GPU of several is the same."""
    folder = Path("/usr/lib/x86_64-linux-gnu") if inside else tmp_path
    monkeypatch.setattr(gpu_tier, "driver_folder", lambda: folder)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2")
    gpu = [Path("/dev/nvidia2")]
    variables = confinement.environment("/tmp", gpu)
    assert (variables["CUDA_VISIBLE_DEVICES"], variables.get("LD_LIBRARY_PATH")) == (
        "2",
        None if inside else str(tmp_path),
    )
    assert (str(tmp_path) in confinement.command(unit, 3, "{}", gpu)) is not inside
    assert "CUDA_VISIBLE_DEVICES" not in confinement.environment("/tmp")


# Without CUDA


def test_the_tier_comes_after_all_that_is_asked_of_the_cpu() -> None:
    """A process that lost its GPU cannot seed torch any more: nothing of the CPU is left to do then."""
    listed = python("pytest", "exercises/modules", "--collect-only", "-q").stdout.splitlines()
    on_gpu = ["[" in line for line in listed if "modules" in line and "::" in line]
    assert on_gpu == sorted(on_gpu), listed
    assert len(set(on_gpu)) == 2, listed


def test_pytest_says_what_was_not_run(unit: KitUnit) -> None:
    """Every check is skipped, and the total says why; with no package but torch, NumPy and pytest."""
    done = python("pytest", "exercises/modules", "-m", "gpu", hidden=HIDDEN)
    count = sum(len(labels) for labels in unit.recorded.gpu.values())
    assert f"modules: GPU tier: {count} checks not run (no CUDA device)" in done.stdout, done.stderr
    assert f"{count} skipped" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize("tier", ["cpu", "gpu"])
def test_judge_says_what_was_not_run(unit: KitUnit, tier: str) -> None:
    """It counts neither for nor against; with no package but torch and NumPy."""
    file = str(unit.stub_file)
    done = python("autograder.cli", "judge", "modules", file, "--tier", tier, "--json", hidden=HIDDEN)
    report = json.loads(done.stdout)
    gpu = report["gpu"]
    assert (report["max_points"], gpu["extra_points"]) == (unit.points if tier == "cpu" else 0, 0)
    assert {check["status"] for check in gpu["checks"]} == {"not run"}
    assert gpu["missing"] == "no CUDA device"
    assert gpu["words"] == f"GPU tier: {len(gpu['checks'])} checks not run (no CUDA device)"


def test_a_unit_without_a_tier_says_so(kit: Kit) -> None:
    """It is an error, not an empty report."""
    done = python("autograder.cli", "judge", "xor", "exercises/xor/xor.py", "--tier", "gpu")
    assert (done.returncode, "xor has no GPU tier" in done.stderr) == (2, True)


# Points


def results(*statuses: str) -> tuple[Result, ...]:
    """Two exercises' results with these statuses in turn."""
    return tuple(
        Result("ab"[i % 2], f"check_{i}", 0, 0, status, "", tier="gpu")  # type: ignore[arg-type]
        for i, status in enumerate(statuses)
    )


@pytest.mark.parametrize(
    ("device", "statuses", "extra"),
    [
        ("cuda", ("passed", "passed", "passed", "passed"), 2),
        ("cuda", ("passed", "passed", "passed", "failed"), 1),
        ("cuda", ("passed", "passed", "not run", "passed"), 1),
        ("cuda", ("not run", "not run"), 0),
        ("cpu", ("passed", "passed"), 0),
    ],
)
def test_an_exercise_that_passes_whole_earns_an_extra_point(
    device: str, statuses: tuple[str, ...], extra: int
) -> None:
    """Checks that were not run give no points, and a rehearsal is not a run."""
    assert GpuReport(device, results(*statuses)).extra == extra


# Failures of the GPU

SAID = {
    "out of memory": ("OutOfMemoryError", "CUDA out of memory. Tried to allocate 20.00 GiB."),
    "an illegal memory access": (
        "AcceleratorError",
        "CUDA error: an illegal memory access was encountered\nCUDA kernel errors might be ...",
    ),
    "a device-side assertion": ("RuntimeError", "CUDA error: device-side assert triggered"),
    "a kernel time-out": ("RuntimeError", "CUDA error: the launch timed out and was terminated"),
    "a failed kernel": ("RuntimeError", "CUDA error: unspecified launch failure"),
    "two devices": (
        "RuntimeError",
        "Expected all tensors to be on the same device, but found at least two devices, cpu and cuda:0!",
    ),
    "the GPU cannot be used": ("RuntimeError", "CUDA error: no kernel image is available for execution"),
}


def test_every_failure_is_tried_here() -> None:
    """Every fault has an example."""
    assert list(SAID) == [fault.name for fault in FAULTS]


@pytest.mark.parametrize("name", SAID)
def test_failures_of_the_gpu_are_named(unit: KitUnit, name: str) -> None:
    """The card says what it was and what it means; the machine's own fault costs no points."""
    raised = Raised("answer", *SAID[name])
    check = named(unit, "rows_are_probabilities", Setting("cuda", "float32"))
    outcomes: dict[str, Outcome | str] = {check.name: Outcome(raised=raised)}
    report = judge(unit, "predict", outcomes, unit.recorded, setting=check.setting)
    result = next(r for r in report if r.check == check.label)
    fault = fault_of(raised)
    assert fault is not None
    assert result.status == ("not run" if fault.machine else "failed")
    assert fault.machine or f"On the GPU: {name}." in result.message


def test_an_ordinary_exception_is_no_failure_of_the_gpu() -> None:
    """Nor does such a word in the worker's exit make one."""
    assert fault_of(Raised("answer", "ValueError", "the labels are wrong")) is None
    assert fault_of(Raised("lost", "Its process ended", "CUDA out of memory")) is None


CRASH = 'raise RuntimeError("CUDA error: an illegal memory access was encountered")\n    was_training ='


@pytest.mark.usefixtures("rehearsal")
def test_the_judge_goes_on_after_a_lost_gpu(unit: KitUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exercise's later checks are not run, with the reason; the others get a new process, and pass."""
    unit = Kit(ROOT).unit(unit.name)  # one of its own, with two exercises
    text = unit.solution_file.read_text(encoding="utf-8").replace("was_training =", CRASH, 1)
    monkeypatch.setattr(gpu_tier, "settings", lambda checks: (gpu_tier.REHEARSAL,))
    kept = ("predict", "LeakySquare")
    vars(unit)["exercises"] = {name: unit.exercises[name] for name in kept}
    report = grade.grade_gpu(unit, from_script(text, unit, "modules.py"), unit.recorded)
    first, *rest = [result for result in report.checks if result.exercise == "predict"]
    assert "On the GPU: an illegal memory access." in first.message
    assert {(result.status, result.message.splitlines()[1].strip()) for result in rest} == {
        ("not run", "Not run: an earlier check of predict ended with an illegal memory access")
    }
    assert {result.status for result in report.checks if result.exercise != "predict"} == {"passed"}


def test_a_gpu_that_no_worker_reaches_counts_against_nobody(
    unit: KitUnit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If sandbox or driver fail, the tier is not run, with the reason."""
    monkeypatch.setenv("GRADFN_DEVICE", "cuda:99")
    text = unit.solution_file.read_text(encoding="utf-8")
    report = grade.grade_gpu(unit, from_script(text, unit, "modules.py"), unit.recorded)
    assert report.missing.startswith("cuda:99 cannot be used in a worker: ")
    assert {result.status for result in report.checks} == {"not run"}
    assert report.missing in report.words


def test_a_worker_that_dies_of_the_gpu_is_named(unit: KitUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver may crash the process that asks it, before any line of a submission has run."""

    def load(*arguments: object, **options: object) -> None:
        raise WorkerFault("SIGSEGV")

    monkeypatch.setattr("autograder.grading.sandbox.Sandbox.load", load)
    assert grade.unreachable(unit).endswith("cannot be used in a worker: SIGSEGV")


@pytest.mark.usefixtures("rehearsal")
def test_what_one_answer_sets_the_next_ones_check_does_not_keep(
    unit: KitUnit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TF32 that predict switches on is not there any more when train_step is asked."""
    unit = Kit(ROOT).unit(unit.name)  # one of its own, with two exercises
    switch = 'torch.set_float32_matmul_precision("high")\n    was_training ='
    text = unit.solution_file.read_text(encoding="utf-8").replace("was_training =", switch, 1)
    monkeypatch.setattr(gpu_tier, "settings", lambda checks: (gpu_tier.REHEARSAL,))
    vars(unit)["exercises"] = {name: unit.exercises[name] for name in ("predict", "train_step")}
    report = grade.grade_gpu(unit, from_script(text, unit, "modules.py"), unit.recorded)
    assert {result.status for result in report.checks} == {"passed"}


@pytest.mark.usefixtures("rehearsal")
def test_a_students_process_that_lost_the_gpu_asks_it_nothing_more(unit: KitUnit) -> None:
    """Later GPU checks would all fail the same way and are not run; CPU checks go on."""
    module = oracle.solution_of(unit)

    def lost(*arguments: object) -> None:
        raise RuntimeError(SAID["an illegal memory access"][1])

    vars(module)["predict"] = lost
    attempt = Attempt(unit, module)
    checks = unit.checks_of("predict", gpu_tier.REHEARSAL)
    assert attempt.result(checks[0]).status == "failed"
    assert "ended this process's use of it" in attempt.result(checks[1]).message
    assert attempt.result(unit.checks_of("LeakySquare")[0]).status == "passed"


def test_the_device_files_are_listed() -> None:
    """What a confined process must be given; nothing on a machine without an NVIDIA GPU."""
    assert all(
        path.parent == Path("/dev") and path.name.startswith(("nvidia", "dxg"))
        for path in gpu_tier.device_files()
    )
