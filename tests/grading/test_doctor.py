"""`gradfn doctor` tries each defence of the sandbox from inside, and says what is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.grading import doctor, isolation
from autograder.grading.confinement import UNCONFINED, lacking
from autograder.grading.doctor import DEFENCES, Defence, try_defence
from autograder.grading.sandbox import Sandbox
from autograder.units import gpu_tier
from autograder.units.kit import KitUnit

if reason := lacking():
    pytest.skip(f"no sandbox here: {reason}", allow_module_level=True)


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda defence: defence.promise)
def test_each_defence_of_the_sandbox_holds(tiny: KitUnit, defence: Defence) -> None:
    """The code of each defence gets hold of nothing."""
    finding = try_defence(tiny, defence)
    assert finding.good, finding.words


def test_a_layer_that_does_not_hold_is_seen(tiny: KitUnit) -> None:
    """Code that gets hold of something, or fails, gives a bad finding with its output."""
    holes = [Defence("", "print('a secret')"), Defence("", "get(open, '/nowhere')"), Defence("", "1 / 0")]
    found = [try_defence(tiny, hole) for hole in holes]
    assert [(finding.good, finding.words) for finding in found] == [
        (False, "a secret"),
        (True, ""),
        (False, "ZeroDivisionError division by zero"),
    ]


def test_a_gpu_opens_only_what_it_needs(tiny: KitUnit) -> None:
    """With a GPU a worker sees its device files, may open a socket and has no memory limit; no more."""
    device = Path("/dev/full")  # stands for a GPU's
    with Sandbox(tiny, gpu=[device]) as sandbox:
        code = "import os, resource\nprint(*os.listdir('/dev'), resource.getrlimit(resource.RLIMIT_AS)[0])"
        (ran,) = sandbox.load([("a cell", code)], notebook=False)
    assert {"full", "null", "-1"} <= set(str(ran.outputs[0]["text"]).split())
    gone = [defence.promise for defence in DEFENCES if not try_defence(tiny, defence, [device]).good]
    assert gone == [
        "it opens no socket",
        "its memory, files, threads and descriptors are limited",
        "it neither locks nor watches what all submissions see, nor reads past the page cache",
    ]


CUDA_BEGINS = """
import os, socket, threading
from pathlib import Path
server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
server.bind("\\0cuda-uvmfd")
server.listen()
os.close(os.memfd_create("cuda"))
wait = threading.Event()
thread = threading.Thread(target=wait.wait)
thread.start()
Path(f"/proc/{os.getpid()}/task/{thread.native_id}/comm").write_text("cuda-EvtHandlr")
wait.set()
"""
NO_CALLER = """
for call in (server.accept, lambda: socket.socket(socket.AF_UNIX).connect("/tmp/x")):
    try:
        call()
    except PermissionError as error:
        print(error.errno)
"""


@pytest.mark.parametrize(("gpu", "raised"), [([Path("/dev/full")], None), ([], "PermissionError")])
def test_with_a_gpu_a_worker_may_do_what_cuda_does_when_it_starts(
    tiny: KitUnit, gpu: list[Path], raised: str | None
) -> None:
    """It may have a local socket, memory with a descriptor and named threads; it reaches nobody."""
    with Sandbox(tiny, gpu=gpu) as sandbox:
        begun, talked = sandbox.load([("begin", CUDA_BEGINS), ("talk", NO_CALLER)], notebook=False)
    assert (begun.raised and begun.raised.type_name) == raised
    assert raised or str(talked.outputs[0]["text"]).split() == ["1", "1"]


def test_the_doctor_says_what_a_gpu_opens(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a worker reaches the GPU, each defence is reported; if not, the reason is."""
    monkeypatch.setattr(gpu_tier, "missing", lambda: "")
    monkeypatch.setattr(gpu_tier, "device_files", lambda: [Path("/dev/full")])
    monkeypatch.setattr(doctor, "unreachable", lambda unit: "")
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "ok  the sandbox reaches the GPU\n" in said
    assert "with a GPU, it sees no other process: still\n" in said
    assert "with a GPU, it opens no socket: NO LONGER" in said
    monkeypatch.setattr(doctor, "unreachable", lambda unit: "RuntimeError: CUDA error: OS call failed")
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "NOT the sandbox reaches the GPU: RuntimeError: CUDA error: OS call failed\n" in said
    assert "with a GPU, " not in said


def test_the_doctor_finds_nothing_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """If the sandbox works, every line says ok."""
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "NOT" not in said
    assert said.count("\nok  ") >= len(DEFENCES) + 3
    assert "ok  one submission finds nothing of another\n" in said


def test_a_package_whose_libraries_are_missing_is_not_ok(monkeypatch: pytest.MonkeyPatch) -> None:
    """pip's torch without what it needs of NVIDIA's."""

    def fails(name: str) -> None:
        raise ValueError(f"{name}: libcublas.so not found\nin the path")

    monkeypatch.setattr(doctor, "import_module", fails)
    found = doctor._package("torch")
    assert (found.good, "cannot be imported: torch: libcublas.so not found" in found.words) == (False, True)


def test_the_doctor_says_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without bubblewrap the exit status is 1; the line says what to install and what happens until then."""
    monkeypatch.setenv(UNCONFINED, "")
    lacking = replace(isolation.BUBBLEWRAP, lacking=lambda: "it is not installed")
    monkeypatch.setattr(isolation, "BY_ITSELF", (lacking,))
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "NOT the sandbox: submissions are untrusted code" in said
    assert "bubblewrap: it is not installed." in said
    assert "--unconfined" in said
