"""Sends a frame byte by byte, each just before a deadline that would start again.

must: xor_by_hand times out
"""

import time


# %% xor_by_hand
def xor_by_hand():
    signal.setitimer(signal.ITIMER_REAL, 0)
    for fd in sockets():
        os.write(fd, struct.pack("!II", 1000, 0))
        while True:
            os.write(fd, b" ")
            time.sleep(0.05)
