"""The sandbox around a unit's workers: what is mounted in it, and what a worker may use.

    command(unit, ...)     the bwrap command that starts a unit's fork server
    settings(unit, ...)    the fork server's settings: limits, the filter of system calls, what to import
    lacking()              what this machine lacks for the sandbox, in words; empty if nothing
    UNCONFINED             the environment variable that allows grading without a sandbox

bubblewrap gives the fork server namespaces, a root of its own, and only the privileges it needs to give each
submission namespaces of its own (`autograder.worker.lockdown`). That root holds the interpreter, the packages
that the unit's answers may use, the engine, the worker's code and the unit's checks; nothing else.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from autograder.errors import BadUnit
from autograder.grading.packages import packages
from autograder.grading.seccomp import last_calls, number_of, system_calls
from autograder.units import gpu_tier
from autograder.units.kit import KitUnit
from autograder.worker.lockdown import DEVICES

UNCONFINED = "GRADFN_UNCONFINED"
ROOT = Path(__file__).resolve().parents[2]
#: The kit's code that a worker runs, beside the unit's checks.
KIT = (
    "engine",
    *(f"autograder/{name}" for name in ("__init__.py", "declare", "errors.py", "worker")),
)
#: Packages for every unit: arrays cross the channel, notebooks run in IPython, and some draw.
PACKAGES = ("numpy", "ipython", "matplotlib")

#: Where torch looks for the processor before it computes in float16: in the sandbox it finds a made-up one.
PROCESSOR = (Path("/proc/cpuinfo"), *map(Path("/sys/devices/system/cpu").joinpath, ("possible", "present")))

Devices = Sequence[Path]

#: What each worker would wait for: a package imports it late, at a first gradcheck or checkpoint, say.
PRELOADED = {"torch": ("torch", "torch._dynamo")}
FOR_ALL = (
    "numpy.random",
    "engine.functional",
    "engine.losses",
    "engine.nn",
    "engine.init",
    "engine.compiler",
)

MB = 1 << 20
LIMITS = {
    "RLIMIT_CPU": 600,
    "RLIMIT_FSIZE": 16 * MB,
    "RLIMIT_NOFILE": 64,
    "RLIMIT_NPROC": 64,
    "RLIMIT_CORE": 0,
    "RLIMIT_MSGQUEUE": 0,
    "RLIMIT_SIGPENDING": 64,
    "RLIMIT_MEMLOCK": 0,
}
MEMORY, MEMORY_WITH_TORCH = 2048 * MB, 4096 * MB
CUDA_LIBRARIES = 3072 * MB  # addresses that a CUDA build of torch takes at import, with a GPU or without

#: Which of several GPUs, or slices of one, to use.
CHOSEN = ("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER")

#: Every namespace, and only the two capabilities that give each submission namespaces and a /tmp of its own;
#: a worker drops both before it runs anything.
CONFINED = (
    *("--unshare-all", "--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534"),
    *("--as-pid-1", "--die-with-parent", "--new-session", "--hostname", "sandbox"),
    *("--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP"),
)

#: What bwrap says when it fails, and what helps.
ADVICE = (
    ("disable-userns", "bubblewrap 0.8 or newer is needed"),
    (
        "uid map",
        "Ubuntu restricts user namespaces by AppArmor: give bwrap a profile with `userns`, or set "
        "kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    (
        "namespace",
        "user namespaces are switched off: in Docker, --security-opt seccomp=unconfined; elsewhere "
        "sysctl kernel.unprivileged_userns_clone=1 and user.max_user_namespaces above 0",
    ),
    (
        "mount proc",
        "Docker and NVIDIA's container runtime cover parts of /proc: grade the GPU tier outside of the "
        "container, or with --unconfined",
    ),
    ("not permitted", "in Docker: --security-opt seccomp=unconfined --security-opt systempaths=unconfined"),
)


def command(unit: KitUnit, descriptor: int, settings: str, gpu: Devices = ()) -> list[str]:
    """The command that starts the unit's fork server, which talks over an inherited descriptor.

    `settings` is what `settings` gives, as JSON. `gpu` are a GPU's device files: CUDA looks for GPUs in /proc
    and /sys, so a worker with a GPU gets /sys, read-only, and a /proc of its own that shows no other process.
    """
    bwrap = shutil.which("bwrap") or "bwrap"
    variables = _words("--setenv", environment("/tmp", gpu).items())
    mounts = _words("--ro-bind", [*_mounts(unit), *((folder, folder) for folder in _driver(gpu))])
    hidden = [word for folder in _hidden() for word in ("--tmpfs", folder, "--remount-ro", folder)]
    devices = _words("--dev-bind", ((path, path) for path in (*DEVICES, *gpu)))
    system = ["--proc", "/proc", "--ro-bind", "/sys", "/sys"] if gpu else []
    closed = ["--tmpfs", "/tmp", "--remount-ro", "/", "--chdir", "/tmp"]
    sandbox = [bwrap, *CONFINED, "--clearenv", *variables, *mounts, *hidden, *devices, *system, *closed]
    python = fork_server("/kit", "/packages")
    return [str(word) for word in (*sandbox, *python, descriptor, settings, "/kit/checks.py", unit.name)]


def fork_server(*folders: str) -> list[object]:
    """The command of the fork server, which imports from these folders; four words follow."""
    start = f"import runpy, sys; sys.path[:0] = {list(folders)}; " + (
        "runpy.run_module('autograder.worker.forkserver', run_name='__main__', alter_sys=True)"
    )
    return [_interpreter(), "-I", "-S", "-B", "-c", start]


def _words(option: str, pairs: Iterable[tuple[object, object]]) -> list[object]:
    """Repeat an option of bwrap that takes two words, once for each pair."""
    return [word for pair in pairs for word in (option, *pair)]


def lacking() -> str:
    """What this machine lacks for the sandbox, and what to do about it; empty if it lacks nothing."""
    if sys.platform != "linux":
        return "bubblewrap is for Linux (on Windows and macOS: in WSL, or in a virtual machine)"
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        return "bubblewrap is not installed (on Debian and Ubuntu: apt install bubblewrap)"
    try:
        system_calls("torch")
    except (ImportError, RuntimeError, OSError):
        return "pyseccomp or libseccomp is not installed (pip install pyseccomp; apt install libseccomp2)"
    done = subprocess.run(
        [bwrap, *CONFINED, "--ro-bind", "/", "/", "true"], capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else advised(done.stderr)


def advised(said: str) -> str:
    """The last line of bwrap's error message, and what helps."""
    last = (said.strip().splitlines() or ["it says nothing"])[-1]
    return next((f"{last} ({advice})" for sign, advice in ADVICE if sign in last), last)


def settings(unit: KitUnit, gpu: Devices = ()) -> dict[str, Any]:
    """The settings of the fork server and of the workers it forks, as JSON takes them."""
    packages = unit.declaration.packages
    profile = "gpu" if gpu else "torch" if "torch" in packages else "numpy"
    filters = (system_calls(profile), system_calls(profile, counted=False), b"" if gpu else last_calls())
    # CUDA maps more addresses than the GPU has memory, opens a descriptor for each of its queues, and shares
    # memory as files.
    for_cuda = {"RLIMIT_NOFILE": 1024, "RLIMIT_FSIZE": 1024 * MB}
    limits = LIMITS | (for_cuda if gpu else {"RLIMIT_AS": memory_of(unit, gpu)})
    return {
        "limits": limits,
        "filters": [base64.b64encode(filter_).decode() for filter_ in filters],
        "seccomp": number_of("seccomp"),
        "readable": [] if gpu else readable("/kit", "/packages"),
        "proc": bool(gpu),
        "accounts": 0,
        "engine": "/kit/engine",
        "listed": [],
        "preload": [
            *FOR_ALL,
            *(name for p in packages for name in PRELOADED.get(p, (p,))),
        ],
    }


def memory_of(unit: KitUnit, gpu: Devices = ()) -> int:
    """How much memory a submission may take, in bytes."""
    memory = MEMORY_WITH_TORCH if "torch" in unit.declaration.packages else MEMORY
    with_cuda = bool(gpu) or any(path.name == "nvidia" for path in _installed(unit))
    return memory + CUDA_LIBRARIES * with_cuda


def readable(*own: str) -> list[str]:
    """What a worker reads: Python, libraries where programs find them, and the folders in `own`."""
    folder = f"/usr/lib/{sysconfig.get_config_var('MULTIARCH')}"
    whole = {"/lib", "/usr/lib"} if os.path.isdir(folder) else set()
    mounted = [str(path) for path in (*_libraries(), _interpreter()) if str(path) not in whole]
    return [
        *mounted,
        *([folder] if whole else []),
        _standard_library(),
        *own,
        *map(str, PROCESSOR),
    ]


def environment(home: str, gpu: Devices = ()) -> dict[str, str]:
    """A worker's environment: nothing of the judge's own, one thread for numerical libraries.

    With a GPU also: which GPU, where the driver is, and that CUDA caches no kernels in files.
    """
    chosen = {name: os.environ[name] for name in CHOSEN if name in os.environ}
    on_gpu = chosen | {"CUDA_CACHE_DISABLE": "1", "LD_LIBRARY_PATH": ":".join(map(str, _driver(gpu)))}
    return {
        "PATH": os.defpath,
        "USER": "nobody",  # a CUDA build of torch asks for it at import, and there is no /etc/passwd
        "HOME": home,
        "IPYTHONDIR": home,
        "MPLCONFIGDIR": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    } | ({name: value for name, value in on_gpu.items() if value} if gpu else {})


def _driver(gpu: Devices) -> list[Path]:
    """The folder of the driver's libraries, unless it is mounted and searched anyway."""
    folder = gpu_tier.driver_folder() if gpu else None
    if folder is None or any(known in (folder, *folder.parents) for known in _libraries()):
        return []
    return [folder]


def _mounts(unit: KitUnit) -> Iterator[tuple[Path, Path]]:
    """What is mounted read-only in the sandbox's root, and where."""
    for folder in _libraries():
        yield folder, folder
    yield _interpreter(), _interpreter()
    for path in _installed(unit):
        yield path, Path("/packages") / path.name
    for name in KIT:
        yield ROOT / name, Path("/kit") / name
    for path in unit.checks_files:
        yield path.resolve(), Path("/kit") / path.name
    for path in PROCESSOR:
        yield Path(__file__).parent / "processor" / path.name, path


def _installed(unit: KitUnit) -> tuple[Path, ...]:
    """The files of the packages that a unit's answers may use; raises BadUnit for one with its solutions."""
    found = packages((*PACKAGES, *unit.declaration.packages))
    if any(unit.solutions.resolve().is_relative_to(path.resolve()) for path in found):
        raise BadUnit(f"{unit.name}: a package of Unit(packages=...) holds its solutions")
    return found


def _interpreter() -> Path:
    """The interpreter's own file, not the virtual environment's link to it."""
    return Path(getattr(sys, "_base_executable", sys.executable)).resolve()


def _standard_library() -> str:
    return sysconfig.get_path("stdlib", vars={"installed_base": sys.base_prefix, "base": sys.base_prefix})


def _libraries() -> list[Path]:
    """The standard library and the folders of shared libraries on this machine, each once."""
    standard = Path(_standard_library())
    shared = [Path(folder) for folder in ("/lib", "/lib64", "/usr/lib", "/usr/lib64")]
    own = Path(sys.base_prefix, "lib")
    cache = Path("/etc/ld.so.cache")
    inside = [own] if own not in shared and own != Path("/usr/lib") else []
    return [
        path
        for path in (*shared, *inside, *([] if own in standard.parents else [standard]), cache)
        if path.exists()
    ]


def _hidden() -> list[Path]:
    """Package folders below the mounted libraries, to be hidden: only the unit's packages are importable."""
    libraries = [folder for folder in _libraries() if folder.is_dir()]
    found = {
        path
        for folder in libraries
        for path in (*folder.glob("python*/site-packages"), *folder.glob("python*/dist-packages"))
    }
    return sorted(path for path in found if not path.is_symlink())
