"""A thread waits for the answers to other checks and adds frames of its own.

must: no points for xor_by_hand
"""

import threading
import time


def babble():
    for _ in range(100):
        forge({"d": [["returned", {"d": []}]]})
        time.sleep(0.002)


# %% xor_by_hand
threading.Thread(target=babble, daemon=True).start()


def xor_by_hand():
    return None
