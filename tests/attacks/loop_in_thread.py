"""Leaves threads that compute for ever beside all later checks.

must: full
"""

import threading


def burn():
    while True:
        sum(range(1000))


# %% xor_by_hand
for _ in range(2):
    threading.Thread(target=burn).start()
