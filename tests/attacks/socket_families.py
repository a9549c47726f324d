"""Opens a socket of every family and kind: netlink, packets, virtual machines, key management, Bluetooth.

must: full
"""

for family in range(46):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        try:
            socket.socket(family, kind).close()
        except OSError:
            continue
        tell(f"a socket of family {family}")
