"""The system calls that a worker in the sandbox is refused; with a GPU it needs a few of them.

system_calls(gpu)    a filter of them, as the kernel takes it
"""

from __future__ import annotations

import contextlib
import errno
import tempfile
from functools import lru_cache

#: A worker computes. It starts no process, opens no socket and looks at no other process.
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
#: Bytes out of band, by which a browser's sandbox was left: the calls, and which argument has the flags.
MSG_OOB = 1
WITH_FLAGS = {"sendto": 3, "sendmsg": 2, "sendmmsg": 3, "recvfrom": 3, "recvmsg": 2, "recvmmsg": 3}
AF_UNIX = 1
#: What CUDA's driver asks for when it starts; without one of them it fails. Its socket, a local one to share
#: memory by, hears nobody: the network namespace is the worker's own, and it neither accepts nor connects.
WANTED_BY_CUDA = "bind listen memfd_create"


@lru_cache(maxsize=2)
def system_calls(gpu: bool = False) -> bytes:
    """The filter as the kernel takes it; a refused call fails with EPERM, as without the right to it.

    Raises RuntimeError or ImportError where libseccomp is not there.
    """
    import pyseccomp as seccomp

    refuse = seccomp.ERRNO(errno.EPERM)
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    for name in REFUSED.split():
        if gpu and name in WANTED_BY_CUDA.split():
            continue
        which = [seccomp.Arg(0, seccomp.NE, AF_UNIX)] if gpu and name == "socket" else []
        with contextlib.suppress(OSError):  # this machine's kind may not have the call
            rules.add_rule(refuse, name, *which)
    # A thread is a clone too; the kernel's filter cannot see clone3's flags, and glibc then asks for clone.
    rules.add_rule(refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    # The kit's files are the grader's own: whoever writes to one would wait for the holder of a lease on it.
    rules.add_rule(refuse, "fcntl", seccomp.Arg(1, seccomp.MASKED_EQ, 0xFFFFFFFF, F_SETLEASE))
    for name, place in WITH_FLAGS.items():
        rules.add_rule(refuse, name, seccomp.Arg(place, seccomp.MASKED_EQ, MSG_OOB, MSG_OOB))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
