"""Gives the kernel a program to run for each message on a socket, and sets what a socket of the host does.

must: full
"""

import ctypes

SO_ATTACH_FILTER, SO_ATTACH_BPF, SO_LOCK_FILTER, SO_PASSCRED, SO_TIMESTAMPING = 26, 50, 44, 16, 37
ours, theirs = socket.socketpair()
take_all = struct.pack("HBBI", 6, 0, 0, 0xFFFFFFFF)
program = struct.pack("HP", 1, ctypes.addressof(ctypes.create_string_buffer(take_all)))
for fd in (*sockets(), ours.fileno()):
    for option, value in (
        (SO_ATTACH_FILTER, program),
        (SO_LOCK_FILTER, struct.pack("i", 1)),
        (SO_PASSCRED, struct.pack("i", 1)),
        (SO_TIMESTAMPING, struct.pack("i", 1)),
    ):
        if call(54, fd, socket.SOL_SOCKET, option, value, len(value)) is not None:
            tell(f"option {option} of {fd}")
