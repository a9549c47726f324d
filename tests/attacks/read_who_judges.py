"""Asks the channel who is at its other end: process, user, groups, a descriptor of the process.

must: full
"""

SO_PEERCRED, SO_PEERSEC, SO_PEERGROUPS, SO_PEERPIDFD, SO_COOKIE, SO_MEMINFO = 17, 31, 59, 77, 57, 55
for fd in sockets():
    for option in (SO_PEERCRED, SO_PEERSEC, SO_PEERGROUPS, SO_PEERPIDFD, SO_COOKIE, SO_MEMINFO):
        try:
            found = socket.socket(fileno=os.dup(fd)).getsockopt(socket.SOL_SOCKET, option, 64)
        except OSError:
            continue
        tell(f"option {option}: {found!r}")
