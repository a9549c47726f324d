"""Talks to other processes of the machine through UNIX sockets, by path and by abstract name.

must: full
"""

import contextlib

for number in range(10):
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as door:
        door.connect(f"\0gradfn-attack-arena-{number}")
        door.sendall(b"EVIDENCE")
        tell("an abstract socket of another process")
