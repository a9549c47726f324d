"""`gradfn doctor`: try out what this machine has for grading, each defence of the sandbox from inside.

    examine(unit, with_torch) -> findings    what was looked at, whether it is good, and a few words
    DEFENCES                                 the defences, each with code that attacks it
    try_defence(unit, defence)               the finding on one of them

The code runs as a submission's cell does, and prints what it got hold of: a defence holds if its code prints
nothing.
"""

from __future__ import annotations

import ctypes
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module, metadata

from autograder.errors import GradfnError, WorkerFault
from autograder.grading import cgroups
from autograder.grading.confinement import ROOT, Devices, environment
from autograder.grading.grade import unreachable
from autograder.grading.isolation import BUBBLEWRAP, ISOLATION, WASM, Isolation, chosen
from autograder.grading.sandbox import Sandbox
from autograder.units import gpu_tier
from autograder.units.kit import KitUnit


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `good` is None for a mere statement."""

    title: str
    good: bool | None
    words: str = ""


@dataclass(frozen=True)
class Defence:
    """A promise of the sandbox, and code that prints something if it does not hold.

    In WebAssembly there are no calls for what the `kernel` ones try.
    """

    promise: str
    code: str
    kernel: bool = True


AS_ROOT = (
    "root, for whom the kernel does not limit the number of threads: a submission can start as many as its "
    "memory holds. Grade as an ordinary user"
)

_TRY = """
def get(call, *arguments):
    try:
        print(call(*arguments))
    except (OSError, ImportError, MemoryError, RuntimeError):
        pass
"""

DEFENCES = (
    Defence(
        "it runs as the user nobody, without any capability",
        """
import ctypes, os
words = (ctypes.c_uint32 * 6)()
ctypes.CDLL(None).capget((ctypes.c_uint32 * 2)(0x20080522, 0), words)
if (os.getuid(), os.geteuid(), os.getgid()) != (65534,) * 3 or any(words):
    print(os.getuid(), os.getgid(), list(words))
""",
    ),
    Defence(
        "it finds no file of this machine's users, of the kit's solutions or of a course",
        f"""
import os
for path in ("/home", "/root/.ssh", "/etc/passwd", "/var", "/kit/solutions", "/kit/exercises", {str(ROOT)!r}):
    if os.path.exists(path):
        print(path)
""",
        kernel=False,
    ),
    Defence(
        "it writes nothing, but 16 MB to a /tmp of its own",
        """
import os
for folder, inside, _ in os.walk("/"):
    if folder in ("/proc", "/sys"):
        inside.clear()  # the kernel's own: what is written there is not stored
    if os.access(folder, os.W_OK) and not folder.startswith("/tmp"):
        print(folder)
def fill():
    for name in range(3):
        with open(f"/tmp/{name}", "wb") as file:
            file.write(bytes(8 << 20))
    return "/tmp holds more"
get(fill)
""",
    ),
    Defence(
        "it sees no other process",
        """
import os
try:
    seen = os.listdir("/proc")
except OSError:
    seen = []
if os.getpid() != 1 or set(filter(str.isdigit, seen)) - {"1"}:
    print(os.getpid(), *seen)
""",
    ),
    Defence(
        "it opens no socket",
        "import socket\nfor kind in range(1, 45):\n    get(socket.socket, kind)",
        kernel=False,
    ),
    Defence(
        "it starts no process",
        "import os, sys\nget(os.fork)\nget(os.execv, sys.executable, ['python', '-c', ''])",
    ),
    Defence(
        "it makes no namespace, mounts nothing and traces no process",
        """
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
# These calls have no effect even where they are allowed; they then fail with another error than EPERM.
for name, *arguments in (("unshare", 1 << 30), ("umount2", b"/none", 0), ("ptrace", 16, 0, 0, 0)):
    getattr(libc, name)(*arguments)
    if ctypes.get_errno() != errno.EPERM:
        print(name)
""",
    ),
    Defence(
        "its memory, files, threads and descriptors are limited",
        """
import resource
for name in ("AS", "CPU", "FSIZE", "NOFILE", "NPROC", "CORE"):
    if resource.getrlimit(getattr(resource, "RLIMIT_" + name))[1] == resource.RLIM_INFINITY:
        print(name)
get(lambda: len(bytearray(3 << 30)))
""",
    ),
    Defence(
        "its environment holds nothing of this one",
        "import os\nprint(*set(os.environ) - {names!r}, end='')",
        kernel=False,
    ),
    Defence(
        "it neither locks nor watches what all submissions see, nor reads past the page cache",
        """
import fcntl, os
with open("/kit/checks.py") as file:
    for call, *arguments in ((fcntl.flock, 5), (fcntl.lockf, 5), (os.posix_fadvise, 0, 0, 4), (os.fsync,)):
        get(call, file.fileno(), *arguments)
    get(os.open, file.name, os.O_DIRECT)
get(os.statvfs, "/kit")
""",
    ),
    Defence("torch is not there for a NumPy unit", "get(__import__, 'torch')", kernel=False),
)


def examine(unit: KitUnit, with_torch: KitUnit) -> Iterator[Finding]:
    """Look at all that grading needs, with a NumPy unit and, on a GPU, a unit with torch."""
    yield Finding("Python", None, f"{platform.python_version()} on {platform.system()}")
    for name in ("numpy", "torch", "nbgrader", "ipython"):
        yield _package(name)
    try:
        way = chosen(unit)
        way.prepare()
    except GradfnError as error:
        yield Finding("the sandbox", False, str(error))
        return
    yield Finding("the sandbox", True, _why(way))
    kernel = way is not WASM
    if kernel and os.geteuid() == 0:
        yield Finding("the user who grades", None, AS_ROOT)
    yield from (try_defence(unit, defence) for defence in DEFENCES if kernel or not defence.kernel)
    yield _time(unit)
    yield _apart(unit)
    if not kernel:
        return
    yield from _layers(unit)
    if reason := gpu_tier.missing():
        yield Finding("a GPU", None, f"{reason} here: the GPU tier is not run")
        return
    yield (reach := _reach(with_torch))
    for defence in DEFENCES if reach.good else ():
        found = try_defence(unit, defence, gpu_tier.device_files())
        yield Finding(
            f"with a GPU, {defence.promise}", None, "still" if found.good else f"NO LONGER: {found.words}"
        )


def _why(way: Isolation) -> str:
    """Which way is used, and why that one."""
    if os.environ.get(ISOLATION):
        return f"{way.title}, which {ISOLATION} names"
    if way is BUBBLEWRAP:
        return "bubblewrap starts"
    return f"{way.title}, for units without torch; for the others, bubblewrap: {BUBBLEWRAP.lacking()}"


def _package(name: str) -> Finding:
    try:
        version = metadata.version(name)
        import_module({"ipython": "IPython"}.get(name, name))
        return Finding(name, True, version)
    except metadata.PackageNotFoundError:
        return Finding(name, False, "not installed: pip install 'gradfn[instructor]'")
    except Exception as error:  # of a library that it loads
        words = str(error).partition("\n")[0]
        return Finding(name, False, f"{version} is installed and cannot be imported: {words}")


def try_defence(unit: KitUnit, defence: Defence, gpu: Devices = ()) -> Finding:
    """Run a defence's code as a submission's cell; the defence holds if the code prints nothing."""
    code = _TRY + defence.code.replace(
        "{names!r}", repr({*environment("/tmp", gpu), "LC_CTYPE", "PWD", "PYTHONTZPATH"})
    )
    try:
        with Sandbox(unit, gpu=gpu) as sandbox:
            (ran,) = sandbox.load([("a defence", code)], notebook=False)
    except GradfnError as error:
        return Finding(defence.promise, False, str(error))
    said = " ".join(str(output.get("text", "")) for output in ran.outputs).split()
    if ran.raised:
        said = [ran.raised.type_name, ran.raised.message]
    return Finding(defence.promise, not said, " ".join(said)[:200])


def _reach(unit: KitUnit) -> Finding:
    """Whether a submission can use the GPU; a machine that has one may still not offer it."""
    try:
        reason = unreachable(unit)
    except GradfnError as error:
        reason = str(error)
    return Finding("the sandbox reaches the GPU", not reason, reason)


def _time(unit: KitUnit) -> Finding:
    """Whether the judge ends code that blocks every signal."""
    promise = "it is ended when its time is up, even with every signal blocked"
    deaf = "import signal\nif hasattr(signal, 'SIG_BLOCK'):\n    "
    deaf += "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\nwhile True: pass"
    try:
        with Sandbox(unit, load_seconds=1.0) as sandbox:
            sandbox.load([("a loop", deaf)], notebook=False)
    except WorkerFault:
        return Finding(promise, True)
    return Finding(promise, False, "it ended by itself")


def _layers(unit: KitUnit) -> Iterator[Finding]:
    """Which layers this machine adds; without them the others hold alone."""
    reason = cgroups.missing()
    words = (
        f"no ({reason}): limits hold for each process and each kind alone"
        if reason
        else ("yes: its memory, processes, processor and disk are limited together")
    )
    yield Finding("a control group for each submission", None, words)
    with Sandbox(unit) as sandbox:
        sandbox.load([("a cell", "import os\ntry: os.fork()\nexcept OSError: pass")], notebook=False)
    counted = sandbox.account.refused
    yield Finding(
        "refused system calls are counted", None, "yes" if counted else "no: another filter does that"
    )
    version = ctypes.CDLL(None).syscall(444, None, 0, 1)
    words = f"version {version}" if version > 0 else "no: the mounts hold alone"
    yield Finding("Landlock's rules for files", None, words)


def _apart(unit: KitUnit) -> Finding:
    """Whether a submission finds a file that the one before it wrote."""
    leave = "import pathlib\npathlib.Path('/tmp/left').write_text('something')"
    find = "import os\nprint(*os.listdir('/tmp'), end='')"
    said = []
    for code in (leave, find):
        with Sandbox(unit) as sandbox:
            (ran,) = sandbox.load([("a cell", code)], notebook=False)
        said += [str(output.get("text")) for output in ran.outputs]
    return Finding("one submission finds nothing of another", not said, " ".join(said))
