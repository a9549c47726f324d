"""Asks for a signal whenever a folder changes that all submissions see, and for signals of its channel.

must: full
"""

import fcntl

fd = os.open("/tmp", os.O_RDONLY)
for what, command, argument in (
    (fd, fcntl.F_NOTIFY, fcntl.DN_ACCESS | fcntl.DN_CREATE),
    (3, fcntl.F_SETOWN, os.getpid()),
    (3, 10, signal.SIGUSR1),  # F_SETSIG
    (3, fcntl.F_SETFL, os.O_ASYNC | os.O_RDWR),
    (3, 1024 + 7, 4096),  # F_SETPIPE_SZ
    (3, 1024 + 9, 1),  # F_ADD_SEALS
):
    try:
        fcntl.fcntl(what, command, argument)
    except OSError:
        continue
    if command != fcntl.F_SETFL or fcntl.fcntl(what, fcntl.F_GETFL) & os.O_ASYNC:
        tell(f"fcntl {command}")
