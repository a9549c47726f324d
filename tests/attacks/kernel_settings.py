"""Changes the machine: its name, its clock, its settings, its swap.

harm: machine
must: full
"""

import contextlib
import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)
with contextlib.suppress(OSError):
    time.clock_settime(time.CLOCK_REALTIME, time.time())
    tell("set the clock")
for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger"):
    with contextlib.suppress(OSError):
        tell(os.open(path, os.O_WRONLY))
if libc.sethostname(b"gradfn-attack", 13) == 0:
    tell("another name for the machine")
if libc.swapoff(b"/nowhere") == 0 or ctypes.get_errno() not in (0, 1):
    tell("swap can be changed")
