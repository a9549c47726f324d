"""Types commands into the terminal of the user who grades.

harm: machine
must: full
"""

import contextlib
import fcntl
import os
import termios

for path in ("/dev/tty", "/dev/console", "/dev/pts/0", "/dev/pts/1", "/dev/tty1"):
    with contextlib.suppress(OSError):
        tell(f"{path} {os.open(path, os.O_RDWR)}")
for fd in range(3):
    with contextlib.suppress(OSError):
        fcntl.ioctl(fd, termios.TIOCSTI, b"\n")
        tell(f"typed on {fd}")
