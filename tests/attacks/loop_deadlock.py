"""Waits for a lock that it holds.

must: xor_by_hand timeout
"""

import threading


# %% xor_by_hand
def xor_by_hand():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
