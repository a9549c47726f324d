"""Lists the machine's networks and listens to their packets.

must: full
"""

import contextlib

with contextlib.suppress(OSError):
    others = [name for _, name in socket.if_nameindex() if name != "lo"]
    if others:
        tell(others)
with contextlib.suppress(OSError):
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)).close()
    tell("packets of others")
with contextlib.suppress(OSError):
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()
    tell("raw packets")
