"""Leaves files in every folder it can write to.

must: full
"""

import contextlib

FOLDERS = [
    ".",
    "~",
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/dev",
    "/run",
    "/",
    "/var/lib",
    "/usr/lib",
    "/home",
    "/etc",
]
for folder in [*FOLDERS, *sys.path]:
    with contextlib.suppress(OSError), open(f"{os.path.expanduser(folder)}/gradfn-attack-file", "w") as file:
        file.write("EVIDENCE")
