"""Where a container gives no namespaces: each submission runs as an account of its own.

    command(unit, ...)     the command that starts a unit's fork server, as root
    settings(unit, ...)    its settings, as those of the sandbox
    lacking()              what this machine lacks for it, in words; empty if nothing

Gradescope's containers are such. Root starts the fork server there; a worker becomes, for good, an account
that owns nothing, before the first line of a submission runs. It cannot reach what is root's: the recorded
answers, the results, other processes. Resource limits and the filter of system calls (no network, no
programs) are the sandbox's, and Landlock's rules where the kernel has them. At the end all that the account
runs is killed, and what it wrote is removed. Unlike the sandbox this hides neither installed packages nor the
system's public files: it is for a container that holds nothing else and is thrown away.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from typing import Any

from autograder.grading import confinement
from autograder.grading.confinement import KIT, ROOT, Devices
from autograder.grading.seccomp import system_calls
from autograder.units.kit import KitUnit

FIRST = 20_000


def command(unit: KitUnit, descriptor: int, settings: str, gpu: Devices = ()) -> list[str]:
    """As `confinement.command`, without bubblewrap; there is no GPU."""
    variables = [f"{name}={value}" for name, value in confinement.environment("/tmp").items()]
    server = confinement.fork_server(str(ROOT), *_packages())
    checks = unit.folder / "checks.py"
    return [str(w) for w in ("env", "-i", *variables, *server, descriptor, settings, checks, unit.name)]


def settings(unit: KitUnit, gpu: Devices = ()) -> dict[str, Any]:
    """As `confinement.settings`, with the first of the accounts."""
    kit = [*(ROOT / name for name in KIT), *unit.checks_files]
    readable = confinement.readable(*map(str, kit), *_packages())
    own = {"accounts": FIRST, "engine": str(ROOT / "engine"), "listed": [str(ROOT)]}
    return confinement.settings(unit) | own | {"readable": [*filter(os.path.exists, readable)]}


def lacking() -> str:
    """What this machine lacks; empty if nothing."""
    if sys.platform != "linux" or os.geteuid():
        return "only root can give a submission an account of its own"
    try:
        system_calls("numpy")
        python = [str(word) for word in confinement.fork_server()[:3]]
        begin = f"open({str(ROOT / KIT[1])!r})"
        subprocess.run([*python, "-c", begin], check=True, user=FIRST, group=FIRST, extra_groups=[])
    except (ImportError, RuntimeError):
        return "pyseccomp or libseccomp is not installed"
    except (OSError, subprocess.CalledProcessError) as error:
        return f"another account cannot run Python, or read {ROOT}: {error}"
    return ""


def _packages() -> list[str]:
    """The folders of installed packages."""
    return list(dict.fromkeys(sysconfig.get_path(kind) for kind in ("purelib", "platlib")))
