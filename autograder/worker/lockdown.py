"""What a forked worker does to itself before the first line of a submission runs; Linux only.

    leave_the_others()         namespaces and a /tmp of its own: nothing an earlier submission left is there
    see_itself()               a /proc of its own, for what needs one
    give_up(limits, filter)    limits on what it may use, no privilege, and the system calls it has no use for

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


def leave_the_others() -> None:
    """Enter new namespaces, where nothing of another submission can be; the next fork is their process 1."""
    every = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET
    _must(_libc.unshare(every))
    _must(_libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    _must(_libc.mount(b"tmpfs", b"/tmp", b"tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, TMP_OPTIONS))
    os.chdir("/tmp")  # the new one
    _spare_the_devices()


def _spare_the_devices() -> None:
    """Let no mode of a device file be changed: where root grades, the machine's belong to the submission too.

    They work as before: what is written to a device is no change of its file.
    """
    for name in os.listdir("/dev"):
        _make_read_only(f"/dev/{name}")


def see_itself() -> None:
    """Mount a /proc in which this process, the first of its namespace, has the number that it knows.

    CUDA names its threads in /proc/<pid>/task, and does not start where it cannot. All else there is the
    machine's, and read-only: where root grades, the kernel would take its settings from a submission.
    """
    _must(_libc.mount(b"proc", b"/proc", b"proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, None))
    own = f"/proc/{os.getpid()}".encode()
    _must(_libc.mount(own, own, None, MS_BIND, None))
    _make_read_only("/proc", MS_NODEV)


def _make_read_only(path: str, more: int = 0) -> None:
    """Forbid changes below a mount, as it is seen from here; mounts on top of it stay as they are."""
    flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NOEXEC | more
    _must(_libc.mount(None, os.fsencode(path), None, flags, None))


def give_up(limits: Mapping[str, int], system_calls: bytes) -> None:
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
    """Empty the bounding set first, which takes a capability itself, then all the others."""
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
