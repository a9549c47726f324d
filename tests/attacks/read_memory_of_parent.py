"""Reads the judge's memory: /proc/PID/mem, process_vm_readv and ptrace on its parent and on low numbers.

must: full
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
ATTACH, DETACH = 16, 17
for pid in {os.getppid(), 1, *range(2, 40)} - {os.getpid(), 0}:
    try:
        with open(f"/proc/{pid}/mem", "rb"), open(f"/proc/{pid}/maps") as maps:
            tell(f"memory of {pid}: {maps.readline()}")
    except OSError:
        pass
    if os.getpid() == 1 or pid != os.getppid():
        continue
    if libc.ptrace(ATTACH, pid, None, None) == 0:
        libc.ptrace(DETACH, pid, None, None)
        tell(f"traced {pid}")
