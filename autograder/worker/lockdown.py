"""How a forked worker confines itself before the first line of a submission runs; Linux only.

    enter_namespaces(hidden)           own namespaces and an own /tmp, empty of what earlier submissions left
    end_account(number)                the end of all that an account runs and has left, where there are none
    mount_proc()                       an own /proc, which CUDA needs
    drop_privileges(limits, account)   resource limits, and no capabilities
    restrict_files(readable)           Landlock's rules, beside the mounts, where the kernel has them
    filter_calls(...)                  a filter of system calls; its listener, which answers the refused ones
    Refusals(listener)                 answers and counts them, outside of the worker

Each step raises OSError where the kernel refuses: a worker that is not confined must not start.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import resource
import signal
import struct
from collections import Counter
from collections.abc import Mapping, Sequence

# The kernel's names and numbers: sched(7), mount(2), prctl(2), capabilities(7).
CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS = 0x00020000, 0x02000000, 0x04000000
CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNET = 0x08000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 1 << 12, 1 << 14, 1 << 18
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 1, 22, 24, 38, 47
PR_CAP_AMBIENT_CLEAR_ALL, SECCOMP_MODE_FILTER, CAPABILITY_VERSION_3, LAST_CAPABILITY = 4, 2, 0x20080522, 40
# seccomp(2), seccomp_unotify(2), landlock(7)
SECCOMP_SET_MODE_FILTER, NEW_LISTENER = 1, 8
NOTIF_RECV, NOTIF_SEND, NOTIFICATION, ANSWER = (
    0xC0502100,
    0xC0182101,
    struct.Struct("QIIiIQ6Q"),
    struct.Struct("QqiI"),
)
CREATE_RULESET, ADD_RULE, RESTRICT_SELF, PATH_BENEATH = 444, 445, 446, 1
READ, READ_AND_WRITE = 1 | 4, 1 | 2 | 4  # of a file; a folder can be listed too

TMP_OPTIONS = b"size=16m,nr_inodes=1024,mode=1777"
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
#: Folders that every account may write to.
OPEN_TO_ALL = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock")

_libc = ctypes.CDLL(None, use_errno=True)


def enter_namespaces(hidden: Sequence[str] = ()) -> None:
    """Enter new namespaces, away from all other submissions; the next fork is their process 1.

    The `hidden` folders are empty there.
    """
    every = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET
    _must(_libc.unshare(every))
    _must(_libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    _must(_libc.mount(b"tmpfs", b"/tmp", b"tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, TMP_OPTIONS))
    os.chdir("/tmp")  # the new one
    for folder in hidden:
        _must(_libc.mount(b"tmpfs", folder.encode(), b"tmpfs", MS_RDONLY, b"size=4k,nr_inodes=1"))
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


def end_account(number: int) -> None:
    """Kill all processes of an account at once, and remove its files from folders that are open to all."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        _become(number)
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        for folder in OPEN_TO_ALL:
            for path, folders, files in os.walk(folder, topdown=False):
                for name in (*folders, *files):
                    with contextlib.suppress(OSError):  # another account's
                        (os.rmdir if name in folders else os.unlink)(os.path.join(path, name))
    finally:
        os._exit(0)


def drop_privileges(limits: Mapping[str, int], account: int = 0) -> None:
    """Set resource limits by their names in `resource`, and drop every capability.

    With `account`, the number of an account that nobody has, the process becomes that one's.
    """
    os.setsid()
    for name, limit in limits.items():
        resource.setrlimit(getattr(resource, name), (limit, limit))
    if account:
        _become(account)
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # becoming another account takes it back
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    _drop_capabilities(bounding=not account)


def _become(account: int) -> None:
    os.setgroups([])
    os.setresgid(account, account, account)
    os.setresuid(account, account, account)


def restrict_files(readable: Sequence[str], listed: Sequence[str] = ()) -> None:
    """Let this process read below `readable`, and write only to /tmp and to devices.

    Of what is below `listed` it gets the names.
    """
    version = _libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return  # an older kernel, or one without Landlock: the mounts hold alone
    every = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)) - 1
    # Also no TCP, no abstract sockets and no signals to others, where the kernel can.
    wanted = struct.pack("QQQ", every, 3 * (version > 3), 3 * (version > 5))
    rules = _libc.syscall(CREATE_RULESET, wanted, ctypes.c_size_t(len(wanted)), 0)
    devices = dict.fromkeys(DEVICES, READ_AND_WRITE)
    names = dict.fromkeys(listed, 0)
    for path, right in {**names, **dict.fromkeys(readable, READ), **devices, "/tmp": every}.items():
        place = os.open(path, os.O_PATH)
        allowed = right | 8 if os.path.isdir(path) else right
        _must(_libc.syscall(ADD_RULE, rules, PATH_BENEATH, struct.pack("=Qi", allowed & every, place), 0))
        os.close(place)
    _must(_libc.syscall(RESTRICT_SELF, rules, 0))
    os.close(rules)


def filter_calls(number: int, counted: bytes, uncounted: bytes) -> int | None:
    """Install a filter; the listener that answers refused calls, or None where an outer filter has one.

    `number` is that of the call seccomp here.
    """
    if (
        listener := int(_libc.syscall(number, SECCOMP_SET_MODE_FILTER, NEW_LISTENER, _program(counted)))
    ) >= 0:
        return listener
    install(uncounted)
    return None


def install(filter_: bytes) -> None:
    """Install a filter that answers by itself."""
    _prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_char_p(_program(filter_)))


def _program(instructions: bytes) -> bytes:
    """A filter as the kernel's struct sock_fprog; `instructions` must outlive it."""
    address = ctypes.cast(ctypes.c_char_p(instructions), ctypes.c_void_p).value
    return struct.pack("HP", len(instructions) // 8, address)


class Refusals:
    """Refused calls by number: each fails with EPERM, and after MOST of them with ENOSYS, uncounted."""

    MOST = 1000

    def __init__(self, listener: int) -> None:
        self.listener = listener
        self.counts: Counter[int] = Counter()

    def fileno(self) -> int:
        return self.listener

    def answer(self) -> bool:
        """Refuse the call that waits; False after the last one that is counted."""
        call = bytearray(NOTIFICATION.size)
        with contextlib.suppress(OSError):  # its thread may have been killed
            fcntl.ioctl(self.listener, NOTIF_RECV, call)
            number, _, _, name, *_ = NOTIFICATION.unpack(call)
            self.counts[name] += 1
            fcntl.ioctl(self.listener, NOTIF_SEND, ANSWER.pack(number, 0, -errno.EPERM, 0))
        if self.counts.total() < self.MOST:
            return True
        os.close(self.listener)
        return False


def _drop_capabilities(bounding: bool) -> None:
    """Empty the bounding set first, since that takes a capability itself, then all the other sets."""
    for capability in range(LAST_CAPABILITY + 1) if bounding else ():
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
