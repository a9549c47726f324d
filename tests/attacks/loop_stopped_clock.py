"""Stops every clock that Python can ask, and takes the timers away, then never ends.

must: step times out
"""

import time


# %% step
def step(z):
    for name in (
        "time",
        "monotonic",
        "perf_counter",
        "process_time",
        "time_ns",
        "monotonic_ns",
        "perf_counter_ns",
    ):
        setattr(time, name, lambda *rest: 0)
    time.sleep = lambda *rest: None
    for kind in (signal.ITIMER_REAL, signal.ITIMER_PROF, signal.ITIMER_VIRTUAL):
        signal.setitimer(kind, 0)
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        pass
