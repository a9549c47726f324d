"""What only the sandbox provides: blame for a killed sandbox, and what a submission sees with a GPU."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from autograder.errors import KitFault
from autograder.grading.confinement import UNCONFINED, lacking
from autograder.grading.sandbox import Sandbox
from autograder.units.kit import KitUnit

pytestmark = pytest.mark.skipif(bool(lacking()), reason=f"no sandbox here: {lacking()}")

#: Prints what it may change of the machine; its own process is its own.
LOOKS_ROUND = """
import os
for top in ("/proc", "/sys"):
    for folder, inside, names in os.walk(top):
        inside[:] = [name for name in inside if not name.isdigit() and folder.count("/") < 4]
        for path in (os.path.join(folder, name) for name in names):
            if os.access(path, os.W_OK) and not os.path.islink(path):
                print(path)
for name in os.listdir("/dev"):
    try:
        os.utime(f"/dev/{name}")
        print(name)
    except OSError:
        pass
with open("/proc/self/task/1/comm", "w") as file:
    file.write("a name")
"""


@pytest.fixture(autouse=True)
def _confined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(UNCONFINED, "")


def below(number: int) -> list[psutil.Process]:
    """The sandbox's processes that many levels below this one."""
    found = [process for process in psutil.Process().children() if process.name() == "bwrap"]
    for _ in range(number - 1):
        found = [child for process in found for child in process.children()]
    return found


@pytest.mark.parametrize("step", [1, 2, 3], ids=["bwrap", "server", "keeper"])
def test_a_sandbox_that_is_killed_at_work_is_the_kits_fault(tiny: KitUnit, step: int) -> None:
    """A system out of memory may kill any of them; no check fails because of it."""
    with Sandbox(tiny) as sandbox:
        sandbox.load([("a cell", "x = 1")], notebook=False)
        workers = below(4)
        for process in below(step):
            process.kill()
        psutil.wait_procs(workers, 10)
        with pytest.raises(KitFault, match="the sandbox was killed while it graded"):
            sandbox.check(tiny.all_checks[0], 0)


def test_with_a_gpu_the_machines_settings_are_read_only(tiny: KitUnit) -> None:
    """CUDA needs a /proc; where root grades, the kernel's settings in it would be the submission's own."""
    with Sandbox(tiny, gpu=[Path("/dev/full")]) as sandbox:
        (ran,) = sandbox.load([("a cell", LOOKS_ROUND)], notebook=False)
    assert (ran.outputs, ran.raised) == ([], None)
