"""Reads past the page cache, so that every read waits for the disk, and takes it from all others.

harm: machine
must: full
"""

import errno
import fcntl

for name in ("/kit/checks.py", "/lib64/ld-linux-x86-64.so.2"):
    for how in (os.O_DIRECT, os.O_SYNC, os.O_DSYNC):
        try:
            tell(os.open(name, os.O_RDONLY | how))
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.EACCES):
                tell(f"{name}: {error}")
fd = os.open("/kit/checks.py", os.O_RDONLY)
try:
    fcntl.fcntl(fd, fcntl.F_SETFL, os.O_DIRECT)
except OSError:
    pass
if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_DIRECT:
    tell("direct reads after opening")
if call(2, b"/kit/checks.py", os.O_RDONLY | os.O_DIRECT) is not None:
    tell("by the older call")
how = struct.pack("QQQ", os.O_RDONLY | os.O_DIRECT, 0, 0)
if call(437, -100, b"/kit/checks.py", how, len(how)) is not None:
    tell("openat2")
