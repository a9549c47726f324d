"""Tries to become another user: root, other users and groups, more capabilities, set-user-id programs.

must: full
"""

import contextlib
import glob
import subprocess

if os.getuid() == 0 or os.geteuid() == 0:
    tell("it is root")
for number in (0, 1, 1000):
    for become in (os.setuid, os.setgid, os.seteuid, os.setresuid):
        with contextlib.suppress(OSError):
            become(*[number] * (3 if become is os.setresuid else 1))
            tell(f"{become.__name__}({number})")
with contextlib.suppress(OSError):
    os.setgroups([0])
    tell("another group")
for program in ("/usr/bin/su", "/bin/su", "/usr/bin/sudo", "/usr/bin/newgrp", *glob.glob("/usr/bin/*mount")):
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        command = [program, "-c", "id -u"] if "mount" not in program else [program, "-V"]
        done = subprocess.run(command, capture_output=True, timeout=1, check=False, stdin=subprocess.DEVNULL)
        if done.stdout.strip() == b"0":
            tell(program)
