"""What attacks may use: this file stands in front of each attack, as a cell of the student's own.

tell(what)          smuggle out what was got hold of, by every path there is
sockets()           the descriptors that may lead to the judge
call(number, ...)   a system call by its number: what it gives, or None if it fails
forge(tree, raw)    write a frame of the judge's channel to each of them
"""

import ctypes
import json
import os
import signal  # noqa: F401
import socket  # noqa: F401
import stat
import struct
import sys

import numpy as np  # noqa: F401


def tell(what):
    """Evidence: printed, written past Python, left in files, and raised."""
    words = f"EVIDENCE {what}"[:1500]
    print(words)
    print(words, file=sys.stderr)
    for fd in (1, 2):
        try:
            os.write(fd, words.encode(errors="replace"))
        except OSError:
            pass
    for folder in (".", os.path.expanduser("~"), "/tmp", "/var/tmp", "/dev/shm"):
        try:
            with open(f"{folder}/gradfn-attack-evidence", "w") as file:
                file.write(words)
        except OSError:
            pass
    raise AssertionError(words)


def sockets():
    """The descriptors of this process that are sockets or pipes, but for the three standard ones."""
    found = []
    for fd in range(3, 1024):
        try:
            mode = os.fstat(fd).st_mode
        except OSError:
            continue
        if stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode):
            found.append(fd)
    return found


def forge(tree, raw=b""):
    """Send a frame as the worker would: two lengths, a JSON tree (or any bytes), and raw bytes."""
    text = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    frame = memoryview(struct.pack("!II", len(text), len(raw)) + text + raw)
    if sys.platform == "wasi":  # WebAssembly has one function in place of sockets
        import _host

        for start in range(0, len(frame), 1 << 20):
            _host.call(b"w" + frame[start : start + (1 << 20)])
    for fd in sockets():
        left = frame
        while left:
            left = left[os.write(fd, left) :]


def call(number, *arguments):
    """What a system call gives; None if it fails, in `call.error` why."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    as_long = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result = libc.syscall(ctypes.c_long(number), *as_long)
    call.error = ctypes.get_errno()
    return result if result >= 0 else None
