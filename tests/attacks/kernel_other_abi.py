"""Calls the kernel through older interfaces that a filter may overlook: 32-bit and x32 calls.

must: xor_by_hand fails
"""

import ctypes
import mmap

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def fork_by_interrupt():
    """mov eax, 2 (fork); int 0x80; ret"""
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(b"\xb8\x02\x00\x00\x00\xcd\x80\xc3")
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return ctypes.CFUNCTYPE(ctypes.c_int)(address)()


# %% xor_by_hand
def xor_by_hand():
    X32, FORK, SOCKET = 0x40000000, 57, 41
    if libc.syscall(X32 | SOCKET, socket.AF_INET, socket.SOCK_STREAM, 0) >= 0:
        tell("a socket by an x32 number")
    for fork in (lambda: libc.syscall(X32 | FORK), fork_by_interrupt):
        child = fork()
        if child == 0:
            os._exit(0)
        if child > 0:
            tell("a fork past the filter")
    return
