"""Sends bits by locks on bytes: of the kit's files, and of devices, which are open for writing.

must: full
"""

import fcntl

OF_OPEN_FILES = (36, 37)  # F_OFD_GETLK, F_OFD_SETLK
for name, how in (("/kit/checks.py", os.O_RDONLY), ("/dev/null", os.O_RDWR), ("/dev/zero", os.O_RDWR)):
    fd = os.open(name, how)
    for command in (fcntl.F_GETLK, fcntl.F_SETLK, *OF_OPEN_FILES):
        try:
            fcntl.fcntl(fd, command, struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 0, 1, 0))
        except OSError:
            continue
        tell(f"a lock on a byte of {name}")
