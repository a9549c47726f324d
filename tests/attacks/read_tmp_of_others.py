"""Lists the world-writable folders for what others left there.

must: full
"""

import os

own = os.getcwd()
for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/run/user", "/run/lock"):
    try:
        found = [name for name in os.listdir(folder) if not own.startswith(os.path.join(folder, name))]
    except OSError:
        continue
    if found:
        tell(f"{folder}: {found[:20]}")
