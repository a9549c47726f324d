"""Reads the judge's next requests itself, so that the worker never sees them.

must: no points for xor_by_hand
"""

import threading


def steal():
    while True:
        for fd in sockets():
            os.read(fd, 1 << 16)
            forge({"d": [["returned", {"d": []}]]})


# %% xor_by_hand
def xor_by_hand():
    threading.Thread(target=steal, daemon=True).start()
    return
