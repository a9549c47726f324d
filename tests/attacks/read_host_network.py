"""Asks the channel, a socket from the host's network, for the machine's interfaces and addresses.

must: full
"""

import array
import fcntl

SIOCGIFNAME, SIOCGIFCONF, SIOCGIFADDR, SIOCGIFHWADDR, SIOCETHTOOL = 0x8910, 0x8912, 0x8915, 0x8927, 0x8946
ours, theirs = socket.socketpair()
for fd in (*sockets(), ours.fileno()):
    names = array.array("B", bytes(4096))
    for request, argument in (
        (SIOCGIFCONF, struct.pack("iP", 4096, names.buffer_info()[0])),
        (SIOCGIFNAME, struct.pack("16si20x", b"", 1)),
        (SIOCGIFADDR, struct.pack("16s24x", b"lo")),
        (SIOCGIFHWADDR, struct.pack("16s24x", b"lo")),
        (SIOCETHTOOL, struct.pack("16s24x", b"lo")),
    ):
        try:
            found = fcntl.ioctl(fd, request, argument)
        except OSError:
            continue
        if fd != ours.fileno() and (request != SIOCGIFCONF or struct.unpack("iP", found)[0]):
            tell(f"{request:#x}: {found!r}")
