"""Claims the machine: priority, real-time scheduling, locked memory, out-of-memory score.

harm: machine
must: full
"""

import contextlib
import ctypes

with contextlib.suppress(OSError):
    os.setpriority(os.PRIO_PROCESS, 0, -20)
    tell("priority -20")
with contextlib.suppress(OSError):
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99))
    tell("real-time scheduling")
if ctypes.CDLL(None).mlockall(3) == 0:
    tell("memory locked")
with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
    file.write("-1000")
    tell("never killed when memory is short")
