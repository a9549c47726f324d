"""Leaves a key in the kernel's keyrings, for the next submission or for itself.

harm: machine
must: full
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
ADD, SESSION, USER, USER_SESSION, PROCESS_KEYRING = 248, -3, -4, -5, -2
for ring in (SESSION, USER, USER_SESSION):
    libc.syscall(ADD, b"user", b"gradfn-attack", b"EVIDENCE", ctypes.c_size_t(8), ring)
