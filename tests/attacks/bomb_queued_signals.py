"""Queues real-time signals that it has blocked, which are counted for the whole user.

harm: machine
must: full
"""

import ctypes

signal.pthread_sigmask(signal.SIG_BLOCK, {34, 35})
info = (ctypes.c_int * 32)(35, 0, -1)
sent = 0
while sent < 1000 and call(129, os.getpid(), 35, info) is not None:
    sent += 1
if sent > 64:
    tell(f"{sent} signals")
