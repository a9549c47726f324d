"""Wants to answer its own system calls, or to hand its descriptors to somebody.

must: full
"""

import ctypes

allow = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0x7FFF0000))
notify = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0x7FC00000))
for number, *arguments in (
    (317, 1, 8, struct.pack("HP", 1, ctypes.addressof(notify))),
    (317, 1, 0, struct.pack("HP", 1, ctypes.addressof(allow))),
    (157, 22, 2, struct.pack("HP", 1, ctypes.addressof(allow)), 0, 0),
):
    if call(number, *arguments) is not None:
        tell(f"a filter by {number}")
ours, theirs = socket.socketpair()
try:
    socket.send_fds(ours, [b"x"], [0])
except OSError:
    pass
else:
    tell("sent a descriptor")
