"""Tries the kernel's powerful interfaces: BPF, perf, kexec, modules, userfaultfd.

must: full
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
attributes = (ctypes.c_ubyte * 128)()
attributes[4] = 128
PERF, BPF, MODULE = 298, 321, 175
if libc.syscall(BPF, 0, attributes, 128) >= 0:
    tell("bpf")
if libc.syscall(PERF, attributes, -1, 0, -1, 0) >= 0:
    tell("perf events of the whole machine")
if libc.syscall(MODULE, None, 0, b"") == 0:
    tell("a kernel module")
