"""Leaves a daemon behind: double fork, a session of its own, every signal ignored.

must: full
"""

import contextlib
import time

with contextlib.suppress(OSError):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in {*range(1, 32)} - {signal.SIGKILL, signal.SIGSTOP}:
                signal.signal(number, signal.SIG_IGN)
            os.closerange(0, 1024)
            time.sleep(300)
        os._exit(0)
