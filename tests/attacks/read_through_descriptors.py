"""Reads the files and folders that inherited descriptors lead to.

must: full
"""

import os
import stat

for fd in range(3, 1024):
    try:
        mode = os.fstat(fd).st_mode
    except OSError:
        continue
    if stat.S_ISREG(mode):
        tell(f"a file at descriptor {fd}: {os.pread(fd, 200, 0)}")
    if stat.S_ISDIR(mode):
        tell(f"a folder at descriptor {fd}: {os.listdir(fd)}")
