"""Creates empty files until the machine runs out of them: they need memory, but no disk space.

harm: machine
must: full
"""

import time

made, end = 0, time.monotonic() + 0.3
os.makedirs("/tmp/gradfn-attack-inodes", exist_ok=True)
while time.monotonic() < end:
    try:
        os.mknod(f"/tmp/gradfn-attack-inodes/{made}")
    except OSError:
        break
    made += 1
