"""Never ends when it is asked to leave.

must: xor_by_hand fails
"""

import atexit


def stay():
    while True:
        pass


atexit.register(stay)


# %% xor_by_hand
def xor_by_hand():
    raise SystemExit(0)
