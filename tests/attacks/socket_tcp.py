"""Sends answers to a server, by TCP and UDP, to the machine itself and to the world.

harm: machine
must: full
"""

import contextlib

for port in range(47_010, 47_030):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2) as door:
        door.sendall(b"EVIDENCE")
        tell(f"port {port} of the machine")
for address in ("1.1.1.1", "8.8.8.8"):
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.sendto(b"EVIDENCE", (address, 9))
        tell(f"a datagram to {address}")
with contextlib.suppress(OSError):
    tell(socket.getaddrinfo("example.com", 80))
