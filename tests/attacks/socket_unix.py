"""Talks to others of the same machine by UNIX sockets, by name and by abstract name.

must: full
"""

import contextlib

for number in range(10):
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as door:
        door.connect(f"\0gradfn-attack-arena-{number}")
        door.sendall(b"EVIDENCE")
        tell("an abstract socket of another process")
