"""How a forked worker confines itself before the first line of a submission runs; Linux only.

    enter_namespaces()                 own namespaces and an own /tmp, empty of what earlier submissions left
    mount_proc()                       an own /proc, which CUDA needs
    drop_privileges(limits, filter)    resource limits, no capabilities, and a filter of system calls

Each step raises OSError where the kernel refuses: a worker that is not confined must not start.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
from collections.abc import Mapping

# The kernel's names and numbers: sched(7), mount(2), prctl(2), capabilities(7).
CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS = 0x00020000, 0x02000000, 0x04000000
CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNET = 0x08000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 1 << 12, 1 << 14, 1 << 18
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 1, 22, 24, 38, 47
PR_CAP_AMBIENT_CLEAR_ALL, SECCOMP_MODE_FILTER, CAPABILITY_VERSION_3, LAST_CAPABILITY = 4, 2, 0x20080522, 40

TMP_OPTIONS = b"size=16m,nr_inodes=1024,mode=1777"

_libc = ctypes.CDLL(None, use_errno=True)


def enter_namespaces() -> None:
    """Enter new namespaces, away from all other submissions; the next fork is their process 1."""
    every = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET
    _must(_libc.unshare(every))
    _must(_libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    _must(_libc.mount(b"tmpfs", b"/tmp", b"tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, TMP_OPTIONS))
    os.chdir("/tmp")  # the new one
    _protect_devices()


def _protect_devices() -> None:
    """Make device files read-only, so that chmod fails: if root grades, the submission owns them.

    The devices still work: writing to a device does not change its file.
    """
    for name in os.listdir("/dev"):
        _make_read_only(f"/dev/{name}")


def mount_proc() -> None:
    """Mount a /proc in which this process, the first of its namespace, has its own number.

    CUDA names its threads in /proc/<pid>/task, and does not start where it cannot. The rest of /proc is made
    read-only: if root grades, the submission could change the kernel's settings there.
    """
    _must(_libc.mount(b"proc", b"/proc", b"proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, None))
    own = f"/proc/{os.getpid()}".encode()
    _must(_libc.mount(own, own, None, MS_BIND, None))
    _make_read_only("/proc", MS_NODEV)


def _make_read_only(path: str, more: int = 0) -> None:
    """Make a mount read-only in this namespace; mounts below it stay as they are."""
    flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NOEXEC | more
    _must(_libc.mount(None, os.fsencode(path), None, flags, None))


def drop_privileges(limits: Mapping[str, int], system_calls: bytes) -> None:
    """Set resource limits by their names in `resource`, drop every capability, install the filter."""
    os.setsid()
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for name, limit in limits.items():
        resource.setrlimit(getattr(resource, name), (limit, limit))
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    _drop_capabilities()
    instructions = ctypes.create_string_buffer(system_calls, len(system_calls))
    program = struct.pack("HP", len(system_calls) // 8, ctypes.addressof(instructions))
    _prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_char_p(program))


def _drop_capabilities() -> None:
    """Empty the bounding set first, since that takes a capability itself, then all the other sets."""
    for capability in range(LAST_CAPABILITY + 1):
        _prctl(PR_CAPBSET_DROP, capability)
    _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header, nothing = struct.pack("Ii", CAPABILITY_VERSION_3, 0), struct.pack("6I", *[0] * 6)
    _must(_libc.capset(header, nothing))


def _prctl(option: int, *arguments: int | ctypes.c_char_p) -> None:
    padded = [*arguments, *[0] * (4 - len(arguments))]
    _must(_libc.prctl(option, *(ctypes.c_ulong(a) if isinstance(a, int) else a for a in padded)))


def _must(result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
