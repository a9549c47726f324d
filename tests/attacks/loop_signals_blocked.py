"""Sleeps with every signal blocked.

must: xor_by_hand times out
"""

import time


# %% xor_by_hand
def xor_by_hand():
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))
    while True:
        time.sleep(1000)
