"""Waits for a lock that it holds.

must: xor_by_hand times out
"""

import threading


# %% xor_by_hand
def xor_by_hand():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
