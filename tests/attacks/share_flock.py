"""Locks files that all submissions see, to send bits to another one, or to make the kit wait.

harm: machine
must: full
"""

import fcntl

for folder, _, names in os.walk("/kit"):
    for name in names:
        with open(os.path.join(folder, name)) as file:
            for how in (fcntl.LOCK_EX, fcntl.LOCK_SH):
                try:
                    fcntl.flock(file, how | fcntl.LOCK_NB)
                except OSError:
                    continue
                tell(f"a lock on {name}")
