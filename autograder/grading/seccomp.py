"""The system calls that the sandbox refuses to a worker; a worker with a GPU needs a few of them.

system_calls(gpu)    the filter, as the kernel takes it
"""

from __future__ import annotations

import contextlib
import errno
import tempfile
from functools import lru_cache

#: A worker only computes: it must not start a process, open a socket or inspect another process.
REFUSED = """
    fork vfork execve execveat
    socket connect bind listen accept accept4
    ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_open pidfd_getfd pidfd_send_signal
    unshare setns mount umount2 pivot_root chroot mount_setattr move_mount
    open_tree fsopen fsmount fsconfig fspick
    bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register io_setup
    splice tee vmsplice
    keyctl add_key request_key
    shmget shmat shmctl semget semop semctl semtimedop msgget msgsnd msgrcv msgctl mq_open mq_unlink
    memfd_create memfd_secret name_to_handle_at open_by_handle_at fanotify_init quotactl
    personality modify_ldt acct swapon swapoff reboot kexec_load kexec_file_load
    init_module finit_module delete_module syslog settimeofday clock_settime adjtimex clock_adjtime
    sethostname setdomainname iopl ioperm vhangup lookup_dcookie
"""
CLONE_THREAD = 0x00010000
F_SETLEASE = 1024
#: Out-of-band bytes, a way out of a browser's sandbox: the calls, and which argument has the flags.
MSG_OOB = 1
WITH_FLAGS = {"sendto": 3, "sendmsg": 2, "sendmmsg": 3, "recvfrom": 3, "recvmsg": 2, "recvmmsg": 3}
AF_UNIX = 1
#: Calls without which CUDA's driver does not start. Its local socket, for sharing memory, reaches no other
#: process: the network namespace is the worker's own, and accept and connect stay refused.
WANTED_BY_CUDA = "bind listen memfd_create"


@lru_cache(maxsize=2)
def system_calls(gpu: bool = False) -> bytes:
    """The filter as the kernel takes it; a refused call fails with EPERM.

    Raises RuntimeError or ImportError if libseccomp is not installed.
    """
    import pyseccomp as seccomp

    refuse = seccomp.ERRNO(errno.EPERM)
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    for name in REFUSED.split():
        if gpu and name in WANTED_BY_CUDA.split():
            continue
        which = [seccomp.Arg(0, seccomp.NE, AF_UNIX)] if gpu and name == "socket" else []
        with contextlib.suppress(OSError):  # this architecture may not have the call
            rules.add_rule(refuse, name, *which)
    # Threads need clone. The filter cannot see clone3's flags; without clone3, glibc falls back on clone.
    rules.add_rule(refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    # A submission's lease on one of the kit's files would block the next process that writes to the file.
    rules.add_rule(refuse, "fcntl", seccomp.Arg(1, seccomp.MASKED_EQ, 0xFFFFFFFF, F_SETLEASE))
    for name, argument in WITH_FLAGS.items():
        rules.add_rule(refuse, name, seccomp.Arg(argument, seccomp.MASKED_EQ, MSG_OOB, MSG_OOB))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
