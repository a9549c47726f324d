"""Leaves shared memory behind: System V segments, semaphores and queues, POSIX names.

harm: machine
must: full
"""

import contextlib
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
KEY, CREATE = 0x67726164, 0o1666
libc.shmat.restype = ctypes.c_void_p
segment = libc.shmget(KEY, 4096, CREATE)
if segment >= 0 and (address := libc.shmat(segment, None, 0)) not in (None, ctypes.c_void_p(-1).value):
    if (found := ctypes.string_at(address, 8)) == b"EVIDENCE":
        tell("an earlier submission's segment")
    ctypes.memmove(address, b"EVIDENCE", 8)
libc.msgget(KEY, CREATE)
libc.semget(KEY, 1, CREATE)
with contextlib.suppress(OSError), open("/dev/shm/gradfn-attack", "w") as file:
    file.write("EVIDENCE")
libc.mq_open(b"/gradfn-attack", 0o102, 0o666, None)
