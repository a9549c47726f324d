"""Waits in calls that return by themselves never.

must: step times out
"""

import select
import time


# %% step
def step(z):
    reading, _ = os.pipe()
    for wait in (
        lambda: signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64)),
        lambda: select.select([reading], [], []),
        lambda: os.read(reading, 1),
        lambda: time.sleep(1e6),
    ):
        try:
            wait()
        except BaseException:
            continue
