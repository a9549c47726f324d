"""Starts programs that outlive it, by other ways than fork: posix_spawn, subprocess, a session of their own.

must: full
"""

import subprocess

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
try:
    os.posix_spawn(sys.executable, SLEEP, os.environ, setsid=True)
except (OSError, NotImplementedError):
    pass
for options in ({}, {"start_new_session": True}, {"process_group": 0}, {"close_fds": False}):
    try:
        subprocess.Popen(SLEEP, **options)
    except OSError:
        pass
