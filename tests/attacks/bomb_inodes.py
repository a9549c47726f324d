"""Makes empty files until the machine has no more: they take memory, but no space.

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
