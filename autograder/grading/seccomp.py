"""The system calls that a worker may make: those in system_calls.json, which says where they come from.

system_calls(profile)    the filter for units with "numpy" or "torch", as the kernel takes it
                         with a "gpu" all calls but a few: each driver has calls of its own
last_calls()             a second filter, for what the worker itself needs to install the first
name_of, number_of       a call's name and number
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

LIST = Path(__file__).with_name("system_calls.json")

WHOLE = 0xFFFFFFFF
CLONE_THREAD, OTHER_NAMESPACES = 0x00010000, 0x7E020080
AF_UNIX, PR_SET_SECCOMP = 1, 22
PAST_THE_CACHE = sum(getattr(os, name, 0) for name in ("O_DIRECT", "O_SYNC"))  # O_SYNC holds O_DSYNC
ASYNC = getattr(os, "O_ASYNC", 0)
Condition = tuple[tuple[int, int, int], ...]  # (argument, mask, value), all of which hold


def _any_of(argument: int, *values: int) -> tuple[Condition, ...]:
    return tuple(((argument, WHOLE, value),) for value in values)


#: Of these calls only what a worker needs, since the rest reaches what all submissions share, or the host.
PARTLY: dict[str, tuple[Condition, ...]] = {
    # Threads need clone. The filter cannot see clone3's flags; without clone3, glibc falls back on clone.
    "clone": (((0, CLONE_THREAD | OTHER_NAMESPACES, CLONE_THREAD),),),
    # Not past the page cache, nor waiting for the disk.
    "open": (((1, PAST_THE_CACHE, 0),),),
    "openat": (((2, PAST_THE_CACHE, 0),),),
    # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC; F_SETFL: no locks, leases, signals or notices.
    "fcntl": (*_any_of(1, 0, 1, 2, 3, 1030), ((1, WHOLE, 4), (2, PAST_THE_CACHE | ASYNC, 0))),
    # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX: nothing of the network a socket is from.
    "ioctl": _any_of(1, 0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451),
    # MADV_NORMAL, _DONTNEED, _FREE, _HUGEPAGE, _NOHUGEPAGE, _DONTDUMP: nothing of files' pages in the cache.
    "madvise": _any_of(2, 0, 4, 8, 14, 15, 16),
    "prlimit64": (((2, (1 << 64) - 1, 0),),),  # ask, not set
    "socketpair": _any_of(0, AF_UNIX),
    "getsockopt": _any_of(2, 3, 4, 38, 39),  # SO_TYPE, SO_ERROR, SO_PROTOCOL, SO_DOMAIN: not who is there
    # No out-of-band bytes, a way out of a browser's sandbox, and no addresses.
    "sendto": (((3, ~0x4000 & WHOLE, 0), (4, (1 << 64) - 1, 0)),),
    "recvfrom": (((3, ~0x40 & WHOLE, 0), (4, (1 << 64) - 1, 0)),),
    # PR_SET_NAME, and PR_SET_VMA, by which allocators name their memory.
    "prctl": _any_of(0, 15, 0x53564D41, PR_SET_SECCOMP),
}

#: With a GPU the rest of these calls is allowed: no processes, leases, sockets, out-of-band bytes.
REFUSED_IN_PART: dict[str, tuple[Condition, ...]] = {
    "clone": (((0, CLONE_THREAD, 0),),),
    "fcntl": _any_of(1, 1024),
    "socket": _any_of(0, 0, *range(AF_UNIX + 1, 64)),
    **dict.fromkeys(("sendto", "sendmmsg", "recvfrom", "recvmmsg"), (((3, 1, 1),),)),
    **dict.fromkeys(("sendmsg", "recvmsg"), (((2, 1, 1),),)),
}


@lru_cache(maxsize=8)
def system_calls(profile: str, counted: bool = True) -> bytes:
    """The filter. A refused call is answered by the worker's keeper, or with EPERM if it is not `counted`.

    Raises RuntimeError or ImportError if libseccomp is not installed.
    """
    import pyseccomp

    known = json.loads(LIST.read_text(encoding="utf-8"))
    allow, refuse = pyseccomp.ALLOW, pyseccomp.NOTIFY if counted else pyseccomp.ERRNO(errno.EPERM)
    absent = [(pyseccomp.ERRNO(errno.ENOSYS), name, ()) for name in known["absent"].split()]
    if profile == "gpu":
        parts = [(refuse, name, part) for name, parts in REFUSED_IN_PART.items() for part in parts]
        whole = [(refuse, name, ()) for name in known["refused with a GPU"].split()]
        return _program(allow, [*absent, *whole, *parts])
    groups = [known["recorded"]["numpy"], known["recorded"][profile], *known["added"].values()]
    names = {name for group in groups for name in group.split()}
    parts = [(allow, name, part) for name in sorted(names) for part in PARTLY.get(name, ((),))]
    return _program(refuse, [*absent, *parts])


@lru_cache(maxsize=1)
def last_calls() -> bytes:
    """A second filter, after which nobody can hand on a descriptor or install a filter."""
    import pyseccomp

    refuse = pyseccomp.ERRNO(errno.EPERM)
    return _program(
        pyseccomp.ALLOW, [(refuse, "sendmsg", ()), (refuse, "prctl", ((0, WHOLE, PR_SET_SECCOMP),))]
    )


def _program(default: int, rules: Iterable[tuple[int, str, Condition]]) -> bytes:
    import pyseccomp

    made = pyseccomp.SyscallFilter(default)
    for action, name, condition in rules:
        with contextlib.suppress(OSError):  # this architecture may not have the call
            made.add_rule(action, name, *(pyseccomp.Arg(n, pyseccomp.MASKED_EQ, *m) for n, *m in condition))
    with tempfile.TemporaryFile() as file:
        made.export_bpf(file)
        file.seek(0)
        return file.read()


def name_of(number: int) -> str:
    """The name of a system call on this machine."""
    import pyseccomp

    try:
        return str(pyseccomp.resolve_syscall(pyseccomp.system_arch(), number).decode())
    except ValueError:
        return f"number {number}"


def number_of(name: str) -> int:
    """The number of a system call on this machine."""
    import pyseccomp

    return int(pyseccomp.resolve_syscall(pyseccomp.system_arch(), name))
