"""Makes timers until the user's whole number of pending signals is taken.

harm: machine
must: full
"""

import ctypes

event = (ctypes.c_uint64 * 8)(0, 34)  # SIGEV_SIGNAL with a real-time signal
timer = ctypes.c_int()
made = 0
while made < 1000 and call(222, 1, event, ctypes.byref(timer)) is not None:
    made += 1
if made > 64:
    tell(f"{made} timers")
